"""What was promised for many lines at once: agreement, then plan, then what the platform states."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Collaboration
from linkstar.commissions.rules import Promised, Rate, RateSource, first_promised
from linkstar.plans.pricing import ASKED
from linkstar.plans.queries import rate_for


class Asked(NamedTuple):
    """Whose line, of which product, earned on which day, and what the platform says about it."""

    creator: str
    product_id: str
    earned_on: date
    collaboration: str | None
    stated_bps: int | None
    stated_ads_bps: int | None


_USED = (
    "rate_bps", "ads_rate_bps", "plan_id", "plan_version", "kept_before", "seller_bonus_bps",
    "platform_bonus_bps", "commission_free",
)  # fmt: skip
"""The columns of `pricing.RATES` a promise is made of."""


def promised_for(shop: Shop, asked: Sequence[Asked]) -> list[Promised]:
    """What was promised for each line, in their order."""
    if not asked:
        return []
    table = pa.table(
        [
            pa.array([each.creator for each in asked], pa.string()),
            pa.array([each.product_id for each in asked], pa.string()),
            pa.array([each.earned_on for each in asked], pa.date32()),
        ],
        schema=ASKED,
    )
    agreements = _agreements({each.collaboration for each in asked if each.collaboration})
    rates = rate_for(shop=shop, asked=table)
    # A shop makes a handful of promises to a million lines: each is put together once.
    known: dict[tuple[Any, ...], Promised] = {}
    found = []
    for each, row in zip(
        asked, zip(*(rates[c].to_pylist() for c in _USED), strict=True), strict=True
    ):
        key = (each.collaboration, each.stated_bps, each.stated_ads_bps, row)
        promised = known.get(key)
        if promised is None:
            promised = known[key] = _promised(each, dict(zip(_USED, row, strict=True)), agreements)
        found.append(promised)
    return found


def _promised(
    asked: Asked, row: dict[str, Any], agreements: dict[str, tuple[int, int | None, str]]
) -> Promised:
    rate_bps, ads_bps, plan = agreements.get(asked.collaboration or "", (None, None, ""))
    source = RateSource.PLAN if row["plan_id"] else RateSource.SHOP_DEFAULT
    of_plan = (source, row["plan_id"] or "", row["plan_version"], row["kept_before"])
    agreed = Rate(rate_bps, RateSource.AGREEMENT, plan)
    standard = first_promised(
        agreed, Rate(row["rate_bps"], *of_plan), Rate(asked.stated_bps, RateSource.STATED)
    )
    is_ads_rate_set = rate_bps is None or row["ads_rate_bps"] != row["rate_bps"]
    ads = first_promised(
        Rate(ads_bps, RateSource.AGREEMENT, plan),
        Rate(row["ads_rate_bps"], *of_plan) if is_ads_rate_set else None,
        Rate(asked.stated_ads_bps, RateSource.STATED),
        standard,
    )
    return Promised(
        standard,
        ads,
        row["seller_bonus_bps"],
        row["platform_bonus_bps"],
        row["commission_free"],
    )


def _agreements(ids: set[str]) -> dict[str, tuple[int, int | None, str]]:
    """The frozen terms of agreements: rate, rate for ads, and the plan they were made under."""
    rows = Collaboration.objects.filter(pk__in=ids).values_list(
        "pk", "rate_bps", "ads_rate_bps", "plan"
    )
    return {pk: (rate, ads, plan or "") for pk, rate, ads, plan in rows}
