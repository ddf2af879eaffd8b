"""Cells that are written plainly are known at first sight, and mean what a closer look says."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.golden.reading import JULY, write

from linkstar.connectors.loading import stored_form
from linkstar.connectors.reading.detected import Answers, Detected, Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.parsing import parse
from linkstar.connectors.registry import LAYOUTS
from linkstar.lake.stating import Origin

ORIGIN = Origin("imp_1", 1, 1, None, dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
HEADER = "creator\tcontent id\tpost date\timpressions\tclicks\tgmv\tcategory"
SKINCARE = "Beauty & Personal Care > Skincare"
PLAIN = ("ada", "7312345678901234567", "2026-07-02", "1000", "5", "$1,234.50", SKINCARE)
CELLS = (
    ["ada"],
    ["7312345678901234567", " 7312345678901234567", "7312345678901234567 ", '="731234567890123"',
     "731234567890", "73123456789", "7" * 200, "7" * 201, "７312345678901234567", "007312345678901",
     "7312345678901234567.0", "7.3E+18", "-731234567890123", "+731234567890123", "v1", "--", ""],
    ["2026-07-02", " 2026-07-02", "2026-07-2 ", "2026-7-02", "2026-02-30", "infinity", "-infinity",
     "epoch", "0044-03-15 (BC)", "0044-03-15", "2026-07-02 10:00", "２026-07-02",
     "07/02/2026", "45839", "'2026-07-02", "--", ""],
    ["1000"],
    ["5"],
    ["$1,234.50", "$1,234.5", "$.5", "$12", "$1,2,3", "$1234.567", " $1.00", "$1.00 ", "1.00", "12",
     "1.234", "-$5", "($5.00)", "$-5", "US$5", "€3", "$1K-$5K", "1.2万", "$0", "$1.00\u00a0", "--"],
    [SKINCARE, f" {SKINCARE}", f"{SKINCARE} ", "beauty", "Beauty  &  Personal Care>Skincare",
     "美妆个护", "N/A", "None", "Home/Kitchen", "'Beauty & Personal Care > Skincare", "--", ""],
)  # fmt: skip
RECORDS = st.lists(st.tuples(*map(st.sampled_from, CELLS)), min_size=1, max_size=40)


def looked_at_closely(detected: Detected) -> Detected:
    """A file whose first cells are not known, so that none but counts is taken at first sight."""
    columns = tuple(replace(match, samples=()) for match in detected.columns)
    return replace(detected, columns=columns)


def stored(detected: Detected, folder: Path) -> tuple[pa.Table, pa.Table]:
    parsed = parse(
        detected,
        Answers(period=JULY, currency="USD", zone="America/Los_Angeles", day_order="MDY"),
        staged=folder / "staged.parquet",
        problems=folder / "problems.parquet",
        scratch=folder / "cells",
        form=stored_form(Kind.PERFORMANCE, ORIGIN),
    )
    return pq.read_table(parsed.staged), pq.read_table(parsed.problems)


@given(records=RECORDS)
@settings(max_examples=10, deadline=None)
def test_says_the_same_as_a_closer_look(tmp_path_factory, *, records) -> None:
    folder = tmp_path_factory.mktemp("sight")
    lines = [HEADER, *("\t".join(each) for each in [PLAIN, *records])]
    path = write(folder, "\n".join(lines) + "\n")
    found = detect(path, scratch=folder / "cells", layouts=LAYOUTS, hints=Hints())
    assert stored(found, folder) == stored(looked_at_closely(found), folder)
