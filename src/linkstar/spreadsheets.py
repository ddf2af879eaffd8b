"""What spreadsheet programs make of cells that are only text."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes spreadsheet programs take a text for a formula."""


def harmless(text: str) -> str:
    """The text of a cell that no spreadsheet program runs as a formula: with an apostrophe before.

    Source: OWASP, "CSV Injection".
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
