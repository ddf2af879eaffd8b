"""The counts that roll-ups hold of a selection, without an engine."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.events.vocabulary import Segment
from linkstar.lake.contents import SUMS
from linkstar.lake.days import DaySources
from linkstar.lake.ready_counts import says
from linkstar.lake.selection import Level, PoolScope, Scope, Selection
from linkstar.lake.store import Lake


def rolled_counts(
    lake: Lake, scope: Scope | PoolScope, selection: Selection, sources: DaySources
) -> pa.Table:
    """The counts of the days that are told by roll-ups, by span; those taken off below nothing.

    Columns are those that lie ready, and those the selection splits by.
    """
    spans = [_span(lake, path, scope, selection) for path in sources.rollups]
    spans += [_negative(_span(lake, path, scope, selection)) for path in sources.less]
    counts = pa.concat_tables(spans).unify_dictionaries()
    asked = np.isin(counts["shop"].to_numpy(), scope.shops)
    for name, value in _told(selection).items():
        asked &= says(counts, name, value)
    return counts if asked.all() else counts.filter(pa.array(asked))


def _span(lake: Lake, path: str, scope: Scope | PoolScope, selection: Selection) -> pa.Table:
    """The counts of one file of roll-ups, as far as they may be asked for."""
    counts = lake.ready_counts.of(path)
    if isinstance(scope, Scope):
        owner = counts["workspace"].to_numpy()
        first, last = np.searchsorted(owner, [scope.workspace, scope.workspace + 1])
        counts = counts.slice(first, last - first)
    return _cut(counts, selection)


def _negative(counts: pa.Table) -> pa.Table:
    """Counts to be taken off."""
    for name in SUMS:
        place = counts.schema.get_field_index(name)
        counts = counts.set_column(place, name, pc.negate(counts[name]))
    return counts


def _told(selection: Selection) -> dict[str, str]:
    """Values of columns that rows asked about have, as far as a row alone can tell."""
    by_product = selection.level is Level.PRODUCT
    told = {
        "market": selection.market,
        "creator": selection.creator,
        "content_id": selection.content,
        "product_id": selection.product if by_product else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _cut(counts: pa.Table, selection: Selection) -> pa.Table:
    """Counts of one span with the columns they are split by."""
    rows = counts.num_rows
    day = counts["starts_on"][0].as_py() if rows else date.min
    if selection.segment is Segment.WEEKDAY:
        counts = counts.append_column("segment", pa.repeat(str(day.isoweekday()), rows))
    elif selection.segment is not None:
        counts = counts.append_column("segment", counts[selection.segment].cast(pa.string()))
    if selection.week:
        monday = pa.scalar(day - timedelta(days=day.weekday()))
        counts = counts.append_column("week_starts_on", pa.repeat(monday, rows))
    return counts
