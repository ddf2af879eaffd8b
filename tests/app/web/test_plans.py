"""Plans as people make, change and read them."""

from datetime import date, timedelta

import pytest
import time_machine
from tests.app.facts import order_lines

from linkstar.accounts.models import AuditEvent
from linkstar.catalog.models import Product
from linkstar.creators.models import Creator
from linkstar.plans.models import Incentive, Package, Plan, PlanRate
from linkstar.plans.offers import start_promotion

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
TOMORROW = TODAY + timedelta(days=1)
PLAN = {
    "kind": "open", "name": "Everybody", "scope": "shop", "rate_bps": "15%",
    "starts_on": TODAY.isoformat(),
}  # fmt: skip

GRANT = {
    "kind": "boost", "scope": "shop", "bonus_bps": "3%", "funded_by": "seller",
    "starts_on": TODAY.isoformat(), "ends_before": "2026-11-30", "note": "Black Friday",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ada(cast, now):
    return Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)


@pytest.fixture
def serum(cast, now):
    return Product.objects.create(shop=cast.shop, external_id="serum", name="Serum", seen_at=now)


def made(lin, **fields) -> Plan:
    lin.post("/plans/new/", PLAN | fields)
    return Plan.objects.get()


class TestMakingAPlan:
    def test_shows_it_in_words_and_writes_it_down(self, lin, lake) -> None:
        plan = made(lin, ends_before="2026-12-31", ads_rate_bps="20 %")
        page = lin.get("/plans/").content.decode()
        assert "15%" in page
        assert "Oct 22 – Dec 31, 2026" in page
        assert "ads 20%" in page
        assert AuditEvent.objects.get(verb="plan.made").target == plan.id

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"rate_bps": "90%"}, "This market allows 1% to 80%"),
            ({"rate_bps": "ten"}, "Write a percentage such as 15%"),
            ({"starts_on": "2026-10-21"}, "the earliest is Oct 22, 2026"),
            ({"kind": "targeted"}, "Name one creator at least"),
            ({"kind": "targeted", "creators": "@nobody"}, "Not among your creators: @nobody"),
            ({"scope": "product", "product": "x"}, "no product with this ID"),
            ({"scope": "category"}, "Say which category"),
        ],
    )
    def test_that_cannot_be_says_why_beside_the_field(self, lin, lake, fields, told) -> None:
        page = lin.post("/plans/new/", PLAN | fields)
        assert page.status_code == 200
        assert told in page.content.decode()
        assert not Plan.objects.exists()

    def test_says_by_name_that_there_are_no_figures_of_others(self, lin, lake) -> None:
        page = lin.get("/plans/new/").content.decode()
        assert "fewer than 10 other shops" in page
        assert "6077860360177451" in page

    @pytest.mark.usefixtures("promoting")
    def test_for_named_creators_names_them(self, lin, lake, ada) -> None:
        plan = made(lin, kind="targeted", creators="@Ada")
        assert "@ada" in lin.get(f"/plans/{plan.id}/").content.decode()


class TestChangingARate:
    def test_down_says_who_keeps_what_until_when(self, lin, lake, ada, serum, now) -> None:
        plan = made(lin)
        start_promotion(creator=ada, product=serum, now=now)
        change = {"rate_bps": "12", "starts_on": TOMORROW.isoformat()}
        page = lin.post(f"/plans/{plan.id}/rate/", change, follow=True).content.decode()
        assert "keep 15% until Nov 21, 2026" in page
        assert "told on Nov 20, 2026" in page
        assert PlanRate.objects.count() == 2

    def test_down_from_today_is_refused_beside_the_day(self, lin, lake) -> None:
        plan = made(lin)
        change = {"rate_bps": "12", "starts_on": TODAY.isoformat()}
        page = lin.post(f"/plans/{plan.id}/rate/", change).content.decode()
        assert "A lower rate begins tomorrow, Oct 23, 2026" in page
        assert PlanRate.objects.count() == 1


class TestStoppingAPlan:
    def test_says_that_today_is_its_last_day(self, lin, lake) -> None:
        plan = made(lin)
        page = lin.post(f"/plans/{plan.id}/stop/", follow=True).content.decode()
        assert "stopped, last day today" in page


@pytest.mark.usefixtures("promoting")
class TestNamingCreators:
    def test_adds_and_releases_them(self, lin, lake, ada, cast, now) -> None:
        plan = made(lin, kind="targeted", creators="ada")
        Creator.objects.create(workspace=cast.workspace, handle="bo", created_at=now)
        named = {"creators": "bo", "starts_on": TOMORROW.isoformat()}
        assert "@bo" in lin.post(f"/plans/{plan.id}/creators/", named, follow=True).content.decode()
        first = plan.named.get(creator=ada)
        lin.post(f"/plans/{plan.id}/creators/release/", {"named": first.pk})
        first.refresh_from_db()
        assert first.ends_before == TOMORROW

    def test_unknown_are_told_by_name(self, lin, lake, ada) -> None:
        plan = made(lin, kind="targeted", creators="ada")
        named = {"creators": "who", "starts_on": TOMORROW.isoformat()}
        page = lin.post(f"/plans/{plan.id}/creators/", named).content.decode()
        assert "Not among your creators: @who" in page


class TestWhyThisRate:
    def test_names_the_plan_that_decides_and_why_the_others_lost(
        self, lin, lake, ada, serum
    ) -> None:
        made(lin)
        lin.post("/plans/new/", PLAN | {
            "name": "For one", "scope": "product", "product": "serum", "rate_bps": "18%",
        })  # fmt: skip
        asked = {"creator": "@Ada", "product": "serum", "on": TODAY.isoformat()}
        page = lin.get("/plans/why/", asked).content.decode()
        assert "18%" in page
        assert '<td data-label="Applies to">Serum</td>' in page
        assert "Applies, but another plan comes before it." in page
        assert "This is the rate: nothing comes before it." in page

    def test_of_a_day_before_a_plan_has_a_rate_tells_none_for_it(
        self, lin, lake, ada, serum
    ) -> None:
        made(lin)
        before = (TODAY - timedelta(days=30)).isoformat()
        asked = {"creator": "ada", "product": "serum", "on": before}
        page = lin.get("/plans/why/", asked).content.decode()
        assert "Had not begun on this day." in page
        assert '<td class="num" data-label="Rate">–</td>' in page

    def test_says_so_when_nothing_applies(self, lin, lake) -> None:
        asked = {"creator": "ada", "product": "x", "on": TODAY.isoformat()}
        page = lin.get("/plans/why/", asked).content.decode()
        assert "Neither a plan nor a default rate" in page
        assert "not in the catalogue" in page


class TestTheSimulation:
    def test_shows_cost_now_while_kept_and_after(self, lin, lake, cast, serum) -> None:
        plan = made(lin)
        sale = {
            "creator": "ada", "product_id": "serum", "ordered_on": TODAY - timedelta(days=3),
            "commission_base_estimated_minor": 100_000,
        }  # fmt: skip
        order_lines(lake, cast.shop, [sale])
        asked = {"plan": plan.id, "rate_bps": "10%", "starts_on": TOMORROW.isoformat()}
        page = lin.get("/plans/simulation/", asked).content.decode()
        for amount in ("$1,000.00", "$150.00", "$100.00", "−$50.00"):
            assert amount in page

    def test_without_orders_leads_to_the_import(self, lin, lake) -> None:
        plan = made(lin)
        asked = {"plan": plan.id, "rate_bps": "10%", "starts_on": TOMORROW.isoformat()}
        page = lin.get("/plans/simulation/", asked).content.decode()
        assert "No orders to tell it from" in page


class TestIncentives:
    def test_are_granted_and_stopped(self, lin, lake) -> None:
        page = lin.post("/plans/incentives/new/", GRANT, follow=True).content.decode()
        assert "Black Friday" in page
        lin.post(f"/plans/incentives/{Incentive.objects.get().id}/stop/")
        assert "stopped, last day Oct 22, 2026" in lin.get("/plans/").content.decode()

    def test_without_a_bonus_are_refused_beside_it(self, lin, lake) -> None:
        page = lin.post("/plans/incentives/new/", GRANT | {"bonus_bps": ""})
        assert "A boost needs a bonus above zero" in page.content.decode()
        assert not Incentive.objects.exists()


class TestPackages:
    def test_are_offered_at_a_price_and_withdrawn(self, lin, lake) -> None:
        offer = {"name": "Ten videos", "videos": 10, "days": 30, "price": "1200.50"}
        page = lin.post("/plans/packages/new/", offer, follow=True).content.decode()
        assert "$1,200.50" in page
        lin.post(f"/plans/packages/{Package.objects.get().id}/stop/")
        assert "Ten videos" not in lin.get("/plans/").content.decode()


class TestAnotherWorkspace:
    def test_sees_none_of_it(self, client, lin, cast, lake) -> None:
        plan = made(lin)
        client.force_login(cast.otto)
        assert client.get(f"/plans/{plan.id}/").status_code == 404
        assert "Everybody" not in client.get("/plans/").content.decode()
