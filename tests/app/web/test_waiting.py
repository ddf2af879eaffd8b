"""The first page counts what waits for the shop and leads to a list of it."""

from datetime import timedelta

import pytest

from linkstar.catalog.models import Product
from linkstar.catalog.queries import day_of
from linkstar.collaborations.actions import (
    agree_collaboration,
    approve_sample,
    request_sample,
    request_support,
)
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money


@pytest.fixture
def agreed(cast, promoting, now):
    """Agreements with Ada, who asks for a sample, and with Bo, whose sample is to be shipped."""
    serum = Product.objects.create(shop=cast.shop, external_id="serum", name="Serum", seen_at=now)
    on = day_of(cast.shop, now)
    terms = Terms(
        rate_bps=1_500, flat_fee=Money(0, "USD"), videos=1, lives=0, needs_sample=True,
        starts_on=on, ends_before=on + timedelta(days=30),
    )  # fmt: skip
    made = {}
    for handle in ("ada", "bo"):
        creator = Creator.objects.create(
            handle=handle, name=handle.title(), state=Creator.State.VERIFIED, created_at=now
        )
        one = agree_collaboration(
            shop=cast.shop, creator=creator, products=[serum], terms=terms, now=now
        )
        made[handle] = request_sample(collaboration=one, product=serum, address="x", now=now)
    approve_sample(sample=made["bo"], now=now)
    request_support(
        collaboration=made["ada"].collaboration, kind="crew", text="x", wanted_on=None, now=now
    )
    return made


class TestWhatWaits:
    def test_is_counted_and_leads_to_its_agreements(self, cast, agreed, client) -> None:
        client.force_login(cast.lin)
        page = client.get("/").content.decode()
        assert "What waits for you" in page
        for name in ("samples_to_answer", "samples_to_ship", "support_to_answer"):
            assert f"waits={name}" in page
        assert "waits=content_to_confirm" not in page
        told = client.get("/collaborations/?view=table&waits=samples_to_ship").content.decode()
        assert ">Bo<" in told
        assert ">Ada<" not in told

    def test_is_for_those_who_can_see_to_it(self, cast, agreed, client) -> None:
        client.force_login(cast.vera)
        assert "What waits for you" not in client.get("/").content.decode()
        client.force_login(cast.otto)
        assert "What waits for you" not in client.get("/").content.decode()


def test_whoever_runs_the_installation_begins_with_its_health(cast, client) -> None:
    client.force_login(cast.olga)
    assert client.get("/", follow=True).request["PATH_INFO"] == "/operator/health/"
