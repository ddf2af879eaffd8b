"""Programs see where a shop's links may lead, and take a host off that list."""

import pytest
from django.utils import timezone
from tests.app.api.conftest import error
from tests.app.web.conftest import lake  # noqa: F401  # a fixture

from linkstar.tracking.actions import allow_host, make_link
from linkstar.tracking.queries import hosts_of
from linkstar.web.tracking import registry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@pytest.fixture
def link(cast):
    """A link of Lin's to a host on the shop's list."""
    at = timezone.now()
    allow_host(shop=cast.shop, host="lin.example", now=at)
    return make_link(
        shop=cast.shop, destination="https://lin.example/1", registry=registry(), now=at
    )


class TestTheHosts:
    def test_are_told_with_the_links_that_rest_on_them(self, lins, ottos, cast, link):
        [host] = lins.get("hosts").json()["items"]
        assert (host["shop_id"], host["host"], host["links"]) == (cast.shop.id, "lin.example", 1)
        assert ottos.get("hosts").json() == {"items": []}


class TestTakingOneOff:
    def test_names_how_many_links_it_would_stop(self, lins, cast, link):
        asked = {"shop_id": cast.shop.id, "host": "lin.example"}
        refused = lins.post("hosts/remove", asked)
        assert refused.status_code == 409
        assert "lead there: 1." in error(refused)["message"]
        assert hosts_of(cast.shop) == ["lin.example"]

    def test_stops_as_many_as_were_said(self, lins, cast, link):
        asked = {"shop_id": cast.shop.id, "host": "Lin.example", "links": 1}
        told = lins.post("hosts/remove", asked).json()
        assert (told["host"], told["stopped_links"]) == ("lin.example", [link.id])
        assert lins.get(f"links/{link.id}").json()["state"] == "stopped"
        assert lins.get("hosts").json() == {"items": []}

    def test_that_is_not_on_the_list_finds_nothing(self, lins, cast, link):
        asked = {"shop_id": cast.shop.id, "host": "other.example"}
        assert lins.post("hosts/remove", asked).status_code == 404
