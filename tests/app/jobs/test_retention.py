"""Retention runs by itself, leaves proof, and erasure names its subject by a digest only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.app.lake.journals import Desk, followed, single

from linkstar.jobs.rebuilding import check_rebuild
from linkstar.jobs.retention import cutoffs, erase, keep_no_longer, runs
from linkstar.jobs.tracking import load_journals
from linkstar.lake.journaled_counts import ask
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.tracking.models import TrackedLink

THEN = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def places(settings, tmp_path, cast):
    settings.PLACES = replace(settings.PLACES, data=tmp_path / "data")
    settings.PLACES.data.mkdir()
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
    Desk(settings.PLACES.collector).write(
        *(single(followed(f"e{n}", **whose, creator="@Ada")) for n in range(3))
    )
    load_journals(Lake(settings.PLACES.lake), settings.PLACES.collector, now=THEN)
    return settings.PLACES


def visitors(places) -> set[str]:
    sql = "SELECT DISTINCT visitor FROM {events}"
    return {row["visitor"] for row in ask(Lake(places.lake), sql, None, {}, events=EVENTS_TABLE)}


class TestARun:
    def test_strips_what_is_too_old_and_leaves_a_record(self, places) -> None:
        (places.collector / "salts").mkdir()
        for day in ("2026-01-05", "2026-04-04", "2026-04-05"):
            (places.collector / "salts" / day).write_text("secret")
        keep_no_longer(places, now=datetime(2026, 4, 5, 12, tzinfo=UTC))
        assert visitors(places) == {"v1"}
        keep_no_longer(places, now=datetime(2026, 4, 6, 12, tzinfo=UTC))
        assert visitors(places) == {""}
        last, first = runs()
        assert (first.detail["stripped"]["rows"], last.detail["stripped"]["rows"]) == (0, 3)
        assert (first.detail["salts_burnt"], last.detail["salts_burnt"]) == (1, 1)

    def test_past_the_hard_cap_drops_everything_and_a_rebuild_agrees(self, places) -> None:
        keep_no_longer(places, now=THEN + timedelta(days=800))
        assert visitors(places) == set()
        assert check_rebuild(places, now=THEN + timedelta(days=800)) == []

    def test_goes_by_days_and_months(self) -> None:
        kept = cutoffs(
            datetime(2026, 11, 29, 8, tzinfo=UTC), visitor_days=90, event_months=25, paper_months=36
        )
        assert str(kept.visitors_from) == "2026-08-31"
        assert str(kept.events_from.date()) == "2024-10-29"


class TestErasure:
    def test_of_a_creator_reaches_links_and_names_nobody(self, places, cast) -> None:
        link = TrackedLink.objects.create(
            shop=cast.shop, destination="https://x.example/", creator="@ADA", created_at=THEN
        )
        done = erase(places, creator="@ada", now=THEN + timedelta(days=1))
        link.refresh_from_db()
        assert link.creator == "erased"
        assert done.detail["erased"]["rows"] == 3
        assert "ada" not in f"{done.target} {done.detail}".lower()
