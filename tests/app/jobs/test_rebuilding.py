"""P5: the facts deleted and made again from archive and imports say the same, to the last digit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.app.lake.journals import Desk, batch, followed, single

from linkstar.catalog.actions import open_shop
from linkstar.catalog.models import Shop
from linkstar.connectors import actions
from linkstar.connectors.reading.detected import Answers
from linkstar.events.journal import frame_of
from linkstar.jobs.rebuilding import check_rebuild
from linkstar.jobs.tracking import load_journals
from linkstar.lake.store import Change, Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.tracking.models import TrackedLink

AT_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TABLE = "creator,impressions,clicks,date\nada,20000,600,2026-01-03\nbo,10000,150,2026-01-03\n"


@pytest.fixture
def places(settings, tmp_path):
    settings.PLACES = replace(settings.PLACES, data=tmp_path / "data")
    settings.PLACES.data.mkdir()
    return settings.PLACES


def write(places, name: str, *frames: bytes) -> None:
    Desk(places.collector, name).write(*frames)


@pytest.fixture
def filled(places, cast, tmp_path, now):
    """Two journals with repeats, conflicts, a stranger's link; two imports, one undone."""
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
    plain = {"kind": "order", "occurred_at": "2026-01-05T12:00:00Z", "creator": "bo"}
    write(places, "journal", *(single(followed(f"e{n}", **whose)) for n in range(20)))
    load_journals(Lake(places.lake), places.collector, now=AT_NOON)
    write(places, "journal-2", single(followed("e1", **whose)),
          batch({**plain, "event_id": "e2"}, {**plain, "event_id": "o1"}, shop=cast.shop.number),
          single(followed("x", **{**whose, "link": "stranger"})))  # fmt: skip
    load_journals(Lake(places.lake), places.collector, now=AT_NOON)
    for name, table in (("a", TABLE), ("b", TABLE.replace("2026-01-03", "2026-01-04"))):
        path = tmp_path / f"{name}.csv"
        path.write_text(table)
        import_file = actions.upload(
            workspace=cast.workspace, shop=cast.shop, user=cast.lin, name=path.name, file=path,
            now=now,
        )  # fmt: skip
        done = actions.run(actions.answer(import_file, Answers()), now=now)
        assert done.state == "done"
    actions.undo(done, user=cast.lin, now=now)
    return places


class TestARebuild:
    def test_says_the_same_to_the_last_digit_and_leaves_nothing_behind(self, filled) -> None:
        before = {path.name for path in filled.data.iterdir()}
        assert check_rebuild(filled, now=AT_NOON) == []
        assert {path.name for path in filled.data.iterdir()} == before

    def test_finds_an_event_that_was_lost(self, filled) -> None:
        lake = Lake(filled.lake)
        seen = lake.snapshot(EVENTS_TABLE)
        lake.commit(seen, Change(remove=seen.files[:1]), AT_NOON)
        [found] = check_rebuild(filled, now=AT_NOON)
        assert found.table == "events"
        assert found.rows < found.rebuilt

    def test_finds_a_value_that_was_changed(self, filled) -> None:
        lake = Lake(filled.lake)
        seen = lake.snapshot(EVENTS_TABLE)
        with lake.duckdb.cursor() as cursor:
            files = lake.write_files(
                cursor, EVENTS_TABLE,
                "SELECT * REPLACE ('other' AS creator) FROM read_parquet($files)",
                {"files": seen.paths()},
            )  # fmt: skip
        lake.commit(seen, Change(add=files, remove=seen.files), AT_NOON)
        [found] = check_rebuild(filled, now=AT_NOON)
        assert (found.table, found.rows) == ("events", found.rebuilt)


class TestWhatTheDirectoryLearntLater:
    """A rebuild goes by what was known when a line was loaded, not by what is known today."""

    def test_does_not_bring_back_clicks_on_a_link_that_was_made_afterwards(
        self, places, cast, now
    ) -> None:
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number}
        write(places, "journal", single(followed("early", link="late", **whose)))
        load_journals(Lake(places.lake), places.collector, now=AT_NOON)
        TrackedLink.objects.create(
            shop=cast.shop, token="late", destination="https://x.example/", created_at=now
        )
        write(places, "journal", single(followed("then", link="late", **whose)))
        [load] = load_journals(Lake(places.lake), places.collector, now=AT_NOON)
        assert load.stored == 1
        assert check_rebuild(places, now=AT_NOON) == []

    def test_does_not_bring_back_events_of_a_shop_that_was_opened_afterwards(
        self, places, cast, now
    ) -> None:
        early = {"shop": cast.shop.number + 100, "workspace": cast.workspace.number, "link": None}
        write(places, "journal", single(followed("early", **early)))
        load_journals(Lake(places.lake), places.collector, now=AT_NOON)
        shop = open_shop(workspace=cast.workspace, name="Second", now=now)
        Shop.objects.filter(pk=shop.pk).update(number=early["shop"])
        assert check_rebuild(places, now=AT_NOON) == []

    def test_leaves_a_line_that_nobody_can_read_at_the_minute_it_was_loaded(
        self, places, cast
    ) -> None:
        write(places, "journal", frame_of(b"gibberish\n\xff\n", 2))
        load_journals(Lake(places.lake), places.collector, now=AT_NOON)
        assert check_rebuild(places, now=AT_NOON + timedelta(hours=1)) == []


class TestTheOrderOfLoads:
    def test_is_that_in_which_they_were_committed_whichever_was_finished_first(
        self, places, cast
    ) -> None:
        plain = {"kind": "order", "occurred_at": "2026-01-05T12:00:00Z", "event_id": "o1"}
        shop = {"shop": cast.shop.number}
        write(places, "journal-2", batch({**plain, "creator": "bo"}, **shop))
        write(places, "journal", batch({**plain, "creator": "ada"}, **shop))
        loads = load_journals(Lake(places.lake), places.collector, now=AT_NOON)
        assert [load.conflicts for load in loads] == [0, 1]
        assert check_rebuild(places, now=AT_NOON) == []

    def test_is_kept_load_by_load_where_that_makes_a_difference(self, places, cast) -> None:
        """An id comes back on another day: unseen by the second load, seen had there been one."""
        plain = {"kind": "order", "event_id": "o1", "creator": "bo"}
        for moment in ("2026-01-03T20:00:00Z", "2026-01-05T20:00:00Z"):
            event = {**plain, "occurred_at": moment}
            write(places, "journal", batch(event, shop=cast.shop.number, received_at=moment))
            load_journals(Lake(places.lake), places.collector, now=AT_NOON)
        assert check_rebuild(places, now=AT_NOON) == []
