"""Which days people can mean."""

YEARS = range(2000, 2200)
"""Days of other years are not understood: what is near them cannot be counted or converted."""
