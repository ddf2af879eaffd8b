"""Making a list, and remembering what was used of it."""

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from linkstar.catalog.models import Product
from linkstar.catalog.rules import SEPARATOR
from linkstar.creators.actions import CreatorSeen, learn_creators
from linkstar.creators.models import Creator
from linkstar.creators.queries import visible_creators
from linkstar.insights.queries import uplift
from linkstar.insights.questions import By, Filters, Question
from linkstar.lake.store import Lake
from linkstar.recommendations.models import Recommendation, RecommendationPlace
from linkstar.recommendations.rules import (
    RULES_VERSION,
    Candidate,
    Facts,
    Recommended,
    fit_of,
    proven,
    recommend,
    seed_of,
)
from linkstar.recruiting.queries import worked_with

FIGURES = ("fit", "impressions", "contents", "uplift", "low", "high", "price_minor",
           "price_low_minor", "price_high_minor")  # fmt: skip
FACTS_DAYS = 90
"""How far back facts speak for what somebody will do next."""


def question_for(product: Product, *, on: date) -> Question:
    """Creators' uplift in the product's main category over the past three months."""
    shop = product.shop
    return Question(
        workspace=shop.workspace.number,
        shops=tuple(shop.workspace.shops.values_list("number", flat=True)),
        by=By.CREATOR,
        market=shop.market,
        starts_on=on - timedelta(days=FACTS_DAYS),
        ends_before=on + timedelta(days=1),
        filters=Filters(category=product.category.split(SEPARATOR)[0]),
    )


def recommend_for(lake: Lake, *, product: Product, on: date, now: datetime) -> Recommendation:
    """A new list for the product. The day's lists before it are kept as they were shown.

    Facts are the workspace's own, of all its shops. What a creator did in other categories says
    nothing here but whether the categories go together.
    """
    answer = uplift(lake, question_for(product, on=on))
    rows = {row["key"]: row for row in answer.rows.to_pylist()}
    workspace = product.shop.workspace
    found = (
        visible_creators(workspace)
        .annotate(has_worked=worked_with(workspace))
        .values_list(
            "pk", "handle", "categories", "followers", "tier", "video_price_minor", "has_worked"
        )
    )
    told = {handle: facts_in(row) for handle, row in rows.items()}
    candidates = [
        Candidate(
            creator=pk,
            fit=proven(fit_of(product.category, categories), told.get(handle)),
            facts=told.get(handle),
            followers=followers,
            tier=tier,
            price_minor=price_minor,
            has_worked=has_worked,
        )
        for pk, handle, categories, followers, tier, price_minor, has_worked in found
    ]
    seed = seed_of(product.shop.pk, str(product.pk), on)
    places = recommend(candidates, seed=seed)
    return _kept(
        product,
        places,
        on=on,
        now=now,
        seed=seed,
        candidates=len(candidates),
        with_facts=sum(one.facts is not None for one in candidates),
        benchmark_id=answer.benchmark.id if answer.benchmark else "",
    )


def facts_in(row: dict[str, Any] | None) -> Facts | None:
    """What a row of the answer says; nothing where it has no verdict on the rate to expect."""
    if row is None or row["shrunken_uplift"] is None or row["benchmark_ctr"] is None:
        return None
    return Facts(
        impressions=row["impressions"],
        contents=row["contents"] or 0,
        shrunken=row["shrunken_uplift"],
        low=row["shrunken_low"],
        high=row["shrunken_high"],
        benchmark_ctr=row["benchmark_ctr"],
    )


@transaction.atomic
def _kept(
    product: Product, places: Iterable[Recommended], *, on: date, now: datetime, **about: Any
) -> Recommendation:
    before = Recommendation.objects.filter(product=product, on=on)
    highest = before.aggregate(highest=Max("number"))["highest"] or 0
    made = Recommendation.objects.create(
        shop=product.shop,
        product=product,
        on=on,
        number=highest + 1,
        rules_version=RULES_VERSION,
        created_at=now,
        **about,
    )
    RecommendationPlace.objects.bulk_create(
        RecommendationPlace(
            recommendation=made,
            creator_id=place.candidate.creator,
            position=place.position,
            score=place.score,
            is_exploration=place.is_exploration,
            probability=place.probability,
            figures=figures_of(place),
            reasons=[str(reason) for reason in place.reasons],
        )
        for place in places
    )
    return made


def figures_of(place: Recommended) -> dict[str, float | int | str | None]:
    """The numbers behind a place, as they were when it was given."""
    facts, price = place.candidate.facts, place.price
    told: dict[str, float | int | str | None] = dict.fromkeys(FIGURES)
    told["fit"] = str(place.candidate.fit)
    if facts is not None:
        told |= {
            "impressions": facts.impressions,
            "contents": facts.contents,
            "uplift": facts.shrunken,
            "low": facts.low,
            "high": facts.high,
        }
    if price is not None:
        told |= {
            "price_minor": round(price.per_thousand_clicks_minor),
            "price_low_minor": round(price.low_minor),
            "price_high_minor": None if math.isinf(price.high_minor) else round(price.high_minor),
        }
    return told


@transaction.atomic
def mark_used(
    *, product_ids: Iterable[int], creators: Iterable[Creator], on: date, now: datetime
) -> int:
    """Remember that somebody on the day's lists was invited; how many places that were."""
    return RecommendationPlace.objects.filter(
        recommendation__product__in=list(product_ids),
        recommendation__on=on,
        creator__in=list(creators),
        used_at=None,
    ).update(used_at=now)


def learn_from_facts(lake: Lake, *, question: Question, workspace: Any, now: datetime) -> int:
    """Add every creator that facts of the workspace name to its own records; how many were new."""
    rows = uplift(lake, replace(question, by=By.CREATOR, segment=None)).rows
    told = rows.select(["key", "creator_name", "category"]).to_pylist()
    seen = [
        CreatorSeen(row["key"], _own_name(row["creator_name"], row["key"]), row["category"] or "")
        for row in told
        if row["key"]
    ]
    return learn_creators(workspace=workspace, seen=seen, now=now)


def _own_name(name: str | None, handle: str) -> str:
    return name if name and name.lstrip("@").casefold() != handle else ""
