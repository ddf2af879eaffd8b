"""Promo codes: given to a creator, heard when an order names them, ended."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from linkstar.attribution.actions import attribute_lines
from linkstar.attribution.models import PromoCode
from linkstar.creators.models import Creator
from linkstar.orders.actions import record_lines
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, StatedLine

GIVEN = {"code": " Ada10", "creator": "@ada", "starts_on": "2026-10-01", "ends_before": ""}


@pytest.fixture
def lin(client, cast, now):
    Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)
    client.force_login(cast.lin)
    return client


def give(client, **said):
    return client.post(reverse("give_promo_code"), GIVEN | said, follow=True)


class TestACode:
    def test_names_its_creator_once_a_line_is_decided_again_by_the_rule(
        self, lin, cast, now
    ) -> None:
        line = StatedLine(
            order_id="o1", line_id="1", promo_code="ADA10", items=1, price_micros=10_000_000,
            ordered_at=datetime(2026, 10, 2, 18, tzinfo=UTC),
        )  # fmt: skip
        record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=now, now=now)
        attribute_lines(shop=cast.shop, lake=None, now=now)
        assert "ada10" in give(lin).content.decode()
        sold = OrderLine.objects.get()
        assert sold.attributions.get().method == "nobody"
        said = {"by_rule": "1", "reason": "the code was given late", "creator": ""}
        page = lin.post(reverse("reattribute_line", args=[sold.pk]), said, follow=True)
        assert "the code was given late" in page.content.decode()
        decided = sold.attributions.get(is_current=True)
        assert (decided.method, decided.creator.handle) == ("promo_code", "ada")

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({}, "names a creator already"),
            ({"code": "b", "creator": "@nobody"}, "Not among your creators"),
            ({"code": "b", "ends_before": "2026-09-30"}, "before the first"),
        ],
    )
    def test_is_refused_with_the_reason(self, lin, said, words) -> None:
        give(lin)
        answer = give(lin, **said)
        assert (answer.status_code, PromoCode.objects.count()) == (422, 1)
        assert words in answer.content.decode()

    def test_ends_tomorrow_and_never_holds_if_it_has_not_begun(self, lin) -> None:
        later = str(datetime.now(UTC).date() + timedelta(days=9))
        give(lin)
        give(lin, code="later", starts_on=later)
        for code in PromoCode.objects.all():
            lin.post(reverse("end_promo_code", args=[code.pk]))
        begun, never = PromoCode.objects.order_by("starts_on")
        assert begun.ends_before > begun.starts_on
        assert never.ends_before == never.starts_on
        assert give(lin, code="later", starts_on=later).status_code == 200

    def test_is_not_there_for_another_company(self, lin, client, cast) -> None:
        give(lin)
        client.force_login(cast.otto)
        answer = client.post(reverse("end_promo_code", args=[PromoCode.objects.get().pk]))
        assert answer.status_code == 404
        assert PromoCode.objects.get().ends_before is None

    def test_is_read_but_not_given_by_a_viewer(self, lin, client, cast) -> None:
        give(lin)
        client.force_login(cast.vera)
        page = client.get(reverse("promo_codes")).content.decode()
        assert "ada10" in page
        assert "Give the code" not in page
        assert client.post(reverse("give_promo_code"), GIVEN).status_code == 404
