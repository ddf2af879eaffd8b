"""What both sides do about an agreement by programs: shooting support and the checklist."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.app.api.conftest import caller, error
from tests.conftest import let_promote

from linkstar.accounts.models import AuditEvent, Reach
from linkstar.catalog.models import Product
from linkstar.collaborations.actions import agree_collaboration
from linkstar.collaborations.models import Collaboration, Support
from linkstar.collaborations.rules import Terms
from linkstar.config.places import Places
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans.models import Promotion
from linkstar.tracking.actions import allow_host

pytestmark = pytest.mark.django_db
PROPS = {"kind": "props", "text": "A mirror"}
PROMISE = {"cost": {"minor": 0, "currency": "USD"}}


@pytest.fixture
def agreed(cast, ada, now) -> Collaboration:
    at = timezone.now()
    let_promote(cast.shop, user=cast.lin, now=at - timedelta(days=2))
    serum = Product.objects.create(shop=cast.shop, external_id="serum", name="Serum", seen_at=now)
    terms = Terms(
        rate_bps=1_500,
        flat_fee=Money(0, "USD"),
        videos=1,
        lives=0,
        needs_sample=False,
        starts_on=at.date(),
        ends_before=at.date() + timedelta(days=30),
    )
    return agree_collaboration(shop=cast.shop, creator=ada, products=[serum], terms=terms, now=at)


@pytest.fixture
def bos(cast, now):
    """A program of another creator."""
    Creator.objects.create(user=cast.bo, handle="bo", state=Creator.State.VERIFIED, created_at=now)
    return caller(cast.bo, None, Reach.WRITE)


class TestShootingSupport:
    @pytest.fixture
    def asked(self, adas, agreed) -> dict:
        return adas.post(f"collaborations/{agreed.id}/supports", PROPS).json()

    def test_is_asked_for_promised_and_given(self, lins, veras, adas, agreed, asked):
        assert (asked["state"], asked["cost"]) == ("requested", None)
        path = f"supports/{asked['id']}"
        promised = lins.post(f"{path}/approve", {"cost": {"minor": 4_000, "currency": "USD"}})
        assert promised.json()["state"] == "approved"
        assert lins.post(f"{path}/provide").json()["state"] == "provided"
        assert veras.get(path).json()["cost"] == {"minor": 4_000, "currency": "USD"}
        assert adas.get(path).json()["cost"] is None
        [one] = adas.get("supports", state="provided").json()["items"]
        assert one["id"] == asked["id"]
        assert lins.get("supports", state="requested").json()["items"] == []
        assert AuditEvent.objects.get(verb="support.approve").detail["api_key"]

    def test_is_refused_with_a_reason_or_withdrawn_once(self, lins, adas, agreed, asked):
        other = adas.post(f"collaborations/{agreed.id}/supports", PROPS).json()
        rejected = lins.post(f"supports/{asked['id']}/reject", {"reason": "Too late."}).json()
        assert (rejected["state"], rejected["reason"]) == ("rejected", "Too late.")
        assert adas.post(f"supports/{other['id']}/withdraw").json()["state"] == "withdrawn"
        again = adas.post(f"supports/{other['id']}/withdraw")
        assert again.status_code == 409
        assert error(again)["code"] == "NotNow"

    def test_says_in_the_callers_language_what_cannot_be_taken(self, lins, adas, agreed, asked):
        adas.language = lins.language = "zh-Hans"
        path = f"collaborations/{agreed.id}/supports"
        unknown = adas.post(path, PROPS | {"kind": "castle"})
        assert error(unknown)["code"] == "Invalid"
        assert error(unknown)["field"] == "body.kind"
        yesterday = (timezone.now() - timedelta(days=3)).date().isoformat()
        over = adas.post(path, PROPS | {"wanted_on": yesterday})
        assert (over.status_code, error(over)["details"]["reason"]) == (422, "wanted_day_over")
        assert not error(over)["message"].isascii()
        yen = {"cost": {"minor": 4_000, "currency": "JPY"}}
        abroad = lins.post(f"supports/{asked['id']}/approve", yen)
        assert error(abroad)["details"]["reason"] == "cost_in_another_currency"
        assert not error(abroad)["message"].isascii()
        assert Support.objects.get().state == "requested"

    def test_is_answered_by_the_shops_writers_and_withdrawn_by_the_creator(
        self, lins, veras, adas, asked
    ):
        path = f"supports/{asked['id']}"
        assert veras.post(f"{path}/approve", PROMISE).status_code == 403
        assert adas.post(f"{path}/approve", PROMISE).status_code == 403
        assert lins.post(f"{path}/withdraw").status_code == 403
        assert Support.objects.get().state == "requested"

    def test_is_nobody_elses(self, ottos, bos, agreed, asked):
        path = f"supports/{asked['id']}"
        assert {one.get(path).status_code for one in (ottos, bos)} == {404}
        assert ottos.get("supports").json()["items"] == bos.get("supports").json()["items"] == []
        assert ottos.post(f"{path}/approve", PROMISE).status_code == 404
        assert bos.post(f"{path}/withdraw").status_code == 404
        assert bos.post(f"collaborations/{agreed.id}/supports", PROPS).status_code == 404
        assert Support.objects.get().state == "requested"


class TestTheLocalisationChecklist:
    def test_is_ticked_by_either_side_and_taken_back(self, lins, veras, adas, agreed):
        path = f"collaborations/{agreed.id}/localisation"
        fresh = veras.get(path).json()
        assert fresh["market"] == agreed.shop.market
        assert [one["item"] for one in fresh["items"] if one["is_ticked"]] == []
        adas.post(path, {"item": "captions"})
        ticked = lins.post(path, {"item": "units"}).json()
        by = {one["item"]: one["ticked_by"] for one in ticked["items"] if one["is_ticked"]}
        assert by == {"captions": "creator", "units": "seller"}
        back = adas.post(path, {"item": "units", "is_ticked": False}).json()
        assert [one["item"] for one in back["items"] if one["is_ticked"]] == ["captions"]
        veras.language = "zh-Hans"
        assert not any(one["says"].isascii() for one in veras.get(path).json()["items"])

    def test_has_no_other_items(self, adas, agreed):
        adas.language = "zh-Hans"
        path = f"collaborations/{agreed.id}/localisation"
        unknown = adas.post(path, {"item": "humour"})
        assert (unknown.status_code, error(unknown)["details"]["reason"]) == (422, "no_such_item")
        assert not error(unknown)["message"].isascii()
        assert error(adas.post(path, {"item": ""}))["code"] == "Invalid"
        assert not agreed.ticks.exists()

    def test_is_neither_strangers_nor_ticked_by_viewers(self, veras, ottos, bos, agreed):
        path = f"collaborations/{agreed.id}/localisation"
        assert {one.get(path).status_code for one in (ottos, bos)} == {404}
        tick = {"item": "captions"}
        assert {one.post(path, tick).status_code for one in (ottos, bos)} == {404}
        assert veras.post(path, tick).status_code == 403
        assert not agreed.ticks.exists()

    def test_is_closed_with_the_agreement(self, adas, agreed):
        adas.post(f"collaborations/{agreed.id}/cancel", {"reason": "No time."})
        late = adas.post(f"collaborations/{agreed.id}/localisation", {"item": "captions"})
        assert (late.status_code, error(late)["code"]) == (409, "NotNow")


class TestLinks:
    @pytest.fixture
    def asked(self, cast, agreed, settings, tmp_path) -> dict:
        settings.PLACES = Places(tmp_path)
        allow_host(shop=cast.shop, host="shop.example", now=timezone.now())
        return {
            "product_id": agreed.products.get().pk, "destination": "https://shop.example/serum"
        }  # fmt: skip

    def test_are_made_by_the_creator_who_keeps_the_rate_from_then_on(
        self, adas, lins, agreed, asked
    ):
        made = adas.post(f"collaborations/{agreed.id}/links", asked)
        assert made.status_code == 201, made.content
        assert (made.json()["creator"], made.json()["state"]) == ("ada", "unchecked")
        assert Promotion.objects.get().creator == agreed.creator
        again = lins.post(f"collaborations/{agreed.id}/links", asked)
        assert again.json()["id"] == made.json()["id"]

    def test_lead_nowhere_the_shop_does_not_allow_and_to_no_other_product(
        self, adas, bos, cast, agreed, asked
    ):
        path = f"collaborations/{agreed.id}/links"
        away = adas.post(path, asked | {"destination": "https://elsewhere.example/"})
        assert error(away)["code"] == "DestinationRefused"
        other = Product.objects.create(
            shop=cast.shop, external_id="toner", name="Toner", seen_at=agreed.agreed_at
        )
        assert error(adas.post(path, asked | {"product_id": other.pk}))["code"] == "TermsRefused"
        assert bos.post(path, asked).status_code == 404
        assert not Promotion.objects.exists()


class TestContentThatIsTakenDown:
    def test_too_early_is_due_again(self, adas, bos, agreed):
        due = adas.get(f"collaborations/{agreed.id}").json()["deliverables"][0]["id"]
        said = {"url": "https://www.tiktok.com/@ada/video/1", "content_id": "1"}
        assert adas.post(f"deliverables/{due}/submit", said).json()["state"] == "submitted"
        assert bos.post(f"deliverables/{due}/take-down").status_code == 404
        down = adas.post(f"deliverables/{due}/take-down")
        assert down.json()["state"] in {"due", "returned"}
        assert error(adas.post(f"deliverables/{due}/take-down"))["code"] == "NotNow"
