"""An interrupted set-up goes on with what was decided when it began."""

from datetime import UTC, date, datetime
from pathlib import Path

from linkstar.sample.market import Size
from linkstar.sample.plan import Plan, read_plan

LATE_IN_CALIFORNIA = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def plan(**changes: object) -> Plan:
    return Plan(**{"seed": 7, "scale": 3, "size": Size(), "now": LATE_IN_CALIFORNIA} | changes)


class TestAPlan:
    def test_is_read_back_as_it_was_written(self, tmp_path: Path) -> None:
        plan(done=True).write(tmp_path / "plan.json")
        assert read_plan(tmp_path / "plan.json") == plan(done=True)

    def test_is_none_where_nothing_was_begun(self, tmp_path: Path) -> None:
        assert read_plan(tmp_path / "plan.json") is None

    def test_multiplies_impressions_and_nothing_else(self) -> None:
        assert plan().scaled == Size(impressions=30_000_000)

    def test_ends_with_the_day_it_is_in_the_shops_zone(self) -> None:
        assert plan().ends_before == date(2026, 11, 23)
