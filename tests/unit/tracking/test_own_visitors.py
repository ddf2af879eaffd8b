"""Whoever works for a shop bears the name its collector would give: own clicks can be told."""

from datetime import UTC, date, datetime
from pathlib import Path

from linkstar.collector.visitors import DailySalts
from linkstar.tracking.own_visitors import forget_own, own_visitors, remember_own

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


class TestAPersonOfTheShop:
    def test_is_named_as_the_collector_names_them(self, tmp_path: Path) -> None:
        remember_own(tmp_path, [1, 2], address="203.0.113.7", agent="Phone", now=NOW)
        name = DailySalts(tmp_path / "salts").visitor(1, "203.0.113.0", "Phone", NOW)
        [day] = own_visitors(tmp_path)
        assert day == date(2026, 11, 2)
        told = {
            row["own_shop"]: row["own_visitor"] for row in own_visitors(tmp_path)[day].to_pylist()
        }
        assert told[1] == name
        assert told[2] != name

    def test_is_noted_without_the_address_or_the_browser(self, tmp_path: Path) -> None:
        remember_own(tmp_path, [1], address="203.0.113.7", agent="Phone", now=NOW)
        kept = (tmp_path / "own" / "2026-11-02").read_text()
        assert "203.0.113" not in kept
        assert "Phone" not in kept

    def test_is_forgotten_with_the_day(self, tmp_path: Path) -> None:
        remember_own(tmp_path, [1], address="203.0.113.7", agent="Phone", now=NOW)
        assert forget_own(tmp_path, before=date(2026, 11, 2)) == 0
        assert forget_own(tmp_path, before=date(2026, 11, 3)) == 1
        assert own_visitors(tmp_path) == {}
