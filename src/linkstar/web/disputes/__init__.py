"""Disputes as both sides and the operator see them."""
