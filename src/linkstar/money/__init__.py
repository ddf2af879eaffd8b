"""Amounts in whole minor units of one currency, and how currencies are written in files."""
