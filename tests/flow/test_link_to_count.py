"""From a made link to its figures: shown, followed, loaded, and on the uplift page."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.app.collector.desk import Asked, answer_of

from linkstar.collector.app import Collector
from linkstar.collector.registry import RegistryFile
from linkstar.collector.visitors import DailySalts
from linkstar.config.places import Places
from linkstar.events.journal import Journal
from linkstar.jobs.tracking import load_journals, waiting_segments
from linkstar.tracking.actions import allow_host, make_link
from linkstar.web import facts

IPHONE = b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile"


@pytest.fixture
def places(settings, tmp_path):
    settings.PLACES = Places(tmp_path)
    return settings.PLACES


def collect(places: Places, paths: list[str], *, now) -> None:
    """Ask a collector of this installation for some addresses, then seal what it wrote."""
    with Journal(places.collector / "journal") as journal:
        collector = Collector(
            journal,
            RegistryFile(places.collector / "registry.json"),
            DailySalts(places.collector / "salts"),
            now=lambda: now,
        )

        async def ask() -> None:
            for place, path in enumerate(paths):
                asked = Asked("GET", path, b"", {"user-agent": IPHONE.decode()})
                asked.address = f"203.0.{place}.1"
                await answer_of(collector, asked)

        asyncio.run(ask())


@pytest.mark.django_db
class TestALinkThatIsShownAndFollowed:
    def test_is_on_the_uplift_page(self, cast, client, places) -> None:
        now = timezone.now()
        allow_host(shop=cast.shop, host="shop.example", now=now)
        link = make_link(
            shop=cast.shop, destination="https://shop.example/1", creator="@Ada",
            content_id="73001", registry=places.collector / "registry.json", now=now,
        )  # fmt: skip
        collect(places, [f"/p/{link.token}.gif"] * 30 + [f"/r/{link.token}"] * 3, now=now)
        [load] = load_journals(facts.lake(), places.collector, now=now)
        assert (load.stored, load.received, waiting_segments(places.collector)) == (33, 33, 0)
        client.force_login(cast.lin)
        today = now.date()
        days = {
            "from": today - timedelta(days=2), "to": today + timedelta(days=2), "by": "creator",
            "source": "tracked",
        }  # fmt: skip
        page = client.get("/uplift/", days).content.decode()
        assert "Ada" in page
        table = client.get("/uplift/export.csv", days)
        text = b"".join(table).decode() if table.streaming else table.content.decode()
        [row] = [line for line in text.splitlines() if "Ada" in line]
        assert "30" in row.split(",")
        assert "3" in row.split(",")
