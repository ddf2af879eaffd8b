"""Rows of the demand table about experiments, allocation, time and root cause."""

from tests.simulation import rows_allocation, rows_peeking, rows_rootcause, rows_series

ROWS = (*rows_peeking.ROWS, *rows_allocation.ROWS, *rows_series.ROWS, *rows_rootcause.ROWS)
