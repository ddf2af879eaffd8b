"""What is not known of a market is said where a shop begins there, and nothing is guessed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from linkstar.catalog.actions import open_shop
from linkstar.web.markets import CLOCKS, LOCALISATION, MARKETS, gaps_of

pytestmark = pytest.mark.django_db


def test_nothing_is_lacking_in_the_us_and_something_everywhere_else():
    today = timezone.now().date()
    assert gaps_of("US", today) == []
    assert all(CLOCKS in gaps_of(market, today) for market in MARKETS if market != "US")


def test_it_stands_on_the_page_where_the_shop_switches_linkstar_on(client, cast, now):
    there = open_shop(workspace=cast.workspace, name="Lin GB", market="GB", now=now)
    client.force_login(cast.lin)
    page = client.get(reverse("affiliate_shop", args=[there.id])).content.decode()
    assert str(LOCALISATION) in page
    at_home = client.get(reverse("affiliate_shop", args=[cast.shop.id])).content.decode()
    assert str(LOCALISATION) not in at_home
