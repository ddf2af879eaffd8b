"""The demand table as code: one `Demand` per row, each measured with its naive control beside it.

A rows module (`rows_uplift`, `rows_experiments`) exposes `ROWS`, a tuple of demands. The evidence
command writes them all into `docs/methods/evidence.md`; `test_demands` asserts them all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Scale(StrEnum):
    """How much to simulate: seconds for every run of the tests, or the whole protocol."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Table:
    """Points behind a finding, printed below the main table."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one measurement found.

    `holds`: the demand is met (on the quick scale, within the Monte-Carlo allowance `measure`
    states).
    `control_fails`: the naive control visibly misses the same demand.
    """

    reached: str
    control_reached: str
    holds: bool
    control_fails: bool
    tables: Sequence[Table] = field(default=())


@dataclass(frozen=True, slots=True)
class Demand:
    """One row of the demand table.

    `protocol` names the simulation of the protocol (S1 ... S10); `key` is unique and becomes the
    test's id and the document's anchor; `measure` must be seeded and deterministic.
    """

    key: str
    protocol: str
    what: str
    demand: str
    method: str
    control: str
    measure: Callable[[Scale], Finding]
