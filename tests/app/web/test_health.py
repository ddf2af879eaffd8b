"""Whoever runs the installation sees every shop's books by minute, and the spool."""

from datetime import UTC, datetime

import pytest
from tests.app.lake.journals import Desk, followed, single

from linkstar.collector.refusals import Refusals
from linkstar.jobs.tracking import load_journals
from linkstar.lake.store import Change, Lake
from linkstar.lake.tables import EVENTS_TABLE


@pytest.fixture
def desk(settings, cast, lake, now) -> Desk:
    """One minute of Lin's shop, loaded into the lake the pages read; another segment waits."""
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
    desk = Desk(settings.PLACES.collector)
    desk.write(*(single(followed(f"e{n}", **whose)) for n in range(3)))
    load_journals(lake, settings.PLACES.collector, now=now)
    desk.write(single(followed("later", **whose)))
    return desk


@pytest.fixture
def olga(client, cast):
    client.force_login(cast.olga)
    return client


class TestTheHealthPage:
    def test_tells_each_minute_and_what_waits(self, olga, desk) -> None:
        shown = olga.get("/operator/health/").context
        [(latest, is_wrong)] = shown["parts"]
        [minute] = latest
        assert (minute.received, minute.counted, minute.difference, is_wrong) == (3, 3, 0, False)
        [spool] = shown["spools"]
        assert (spool.segments, spool.archived) == (1, 1)
        assert spool.lag is not None
        assert (
            "Every line received is accounted for" in olga.get("/operator/health/").content.decode()
        )

    def test_names_the_minute_that_does_not_add_up(self, olga, desk, lake: Lake, now) -> None:
        seen = lake.snapshot(EVENTS_TABLE)
        lake.commit(seen, Change(remove=seen.files), now)
        page = olga.get("/operator/health/")
        wrong = next(minutes for minutes, is_wrong in page.context["parts"] if is_wrong)
        assert [one.difference for one in wrong] == [3]
        assert "cannot be accounted for" in page.content.decode()

    def test_is_not_there_for_a_shops_owner(self, client, cast, desk) -> None:
        client.force_login(cast.lin)
        assert client.get("/operator/health/").status_code == 404

    def test_says_what_was_refused_of_shops_and_of_nobodys(
        self, olga, cast, desk, settings
    ) -> None:
        tally = Refusals(desk.folder)
        at = datetime.now(UTC)
        tally.add("write_key_unknown", now=at, times=41)
        tally.add("too_long", now=at, shop=cast.shop.number, detail="16400 bytes")
        tally.write(tally.unwritten())
        shown = olga.get("/operator/health/")
        assert [(one.shop, one.times) for one in shown.context["refused"]] == [
            (0, 41), (cast.shop.number, 1),
        ]  # fmt: skip
        page = shown.content.decode()
        assert "A write key that does not exist or was revoked" in page
        assert cast.shop.name in page
