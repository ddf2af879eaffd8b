"""Making, changing and stopping plans: what is taken, what is refused, and what never changes."""

import random
from datetime import date, timedelta
from itertools import product as every

import pyarrow as pa
import pytest
from tests.conftest import let_promote

from linkstar.accounts.actions import add_user
from linkstar.accounts.models import Notification
from linkstar.catalog.models import Product
from linkstar.creators.models import Creator
from linkstar.plans import refusals
from linkstar.plans.actions import (
    change_rate,
    make_plan,
    name_creators,
    release_creator,
    stop_plan,
)
from linkstar.plans.models import Plan, PlanRate
from linkstar.plans.offers import end_promotion, grant_incentive, start_promotion, stop_incentive
from linkstar.plans.pricing import ASKED
from linkstar.plans.queries import creators_named, locks_to_tell, rate_for, why_this_rate
from linkstar.plans.rules import Funder, GrantKind, Kind, Scope
from linkstar.plans.telling import tell_of_kept_rates

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
TOMORROW = TODAY + timedelta(days=1)
DEFAULT = 0
"""The shop's default rate: where no plan applies, it does."""


@pytest.fixture(autouse=True)
def may_promote(cast, now) -> None:
    """Lin's shop may name creators; its default rate is below everything promised here."""
    let_promote(cast.shop, user=cast.lin, now=now, default_rate_bps=DEFAULT)


@pytest.fixture
def serum(cast, now):
    return Product.objects.create(
        shop=cast.shop, external_id="serum", category="Beauty > Skincare", seen_at=now
    )


@pytest.fixture
def ada(cast, now):
    return Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)


@pytest.fixture
def open_plan(cast, now):
    return make(cast.shop, now)


def make(shop, now, **fields):
    usual = {
        "kind": Kind.OPEN, "name": "All creators", "scope": Scope.SHOP,
        "rate_bps": 1_500, "starts_on": TODAY,
    }  # fmt: skip
    return make_plan(shop=shop, now=now, **(usual | fields))


def rate(shop, on, creator="ada", product="serum"):
    return why_this_rate(shop=shop, creator=creator, product=product, on=on).rate_bps


class TestMakingAPlan:
    def test_promises_its_rate_from_its_day(self, cast, open_plan) -> None:
        assert rate(cast.shop, TODAY) == 1_500
        assert rate(cast.shop, TODAY - timedelta(days=1)) is None

    @pytest.mark.parametrize(
        ("fields", "refusal"),
        [
            ({"rate_bps": 99}, refusals.RateOutOfBounds),
            ({"rate_bps": 8_001}, refusals.RateOutOfBounds),
            ({"ads_rate_bps": 8_001}, refusals.AdsRateOutOfBounds),
            ({"kind": Kind.TARGETED, "rate_bps": 900, "creators": ["ada"]},
             refusals.RateOutOfBounds),
            ({"kind": Kind.TARGETED}, refusals.NobodyNamed),
            ({"creators": ["ada"]}, refusals.NobodyToName),
            ({"starts_on": TODAY - timedelta(days=1)}, refusals.StartsInThePast),
            ({"ends_before": TODAY}, refusals.EndsBeforeItStarts),
            ({"scope": Scope.CATEGORY}, refusals.ScopeUnclear),
            ({"scope": Scope.PRODUCT}, refusals.ScopeUnclear),
        ],
    )  # fmt: skip
    def test_is_refused_by_the_name_of_what_is_wrong(self, cast, ada, now, fields, refusal) -> None:
        creators = [ada] if "creators" in fields else []
        with pytest.raises(refusal):
            make(cast.shop, now, **(fields | {"creators": creators}))
        assert not Plan.objects.exists()

    def test_for_another_shops_product_is_refused(self, cast, now) -> None:
        theirs = Product.objects.create(shop=cast.other_shop, external_id="x", seen_at=now)
        with pytest.raises(refusals.ScopeUnclear):
            make(cast.shop, now, scope=Scope.PRODUCT, product=theirs)

    def test_that_overlaps_one_of_its_kind_and_scope_is_refused(self, cast, open_plan, now) -> None:
        with pytest.raises(refusals.PlanOverlaps, match="All creators"):
            make(cast.shop, now, rate_bps=1_800)
        assert Plan.objects.count() == 1

    def test_after_the_end_of_the_other_is_taken(self, cast, now) -> None:
        make(cast.shop, now, ends_before=TOMORROW)
        make(cast.shop, now, starts_on=TOMORROW, rate_bps=1_200)
        assert [rate(cast.shop, day) for day in (TODAY, TOMORROW)] == [1_500, 1_200]

    def test_that_names_a_creator_named_by_another_is_refused(self, cast, ada, now) -> None:
        make(cast.shop, now, kind=Kind.TARGETED, name="VIP", creators=[ada])
        with pytest.raises(refusals.CreatorNamedTwice) as refused:
            make(cast.shop, now, kind=Kind.TARGETED, rate_bps=2_000, creators=[ada])
        assert (refused.value.creator, refused.value.name) == ("ada", "VIP")

    def test_lower_than_what_is_promised_today_has_to_wait_until_tomorrow(
        self, cast, open_plan, serum, now
    ) -> None:
        lower = {"scope": Scope.PRODUCT, "product": serum, "rate_bps": 1_200}
        with pytest.raises(refusals.LowersToday) as refused:
            make(cast.shop, now, **lower)
        assert refused.value.earliest == TOMORROW
        make(cast.shop, now, **lower, starts_on=TOMORROW)
        assert [rate(cast.shop, day) for day in (TODAY, TOMORROW)] == [1_500, 1_200]


class TestChangingARate:
    def test_up_counts_today_and_adds_a_version(self, cast, open_plan, now) -> None:
        change_rate(plan=open_plan, rate_bps=1_800, starts_on=TODAY, now=now)
        assert rate(cast.shop, TODAY) == 1_800
        assert list(PlanRate.objects.values_list("number", "rate_bps")) == [(1, 1_500), (2, 1_800)]

    def test_down_is_kept_from_who_promotes_for_thirty_days(
        self, cast, open_plan, serum, ada, now
    ) -> None:
        start_promotion(creator=ada, product=serum, now=now)
        change_rate(plan=open_plan, rate_bps=1_200, starts_on=TOMORROW, now=now)
        last = TOMORROW + timedelta(days=29)
        assert [rate(cast.shop, d) for d in (last, last + timedelta(days=1))] == [1_500, 1_200]
        assert rate(cast.shop, TOMORROW, creator="bo") == 1_200

    def test_down_is_no_longer_kept_once_the_product_was_taken_down(
        self, cast, open_plan, serum, ada, now
    ) -> None:
        start_promotion(creator=ada, product=serum, now=now)
        change_rate(plan=open_plan, rate_bps=1_200, starts_on=TOMORROW, now=now)
        later = now + timedelta(days=5)
        end_promotion(creator=ada, product=serum, now=later)
        start_promotion(creator=ada, product=serum, now=later)
        days = [TODAY + timedelta(days=n) for n in (5, 6)]
        assert [rate(cast.shop, day) for day in days] == [1_500, 1_200]

    def test_of_ads_is_never_kept(self, cast, open_plan, serum, ada, now) -> None:
        start_promotion(creator=ada, product=serum, now=now)
        change_rate(plan=open_plan, rate_bps=1_500, ads_rate_bps=2_000, starts_on=TODAY, now=now)
        change_rate(plan=open_plan, rate_bps=1_200, ads_rate_bps=500, starts_on=TOMORROW, now=now)
        told = why_this_rate(shop=cast.shop, creator="ada", product="serum", on=TOMORROW)
        assert (told.rate_bps, told.ads_rate_bps) == (1_500, 500)

    @pytest.mark.parametrize(
        ("fields", "refusal"),
        [
            ({"rate_bps": 1_200, "starts_on": TODAY}, refusals.LowersToday),
            ({"rate_bps": 1_500}, refusals.RateUnchanged),
            ({"rate_bps": 9_000}, refusals.RateOutOfBounds),
            ({"rate_bps": 1_800, "starts_on": TODAY - timedelta(days=1)},
             refusals.StartsInThePast),
        ],
    )  # fmt: skip
    def test_is_refused_by_name(self, open_plan, now, fields, refusal) -> None:
        with pytest.raises(refusal):
            change_rate(plan=open_plan, now=now, **({"starts_on": TOMORROW} | fields))
        assert PlanRate.objects.count() == 1

    def test_of_a_campaign_only_goes_up(self, cast, ada, now) -> None:
        plan = make(cast.shop, now, kind=Kind.CAMPAIGN, creators=[ada])
        with pytest.raises(refusals.CutNotAllowed):
            change_rate(plan=plan, rate_bps=1_400, starts_on=TOMORROW, now=now)
        change_rate(plan=plan, rate_bps=1_600, starts_on=TOMORROW, now=now)
        assert rate(cast.shop, TOMORROW) == 1_600

    def test_of_a_stopped_plan_is_refused(self, open_plan, now) -> None:
        stop_plan(plan=open_plan, now=now)
        with pytest.raises(refusals.PlanOver):
            change_rate(plan=open_plan, rate_bps=1_800, starts_on=TOMORROW, now=now)


class TestStoppingAPlan:
    def test_ends_it_tomorrow_and_keeps_the_rate_for_who_promotes(
        self, cast, open_plan, serum, ada, now
    ) -> None:
        start_promotion(creator=ada, product=serum, now=now)
        stop_plan(plan=open_plan, now=now)
        stop_plan(plan=open_plan, now=now + timedelta(days=3))
        assert [rate(cast.shop, d, creator="bo") for d in (TODAY, TOMORROW)] == [1_500, DEFAULT]
        assert rate(cast.shop, TOMORROW + timedelta(days=29)) == 1_500

    def test_that_has_not_begun_means_it_never_will(self, cast, now) -> None:
        plan = make(cast.shop, now, starts_on=TOMORROW)
        stop_plan(plan=plan, now=now)
        assert rate(cast.shop, TOMORROW) == DEFAULT


class TestNamingCreators:
    def test_counts_from_the_day_and_not_after_release(self, cast, ada, now) -> None:
        bo = Creator.objects.create(workspace=cast.workspace, handle="bo", created_at=now)
        plan = make(cast.shop, now, kind=Kind.TARGETED, creators=[ada])
        name_creators(plan=plan, creators=[ada, bo], starts_on=TOMORROW, now=now)
        release_creator(plan=plan, creator=ada, now=now)
        assert [rate(cast.shop, TODAY, c) for c in ("ada", "bo")] == [1_500, DEFAULT]
        assert [rate(cast.shop, TOMORROW, c) for c in ("ada", "bo")] == [DEFAULT, 1_500]

    def test_above_the_markets_limit_is_refused(self, cast, ada, now) -> None:
        plan = make(cast.shop, now, kind=Kind.TARGETED, creators=[ada])
        many = [
            Creator.objects.create(workspace=cast.workspace, handle=f"c{n}", created_at=now)
            for n in range(50)
        ]
        with pytest.raises(refusals.TooManyCreators) as refused:
            name_creators(plan=plan, creators=many, starts_on=TOMORROW, now=now)
        assert (refused.value.count, refused.value.limit) == (51, 50)
        assert plan.named.count() == 1

    def test_again_after_release_goes_on_where_it_stopped(self, cast, ada, now) -> None:
        plan = make(cast.shop, now, kind=Kind.TARGETED, creators=[ada])
        release_creator(plan=plan, creator=ada, now=now)
        name_creators(plan=plan, creators=[ada], starts_on=TODAY, now=now)
        assert rate(cast.shop, TOMORROW) == 1_500
        assert plan.named.count() == 1


class TestNotice:
    def test_is_due_two_days_before_a_kept_rate_ends_and_on_no_other_day(
        self, cast, open_plan, serum, ada, now
    ) -> None:
        start_promotion(creator=ada, product=serum, now=now)
        change_rate(plan=open_plan, rate_bps=1_200, starts_on=TOMORROW, now=now)
        due = TOMORROW + timedelta(days=28)
        told = {n: locks_to_tell(shop=cast.shop, on=due + timedelta(days=n)) for n in (-1, 0, 1)}
        assert [len(told[n]) for n in (-1, 0, 1)] == [0, 1, 0]
        [ending] = told[0]
        assert (ending.creator, ending.rate_bps, ending.later_rate_bps) == ("ada", 1_500, 1_200)

    def test_reaches_a_creator_who_signed_up_once(self, cast, open_plan, serum, ada, now) -> None:
        signed_up = add_user(email="ada.signed.up@example.com", password="a long enough password")
        Creator.objects.create(handle="ada", user=signed_up, created_at=now)
        start_promotion(creator=ada, product=serum, now=now)
        change_rate(plan=open_plan, rate_bps=1_200, starts_on=TOMORROW, now=now)
        due = now + timedelta(days=29)
        told = [tell_of_kept_rates(now=due + timedelta(hours=n)) for n in (0, 1, 2, 24)]
        assert told == [1, 0, 0, 0]
        notice = Notification.objects.get(user=signed_up)
        assert (notice.params["rate"], notice.params["later"]) == ("15%", "12%")


class TestCreatorsByHandle:
    def test_are_ones_own_or_verified_and_never_another_workspaces(self, cast, ada, now) -> None:
        Creator.objects.create(workspace=cast.other_workspace, handle="otto", created_at=now)
        Creator.objects.create(handle="eve", state=Creator.State.VERIFIED, created_at=now)
        Creator.objects.create(handle="new", created_at=now)
        found = creators_named(cast.workspace, ["@Ada", "otto", "eve", "new", " "])
        assert {handle: bool(creator) for handle, creator in found.items()} == {
            "ada": True, "otto": False, "eve": True, "new": False,
        }  # fmt: skip


class TestADayThatIsOver:
    """Whatever anybody does later, no earlier day changes, and today only for the better."""

    @pytest.mark.parametrize("seed", range(6))
    def test_keeps_every_rate_it_had(self, cast, serum, ada, now, seed) -> None:
        Product.objects.create(shop=cast.shop, external_id="mop", category="Home", seen_at=now)
        make(cast.shop, now, scope=Scope.CATEGORY, category="Beauty")
        draw = random.Random(seed)
        clock = now
        for _step in range(14):
            before = table(cast.shop, clock)
            attempt(draw, cast.shop, ada, serum, clock)
            after = table(cast.shop, clock)
            today = clock.date()
            for line, was in before.items():
                if line[2] < today:
                    assert after[line] == was
                elif line[2] == today:
                    assert all(n >= w for n, w in zip(after[line], was, strict=True))
            clock += timedelta(days=draw.choice((0, 1, 4, 12)))


def table(shop, clock):
    so_far = range((clock.date() - TODAY).days + 2)
    days = [TODAY + timedelta(days=n - 1) for n in so_far]
    keys = [*every(("ada", "bo"), ("serum", "mop"), days)]
    asked = [dict(zip(ASKED.names, key, strict=True)) for key in keys]
    told = rate_for(shop=shop, asked=pa.Table.from_pylist(asked, schema=ASKED)).to_pylist()
    columns = ("rate_bps", "ads_rate_bps", "seller_bonus_bps")
    values = [tuple(-1 if line[c] is None else line[c] for c in columns) for line in told]
    return dict(zip(keys, values, strict=True))


def attempt(draw, shop, ada, serum, clock) -> None:
    """One verb with arguments drawn at random; a refusal is fine, it changes nothing."""
    starts_on = clock.date() + timedelta(days=draw.choice((-1, 0, 0, 1, 9)))
    rates = {
        "rate_bps": draw.choice((50, 1_000, 1_400, 1_900)),
        "ads_rate_bps": draw.choice((None, 700, 1_500)),
    }
    plan = draw.choice([*Plan.objects.order_by("id"), None])
    incentive = shop.incentives.first()
    verbs = [
        lambda: make(
            shop, clock, kind=draw.choice((Kind.OPEN, Kind.TARGETED, Kind.CAMPAIGN)),
            scope=draw.choice((Scope.SHOP, Scope.PRODUCT, Scope.CATEGORY)), product=serum,
            category="Beauty", starts_on=starts_on, creators=draw.choice(([], [ada])), **rates,
        ),
        lambda: plan and change_rate(plan=plan, starts_on=starts_on, now=clock, **rates),
        lambda: plan and draw.random() < 0.3 and stop_plan(plan=plan, now=clock),
        lambda: plan and name_creators(plan=plan, creators=[ada], starts_on=starts_on, now=clock),
        lambda: plan and release_creator(plan=plan, creator=ada, now=clock),
        lambda: start_promotion(creator=ada, product=serum, now=clock),
        lambda: draw.random() < 0.3 and end_promotion(creator=ada, product=serum, now=clock),
        lambda: grant_incentive(
            shop=shop, kind=GrantKind.BOOST, scope=Scope.SHOP, funded_by=Funder.SELLER,
            starts_on=starts_on, ends_before=starts_on + timedelta(days=5), now=clock,
            bonus_bps=draw.choice((100, 300)),
        ),
        lambda: incentive and stop_incentive(incentive=incentive, now=clock),
    ]  # fmt: skip
    try:
        draw.choice(verbs)()
    except refusals.PlanRefused:
        return
