"""The questions people ask about CTR uplift, answered from the lake and the benchmark book."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.book import CellBook
from linkstar.events.vocabulary import Segment
from linkstar.insights.answering import (
    Gathered,
    JudgedCounts,
    answer,
    chosen_rows,
    judged_counts,
    judging,
)
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.changes import Along, Change, change
from linkstar.insights.counts import is_narrowed, key_of, narrowed
from linkstar.insights.explaining import Evidence, Filtered, evidence_of, with_titles
from linkstar.insights.gathering import book_for, counted, gather, selection, with_shop_names
from linkstar.insights.overviews import (
    Overview,
    Totals,
    money_by_currency,
    needs_a_look,
    stands_out,
    summed,
)
from linkstar.insights.questions import By, Question, Source
from linkstar.insights.remembering import remembered
from linkstar.insights.trends import trend_points
from linkstar.lake import landing
from linkstar.lake.coverage import coverage
from linkstar.lake.landing import LandingSpeed, TooFewLandings
from linkstar.lake.measures import measures, total_measures, view_counts
from linkstar.lake.queries import total_counts
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake

Period = tuple[date, date]
_WEEK = timedelta(days=7)
_MONEY = frozenset({"gmv_minor", "refunds_minor", "commission_minor", "flat_fee_minor"})


class KeyUnknown(LookupError):
    """There are no counts under this key in the period asked about."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def uplift(lake: Lake, question: Question) -> UpliftAnswer:
    """CTR uplift of every creator, content, product, category or shop, with its interval.

    Raises:
        BenchmarkNotFound: the question names a benchmark the workspace may not read.
    """
    found, _ = _answered(lake, question)
    return replace(found, rows=with_shop_names(found.rows, question))


def _answered(lake: Lake, question: Question) -> tuple[UpliftAnswer, JudgedCounts]:
    """The answer, and all that was judged for it."""
    book = book_for(question)
    judged = remembered(
        lake, question, book, lambda: judged_counts(question, gather(lake, question), book)
    )
    return chosen_rows(question, judged, book), judged


def trend(lake: Lake, question: Question, key: str | None = None) -> pa.Table:
    """Counts, CTR and uplift per ISO week, in the columns of `trends.TREND`, earliest first.

    Weeks come from tracked events or weekly exports; exports over longer windows give one point per
    window. Each point is compared with the benchmark of its own week where the edition has weeks.

    Args:
        lake: the facts.
        question: as for `uplift`; its filters narrow what is counted.
        key: of the one row meant; None takes everything.

    Raises:
        BenchmarkNotFound: see `uplift`.
    """
    base, book = gather(lake, question), book_for(question)
    periods = _periods(base)
    weekly = all(_is_within_week(period) for period in periods)
    if weekly:
        asked = selection(question, base.source, week=True, key=key)
        counts = counted(lake, question, asked).table
    else:
        counts = _per_window(lake, question, base, key)
        book = _without_weeks(book)
    counts = narrowed(_only(counts, question, key), question.filters, question.by)
    weeks = pc.unique(counts["week_starts_on"]).sort().to_pylist()
    known = [(week, week + _WEEK) for week in weeks] if weekly else periods
    at = pc.index_in(counts["week_starts_on"], pa.array([p[0] for p in known], pa.date32()))
    if book is not None and not book.has_weeks(question.definition):
        book = _without_weeks(book)
    if not weekly or book is None or not book.has_weeks(question.definition):
        counts = counts.drop_columns("week_starts_on")
    number = np.asarray(at.to_numpy(), dtype=np.int64)
    return trend_points(counts, known, number, book, judging(replace(question, segment=None)))


def segments(lake: Lake, question: Question, key: str | None, dimension: Segment) -> UpliftAnswer:
    """One creator, content, product, category or shop - or everything - cut along one line.

    Rows carry `segment`; each is compared with the benchmark of the same segment.

    Raises:
        BenchmarkNotFound: see `uplift`.
    """
    source = question.source or gather(lake, question).source
    cut = replace(question, segment=dimension, source=source)
    counts = counted(lake, cut, selection(cut, source, key=key))
    table = _only(counts.table, cut, key)
    if key is None:
        cut = replace(cut, by=cut.by.SHOP)
        table = _as_one(table)
    return answer(cut, Gathered(replace(counts, table=table), source), book_for(cut))


def compare(
    lake: Lake,
    question: Question,
    other: Period,
    *,
    key: str | None = None,
    along: Along = Along.CATEGORY,
) -> Change:
    """How CTR changed from another period to the question's, split into rate and mix.

    Args:
        lake: the facts.
        question: whose period is the later one; filters narrow what is counted.
        other: first day and day after the last of the period to compare with.
        key: of the one row meant; None takes everything.
        along: what the mix is made of.
    """
    after = gather(lake, question)
    earlier = replace(question, starts_on=other[0], ends_before=other[1], source=after.source)
    sides = [
        narrowed(_only(found.counts.table, question, key), question.filters, question.by)
        for found in (gather(lake, earlier), after)
    ]
    return change(sides[0], sides[1], along)


def evidence(lake: Lake, question: Question, key: str) -> Evidence:
    """Everything behind the row with that key.

    Raises:
        KeyUnknown: nothing was counted under it.
        BenchmarkNotFound: see `uplift`.
    """
    gathered, book = gather(lake, question), book_for(question)
    found = answer(question, gathered, book)
    row = [one for one in found.rows.to_pylist() if one["key"] == key]
    if not row:
        raise KeyUnknown(key)
    laid_out = evidence_of(question, key, gathered, book, row[0])
    titled = counted(lake, question, selection(question, gathered.source, key=key)).table
    scope = Scope(question.workspace, question.shops)
    return replace(
        laid_out,
        elements=with_titles(laid_out.elements, titled),
        filtered=_filtered(lake, question, gathered.source, key),
        viewed=view_counts(lake, scope, selection(question, gathered.source, key=key)),
    )


def _filtered(lake: Lake, question: Question, source: Source, key: str) -> Filtered | None:
    """What invalid-traffic rules took out of the row with that key; only tracked events tell."""
    cut = question.segment is not None or is_narrowed(question.filters, question.by)
    if source is not Source.TRACKED or cut:
        return None
    scope = Scope(question.workspace, question.shops)
    found = measures(lake, scope, selection(question, source, key=key))
    own = found.filter(pc.fill_null(pc.equal(found["key"], key), fill_value=False))
    columns = (own["filtered_impressions"], own["filtered_clicks"])
    return Filtered(*(int(pc.sum(column).as_py() or 0) for column in columns))


def landing_speed(lake: Lake, question: Question, product: str) -> LandingSpeed | TooFewLandings:
    """How fast a product's landing page opened for buyers in the question's period."""
    return landing.landing_speed(
        lake,
        Scope(question.workspace, question.shops),
        product=product,
        starts_on=question.starts_on,
        ends_before=question.ends_before,
    )


def overview(lake: Lake, question: Question) -> Overview:
    """The first page for the question's period: verdict, totals, who stands out, who to look at.

    Args:
        lake: the facts.
        question: with both ends of its period; `by` is taken as creators.

    Raises:
        BenchmarkNotFound: see `uplift`.
    """
    asked = replace(question, by=By.CREATOR, segment=None)
    found, judged = _answered(lake, asked)
    source = found.source or Source.EXPORTS
    scope = Scope(asked.workspace, asked.shops)
    others = total_measures(lake, scope, selection(asked, source))
    told = coverage(lake, scope, market=asked.market)
    return Overview(
        answer=found,
        before=_before(lake, asked, source),
        stands_out=stands_out(found.rows),
        needs_a_look=needs_a_look(found.rows),
        creators=found.rows.num_rows,
        contents=judged.contents,
        sums=summed(others, _MONEY),
        money=money_by_currency(others, _MONEY),
        data_until=max((one.ends_before for one in told), default=None),
    )


def _before(lake: Lake, question: Question, source: Source) -> Totals:
    """Totals of the same source over as many days just before; nothing for an open period."""
    if question.starts_on is None or question.ends_before is None:
        return Totals(0, 0)
    days = question.ends_before - question.starts_on
    earlier = replace(question, starts_on=question.starts_on - days, ends_before=question.starts_on)
    asked = selection(earlier, source)
    return Totals(*total_counts(lake, Scope(earlier.workspace, earlier.shops), asked))


def _periods(gathered: Gathered) -> list[Period]:
    """Distinct windows that were counted, earliest first; empty for tracked events."""
    return sorted({(window.starts_on, window.ends_before) for window in gathered.counts.windows})


def _is_within_week(period: Period) -> bool:
    return period[0].weekday() + (period[1] - period[0]).days <= 7


def _per_window(lake: Lake, question: Question, base: Gathered, key: str | None) -> pa.Table:
    """The counts of each window, of the shops that have it, its first day in place of the week."""
    tables = []
    for starts_on, ends_before in _periods(base):
        period = (starts_on, ends_before)
        windows = base.counts.windows
        shops = {w.shop for w in windows if (w.starts_on, w.ends_before) == period}
        part = replace(
            question, starts_on=starts_on, ends_before=ends_before, shops=tuple(sorted(shops))
        )
        table = counted(lake, part, selection(part, base.source, key=key)).table
        at = table.schema.get_field_index("week_starts_on")
        first = pa.repeat(pa.scalar(starts_on, pa.date32()), table.num_rows)
        tables.append(table.set_column(at, "week_starts_on", first))
    return pa.concat_tables(tables)


def _without_weeks(book: CellBook | None) -> CellBook | None:
    """The same book with the whole window's cells only."""
    if book is None:
        return None
    return replace(book, cells=book.cells.filter(pc.is_null(book.cells["week_starts_on"])))


def _only(counts: pa.Table, question: Question, key: str | None) -> pa.Table:
    if key is None:
        return counts
    return counts.filter(pc.fill_null(pc.equal(key_of(counts, question.by), key), fill_value=False))


def _as_one(counts: pa.Table) -> pa.Table:
    """The counts as if of one shop, so that everything is one row per segment."""
    at = counts.schema.get_field_index("shop")
    return counts.set_column(at, "shop", pa.nulls(counts.num_rows, pa.int32()).fill_null(0))
