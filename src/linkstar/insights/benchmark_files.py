"""A benchmark file as cells, without any set-up."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.benchmarks.book import BenchmarkSummary, CellBook
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.benchmarks.stated import StatedBenchmark, stated_benchmark
from linkstar.connectors.reading.detected import Answers, Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.parsing import parse
from linkstar.connectors.registry import BENCHMARK_LAYOUTS


class BenchmarkFileHasProblems(ValueError):
    """Rows of a benchmark file could not be read; none is left out in silence.

    `problems` has the columns row, column, code, value, expected.
    """

    def __init__(self, path: Path, problems: pa.Table) -> None:
        super().__init__(str(path), problems.num_rows)
        self.path = path
        self.problems = problems


def read_benchmark_file(path: Path, *, market: str) -> StatedBenchmark:
    """The edition a file states for one market.

    Raises:
        BenchmarkFileHasProblems: a row cannot be read.
        Refusal: the file is no benchmark file (`connectors.reading.refusals`).
        MarketNotStated, PeriodsDiffer, CellInvalid: see `stated_benchmark`.
    """
    with tempfile.TemporaryDirectory(prefix="linkstar-") as folder:
        scratch = Path(folder)
        hints = Hints(name=path.name)
        found = detect(path, scratch=scratch, layouts=BENCHMARK_LAYOUTS, hints=hints)
        parsed = parse(
            found,
            Answers(market=market),
            staged=scratch / "cells.parquet",
            problems=scratch / "problems.parquet",
            scratch=scratch,
        )
        if parsed.rejected:
            raise BenchmarkFileHasProblems(path, pq.read_table(parsed.problems))
        return stated_benchmark(pq.read_table(parsed.staged), market=market)


def book_of_file(path: Path, *, market: str) -> CellBook:
    """The file as a book that questions can be answered with; its name is the benchmark's id.

    Raises:
        BenchmarkFileHasProblems, Refusal, MarketNotStated, PeriodsDiffer, CellInvalid: see
            `read_benchmark_file`.
    """
    stated = read_benchmark_file(path, market=market)
    about = BenchmarkSummary(
        id=path.name,
        market=market,
        source=BenchmarkSource.IMPORTED,
        source_name=stated.source_name,
        licence=stated.licence,
        version=1,
        starts_on=stated.starts_on,
        ends_before=stated.ends_before,
    )
    return CellBook(about, stated.cells)
