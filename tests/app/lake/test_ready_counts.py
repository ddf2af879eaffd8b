"""Counts that lie ready beside roll-ups: never believed over them, never missed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.made import NOW, Facts
from tests.app.lake.test_counts_of_events import ORDER, OWN

from linkstar.lake.queries import content_counts, total_counts
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Level, Selection, Source
from linkstar.lake.store import Lake
from linkstar.lake.upkeep import sweep
from linkstar.lake.verify import Fault, verify

CONTENTS = Selection(Source.TRACKED, Level.CONTENT, titles=False)


def noon(day: int) -> datetime:
    return datetime(2026, 2, day, 12, tzinfo=UTC)


def ready(facts: Facts) -> list[Path]:
    return sorted(facts.lake.root.glob("ready_counts/*/*.arrow"))


def assert_the_same(facts: Facts, asked: Selection) -> None:
    """What a process that remembers nothing says, from roll-ups and from the events."""
    lake = Lake(facts.lake.root)
    found, raw = (content_counts(lake, OWN, replace(asked, rollups=each)) for each in (True, False))
    assert found.parameters["rollups"]
    assert found.table.sort_by(ORDER).equals(raw.table.sort_by(ORDER))


class TestReadyCounts:
    def test_lie_there_as_soon_as_roll_ups_do(self, rolled: Facts) -> None:
        files = rolled.lake.root.glob("content_rollups/**/*.parquet")
        assert {path.stem for path in ready(rolled)} == {path.stem for path in files}

    def test_are_made_again_where_they_were_deleted(self, rolled: Facts) -> None:
        before = ready(rolled)
        for path in before:
            path.unlink()
        assert_the_same(rolled, CONTENTS)
        assert ready(rolled)
        assert set(ready(rolled)) <= set(before)

    @pytest.mark.parametrize("left", [0, 5, 1_000])
    def test_are_made_again_where_they_were_cut_off(self, rolled: Facts, left: int) -> None:
        for path in ready(rolled):
            path.write_bytes(path.read_bytes()[:left])
        assert_the_same(rolled, CONTENTS)

    def test_go_with_the_roll_ups_they_were_made_from(self, rolled: Facts) -> None:
        before = set(ready(rolled))
        earlier = before.copy().pop().parents[1] / "made-otherwise" / "one.arrow"
        earlier.parent.mkdir()
        earlier.touch()
        rolled.track("imp_2", {"event_id": "new", "occurred_at": noon(3)})
        refresh_rollups(rolled.lake, now=NOW)
        sweep(rolled.lake)
        assert len(before - set(ready(rolled))) == 3  # a day, its week, its month
        assert not earlier.parent.exists()
        assert_the_same(rolled, CONTENTS)

    def test_that_say_something_else_are_found(self, rolled: Facts) -> None:
        assert verify(rolled.lake) == []
        one, other = ready(rolled)[:2]
        other.write_bytes(one.read_bytes())
        assert [finding.fault for finding in verify(rolled.lake)] == [Fault.ROLLUP_DIFFERS]


class TestAPeriod:
    @settings(deadline=None, max_examples=30)
    @given(
        first=st.integers(0, 45),
        days=st.integers(1, 45),
        level=st.sampled_from(Level),
        week=st.booleans(),
    )
    def test_is_told_the_same_by_weeks_less_some_days(
        self, season: Facts, *, first: int, days: int, level: Level, week: bool
    ) -> None:
        start = date.fromordinal(date(2026, 1, 19).toordinal() + first)
        asked = Selection(
            Source.TRACKED,
            level,
            starts_on=start,
            ends_before=date.fromordinal(start.toordinal() + days),
            week=week,
            titles=False,
        )
        tables = [
            content_counts(season.lake, OWN, replace(asked, rollups=each)).table.sort_by(ORDER)
            for each in (True, False)
        ]
        assert tables[0].equals(tables[1])
        sums = tuple(pc.sum(tables[1][name]).as_py() or 0 for name in ("impressions", "clicks"))
        assert total_counts(season.lake, OWN, asked) == sums

    @pytest.mark.parametrize(("days", "rollups", "less"), [(5, 1, 2), (3, 3, 0)])
    def test_of_most_of_a_week_is_the_week_less_the_others(
        self, facts: Facts, days: int, rollups: int, less: int
    ) -> None:
        facts.track("imp_1", *({"occurred_at": noon(2 + place)} for place in range(7)))
        refresh_rollups(facts.lake, now=NOW)
        asked = replace(CONTENTS, starts_on=date(2026, 2, 2), ends_before=date(2026, 2, 2 + days))
        found = content_counts(facts.lake, OWN, asked)
        read = [len(found.parameters.get(name, [])) for name in ("rollups", "less")]
        assert read == [rollups, less]
        assert found.table["impressions"].to_pylist() == [days]
