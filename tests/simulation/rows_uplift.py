"""Rows of the demand table about intervals, shrinkage, flags, ranking and mix."""

from tests.simulation.registry import Demand

ROWS: tuple[Demand, ...] = ()
