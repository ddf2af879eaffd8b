"""Links, hosts and keys as a person makes them, and the page that says what became of traffic."""

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from tests.app.lake.journals import Desk, followed, single

from linkstar.accounts.models import AuditEvent
from linkstar.collector.refusals import Refusals
from linkstar.collector.registry import RegistryFile, digest_of_key
from linkstar.tracking.actions import allow_host, make_key, make_link, stop_link
from linkstar.tracking.directory import RecordedDirectory
from linkstar.tracking.models import ShopHost, TrackedLink, WriteKey

pytestmark = pytest.mark.django_db
LINK = {
    "destination": "https://shop.example/p/1", "creator": "@Ada", "content_id": "73001",
    "content_type": "video", "channel": "tiktok",
}  # fmt: skip


@pytest.fixture
def registry(lake, settings):
    return settings.PLACES.collector / "registry.json"


def told(registry):
    return RegistryFile(registry).current(1.0)


class TestMakingALink:
    def test_shows_its_address_pixel_and_code_and_tells_the_collector(
        self, lin, cast, registry, now
    ) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        page = lin.post("/tracking/links/new/", LINK, follow=True).content.decode()
        made = TrackedLink.objects.get()
        assert f"/r/{made.token}" in page
        assert f"/p/{made.token}.gif" in page
        assert "<svg" in page
        assert told(registry).links[made.token].destination == LINK["destination"]

    def test_to_a_host_that_is_not_allowed_says_so_and_makes_nothing(self, lin, registry) -> None:
        page = lin.post("/tracking/links/new/", LINK)
        assert page.status_code == 200
        assert "Allow the host first" in page.content.decode()
        assert not TrackedLink.objects.exists()

    def test_that_would_be_over_says_so_and_is_not_made(self, lin, cast, registry, now) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        page = lin.post("/tracking/links/new/", {**LINK, "last_day": "2020-01-01"})
        assert "This day is over." in page.content.decode()
        assert not TrackedLink.objects.exists()


class TestStoppingALink:
    def test_takes_it_from_the_collector(self, lin, cast, registry, now) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        link = make_link(
            shop=cast.shop, destination=LINK["destination"], registry=registry, now=now
        )
        lin.post(f"/tracking/links/{link.id}/stop/")
        assert told(registry).links == {}
        assert "stopped" in lin.get("/tracking/").content.decode()


class TestAllowingAHost:
    def test_puts_it_on_the_list(self, lin, registry) -> None:
        lin.post("/tracking/hosts/new/", {"host": "Shop.Example"})
        assert ShopHost.objects.get().host == "shop.example"
        assert "shop.example" in lin.get("/tracking/").content.decode()

    def test_refuses_what_is_no_host(self, lin, registry) -> None:
        page = lin.post("/tracking/hosts/new/", {"host": "127.0.0.1"})
        assert "not the name of a host" in page.content.decode()


class TestTakingAHostOff:
    @pytest.fixture
    def allowed(self, cast, now) -> ShopHost:
        return allow_host(shop=cast.shop, host="shop.example", now=now)

    def test_says_first_which_links_it_stops(self, lin, cast, registry, allowed, now) -> None:
        link = make_link(
            shop=cast.shop, destination=LINK["destination"], registry=registry, now=now
        )
        page = lin.get(f"/tracking/hosts/{allowed.pk}/remove/").content.decode()
        assert "1 running link leads there." in page
        assert link.token in page
        assert "Events from landing pages" not in page
        make_key(shop=cast.shop, name="pages", kind="page", registry=registry, now=now)
        page = lin.get(f"/tracking/hosts/{allowed.pk}/remove/").content.decode()
        assert "Events from landing pages" in page

    def test_stops_them_and_writes_down_each(self, lin, cast, registry, allowed, now) -> None:
        link = make_link(
            shop=cast.shop, destination=LINK["destination"], registry=registry, now=now
        )
        page = lin.post(f"/tracking/hosts/{allowed.pk}/remove/", {"links": 1}, follow=True)
        assert "shop.example is off the list." in page.content.decode()
        assert told(registry).links == {}
        assert not ShopHost.objects.exists()
        done = AuditEvent.objects.order_by("pk").values_list("verb", "target")
        assert list(done)[-2:] == [("host.removed", cast.shop.id), ("link.stopped", link.id)]

    def test_asks_again_when_a_link_was_made_meanwhile(
        self, lin, cast, registry, allowed, now
    ) -> None:
        make_link(shop=cast.shop, destination=LINK["destination"], registry=registry, now=now)
        page = lin.post(f"/tracking/hosts/{allowed.pk}/remove/", {"links": 0})
        assert "Other links lead there by now." in page.content.decode()
        assert ShopHost.objects.exists()
        assert len(told(registry).links) == 1

    def test_of_another_company_is_not_there(self, client, cast, registry, allowed) -> None:
        client.force_login(cast.otto)
        address = f"/tracking/hosts/{allowed.pk}/remove/"
        assert client.post(address, {"links": 0}).status_code == 404
        assert ShopHost.objects.exists()


class TestAWriteKey:
    def test_is_shown_once_and_works_until_it_is_revoked(self, lin, registry) -> None:
        page = lin.post(
            "/tracking/keys/new/", {"name": "server", "kind": "server"}
        ).content.decode()
        [key] = re.findall(r"ls_live_[\w-]{40,}", page)
        assert digest_of_key(key) in told(registry).keys
        listed = lin.get("/tracking/").content.decode()
        assert key not in listed
        lin.post(f"/tracking/keys/{WriteKey.objects.get().id}/revoke/")
        assert told(registry).keys == {}

    def test_of_a_landing_page_can_be_looked_up_again(self, lin, registry) -> None:
        page = lin.post("/tracking/keys/new/", {"name": "pages", "kind": "page"}).content.decode()
        made = WriteKey.objects.get()
        assert made.public_key in page
        assert made.public_key in lin.get(f"/tracking/keys/{made.id}/").content.decode()

    def test_that_signs_is_shown_once_with_its_address(self, lin, registry) -> None:
        page = lin.post("/tracking/keys/new/", {"name": "orders", "kind": "postback"})
        made = WriteKey.objects.get()
        [secret] = told(registry).postback_keys[made.id].secrets
        assert secret in page.content.decode().replace("&#x3D;", "=")
        again = lin.get(f"/tracking/keys/{made.id}/").content.decode()
        assert secret not in again
        assert f"/v1/postback/{made.id}" in again


class TestASubId:
    def test_is_signed_for_the_link(self, lin, cast, registry, now) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        link = make_link(
            shop=cast.shop, destination=LINK["destination"], registry=registry, now=now
        )
        page = lin.get(f"/tracking/links/{link.id}/?sub_id=autumn&days=30").content.decode()
        assert f"/r/{link.token}?s=" in page


class TestThePageOfALink:
    def test_that_leads_nowhere_says_so_and_offers_no_code(self, lin, cast, registry, now) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        made = {"shop": cast.shop, "destination": LINK["destination"], "registry": registry}
        stopped = make_link(**made, now=now)
        stop_link(link=stopped, registry=registry, now=now)
        over = make_link(**made, now=now, expires_at=now + timedelta(seconds=1))
        for link, said in ((stopped, "was stopped and"), (over, "has expired and")):
            page = lin.get(f"/tracking/links/{link.id}/").content.decode()
            assert f"This link {said} leads nowhere." in page
            assert "QR code" not in page
            assert "Stop this link" not in page

    def test_offers_its_code_as_a_file(self, lin, cast, registry, now) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        link = make_link(
            shop=cast.shop, destination=LINK["destination"], registry=registry, now=now
        )
        page = lin.get(f"/tracking/links/{link.id}/").content.decode()
        [code] = re.findall(r'href="data:image/svg\+xml;base64,([^"]+)"', page)
        assert b64decode(code).startswith(b"<svg")

    def test_shows_what_came_over_it_and_by_which_sub_id(
        self, lin, cast, registry, now, tmp_path
    ) -> None:
        allow_host(shop=cast.shop, host="shop.example", now=now)
        links = [
            make_link(shop=cast.shop, destination=LINK["destination"], registry=registry, now=now)
            for _ in range(2)
        ]
        page = lin.get(f"/tracking/links/{links[0].id}/").content.decode()
        assert "Nothing yet." in page
        desk = Desk(tmp_path)
        desk.directory = RecordedDirectory()
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number}
        mine, other = ({"link": link.token, **whose} for link in links)
        desk.write(
            single(followed("a", **mine, sub_id="autumn")),
            single(followed("b", **mine, sub_id="autumn")),
            single(followed("c", **mine)),
            single(followed("d", **other, sub_id="winter")),
            single(followed("e", kind="impression", **mine)),
        )
        desk.load()
        shown = lin.get(f"/tracking/links/{links[0].id}/").context
        assert (shown["traffic"].net.impressions, shown["traffic"].net.clicks) == (1, 3)
        assert [(one.sub_id, one.clicks) for one in shown["sub_ids"]] == [("autumn", 2)]
        listed = lin.get("/tracking/").context["rows"]
        assert {link.token: clicks for link, _, clicks in listed} == {
            links[0].token: 3, links[1].token: 1,
        }  # fmt: skip


class TestTheExampleOfAKey:
    @pytest.mark.parametrize("kind", ["server", "postback"])
    def test_states_a_time_that_is_believed(self, lin, registry, kind) -> None:
        page = lin.post("/tracking/keys/new/", {"name": "k", "kind": kind}).content.decode()
        [stated] = re.findall(r'"occurred_at": "([^"]+)"', unescape(page))
        at = datetime.fromisoformat(stated)
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)


class TestThePageOfTrafficQuality:
    @pytest.fixture
    def desk(self, tmp_path, cast, lake) -> Desk:
        """A journal of Lin's shop, loaded into the lake the pages read."""
        desk = Desk(tmp_path)
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
        desk.directory = RecordedDirectory()
        desk.write(
            single(followed("a", **whose)),
            single(followed("a", **whose)),
            single(followed("b", **{**whose, "link": "someone else's"})),
        )
        desk.load()
        return desk

    def test_accounts_for_every_line(self, lin, desk) -> None:
        shown = lin.get("/operations/").context
        [(name, book)] = shown["books"]
        assert (book.received, book.counted, book.duplicates, book.quarantined) == (3, 1, 1, 1)
        assert (name, book.difference) == ("Lin Beauty US", 0)

    def test_shows_samples_of_what_was_set_aside_to_those_who_may_act(
        self, lin, client, cast, desk
    ) -> None:
        assert "someone else" in lin.get("/operations/").content.decode()
        client.force_login(cast.vera)
        page = client.get("/operations/").content.decode()
        assert "A link that is not the shop" in page
        assert "someone else" not in page

    def test_shows_what_was_filtered_once_a_click_has_come(self, lin, desk) -> None:
        page = lin.get("/operations/").content.decode()
        assert "All that was stored" in page
        assert "No impression or click has come" not in page

    def test_shows_no_noughts_before(self, lin, lake) -> None:
        page = lin.get("/operations/").content.decode()
        assert "All that was stored" not in page
        assert "No impression or click has come" in page

    def test_says_nothing_of_another_workspace(self, client, cast, desk) -> None:
        client.force_login(cast.otto)
        assert client.get("/operations/").context["books"] == []

    def test_says_what_was_refused_at_the_door(self, lin, client, cast, settings, lake) -> None:
        folder = settings.PLACES.collector / "journal"
        folder.mkdir(parents=True)
        tally = Refusals(folder)
        detail = "Expected `int`, got `str` - at `$.value_minor`"
        at = datetime.now(UTC)
        tally.add("invalid", now=at, shop=cast.shop.number, times=3, detail=detail)
        tally.add("empty", now=at, shop=cast.other_shop.number)
        tally.add("link_unknown", now=at)
        tally.write(tally.unwritten())
        page = lin.get("/operations/")
        [told] = page.context["refused"]
        assert (told.times, told.detail) == (3, "value_minor: expected int, found str")
        assert "A request without events" not in page.content.decode()
        lin.post("/language/", {"language": "zh-hans"})
        assert "value_minor：应为 int，读到 str" in lin.get("/operations/").content.decode()
