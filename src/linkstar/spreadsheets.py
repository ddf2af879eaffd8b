"""What spreadsheet programs make of cells that are only text."""

_STARTS_A_FORMULA = frozenset("=+-@\t\r")


def harmless(text: str) -> str:
    """The text of a cell that no spreadsheet program runs as a formula: with an apostrophe before.

    Source: OWASP, "CSV Injection".
    """
    return f"'{text}" if text[:1] in _STARTS_A_FORMULA else text
