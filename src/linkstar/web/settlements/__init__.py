"""Settlements as the seller sees them: closed periods, statements, payments and their files."""
