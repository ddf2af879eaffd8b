"""From the counts of a question to its answer, with everything a reader has to know beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.benchmarks.book import CellBook
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.events.vocabulary import AUDIENCE_SEGMENTS
from linkstar.insights.answers import ROWS, Note, NoteKind, UpliftAnswer
from linkstar.insights.counts import Grouped, chosen, grouped, narrowed
from linkstar.insights.questions import Question, Source
from linkstar.insights.rows import Judging, best_first, judged_rows
from linkstar.lake.selection import Counts, LeftOutReason
from linkstar.stats.arrays import Ints
from linkstar.stats.ctr import Definition

_SHARE_WORTH_A_NOTE = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The counts of the source that was taken, and how many impressions the other one has."""

    counts: Counts
    source: Source
    impressions_of_other: int = 0


def larger_source(question: Question, count: Callable[[Source], Counts]) -> Gathered:
    """The counts of the source the question names, or of the one with more impressions."""
    sources = [question.source] if question.source else list(Source)
    found = {source: count(source) for source in sources}
    impressions = {
        source: int(pc.sum(counts.table["impressions"]).as_py() or 0)
        for source, counts in found.items()
    }
    taken = max(sources, key=lambda source: impressions[source])
    return Gathered(found[taken], taken, sum(impressions.values()) - impressions[taken])


def judging(question: Question) -> Judging:
    """How the rows of a question are judged."""
    audience = question.segment in AUDIENCE_SEGMENTS
    return Judging(
        definition=question.definition,
        by=question.by,
        impressions_min=question.impressions_min,
        confidence=question.confidence,
        segment=question.segment.value if question.segment and audience else "",
    )


@dataclass(frozen=True, slots=True, eq=False)
class JudgedCounts:
    """Everything a question counted, judged; filters on rows' own attributes not yet applied.

    Attributes:
        rows: columns of `ROWS`, best first.
        counts: what was counted, with `group`, the place among `rows` it belongs to.
        total: all of it as one row of the same columns; none where nothing was counted.
        contents: how many contents, those included that are in no row.
        source: the one that was taken; None where nothing was counted of what was asked for.
        doubted: contents whose CTR no honest traffic reaches.
        notes: what has to be known of the counts.
        sql, parameters: how they were come by.
    """

    rows: pa.Table
    counts: pa.Table
    total: pa.Table
    contents: int
    source: Source | None
    doubted: int
    notes: tuple[Note, ...]
    sql: str
    parameters: tuple[tuple[str, object], ...] = ()


def answer(question: Question, gathered: Gathered, book: CellBook | None) -> UpliftAnswer:
    """Judge the counts and say what must be said."""
    return chosen_rows(question, judged_counts(question, gathered, book), book)


def judged_counts(question: Question, gathered: Gathered, book: CellBook | None) -> JudgedCounts:
    """Judge all that was counted."""
    table = narrowed(gathered.counts.table, question.filters, question.by)
    numbered = grouped(table, question.by, split=question.segment is not None)
    judged = judged_rows(numbered, book, judging(question))
    order = best_first(judged.rows)
    place = np.empty(numbered.groups, dtype=np.int64)
    place[order.to_numpy()] = np.arange(numbered.groups)
    return JudgedCounts(
        rows=judged.rows.take(order),
        counts=numbered.table.append_column("group", pa.array(place[numbered.group])),
        total=total_row(numbered.table, book, question),
        contents=int(pc.sum(gathered.counts.table["contents"]).as_py() or 0),
        source=gathered.source if gathered.counts.table.num_rows else question.source,
        doubted=int(judged.suspicious.sum()),
        notes=tuple(_notes_on_counts(gathered, numbered)),
        sql=gathered.counts.sql,
        parameters=tuple(gathered.counts.parameters.items()),
    )


def chosen_rows(question: Question, judged: JudgedCounts, book: CellBook | None) -> UpliftAnswer:
    """The answer to a question of what was judged.

    Filters on a row's own attributes choose among the rows of the whole question, so that a
    creator's figures are the same in the list and on her own page.
    """
    mask = chosen(judged.counts, question.filters, question.by)
    rows, total = judged.rows, judged.total
    if mask is not None:
        counted = judged.counts.filter(mask)
        rows = rows.filter(_in_groups(counted["group"].to_numpy(), rows.num_rows))
        total = total_row(counted, book, question)
    return UpliftAnswer(
        by=question.by,
        market=question.market,
        definition=question.definition,
        source=judged.source,
        starts_on=question.starts_on,
        ends_before=question.ends_before,
        rows=rows,
        total=total,
        benchmark=book.summary if book else None,
        notes=(
            *judged.notes,
            *_notes_on_benchmark(question, book, rows),
            *_notes_on_rows(rows, judged.doubted),
        ),
        sql=judged.sql,
        parameters=judged.parameters,
    )


def total_row(table: pa.Table, book: CellBook | None, question: Question) -> pa.Table:
    """Everything counted as one group, in the columns of `ROWS`; no row when nothing is."""
    if table.num_rows == 0:
        return ROWS.empty_table()
    everything = Grouped(
        table=table,
        group=np.zeros(table.num_rows, dtype=np.int64),
        keys=pa.array(["total"]),
        segments=None,
        heaviest=np.array([np.argmax(table["impressions"].to_numpy())], dtype=np.int64),
        impressions_without_key=0,
    )
    asked = judging(question)
    by_shop = Judging(
        asked.definition, question.by.SHOP, asked.impressions_min, asked.confidence, asked.segment
    )
    return judged_rows(everything, book, by_shop).rows


def _in_groups(groups: Ints, number: int) -> pa.Array:
    """Which of so many groups are among these."""
    found = np.zeros(number, dtype=np.bool_)
    found[groups] = True
    return pa.array(found)


def _notes_on_counts(gathered: Gathered, numbered: Grouped) -> Sequence[Note]:
    notes = []
    if gathered.counts.table.num_rows == 0:
        notes.append(Note(NoteKind.NO_DATA))
    if gathered.impressions_of_other:
        notes.append(_other_source(gathered))
    inside = [
        left
        for left in gathered.counts.left_out
        if left.reason not in {LeftOutReason.OUTSIDE_PERIOD, LeftOutReason.OTHER_SPLIT}
    ]
    for reason in dict.fromkeys(left.reason for left in inside):
        windows = [left.window for left in inside if left.reason == reason]
        facts = (
            ("reason", reason.value),
            ("windows", len(windows)),
            ("impressions", sum(window.impressions for window in windows)),
        )
        notes.append(Note(NoteKind.WINDOWS_LEFT_OUT, facts))
    if numbered.impressions_without_key:
        without = ("impressions", numbered.impressions_without_key)
        notes.append(Note(NoteKind.WITHOUT_KEY, (without,)))
    return notes


def _other_source(gathered: Gathered) -> Note:
    other = Source.TRACKED if gathered.source is Source.EXPORTS else Source.EXPORTS
    return Note(
        NoteKind.OTHER_SOURCE_HAS_DATA,
        (("source", other.value), ("impressions", gathered.impressions_of_other)),
    )


def _notes_on_benchmark(
    question: Question, book: CellBook | None, rows: pa.Table
) -> Sequence[Note]:
    if book is None:
        return [Note(NoteKind.NO_BENCHMARK)]
    notes = []
    if question.definition not in book.definitions:
        notes.append(_other_definition(question.definition, book))
    if book.summary.source is BenchmarkSource.OWN_HISTORY:
        notes.append(Note(NoteKind.OWN_HISTORY))
    starts_on, ends_before = book.summary.starts_on, book.summary.ends_before
    if (
        starts_on
        and ends_before
        and (question.starts_on, question.ends_before)
        != (
            starts_on,
            ends_before,
        )
    ):
        facts = (("starts_on", starts_on.isoformat()), ("ends_before", ends_before.isoformat()))
        notes.append(Note(NoteKind.PERIOD_DIFFERS, facts))
    rolled = pc.sum(rows["rolled_up"].cast(pa.int64())).as_py() or 0
    if rolled:
        notes.append(Note(NoteKind.ROLLED_UP, (("rows", rolled),)))
    impressions = pc.sum(rows["impressions"]).as_py() or 0
    covered = pc.sum(rows["covered_impressions"]).as_py() or 0
    if impressions and 1.0 - covered / impressions > _SHARE_WORTH_A_NOTE:
        notes.append(Note(NoteKind.PARTLY_COVERED, (("share", covered / impressions),)))
    return notes


def _other_definition(definition: Definition, book: CellBook) -> Note:
    known = ", ".join(sorted(d.value for d in book.definitions))
    return Note(
        NoteKind.DEFINITION_NOT_IN_BENCHMARK,
        (("definition", definition.value), ("definitions", known)),
    )


def _notes_on_rows(rows: pa.Table, doubted: int) -> Sequence[Note]:
    notes = []
    derived = pc.sum(rows["clicks_derived"].cast(pa.int64())).as_py() or 0
    if derived:
        notes.append(Note(NoteKind.CLICKS_DERIVED, (("rows", derived),)))
    if doubted:
        notes.append(Note(NoteKind.SUSPICIOUS_CONTENT, (("contents", doubted),)))
    return notes
