"""What is answered: uplift rows as an Arrow table with everything needed to explain them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from linkstar.benchmarks.book import BenchmarkSummary
from linkstar.events.words import gettext_noop
from linkstar.insights.questions import By, Source
from linkstar.stats.ctr import Definition

JSON_VERSION = 1

ROWS = pa.schema(
    [
        ("key", pa.string()),
        ("name", pa.string()),
        ("contents", pa.int64()),  # null: a file gave a creator's counts without how many contents
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("ctr", pa.float64()),  # of the impressions that have a benchmark
        ("benchmark_ctr", pa.float64()),  # for the row's own mix
        ("uplift", pa.float64()),  # ctr / benchmark_ctr - 1
        ("ctr_ratio", pa.float64()),
        ("low", pa.float64()),  # limits of uplift
        ("high", pa.float64()),
        ("probability_above", pa.float64()),
        ("shrunken_uplift", pa.float64()),  # for ranking
        ("state", pa.string()),
        # beyond the columns of the stable JSON
        ("shrunken_low", pa.float64()),
        ("shrunken_high", pa.float64()),
        ("held_back", pa.string()),  # why no verdict where the interval leaves out the benchmark
        ("expected_rank", pa.float64()),
        ("impressions_needed", pa.int64()),  # for a verdict, in all; null: no number would do
        ("covered_impressions", pa.int64()),  # those with a benchmark
        ("design_effect", pa.float64()),
        ("benchmark_relative_error", pa.float64()),
        ("category", pa.string()),  # with most of the row's impressions
        ("benchmark_category", pa.string()),  # of the cell most impressions were compared with
        ("benchmark_content_type", pa.string()),
        ("rolled_up", pa.bool_()),  # some impressions were compared with a wider cell
        ("content_type", pa.string()),  # with most of the row's impressions
        ("channel", pa.string()),
        ("shop", pa.int64()),
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("content_url", pa.string()),
        ("posted_on", pa.date32()),
        ("clicks_derived", pa.bool_()),  # some clicks were worked out from a printed rate
        ("segment", pa.string()),  # value, when the question names a segment
    ]
)
STABLE = (
    "key",
    "name",
    "contents",
    "impressions",
    "clicks",
    "ctr",
    "benchmark_ctr",
    "uplift",
    "ctr_ratio",
    "low",
    "high",
    "probability_above",
    "shrunken_uplift",
    "state",
)
"""The columns of a row in the JSON, which keeps its version as long as these stay."""


def impressions_missing(row: Mapping[str, Any]) -> int | None:
    """How many more a verdict takes; None where the benchmark is too uncertain for any number."""
    needed: int | None = row["impressions_needed"]
    return None if needed is None else max(needed - row["impressions"], 0)


class HeldBack(StrEnum):
    """Why nothing is concluded from an interval that leaves out the benchmark."""

    FEW = "few"  # contents, or clicks had or expected
    SMALL = "small"  # the shrunken uplift matters to nobody
    CHANCE = "chance"  # among so many rows judged together


HELD_BACK: Mapping[str, str] = MappingProxyType(
    {
        HeldBack.FEW: gettext_noop("fewer than 3 contents or 10 clicks"),
        HeldBack.SMALL: gettext_noop("under 10% by the estimate for ranking"),
        HeldBack.CHANCE: gettext_noop("may be chance among so many rows"),
    }
)
"""The same in words, to be translated where they are said."""


class NoteKind(StrEnum):
    """What a reader has to know beside the figures."""

    NO_DATA = "no_data"
    NO_BENCHMARK = "no_benchmark"
    DEFINITION_NOT_IN_BENCHMARK = "definition_not_in_benchmark"
    OTHER_SOURCE_HAS_DATA = "other_source_has_data"
    WINDOWS_LEFT_OUT = "windows_left_out"
    ROLLED_UP = "rolled_up"
    PARTLY_COVERED = "partly_covered"
    PERIOD_DIFFERS = "period_differs"
    CLICKS_DERIVED = "clicks_derived"
    WITHOUT_KEY = "without_key"
    OWN_HISTORY = "own_history"
    SUSPICIOUS_CONTENT = "suspicious_content"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know: its kind, and the figures its sentence needs."""

    kind: NoteKind
    facts: tuple[tuple[str, int | float | str], ...] = ()

    def as_dict(self) -> dict[str, int | float | str]:
        return {"kind": self.kind.value, **dict(self.facts)}


@dataclass(frozen=True, slots=True, eq=False)
class UpliftAnswer:
    """The answer to one question.

    Attributes:
        rows: columns of `ROWS`; null where a value cannot be told. Best shrunken uplift first.
        total: one row of the same columns: everything counted, as one group.
        benchmark: what was compared with, None when there is none.
        sql, parameters: the question as the engine was asked, for the method drawer.
    """

    by: By
    market: str
    definition: Definition
    source: Source | None
    starts_on: date | None
    ends_before: date | None
    rows: pa.Table
    total: pa.Table
    benchmark: BenchmarkSummary | None
    notes: tuple[Note, ...]
    sql: str = ""
    parameters: tuple[tuple[str, object], ...] = ()

    def to_json(self) -> dict[str, object]:
        """The stable, versioned form; null where a value cannot be told."""
        return {
            "version": JSON_VERSION,
            "market": self.market,
            "definition": self.definition.value,
            "by": self.by.value,
            "source": self.source.value if self.source else None,
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_before": self.ends_before.isoformat() if self.ends_before else None,
            "benchmark": benchmark_json(self.benchmark),
            "rows": self.rows.select(self._columns()).to_pylist(),
            "total": self.total.select(STABLE).to_pylist()[0] if self.total.num_rows else None,
            "notes": [note.as_dict() for note in self.notes],
        }

    def _columns(self) -> list[str]:
        split = self.rows.num_rows and self.rows["segment"].null_count < self.rows.num_rows
        return [*STABLE, "segment"] if split else list(STABLE)


def benchmark_json(benchmark: BenchmarkSummary | None) -> dict[str, object] | None:
    """What the JSON says of a benchmark."""
    if benchmark is None:
        return None
    return {
        "id": benchmark.id,
        "market": benchmark.market,
        "source": benchmark.source.value,
        "source_name": benchmark.source_name,
        "licence": benchmark.licence,
        "version": benchmark.version,
        "starts_on": benchmark.starts_on.isoformat() if benchmark.starts_on else None,
        "ends_before": benchmark.ends_before.isoformat() if benchmark.ends_before else None,
    }
