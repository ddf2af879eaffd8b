"""Commission plans: list, make, change and stop; why a rate, and what a change would cost."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.accounts.models import Workspace
from linkstar.api.calling import READS, WRITES, Seller, log, now, seller_of
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.products import own_product
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, Bps, Code, Day, Name, Number, Page, Text
from linkstar.api.shops import chosen_shops, own_shop
from linkstar.catalog.queries import day_of
from linkstar.catalog.tree import path_named
from linkstar.creators.models import Creator
from linkstar.insights.plan_simulation import CostInCurrency, NoOrders, simulate
from linkstar.plans import actions
from linkstar.plans.books import book_of, promise_of
from linkstar.plans.models import Plan
from linkstar.plans.queries import creators_named, plans_of, why_this_rate
from linkstar.plans.rules import Kind, Scope, Version
from linkstar.plans.standing import standing
from linkstar.plans.terms import terms_of
from linkstar.plans.tracing import Candidate, Outcome
from linkstar.web.facts import lake
from linkstar.web.why_pages import changed

router = Router()
Handle = Annotated[Text, Field(min_length=1, max_length=120)]
Handles = Annotated[tuple[Handle, ...], Field(max_length=500)]


class CreatorsUnknown(ValueError):
    """Handles of nobody this company knows."""

    def __init__(self, handles: list[str]) -> None:
        super().__init__(handles)
        self.handles = handles


class RateTold(Schema):
    """One version of a rate: from its first day until the next one begins."""

    number: int
    rate_bps: int
    ads_rate_bps: int | None
    starts_on: date


class PlanTold(Schema):
    """A promise of commission; its rates are versions and none is ever rewritten."""

    id: str
    shop_id: str
    kind: str
    name: str
    scope: str
    category: str
    product_id: int | None
    starts_on: date
    ends_before: date | None
    stops_before: date | None
    state: str
    rate_bps: int | None
    ads_rate_bps: int | None
    rates: list[RateTold]
    creators: list[str]
    created_at: datetime


class NewPlan(Asked):
    """A plan with its first rate. A targeted one names creators, an open one nobody."""

    shop_id: Text
    kind: Literal[Kind.OPEN, Kind.TARGETED, Kind.CAMPAIGN] = Kind.OPEN
    name: Name
    scope: Scope = Scope.SHOP
    category: Annotated[Text, Field(max_length=300)] = ""
    product_id: Number | None = None
    rate_bps: Bps
    ads_rate_bps: Bps | None = None
    starts_on: Day
    ends_before: Day | None = None
    creators: Handles = ()


class NewRate(Asked):
    """A new version of a plan's rate: a higher one may begin today, a lower one tomorrow."""

    rate_bps: Bps
    ads_rate_bps: Bps | None = None
    starts_on: Day


class Releasing(Asked):
    """Creators of a plan, by handle."""

    creators: Annotated[tuple[Handle, ...], Field(min_length=1, max_length=500)]


class Naming(Releasing):
    """More creators for a plan, by handle, and from which day."""

    starts_on: Day


class WhyAsked(Schema):
    """One creator, by handle, one product, by the platform's id, one day in the shop's zone."""

    shop_id: Text
    creator: Handle
    product: Code
    on: Day | None = None


class CandidateTold(Schema):
    """A plan that could be about it, and what became of it; null for the shop's default."""

    plan_id: str | None
    kind: str
    scope: str
    rate: RateTold | None
    outcome: Outcome


class KeptTold(Schema):
    """A rate that is no longer in force and is paid on for a while."""

    plan_id: str | None
    rate_bps: int
    ended_on: date
    kept_before: date


class GrantTold(Schema):
    """An incentive, and what became of it."""

    kind: str
    bonus_bps: int
    funded_by: str
    outcome: Outcome


class WhyTold(Schema):
    """The rate with everything that was weighed; null where nothing applies, which is not 0."""

    rate_bps: int | None
    ads_rate_bps: int | None
    category: str
    promoting_since: date | None
    kept: KeptTold | None
    candidates: list[CandidateTold]
    granted: list[GrantTold]


class Change(Asked):
    """A rate that is thought about; nothing is changed."""

    rate_bps: Bps
    starts_on: Day


class CostTold(Schema):
    """The same orders at three prices, in one currency."""

    base: Amount
    now: Amount
    at_first: Amount
    unchanged_later: Amount
    later: Amount
    difference: Amount
    lines: int
    lines_changed: int
    lines_without_rate: int


class Simulated(Schema):
    """What the latest four weeks of orders would cost under the change.

    Where there are no recent orders to tell it from, `state` is `no_orders` and there is no cost.
    """

    state: str
    last_order_on: date | None = None
    played_from: date | None = None
    played_before: date | None = None
    kept_days: int | None = None
    creators_changed: int | None = None
    costs: list[CostTold]


def told(plan: Plan) -> PlanTold:
    promise = promise_of(plan)
    today = day_of(plan.shop, now())
    stands = standing(promise, terms_of(plan.shop.market), on=today)
    current = stands.current
    return PlanTold(
        id=plan.id,
        shop_id=plan.shop_id,
        kind=plan.kind,
        name=plan.name,
        scope=plan.scope,
        category=plan.category,
        product_id=plan.product_id,
        starts_on=plan.starts_on,
        ends_before=plan.ends_before,
        stops_before=plan.stops_before,
        state=stands.state,
        rate_bps=current.rate_bps if current else None,
        ads_rate_bps=current.ads_rate_bps if current else None,
        rates=[_rate_told(version) for version in promise.versions],
        creators=[one.creator for one in promise.named],
        created_at=plan.created_at,
    )


def _rate_told(version: Version) -> RateTold:
    return RateTold(
        number=version.number,
        rate_bps=version.rate_bps,
        ads_rate_bps=version.ads_rate_bps,
        starts_on=version.starts_on,
    )


def own_plan(seller: Seller, plan_id: str) -> Plan:
    """The company's plan.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(plans_of(seller.workspace), id=plan_id)


def creators_by_handle(workspace: Workspace, handles: tuple[str, ...]) -> list[Creator]:
    """The creators behind handles.

    Raises:
        CreatorsUnknown: some are not known; all of them are named.
    """
    found = creators_named(workspace, handles)
    unknown = [handle for handle, creator in found.items() if creator is None]
    if unknown:
        raise CreatorsUnknown(unknown)
    return [creator for creator in found.values() if creator is not None]


@router.get("plans", response=Page[PlanTold], auth=READS)
def plans(request: HttpRequest, piece: AskedPiece, shop_id: Code = "") -> Page[PlanTold]:
    """Commission plans, the newest first."""
    seller = seller_of(request)
    found = plans_of(seller.workspace).filter(shop__in=chosen_shops(seller, shop_id))
    rows = found.prefetch_related("rates", "named__creator")
    return page_of(rows, piece, told, by=("-created_at", "-pk"))


@router.get("plans/{plan_id}", response=PlanTold, auth=READS)
def plan(request: HttpRequest, plan_id: str) -> PlanTold:
    """One plan with every version of its rate."""
    return told(own_plan(seller_of(request), plan_id))


@router.post("plans", response={201: PlanTold}, auth=WRITES)
@once
def make_plan(request: HttpRequest, asked: NewPlan) -> PlanTold:
    """Make a plan with its first rate."""
    seller = seller_of(request)
    said = asked.dict(exclude={"shop_id", "category", "product_id", "creators"})
    made = actions.make_plan(
        shop=own_shop(seller, asked.shop_id),
        category=path_named(asked.category),
        product=own_product(seller, asked.product_id) if asked.product_id else None,
        creators=creators_by_handle(seller.workspace, asked.creators),
        now=now(),
        user=seller.user,
        **said,
    )
    log(request, "plan.made", made.id, kind=made.kind, rate_bps=asked.rate_bps)
    return told(made)


@router.post("plans/{plan_id}/rates", response={201: PlanTold}, auth=WRITES)
@once
def change_plan(request: HttpRequest, plan_id: str, asked: NewRate) -> PlanTold:
    """Write a new version of the rate; the old ones stay on record."""
    seller = seller_of(request)
    own = own_plan(seller, plan_id)
    rate = actions.change_rate(plan=own, now=now(), user=seller.user, **asked.dict())
    log(request, "plan.rate_changed", own.id, number=rate.number, rate_bps=rate.rate_bps)
    return told(own_plan(seller, plan_id))


@router.post("plans/{plan_id}/stop", response=PlanTold, auth=WRITES)
@once
def stop_plan(request: HttpRequest, plan_id: str) -> PlanTold:
    """The plan no longer applies from tomorrow; stopping twice changes nothing."""
    stopped = actions.stop_plan(plan=own_plan(seller_of(request), plan_id), now=now())
    log(request, "plan.stopped", stopped.id, stops_before=str(stopped.stops_before))
    return told(stopped)


@router.post("plans/{plan_id}/creators", response=PlanTold, auth=WRITES)
@once
def name_creators(request: HttpRequest, plan_id: str, asked: Naming) -> PlanTold:
    """Name more creators in a targeted or campaign plan."""
    seller = seller_of(request)
    own = own_plan(seller, plan_id)
    creators = creators_by_handle(seller.workspace, asked.creators)
    actions.name_creators(plan=own, creators=creators, starts_on=asked.starts_on, now=now())
    log(request, "plan.creators_named", own.id, creators=[one.handle for one in creators])
    return told(own_plan(seller, plan_id))


@router.post("plans/{plan_id}/release", response=PlanTold, auth=WRITES)
@once
def release_creators(request: HttpRequest, plan_id: str, asked: Releasing) -> PlanTold:
    """Name creators no longer from tomorrow on; whom the plan does not name it passes over."""
    seller = seller_of(request)
    own = own_plan(seller, plan_id)
    for creator in creators_by_handle(seller.workspace, asked.creators):
        actions.release_creator(plan=own, creator=creator, now=now())
        log(request, "plan.creator_released", own.id, creator=creator.handle)
    return told(own_plan(seller, plan_id))


@router.post("plans/{plan_id}/simulate", response=Simulated, auth=READS)
def simulate_plan(request: HttpRequest, plan_id: str, asked: Change) -> Simulated:
    """What another rate would have cost on the latest orders; nothing is changed."""
    own = own_plan(seller_of(request), plan_id)
    book = book_of(own.shop)
    after = changed(book, own.id, asked.rate_bps, asked.starts_on)
    today = day_of(own.shop, now())
    found = simulate(
        lake(), shop=own.shop, before=book, after=after, starts_on=asked.starts_on, today=today
    )
    if isinstance(found, NoOrders):
        return Simulated(state="no_orders", last_order_on=found.last_on, costs=[])
    return Simulated(
        state="simulated",
        played_from=found.played_from,
        played_before=found.played_before,
        kept_days=found.kept_days,
        creators_changed=found.creators_changed,
        costs=[_cost_told(cost) for cost in found.costs],
    )


def _cost_told(cost: CostInCurrency) -> CostTold:
    def amount(minor: int) -> Amount:
        return Amount(minor=minor, currency=cost.currency)

    return CostTold(
        base=amount(cost.base_minor),
        now=amount(cost.now_minor),
        at_first=amount(cost.at_first_minor),
        unchanged_later=amount(cost.unchanged_later_minor),
        later=amount(cost.later_minor),
        difference=amount(cost.difference_minor),
        lines=cost.lines,
        lines_changed=cost.lines_changed,
        lines_without_rate=cost.lines_without_rate,
    )


@router.get("rates/why", response=WhyTold, auth=READS)
def why_rate(request: HttpRequest, asked: Query[WhyAsked]) -> WhyTold:
    """Every plan and incentive for one creator, product and day, and what became of each."""
    shop = own_shop(seller_of(request), asked.shop_id)
    found = why_this_rate(
        shop=shop,
        creator=asked.creator.lstrip("@").casefold(),
        product=asked.product,
        on=asked.on or day_of(shop, now()),
    )
    kept = found.kept
    return WhyTold(
        rate_bps=found.rate_bps,
        ads_rate_bps=found.ads_rate_bps,
        category=found.category,
        promoting_since=found.promoting_since,
        kept=KeptTold(
            plan_id=kept.promise.plan or None,
            rate_bps=kept.version.rate_bps,
            ended_on=kept.ended_on,
            kept_before=kept.kept_before,
        )
        if kept
        else None,
        candidates=[_candidate_told(one) for one in found.candidates],
        granted=[
            GrantTold(
                kind=one.grant.kind,
                bonus_bps=one.grant.bonus_bps,
                funded_by=one.grant.funded_by,
                outcome=one.outcome,
            )
            for one in found.granted
        ],
    )


def _candidate_told(candidate: Candidate) -> CandidateTold:
    promise = candidate.promise
    return CandidateTold(
        plan_id=promise.plan or None,
        kind=promise.kind,
        scope=promise.scope,
        rate=_rate_told(candidate.version) if candidate.version else None,
        outcome=candidate.outcome,
    )
