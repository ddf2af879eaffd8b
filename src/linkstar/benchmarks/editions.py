"""An edition from its tally: floors, protection, and what each contributing workspace may see."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.cells import CELLS
from linkstar.benchmarks.lattice import Lattice, lattice
from linkstar.benchmarks.protection import (
    Amounts,
    changes_give_away,
    nothing_changed,
    protected,
    weeks_unknown,
)
from linkstar.benchmarks.rules import Floors, Withheld
from linkstar.benchmarks.tally import Contributions, Tally
from linkstar.stats.arrays import Bools, Floats, Ints, Names

_WEEK_KEY = ("week_starts_on", "category", "content_type", "channel", "definition")
_WINDOW_KEY = ("category", "content_type", "channel", "definition", "segment", "segment_value")


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """A published edition whose window overlaps the one being made."""

    cells: pa.Table
    contributions: Contributions


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What is stored of a computed edition.

    Attributes:
        cells: columns of `CELLS`, `withheld` decided.
        contributions: of each shop.
        views: per workspace number, the cells that differ for it, with their `position`.
    """

    cells: pa.Table
    contributions: Contributions
    views: Mapping[int, pa.Table]


def edition(
    tally: Tally, workspace_of: Mapping[int, int], floors: Floors, earlier: list[Earlier]
) -> Edition:
    """Decide what may be shown, to everybody and to each workspace that contributes.

    A workspace sees at most what everybody sees, without its own shops, and only what still passes
    the floors and the protection once it subtracts what it knows: its own.

    Args:
        tally: the cells with everybody.
        workspace_of: the workspace of each contributing shop, all by number.
        floors: what a cell needs.
        earlier: published editions of overlapping windows, oldest first.
    """
    sums = lattice(tally.cells, tally.contributions)
    known, settled = _settled(tally.cells, earlier)
    reasons = _own_reasons(tally.cells, floors)
    reasons = np.where(settled == _OPEN, reasons, settled)
    shown = protected(sums, reasons, floors, known_before=known)
    while (gives := _changed(tally.cells, sums, shown, earlier, floors)).any():
        reasons = np.where(gives, Withheld.PROTECTS_ANOTHER, shown)
        shown = protected(sums, reasons, floors, known_before=known)
    public = _Public(tally, sums, shown, known, floors)
    owned: dict[int, list[int]] = {}
    for shop, workspace in workspace_of.items():
        owned.setdefault(workspace, []).append(shop)
    views = {workspace: _view(public, workspace, shops) for workspace, shops in owned.items()}
    return Edition(_decided(tally.cells, shown), tally.contributions, views)


_OPEN = "open"


def _own_reasons(cells: pa.Table, floors: Floors) -> Names:
    count, share = _column(cells, "impressions"), _column(cells, "largest_share")
    return floors.reasons(
        impressions=count,
        shops=_column(cells, "shops").astype(np.int64),
        creators=_column(cells, "creators").astype(np.int64),
        largest_share=share,
        top_two_share=_column(cells, "top_two_share"),
    )


def _column(cells: pa.Table, name: str) -> Floats:
    filled = pc.fill_null(cells[name].cast(pa.float64()), np.nan)
    return np.asarray(filled.to_numpy(), dtype=np.float64)


def _settled(cells: pa.Table, earlier: list[Earlier]) -> tuple[Bools, Names]:
    """Weeks released before: whether each was shown, and its reason; `_OPEN` for all other cells.

    A released week has the same counts ever after, so it keeps the same verdict.
    """
    before: dict[tuple[object, ...], str] = {}
    for old in earlier:
        for *key, reason in zip(*_lists(old.cells, (*_WEEK_KEY, "withheld")), strict=True):
            if key[0] is not None:
                before.setdefault(tuple(key), reason)
    found = [before.get(key, _OPEN) for key in zip(*_lists(cells, _WEEK_KEY), strict=True)]
    settled = np.array(
        [reason if reason == _OPEN else Withheld(reason) for reason in found], dtype=object
    )
    return settled == Withheld.SHOWN, settled


def _lists(cells: pa.Table, names: tuple[str, ...]) -> list[list[object]]:
    return [cells[name].to_pylist() for name in names]


def _changed(
    cells: pa.Table, sums: Lattice, shown: Names, earlier: list[Earlier], floors: Floors
) -> Bools:
    """Shown window cells that together with an earlier edition would tell too much.

    Readers take off the weeks they see, so it is the unseen weeks that are compared: they may not
    differ by a few shops' from those of a cell that was shown, nor equal those of one that was not.
    """
    count = cells.num_rows
    hidden = _is_hidden(shown)
    gives = np.zeros(count, dtype=np.bool_)
    if not earlier:
        return gives
    now = _unseen(cells, sums, hidden, {key: at for at, key in _window_keys(cells)}, of=~hidden)
    numbers = {key: at for at, key in _window_keys(cells) if not hidden[at]}
    for old in earlier:
        old_sums, was_hidden = lattice(old.cells, old.contributions), _is_hidden(_stored(old.cells))
        shown_then = _unseen(old.cells, old_sums, was_hidden, numbers, of=~was_hidden)
        hidden_then = _unseen(old.cells, old_sums, was_hidden, numbers, of=was_hidden)
        gives |= changes_give_away(now, shown_then, floors, cells=count)
        gives |= nothing_changed(now, hidden_then, cells=count)
    return gives & ~hidden


def _is_hidden(reasons: Names) -> Bools:
    return np.array([reason != Withheld.SHOWN for reason in reasons], dtype=np.bool_)


def _stored(cells: pa.Table) -> Names:
    return np.array([Withheld(reason) for reason in cells["withheld"].to_pylist()], dtype=object)


def _window_keys(cells: pa.Table) -> list[tuple[int, tuple[object, ...]]]:
    weeks = cells["week_starts_on"].to_pylist()
    keys = zip(*_lists(cells, _WINDOW_KEY), strict=True)
    return [(at, key) for at, key in enumerate(keys) if weeks[at] is None]


def _unseen(
    cells: pa.Table,
    sums: Lattice,
    hidden: Bools,
    numbers: Mapping[tuple[object, ...], int],
    *,
    of: Bools,
) -> Amounts:
    """What some window cells hold of weeks nobody sees, under the numbers given to cells."""
    place = np.full(cells.num_rows, -1, dtype=np.int64)
    for at, key in _window_keys(cells):
        if of[at]:
            place[at] = numbers.get(key, -1)
    number = place[sums.parts.cell]
    kept = number >= 0
    return Amounts(number[kept], sums.parts.shop[kept], weeks_unknown(sums, hidden)[kept])


@dataclass(frozen=True, slots=True, eq=False)
class _Public:
    """An edition as everybody sees it, with what it was made from."""

    tally: Tally
    sums: Lattice
    reasons: Names
    known: Bools
    floors: Floors


def _view(public: _Public, workspace: int, shops: list[int]) -> pa.Table:
    """The cells that look different to one workspace with these shops, with their positions."""
    mine = public.tally.left_out.workspace == workspace
    position = public.tally.left_out.cell[mine]
    left = _left_table(public.tally, mine, position)
    reasons, own_reasons = public.reasons.copy(), _own_reasons(left, public.floors)
    still = reasons[position] == Withheld.SHOWN
    reasons[position[still]] = own_reasons[still]
    reasons = protected(
        public.sums,
        reasons,
        public.floors,
        without=np.isin(public.sums.parts.shop, shops),
        known_before=public.known,
    )
    others = np.setdiff1d(np.flatnonzero(reasons != public.reasons), position)
    rows = pa.concat_tables([left, public.tally.cells.take(pa.array(others))])
    positions = np.concatenate([position, others])
    rows = _decided(rows, reasons[positions])
    return rows.append_column("position", pa.array(positions, pa.int32()))


def _left_table(tally: Tally, mine: Bools, position: Ints) -> pa.Table:
    """The cells a workspace contributes to, with the figures of everybody else."""
    cells = tally.cells.take(pa.array(position))
    left = tally.left_out.table().filter(pa.array(mine))
    segmented = pc.not_equal(cells["segment"], "")
    for name in left.column_names:
        if name not in CELLS.names or name == "icc":
            continue
        field = CELLS.field(name)
        values = left[name].cast(field.type)
        kept = pc.if_else(pc.and_(segmented, pc.is_null(cells[name])), cells[name], values)
        cells = cells.set_column(cells.schema.get_field_index(name), field, kept)
    return cells


def _decided(cells: pa.Table, reasons: Names) -> pa.Table:
    values = pa.array([str(reason) for reason in reasons], pa.string())
    return cells.set_column(
        cells.schema.get_field_index("withheld"), CELLS.field("withheld"), values
    )
