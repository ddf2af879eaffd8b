"""From a plan to a confirmed video by programs alone, the seller's and the creator's."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.app.api.conftest import error
from tests.app.web.conftest import lake  # noqa: F401  # a fixture
from tests.conftest import let_promote

from linkstar.catalog.models import Product
from linkstar.plans.models import Plan

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
TERMS = {
    "rate_bps": 1_500,
    "starts_on": TODAY.isoformat(),
    "ends_before": (TODAY + timedelta(days=60)).isoformat(),
}


@pytest.fixture
def serum(cast, now) -> Product:
    let_promote(cast.shop, user=cast.lin, now=timezone.now() - timedelta(days=2))
    return Product.objects.create(
        shop=cast.shop, external_id="serum", name="Serum", seen_at=now,
        landing_page="https://shop.example/serum",
    )  # fmt: skip


@pytest.fixture
def about(cast, serum) -> dict:
    return {"shop_id": cast.shop.id, "product_ids": [serum.pk]}


@pytest.fixture
def invited(lins, ada, about) -> dict:
    sending = about | {"creator_ids": [ada.id], "terms": TERMS, "text": "Hi {creator}"}
    [invitation] = lins.post("invitations", sending).json()["sent"]
    return invitation


@pytest.fixture
def agreed(adas, invited) -> dict:
    talk = adas.post(f"invitations/{invited['id']}/accept").json()
    return adas.get(f"collaborations/{talk['collaboration_id']}").json()


@pytest.mark.usefixtures("lake")
class TestAPlan:
    @pytest.fixture
    def made(self, lins, cast, serum):
        said = {
            "shop_id": cast.shop.id, "name": "Serum", "scope": "product", "product_id": serum.pk,
            "rate_bps": 2_000, "starts_on": (TODAY + timedelta(days=1)).isoformat(),
        }  # fmt: skip
        return lins.post("plans", said).json()

    def test_is_made_changed_explained_and_stopped(self, lins, cast, made):
        later = (TODAY + timedelta(days=9)).isoformat()
        path = f"plans/{made['id']}"
        changed = lins.post(f"{path}/rates", {"rate_bps": 2_500, "starts_on": later}).json()
        assert [rate["rate_bps"] for rate in changed["rates"]] == [2_000, 2_500]
        asked = {"shop_id": cast.shop.id, "creator": "@Ada", "product": "serum", "on": later}
        why = lins.get("rates/why", **asked).json()
        assert why["rate_bps"] == 2_500
        assert why["candidates"][0]["outcome"] == "paid"
        assert lins.post(f"{path}/stop").json()["stops_before"] is not None

    def test_is_simulated_on_orders_or_says_there_are_none(self, lins, made):
        change = {"rate_bps": 2_100, "starts_on": (TODAY + timedelta(days=3)).isoformat()}
        told = lins.post(f"plans/{made['id']}/simulate", change).json()
        assert told["state"] == "no_orders"
        assert told["costs"] == []

    def test_out_of_the_markets_bounds_is_refused_by_name(self, lins, cast, serum):
        said = {
            "shop_id": cast.shop.id, "name": "Everybody", "rate_bps": 9_900,
            "starts_on": TODAY.isoformat(),
        }  # fmt: skip
        response = lins.post("plans", said)
        assert response.status_code == 422
        assert error(response)["code"] == "RateOutOfBounds"
        assert error(response)["field"] == "body.rate_bps"
        assert error(response)["details"]["rate_bps_max"] < 9_900
        assert not Plan.objects.exists()

    def test_that_overlaps_is_a_conflict(self, lins, cast, serum, made):
        said = {
            "shop_id": cast.shop.id, "name": "Again", "scope": "product", "product_id": serum.pk,
            "rate_bps": 2_100, "starts_on": (TODAY + timedelta(days=2)).isoformat(),
        }  # fmt: skip
        response = lins.post("plans", said)
        assert response.status_code == 409
        assert error(response)["code"] == "PlanOverlaps"

    def test_for_somebody_unknown_names_them(self, lins, cast, serum):
        said = {
            "shop_id": cast.shop.id, "name": "Few", "kind": "targeted", "rate_bps": 2_000,
            "starts_on": TODAY.isoformat(), "creators": ["nobody"],
        }  # fmt: skip
        assert error(lins.post("plans", said))["details"] == {"handles": ["nobody"]}


class TestWhatIsOfferedBesides:
    def test_is_granted_for_a_time_and_stopped(self, lins, ottos, cast, serum, ada):
        said = {
            "shop_id": cast.shop.id, "kind": "boost", "bonus_bps": 100, "funded_by": "seller",
            "starts_on": TODAY.isoformat(), "creator": "ada",
            "ends_before": (TODAY + timedelta(days=9)).isoformat(),
        }  # fmt: skip
        made = lins.post("incentives", said).json()
        assert made["creator_id"] == ada.id
        assert lins.get("incentives").json()["items"] == [made]
        assert ottos.post(f"incentives/{made['id']}/stop").status_code == 404
        assert lins.post(f"incentives/{made['id']}/stop").json()["stops_before"] is not None
        without = lins.post("incentives", said | {"bonus_bps": 0})
        assert error(without)["code"] == "BonusMissing"

    def test_is_a_package_at_a_price(self, lins, ottos, cast):
        price = {"minor": 90_000, "currency": "USD"}
        said = {"shop_id": cast.shop.id, "name": "Ten", "videos": 10, "days": 30, "price": price}
        made = lins.post("packages", said).json()
        assert made["price"] == price
        assert ottos.get("packages").json()["items"] == []
        assert lins.post(f"packages/{made['id']}/stop").json()["stopped_at"] is not None


@pytest.mark.usefixtures("lake")
class TestCreators:
    def test_are_found_noted_and_listed(self, lins, ada):
        [found] = lins.get("creators", q="ada").json()["items"]
        assert found["id"] == ada.id
        assert found["uplift"] is None
        assert lins.get(f"creators/{ada.id}").json()["handle"] == "ada"
        note = lins.post(f"creators/{ada.id}/notes", {"text": "Quick"}).json()
        assert lins.get(f"creators/{ada.id}/notes").json()["items"] == [note]
        made = lins.post("creator-lists", {"name": "Best"}).json()
        chosen = {"creator_ids": [ada.id]}
        assert lins.post(f"creator-lists/{made['id']}/add", chosen).json()["creators"] == 1
        assert lins.get("creators", list_id=made["id"]).json()["items"][0]["id"] == ada.id
        assert lins.post(f"creator-lists/{made['id']}/remove", chosen).json()["creators"] == 0
        assert error(lins.post("creator-lists", {"name": "Best"}))["code"] == "ListNameTaken"
        assert lins.post(f"creator-lists/{made['id']}/delete").json() == {"id": made["id"]}
        assert lins.get("creator-lists").json()["items"] == []

    def test_are_recommended_for_a_product(self, lins, ada, serum):
        path = f"products/{serum.pk}/recommendation"
        assert lins.get(path).status_code == 404
        made = lins.post(path).json()
        assert [place["creator_id"] for place in made["places"]] == [ada.id]
        assert lins.get(path).json() == made

    def test_show_ranges_to_who_may_not_see_exact_figures(self, lins, ada):
        ada.average_views = 12_345
        ada.save()
        views = lins.get(f"creators/{ada.id}").json()["average_views"]
        assert views == {"exactly": None, "at_least": 10_000, "less_than": 20_000}


class TestAnInvitation:
    def test_is_planned_without_spending(self, lins, ada, about):
        plan = lins.post("invitation-plans", about | {"creator_ids": [ada.id]}).json()
        assert plan["planned"] == [{"creator_id": ada.id, "conflicts": [], "remarks": []}]
        assert plan["budget"]["spent"] == 0
        assert lins.get("invitations").json()["items"] == []

    def test_sent_twice_is_held_back(self, lins, ada, about, invited):
        again = about | {"creator_ids": [ada.id], "terms": TERMS, "text": "Hi"}
        told = lins.post("invitations", again).json()
        assert told["sent"] == []
        assert told["held_back"][0]["conflicts"] == ["already_invited"]

    def test_is_seen_by_both_sides_and_nobody_else(self, lins, adas, ottos, invited):
        path = f"invitations/{invited['id']}"
        assert lins.get(path).json()["state"] == adas.get(path).json()["state"] == "sent"
        assert ottos.get(path).status_code == 404

    def test_accepted_twice_is_a_conflict(self, adas, invited, agreed):
        response = adas.post(f"invitations/{invited['id']}/accept")
        assert response.status_code == 409
        assert error(response)["code"] == "NotNow"
        assert "accepted already" in error(response)["message"]


class TestANegotiation:
    def test_goes_back_and_forth_until_one_side_accepts(self, lins, adas, invited):
        asked = {"terms": TERMS | {"rate_bps": 1_800}}
        talk = adas.post(f"invitations/{invited['id']}/counter", asked).json()
        path = f"negotiations/{talk['id']}"
        assert lins.get(path).json()["is_your_turn"] is True
        assert adas.get(path).json()["is_your_turn"] is False
        newest = talk["offers"][-1]["number"]
        asked = {"number": newest, "terms": TERMS | {"rate_bps": 1_600}}
        sides = [one["side"] for one in lins.post(f"{path}/counter", asked).json()["offers"]]
        assert sides[-2:] == ["creator", "seller"]
        stale = adas.post(f"{path}/accept", {"number": newest})
        assert error(stale)["code"] == "OfferOutdated"
        done = adas.post(f"{path}/accept", {"number": newest + 1}).json()
        assert done["state"] == "agreed"
        made = lins.get(f"collaborations/{done['collaboration_id']}").json()
        assert made["terms"]["rate_bps"] == 1_600

    def test_is_not_answered_by_the_side_whose_offer_is_open(self, adas, invited):
        talk = adas.post(f"invitations/{invited['id']}/counter", {"terms": TERMS}).json()
        newest = {"number": talk["offers"][-1]["number"]}
        response = adas.post(f"negotiations/{talk['id']}/accept", newest)
        assert error(response)["code"] == "NotYourTurn"


class TestACampaign:
    def test_is_opened_signed_up_to_and_selected_from(self, lins, adas, about):
        ends = (timezone.now() + timedelta(days=5)).isoformat()
        said = about | {"title": "Spring", "terms": TERMS, "signup_ends_at": ends}
        made = lins.post("campaigns", said).json()
        assert adas.get(f"campaigns/{made['id']}").status_code == 404
        assert lins.post(f"campaigns/{made['id']}/open").json()["state"] == "open"
        applied = adas.post(f"campaigns/{made['id']}/apply", {"message": "Me!"}).json()
        again = adas.post(f"campaigns/{made['id']}/apply", {})
        assert error(again)["code"] == "AlreadyApplied"
        [waiting] = lins.get(f"campaigns/{made['id']}/applications").json()["items"]
        assert waiting["message"] == "Me!"
        talk = lins.post(f"applications/{applied['id']}/select", {}).json()
        assert talk["state"] == "agreed"


class TestADraftOfACampaign:
    @pytest.fixture
    def drafted(self, lins, about) -> dict:
        ends = (timezone.now() + timedelta(days=5)).isoformat()
        said = about | {"title": "Spring", "terms": TERMS, "signup_ends_at": ends, "places": 3}
        return lins.post("campaigns", said).json()

    def test_says_anew_what_is_named_and_keeps_the_rest(self, lins, drafted):
        path = f"campaigns/{drafted['id']}"
        changed = lins.patch(path, {"title": "Summer", "terms": TERMS | {"text": "Be kind."}})
        assert changed.status_code == 200
        terms = drafted["terms"] | {"text": "Be kind."}
        assert changed.json() == drafted | {"title": "Summer", "terms": terms}
        assert lins.get(path).json() == changed.json()
        assert lins.get("audit-log").json()["items"][0]["verb"] == "campaign.redrafted"

    def test_has_places_without_end_when_they_are_named_as_null(self, lins, drafted):
        path = f"campaigns/{drafted['id']}"
        assert lins.patch(path, {"title": "Summer"}).json()["places"] == 3
        assert lins.patch(path, {"places": None}).json()["places"] is None

    @pytest.mark.parametrize(
        ("said", "code", "field"),
        [
            ({"terms": TERMS | {"rate_bps": 9_500}}, "RateRefused", None),
            ({"terms": TERMS | {"videos": 0}}, "TermsRefused", "body.terms"),
            ({"terms": {"rate_bps": 1_500}}, "Invalid", "body.terms.starts_on"),
            ({"places": 0}, "Invalid", "body.places"),
            ({"signup_ends_at": "2020-01-01T00:00:00Z"}, "TermsRefused", "body.terms"),
            ({"product_ids": []}, "Invalid", "body.product_ids"),
            ({"market": "GB"}, "Invalid", "body.market"),
        ],
    )
    def test_is_left_as_it_was_by_what_cannot_stand(self, lins, drafted, said, code, field):
        response = lins.patch(f"campaigns/{drafted['id']}", {"title": "Else"} | said)
        assert response.status_code == 422
        assert (error(response)["code"], error(response).get("field")) == (code, field)
        assert lins.get(f"campaigns/{drafted['id']}").json() == drafted

    def test_is_another_companys_neither_to_change_nor_to_lend_products(
        self, lins, ottos, cast, drafted, now
    ):
        path = f"campaigns/{drafted['id']}"
        assert ottos.patch(path, {"title": "Mine"}).status_code == 404
        theirs = Product.objects.create(
            shop=cast.other_shop, external_id="o", name="O", seen_at=now
        )
        assert lins.patch(path, {"product_ids": [theirs.pk]}).status_code == 404
        assert lins.get(path).json() == drafted

    def test_once_opened_is_changed_no_more(self, lins, drafted):
        lins.post(f"campaigns/{drafted['id']}/open")
        refused = lins.patch(f"campaigns/{drafted['id']}", {"title": "Late"})
        assert refused.status_code == 409
        assert error(refused)["code"] == "NotNow"
        assert "already" in error(refused)["message"]
        assert lins.get(f"campaigns/{drafted['id']}").json()["title"] == "Spring"


class TestTheWeeksLimit:
    def test_is_what_seller_center_shows(self, lins, veras, cast):
        path = f"shops/{cast.shop.id}/outreach"
        before = lins.get(path).json()
        assert (before["weekly_limit"], before["budget"]["is_stated"]) == (None, False)
        assert before["tiers"] == ["0", "1", "2", "3"]
        told = lins.post(path, {"tier": "2", "weekly_limit": 700}).json()
        assert (told["tier"], told["weekly_limit"]) == ("2", 700)
        assert (told["budget"]["limit"], told["budget"]["is_stated"]) == (700, True)
        assert veras.get(path).json() == told
        logged = lins.get("audit-log").json()["items"][0]
        assert (logged["verb"], logged["detail"]["weekly_limit"]) == ("outreach.stated", 700)

    def test_holds_back_who_is_beyond_it(self, lins, cast, ada, about):
        lins.post(f"shops/{cast.shop.id}/outreach", {"weekly_limit": 0})
        [planned] = lins.post("invitation-plans", about | {"creator_ids": [ada.id]}).json()[
            "planned"
        ]
        assert planned["conflicts"] == ["over_budget"]

    @pytest.mark.parametrize(
        ("said", "code", "field"),
        [
            ({"tier": "9", "weekly_limit": 7}, "TierUnknown", "body.tier"),
            ({"weekly_limit": -1}, "Invalid", "body.weekly_limit"),
            ({"tier": "1"}, "Invalid", "body.weekly_limit"),
        ],
    )
    def test_that_cannot_be_is_refused(self, lins, cast, said, code, field):
        path = f"shops/{cast.shop.id}/outreach"
        response = lins.post(path, said)
        assert response.status_code == 422
        assert (error(response)["code"], error(response)["field"]) == (code, field)
        assert lins.get(path).json()["stated_at"] is None

    def test_is_another_companys_neither_to_see_nor_to_state(self, ottos, veras, cast):
        path = f"shops/{cast.shop.id}/outreach"
        assert ottos.get(path).status_code == 404
        assert ottos.post(path, {"weekly_limit": 5}).status_code == 404
        assert veras.post(path, {"weekly_limit": 5}).status_code == 403


class TestACollaboration:
    def test_goes_on_to_a_confirmed_video(self, lins, adas, agreed):
        [due] = agreed["deliverables"]
        handed_in = {"url": "https://www.tiktok.com/@ada/video/73", "content_id": "73"}
        path = f"deliverables/{due['id']}"
        assert adas.post(f"{path}/submit", handed_in).json()["state"] == "submitted"
        returned = lins.post(f"{path}/return", {"reason": "Too dark."}).json()
        assert returned["state"] == "returned"
        assert adas.post(f"{path}/submit", handed_in).json()["state"] == "submitted"
        assert lins.post(f"{path}/confirm").json()["state"] == "confirmed"
        again = lins.post(f"{path}/confirm")
        assert again.status_code == 409
        assert error(again)["details"]["state"] == "confirmed"

    def test_has_samples_messages_and_a_history(self, lins, adas, serum, agreed):
        path = f"collaborations/{agreed['id']}"
        wanted = {"product_id": serum.pk, "address": "1 Main St"}
        sample = adas.post(f"{path}/samples", wanted).json()
        assert lins.post(f"samples/{sample['id']}/approve").json()["state"] == "approved"
        parcel = {
            "carrier": "UPS", "tracking_number": "1Z",
            "cost": {"minor": 500, "currency": "USD"}, "shipping": {"minor": 3, "currency": "USD"},
        }  # fmt: skip
        assert lins.post(f"samples/{sample['id']}/ship", parcel).json()["state"] == "shipped"
        assert adas.post(f"samples/{sample['id']}/receive").json()["state"] == "received"
        assert lins.get("samples/result").json()["cost"] == [{"minor": 503, "currency": "USD"}]
        lins.post(f"{path}/messages", {"text": "Hello"})
        adas.post(f"{path}/messages", {"text": "Hi"})
        said = adas.get(f"{path}/messages").json()["items"]
        assert [(one["side"], one["text"]) for one in said] == [
            ("creator", "Hi"),
            ("seller", "Hello"),
        ]
        verbs = [one["verb"] for one in lins.get(f"{path}/timeline").json()["items"]]
        assert "agreed" in verbs

    def test_is_not_there_for_another_company(self, ottos, agreed):
        path = f"collaborations/{agreed['id']}"
        for asked in (path, f"{path}/messages", f"{path}/timeline", f"{path}/links"):
            assert ottos.get(asked).status_code == 404
        [due] = agreed["deliverables"]
        assert ottos.post(f"deliverables/{due['id']}/confirm").status_code == 404
        assert ottos.get("collaborations").json()["items"] == []

    def test_is_called_off_with_a_reason(self, adas, lins, agreed):
        path = f"collaborations/{agreed['id']}"
        assert error(adas.post(f"{path}/cancel", {}))["field"] == "body.reason"
        assert adas.post(f"{path}/cancel", {"reason": "Ill."}).json()["state"] == "cancelled"
        told = lins.get("notifications").json()["items"]
        assert "called the collaboration off" in told[0]["title"]
        assert lins.post("notifications/read", {}).json()["read"] >= 1
        assert lins.get("notifications", is_unread=True).json()["items"] == []
