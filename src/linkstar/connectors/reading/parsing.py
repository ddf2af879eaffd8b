"""Reading every row of a detected file into the lake's columns, and naming each row that fails."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from linkstar.catalog.rules import is_zone
from linkstar.connectors.fields.engine import macros_named_in, open_engine, text_literal
from linkstar.connectors.reading.cells import Cells, clean, must_be_cleaned
from linkstar.connectors.reading.detected import Answers, Detected, Notice
from linkstar.connectors.reading.halves import Halves, halves_of, lines_of
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.refusals import AnswerMissing, FileRefused, ZoneNotKnown
from linkstar.connectors.reading.staging import RowsForm, as_staged
from linkstar.connectors.reading.statement import Statement
from linkstar.lake.engine import watched
from linkstar.lake.relations import empty_relation

Progress = Callable[[float], None]
"""Called now and then with the share of the file that is read, 0 to 1."""
SMALL_BYTES = 4 * 1024 * 1024
LARGE_BYTES = 16 * 1024 * 1024
_NUMBERED = frozenset({Kind.PERFORMANCE, Kind.ORDER_LINES, Kind.INCOME_LINES})
"""Kinds of rows that keep their number: it tells their order, whatever order they lie in."""
PROBLEMS = pa.schema(
    [
        ("row", pa.int32()),
        ("column", pa.string()),
        ("code", pa.string()),
        ("value", pa.string()),
        ("expected", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of the rows: `rows = staged_rows + rejected`.

    Attributes:
        rows: rows of data in the file; blank rows and totals are none.
        staged_rows: rows written to the staged file.
        rejected: rows with at least one problem.
        staged: Parquet in the lake's columns.
        problems: Parquet of `PROBLEMS`, ordered by row.
        warnings: what a person should know that stopped nothing.
        cells: where the cells were read from in the end.
    """

    rows: int
    staged_rows: int
    rejected: int
    staged: Path
    problems: Path
    warnings: tuple[Notice, ...]
    cells: Cells


def ignore_progress(_share: float) -> None:
    """For callers who do not watch."""


def parse(
    detected: Detected,
    answers: Answers,
    *,
    staged: Path,
    problems: Path,
    scratch: Path,
    products: Path | None = None,
    form: RowsForm = as_staged,
    progress: Progress = ignore_progress,
) -> Parsed:
    """Read the whole file.

    Args:
        detected: what the file is; it names where its cells lie.
        answers: what a person said about it.
        staged: where the rows go, as Parquet.
        problems: where the problems go, as Parquet.
        scratch: a folder for clean copies and spilled memory.
        products: where what the file says of products goes, as Parquet; None: it is not kept.
        form: how rows in the lake's staged columns are written.
        progress: called now and then; whatever it raises stops the reading.

    Raises:
        AnswerMissing: something the file does not say was not answered.
        ZoneNotKnown: the zone is no IANA name.
        FileRefused: the file turns out to be damaged further on.
    """
    _refuse_open_questions(detected, answers)
    places = _Places(staged, problems, scratch, products, form)
    scratch.mkdir(parents=True, exist_ok=True)
    if must_be_cleaned(detected.cells):
        cleaned = clean(detected.cells, detected.width, scratch)
        return _parse(_over(detected, cleaned), answers, places, progress)
    if parsed := _parse_in_halves(detected, answers, places, progress):
        return parsed
    try:
        return _parse(detected, answers, places, progress)
    except _BlankLines:
        pass
    except duckdb.InvalidInputException as fault:
        if detected.cells.is_clean or detected.cells.format != "csv":
            raise FileRefused("damaged", str(fault).partition("\n")[0]) from fault
    except duckdb.Error as fault:
        # The parallel reader does not take line breaks inside quotes of ragged records.
        if detected.cells.is_clean or detected.cells.format != "csv" or "CSV" not in str(fault):
            raise
    cleaned = clean(detected.cells, detected.width, scratch)
    return _parse(_over(detected, cleaned), answers, places, progress)


def _over(detected: Detected, cells: Cells) -> Detected:
    return replace(detected, cells=cells)


def _refuse_open_questions(detected: Detected, answers: Answers) -> None:
    given = {
        "period": answers.period is not None,
        "currency": bool(answers.currency),
        "zone": bool(answers.zone),
        "day_order": bool(answers.day_order),
        "state": bool(answers.state),
        "mapping": False,
    }
    open_needs = tuple(need for need in detected.needs if not given[need])
    if open_needs:
        raise AnswerMissing(open_needs, detected.missing)
    if answers.zone and not is_zone(answers.zone):
        raise ZoneNotKnown(answers.zone)


class _CutWrongly(Exception):
    """Not every line is a record: the halves may overlap records or count them wrongly."""


class _BlankLines(Exception):
    """Blank lines are rows to a person and nothing to the engine: then rows are counted anew."""


def _refuse_blank_lines(cells: Cells) -> None:
    if cells.format != "csv" or cells.is_clean:
        return
    with Path(cells.path).open("rb") as file:
        before, found = b"\n", False
        while chunk := file.read(1 << 22):
            text = before + chunk
            at = text.find(b"\n\n")
            if at < 0 and b"\r" in chunk:
                at = text.find(b"\n\r\n")
            if (found or at >= 0) and text[max(at, 0) :].strip(b"\r\n"):
                raise _BlankLines
            found = found or at >= 0
            before = chunk[-2:]


@dataclass(frozen=True, slots=True)
class _Places:
    staged: Path
    problems: Path
    scratch: Path
    products: Path | None
    form: RowsForm


def _parse_in_halves(
    detected: Detected, answers: Answers, places: _Places, progress: Progress
) -> Parsed | None:
    """Read a large text on two cores; None where that is not worth it or not possible.

    Rows are staged in any order, so only kinds whose rows keep their number are read so.
    """
    source = Path(detected.cells.path)
    is_text = detected.cells.format == "csv" and not detected.cells.is_clean
    is_large = source.stat().st_size >= LARGE_BYTES
    if not (is_text and is_large and detected.kind in _NUMBERED):
        return None
    with halves_of(source, places.scratch) as halves:
        try:
            return _parse(detected, answers, places, progress, halves) if halves else None
        except (_CutWrongly, duckdb.Error):
            return None  # Whoever reads the whole says what is wrong with it, if anything is.


def _parse(
    detected: Detected,
    answers: Answers,
    places: _Places,
    progress: Progress,
    halves: Halves | None = None,
) -> Parsed:
    statement = Statement.over(detected, answers, halves.parts if halves else ())
    is_small = Path(detected.cells.path).stat().st_size < SMALL_BYTES
    engine = open_engine(
        spill=str(places.scratch / "spill"), for_few_rows=is_small, threads=2 if halves else 1
    )
    with engine:
        statement.bind(engine)
        # A file that is taken over lies in the facts under another name: it is never written into.
        places.staged.unlink(missing_ok=True)
        copy = statement.copy_to(places.staged, places.form)
        engine.execute(macros_named_in(copy, statement.problems))
        written = watched(engine, lambda: _one(engine, copy), progress)
        warnings: tuple[Notice, ...] = ()
        rows, rejected = written, 0
        lines = halves.lines if halves else _lines_of(detected.cells)
        if lines != detected.first_row - 1 + written:
            if not halves:
                _refuse_blank_lines(detected.cells)
            records = _one(engine, f"SELECT count(*) FROM {statement.relation}")
            if halves and records != halves.lines:
                raise _CutWrongly
            if records != detected.first_row - 1 + written:
                rows, warnings = statement.account(engine)
                rejected = rows - written
        told = statement.problems if rejected else empty_relation(PROBLEMS)
        engine.execute(f"COPY {told} TO {text_literal(str(places.problems))} (FORMAT parquet)")
        if places.products and statement.names_products:
            engine.execute(statement.copy_products_to(places.products, places.staged))
        warnings += statement.notices(engine, places.staged)
    shutil.rmtree(places.scratch / "spill", ignore_errors=True)
    return Parsed(
        rows=rows,
        staged_rows=written,
        rejected=rejected,
        staged=places.staged,
        problems=places.problems,
        warnings=detected.warnings + warnings,
        cells=detected.cells,
    )


def _lines_of(cells: Cells) -> int | None:
    return lines_of(Path(cells.path)) if cells.format == "csv" else None


def _one(engine: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = engine.execute(sql).fetchone()
    assert found is not None
    return int(found[0])
