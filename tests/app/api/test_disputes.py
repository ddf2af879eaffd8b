"""Disputes carried on by programs of both sides, with evidence; and why money differs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.app.api.conftest import Caller, error
from tests.app.catalog.papers import pdf

from linkstar.attribution.actions import attribute_lines
from linkstar.commissions.actions import accrue_commissions
from linkstar.commissions.models import Commission
from linkstar.config.places import Places
from linkstar.orders.actions import record_lines
from linkstar.orders.rules import Source, StatedLine
from linkstar.settlements.models import DisputeEvidence

pytestmark = pytest.mark.django_db
DAYS = {"starts_on": "2026-01-01", "ends_before": "2027-01-01"}


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = Places(tmp_path)


@pytest.fixture
def earned(cast, ada, now) -> Commission:
    """What Ada earned with an order of Lin's shop."""
    line = StatedLine(
        order_id="a1", line_id="1", product_id="toner", creator="ada", ordered_at=now, items=1,
        price_micros=10_000_000, stated_rate_bps=1_000,
    )  # fmt: skip
    record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=now, now=now)
    attribute_lines(shop=cast.shop, lake=None, now=now)
    accrue_commissions(shop=cast.shop, now=now)
    return Commission.objects.get()


def hand_in(who: Caller, dispute: str, content: bytes, call: str = "proof"):
    sent = {"text": "Look.", "files": [SimpleUploadedFile("proof.pdf", content)]}
    headers = who.headers() | {"Idempotency-Key": call}
    return who.client.post(f"/api/v1/disputes/{dispute}/evidence", sent, headers=headers)


class TestADispute:
    def test_is_opened_answered_and_shown_evidence_in_by_both_sides(self, lins, adas, earned):
        claim = {"commission_id": earned.pk, "text": "The order was mine."}
        opened = adas.post("disputes", claim)
        assert opened.status_code == 201
        one = opened.json()["id"]
        assert opened.json()["is_from_creator"]
        assert error(adas.post("disputes", claim))["details"]["reason"] == "already_disputed"
        own_claim = adas.post(f"disputes/{one}/answer", {"text": "Yes."})
        assert (own_claim.status_code, error(own_claim)["code"]) == (409, "DisputeRefused")
        assert lins.post(f"disputes/{one}/answer", {"text": "No."}).json()["state"] == "answered"
        assert hand_in(adas, one, pdf()).json()["messages"][-1]["evidence"][0]["name"]
        file = DisputeEvidence.objects.get().pk
        assert lins.get(f"evidence/{file}").content.startswith(b"%PDF")
        assert adas.post(f"disputes/{one}/say", {"text": "More."}).status_code == 200
        said = [each["kind"] for each in lins.get(f"disputes/{one}").json()["messages"]]
        assert said == ["claim", "answer", "message", "message"]
        assert adas.post(f"disputes/{one}/appeal", {"text": "I appeal."}).status_code == 409

    def test_keeps_no_file_that_is_refused_and_says_nothing_then(self, lins, adas, earned):
        one = adas.post("disputes", {"commission_id": earned.pk, "text": "Mine."}).json()["id"]
        refused = hand_in(adas, one, b"MZ program")
        assert (refused.status_code, error(refused)["code"]) == (422, "DocumentRefused")
        assert len(lins.get(f"disputes/{one}").json()["messages"]) == 1

    def test_is_nobody_elses_and_viewers_only_read(self, ottos, veras, adas, earned):
        one = adas.post("disputes", {"commission_id": earned.pk, "text": "Mine."}).json()["id"]
        claim = {"commission_id": earned.pk, "text": "Ours."}
        assert ottos.post("disputes", claim).status_code == 404
        assert ottos.get(f"disputes/{one}").status_code == 404
        assert hand_in(ottos, one, pdf()).status_code == 404
        assert veras.get(f"disputes/{one}").status_code == 200
        assert veras.post(f"disputes/{one}/say", {"text": "Hm."}).status_code == 403

    def test_needs_words(self, adas, earned):
        refused = adas.post("disputes", {"commission_id": earned.pk, "text": " "})
        assert (refused.status_code, error(refused)["field"]) == (422, "body.text")


class TestProfit:
    def test_has_the_same_total_by_whatever_it_is_kept_of(self, lins, earned):
        by_creator = lins.get("profit", **DAYS).json()
        by_product = lins.get("profit", **DAYS, by="product").json()
        assert by_creator["totals"] == by_product["totals"]
        [account] = [one for one in by_creator["items"] if one["key"] == "ada"]
        parts = {one["part"]: one["amount"] for one in account["parts"]}
        assert parts["commission"] == {"minor": earned.amount_minor, "currency": "USD"}

    def test_needs_days_in_order_and_a_currency_there_is(self, lins):
        assert lins.get("profit").status_code == 422
        wrong = lins.get("profit", starts_on="2026-02-01", ends_before="2026-01-01")
        assert error(wrong)["code"] == "Invalid"
        assert error(lins.get("profit", **DAYS, currency="XXX"))["field"] == "query.currency"

    def test_of_another_companys_shop_is_not_there(self, ottos, cast, earned):
        assert ottos.get("profit", **DAYS, shop_id=cast.shop.pk).status_code == 404
        assert ottos.get("profit", **DAYS).json()["items"] == []


def test_reconciliation_without_files_is_empty(lins, ottos, cast):
    assert lins.get("reconciliation").json()["tallies"] == []
    assert lins.get("reconciliation/rows", is_open=True).json()["items"] == []
    assert ottos.get("reconciliation", shop_id=cast.shop.pk).status_code == 404
