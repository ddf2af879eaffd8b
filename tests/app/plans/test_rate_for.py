"""What order lines are paid, read from the records."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from linkstar.catalog.affiliate_service import StartingPoint, change_service
from linkstar.catalog.models import AffiliateService, Product, ProductChange
from linkstar.creators.models import Creator
from linkstar.plans.models import Incentive, Plan, PlanCreator, PlanRate, Promotion
from linkstar.plans.pricing import ASKED
from linkstar.plans.queries import rate_for, why_this_rate
from linkstar.plans.tracing import Outcome

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
CUT = date(2026, 10, 1)


@pytest.fixture
def serum(cast, now):
    return Product.objects.create(
        shop=cast.shop, external_id="serum", category="Beauty > Skincare", seen_at=now
    )


@pytest.fixture
def ada(cast, now):
    return Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)


def plan(shop, now, *rates, kind="open", **fields):
    made = Plan.objects.create(
        shop=shop, kind=kind, name="a plan", starts_on=rates[0][0], created_at=now,
        **({"scope": "shop"} | fields),
    )  # fmt: skip
    for number, (starts_on, rate_bps) in enumerate(rates, start=1):
        PlanRate.objects.create(
            plan=made, number=number, rate_bps=rate_bps, starts_on=starts_on, announced_at=now
        )
    return made


def rates(shop, *lines):
    asked = [dict(zip(ASKED.names, line, strict=True)) for line in lines]
    return rate_for(shop=shop, asked=pa.Table.from_pylist(asked, schema=ASKED)).to_pylist()


class TestRateFor:
    def test_follows_versions_by_day_and_keeps_a_cut_rate_for_who_promoted(
        self, cast, serum, ada, now
    ) -> None:
        made = plan(cast.shop, now, (SEPTEMBER, 1_800), (CUT, 1_500))
        Promotion.objects.create(
            shop=cast.shop, creator=ada, product=serum, starts_on=date(2026, 9, 10)
        )
        days = (date(2026, 9, 30), date(2026, 10, 30), date(2026, 10, 31))
        told = rates(cast.shop, *(("ada", "serum", day) for day in days), ("bo", "serum", CUT))
        assert [line["rate_bps"] for line in told] == [1_800, 1_800, 1_500, 1_500]
        assert told[1]["kept_before"] == date(2026, 10, 31)
        assert told[1]["plan_id"] == made.id
        assert [line["plan_version"] for line in told] == [1, 1, 2, 2]

    def test_lets_the_targeted_rate_override_the_open_one_even_where_it_is_lower(
        self, cast, serum, ada, now
    ) -> None:
        plan(cast.shop, now, (SEPTEMBER, 1_800))
        named = plan(cast.shop, now, (CUT, 1_500), kind="targeted")
        PlanCreator.objects.create(plan=named, creator=ada, starts_on=CUT)
        told = rates(cast.shop, ("ada", "serum", CUT), ("bo", "serum", CUT))
        assert [(line["kind"], line["rate_bps"]) for line in told] == [
            ("targeted", 1_500), ("open", 1_800),
        ]  # fmt: skip

    def test_takes_the_category_a_product_had_when_the_day_began(self, cast, serum, now) -> None:
        ProductChange.objects.create(
            product=serum, field="category", before="Home", after="Beauty > Skincare",
            source="hand", at=now,
        )  # fmt: skip
        plan(cast.shop, now, (SEPTEMBER, 1_200), scope="category", category="Home")
        told = rates(cast.shop, ("ada", "serum", now.date()), ("ada", "serum", date(2026, 10, 23)))
        assert [line["rate_bps"] for line in told] == [1_200, None]

    def test_adds_what_is_granted_on_top_apart(self, cast, serum, ada, now) -> None:
        plan(cast.shop, now, (SEPTEMBER, 1_200))
        Incentive.objects.create(
            shop=cast.shop, kind="boost", bonus_bps=300, funded_by="platform", created_at=now,
            starts_on=CUT, ends_before=date(2026, 11, 1),
        )  # fmt: skip
        before, after = rates(cast.shop, ("ada", "serum", SEPTEMBER), ("ada", "serum", CUT))
        assert (before["platform_bonus_bps"], after["platform_bonus_bps"]) == (0, 300)
        assert after["rate_bps"] == 1_200

    def test_falls_back_on_the_shops_default_and_remembers_the_one_before(self, cast, now) -> None:
        switched_on = AffiliateService.objects.create(
            shop=cast.shop, enabled_at=now, accepted_at=now, default_rate_bps=1_500,
            terms_version="1", terms_sha256="0" * 64,
        )  # fmt: skip
        later = now + timedelta(days=3)
        change_service(shop=cast.shop, start=StartingPoint(1_000), now=later)
        days = [now.date() + timedelta(days=n) for n in (-1, 0, 3, 4)]
        told = rates(cast.shop, *(("ada", "serum", day) for day in days))
        assert [line["rate_bps"] for line in told] == [None, 1_500, 1_500, 1_000]
        assert [line["kind"] for line in told[1:]] == ["default"] * 3
        assert AffiliateService.objects.get(pk=switched_on.pk).default_rate_bps == 1_500

    def test_knows_no_other_shops_plans(self, cast, now) -> None:
        plan(cast.other_shop, now, (SEPTEMBER, 1_200))
        assert rates(cast.shop, ("ada", "serum", CUT))[0]["rate_bps"] is None


class TestWhyThisRate:
    def test_names_every_candidate_and_what_became_of_it(self, cast, serum, ada, now) -> None:
        wide = plan(cast.shop, now, (SEPTEMBER, 1_800))
        narrow = plan(cast.shop, now, (SEPTEMBER, 1_500), scope="category", category="Beauty")
        home = plan(cast.shop, now, (SEPTEMBER, 900), scope="category", category="Home")
        told = why_this_rate(shop=cast.shop, creator="ada", product="serum", on=CUT)
        assert {c.promise.plan: c.outcome for c in told.candidates} == {
            narrow.id: Outcome.PAID, wide.id: Outcome.OVERRIDDEN,
            home.id: Outcome.OTHER_CATEGORY,
        }  # fmt: skip
        assert told.rate_bps == 1_500
