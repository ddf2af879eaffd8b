"""`linkstar uplift FILE...`: an answer over loose files, with nothing set up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linkstar.cli.exits import ExitCode
from linkstar.cli.mapping import mapping
from linkstar.cli.periods import period as understood_period
from linkstar.cli.refusals import (
    have_words,
    not_readable,
    reading_benchmark_file,
    refused_file,
)
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkstar.benchmarks.book import CellBook
    from linkstar.cli.output import Output
    from linkstar.insights.answers import UpliftAnswer
    from linkstar.insights.loose import FileRead, Reading
    from linkstar.insights.questions import Question

PROBLEMS_SHOWN = 20


def answer_of_files(
    output: Output,
    files: Sequence[Path],
    asked: Question,
    *,
    benchmark: str,
    reading: Reading,
) -> tuple[UpliftAnswer, ExitCode]:
    """The answer, and how to end: rejected rows end with their own code.

    Raises:
        Refused: a file cannot be read or leaves something unsaid.
    """
    from linkstar.connectors.reading.refusals import Refusal
    from linkstar.insights.loose import NoCtrInside, uplift_of_files

    for path in files:
        _look_at(path)
    book = _book(output, Path(benchmark), asked.market) if benchmark else None
    try:
        answer, read = uplift_of_files(files, asked, book, reading)
    except (Refusal, NoCtrInside) as refused:
        raise refused_file(refused) from refused
    for file in read:
        _tell(output, file)
    rejected = any(file.rejected for file in read)
    return answer, ExitCode.REJECTED_IN_PART if rejected else ExitCode.OK


def reading_of(*, mapped: str, period: str, zone: str, currency: str, day_order: str) -> Reading:
    """What the command line says of the files beyond what they say themselves."""
    from linkstar.connectors.reading.detected import Window
    from linkstar.insights.loose import Reading

    return Reading(
        mapping=mapping(mapped),
        zone=zone,
        currency=currency.upper(),
        period=Window(*understood_period(period)) if period else None,
        day_order=day_order.upper(),
    )


def _look_at(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as fault:
        raise not_readable(path, fault) from fault


def _book(output: Output, path: Path, market: str) -> CellBook:
    from linkstar.insights.benchmark_files import book_of_file

    with reading_benchmark_file(output, path):
        return book_of_file(path, market=market)


def _tell(output: Output, file: FileRead) -> None:
    sentence = _(
        "{path}: {rows} rows, {loaded} loaded, {duplicates} duplicates, {rejected} rejected"
    )
    output.say(
        sentence.format(
            path=file.path,
            rows=file.rows,
            loaded=file.loaded,
            duplicates=file.duplicates,
            rejected=file.rejected,
        )
    )
    if not file.rejected:
        return
    have_words()
    from linkstar.cli.problem_lines import problem_line

    for problem in file.problems.slice(0, PROBLEMS_SHOWN).to_pylist():
        output.say(problem_line(str(file.path), problem))
