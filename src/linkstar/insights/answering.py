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
from linkstar.insights.rows import Judged, Judging, best_first, judged_rows
from linkstar.lake.selection import Counts, LeftOutReason
from linkstar.stats.arrays import Bools
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


def answer(question: Question, gathered: Gathered, book: CellBook | None) -> UpliftAnswer:
    """Judge the counts and say what must be said.

    Filters on a row's own attributes choose among the rows of the whole question, so that a
    creator's figures are the same in the list and on her own page.
    """
    table = narrowed(gathered.counts.table, question.filters, question.by)
    numbered = grouped(table, question.by, split=question.segment is not None)
    judged = judged_rows(numbered, book, judging(question))
    mask = chosen(numbered.table, question.filters, question.by)
    rows = judged.rows
    counted = numbered.table
    if mask is not None:
        kept = np.asarray(mask.to_numpy(), dtype=np.bool_)
        rows = rows.filter(_groups_with(numbered, kept))
        counted = counted.filter(pa.array(kept))
    return UpliftAnswer(
        by=question.by,
        market=question.market,
        definition=question.definition,
        source=gathered.source if gathered.counts.table.num_rows else question.source,
        starts_on=question.starts_on,
        ends_before=question.ends_before,
        rows=best_first(rows),
        total=total_row(counted, book, question),
        benchmark=book.summary if book else None,
        notes=(
            *_notes_on_counts(gathered, numbered),
            *_notes_on_benchmark(question, book, rows),
            *_notes_on_rows(rows, judged),
        ),
        sql=gathered.counts.sql,
        parameters=tuple(gathered.counts.parameters.items()),
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


def _groups_with(numbered: Grouped, kept: Bools) -> pa.Array:
    found = np.zeros(numbered.groups, dtype=np.bool_)
    found[numbered.group[kept]] = True
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


def _notes_on_rows(rows: pa.Table, judged: Judged) -> Sequence[Note]:
    notes = []
    derived = pc.sum(rows["clicks_derived"].cast(pa.int64())).as_py() or 0
    if derived:
        notes.append(Note(NoteKind.CLICKS_DERIVED, (("rows", derived),)))
    doubted = int(judged.suspicious.sum())
    if doubted:
        notes.append(Note(NoteKind.SUSPICIOUS_CONTENT, (("contents", doubted),)))
    return notes
