"""Asking data for its uplift."""

from datetime import date
from pathlib import Path
from typing import Any

from linkstar.benchmarks.book import CellBook
from linkstar.events.vocabulary import Segment
from linkstar.insights.benchmark_files import book_of_file
from linkstar.insights.loose import uplift_of_files
from linkstar.insights.questions import By, Question
from linkstar.notebook.data import Data, data_of
from linkstar.notebook.result import Uplift
from linkstar.stats.ctr import Definition


def uplift_of(
    data: Any,
    *,
    benchmark: Any,
    by: str,
    market: str,
    definition: str,
    segment: str | None,
    starts_on: date | None,
    ends_before: date | None,
    impressions_min: int,
) -> Uplift:
    """See `linkstar.uplift`.

    Raises:
        ValueError: `by`, `definition` or `segment` is not one of the known words.
        Refusal, NoCtrInside, NotAFrame, BenchmarkFileHasProblems, MarketNotStated: what was given
            cannot be read as what it should be.
    """
    question = Question(
        workspace=0,
        shops=(),
        by=By(by),
        market=market.upper(),
        definition=Definition(definition),
        starts_on=starts_on,
        ends_before=ends_before,
        segment=Segment(segment) if segment else None,
        impressions_min=impressions_min,
    )
    given = data if isinstance(data, Data) else data_of(data)
    book = _book(benchmark, question.market)
    with given.files() as paths:
        answer, files = uplift_of_files(paths, question, book, given.reading)
    return Uplift(answer, files)


def _book(benchmark: Any, market: str) -> CellBook | None:
    if benchmark is None:
        return None
    with data_of(benchmark).files() as paths:
        return book_of_file(Path(paths[0]), market=market)
