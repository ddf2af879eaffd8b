"""Making plans, changing rates, naming creators and stopping: each adds, none rewrites.

Every verb refuses what would change a day that is over, or take from the day that has begun.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import check_may_promote, day_of
from linkstar.catalog.tree import category_path
from linkstar.creators.models import Creator
from linkstar.plans import checks
from linkstar.plans.books import book_of, promise_of
from linkstar.plans.models import Plan, PlanCreator, PlanRate
from linkstar.plans.refusals import (
    CutNotAllowed,
    NobodyNamed,
    NobodyToName,
    OutsideThePlan,
    PlanOver,
    RateUnchanged,
    ScopeUnclear,
    TooManyCreators,
)
from linkstar.plans.rules import Kind, Layer, Scope
from linkstar.plans.terms import terms_of


@transaction.atomic
def make_plan(
    *,
    shop: Shop,
    kind: Kind,
    name: str,
    scope: Scope,
    rate_bps: int,
    starts_on: date,
    now: datetime,
    category: str = "",
    product: Product | None = None,
    ads_rate_bps: int | None = None,
    ends_before: date | None = None,
    creators: Sequence[Creator] = (),
    campaign_id: str = "",
    user: User | None = None,
) -> Plan:
    """A new plan with its first rate.

    Raises:
        PlanRefused: by the name of what is wrong: bounds, days, scope, creators, an overlap, or a
            rate that would lower what is promised today.
        ShopHeld: creators are named, and the shop may not offer them anything.
    """
    path = category_path(category) if scope is Scope.CATEGORY else ""
    about = product if scope is Scope.PRODUCT else None
    _check_scope(shop, scope, path, about)
    if kind is Kind.TARGETED and not creators:
        raise NobodyNamed(name)
    check_terms(shop, kind, rate_bps, ads_rate_bps, starts_on)
    checks.check_days(starts_on, ends_before, today=day_of(shop, now))
    with takes_nothing(shop, now):
        plan = Plan.objects.create(
            shop=shop,
            kind=kind,
            name=name,
            scope=scope,
            category=path,
            product=about,
            campaign_id=campaign_id,
            starts_on=starts_on,
            ends_before=ends_before,
            created_by=user,
            created_at=now,
        )
        _add_rate(
            plan,
            rate_bps=rate_bps,
            ads_rate_bps=ads_rate_bps,
            starts_on=starts_on,
            announced_at=now,
            created_by=user,
        )
        _name(plan, creators, starts_on, now=now)
        _check_apart(plan)
    return plan


@transaction.atomic
def change_rate(
    *,
    plan: Plan,
    rate_bps: int,
    starts_on: date,
    now: datetime,
    ads_rate_bps: int | None = None,
    user: User | None = None,
) -> PlanRate:
    """A new version of a plan's rate; the old ones stay as they are.

    A higher rate may begin today, a lower one tomorrow. Who promotes already keeps the higher
    one for as long as the market's terms say.

    Raises:
        PlanRefused: by the name of what is wrong.
    """
    promise = promise_of(plan)
    today = day_of(plan.shop, now)
    check_running(plan, today)
    check_terms(plan.shop, promise.kind, rate_bps, ads_rate_bps, starts_on)
    checks.check_days(starts_on, None, today=today)
    if not promise.starts_on <= starts_on < promise.last_before:
        raise OutsideThePlan(starts_on)
    version = promise.version_on(starts_on)
    if version and (version.rate_bps, version.ads_rate_bps) == (rate_bps, ads_rate_bps):
        raise RateUnchanged(rate_bps)
    terms = terms_of(plan.shop.market).on(promise.kind, starts_on)
    if not terms.cuts_allowed and checks.is_cut(promise, rate_bps=rate_bps, on=starts_on):
        raise CutNotAllowed(rate_bps)
    with takes_nothing(plan.shop, now):
        return _add_rate(
            plan,
            rate_bps=rate_bps,
            ads_rate_bps=ads_rate_bps,
            starts_on=starts_on,
            announced_at=now,
            created_by=user,
        )


@transaction.atomic
def stop_plan(*, plan: Plan, now: datetime) -> Plan:
    """The plan no longer applies from tomorrow; one that has not begun never will.

    Stopping twice changes nothing. Who promotes keeps the rate as after a cut.
    """
    if plan.stops_before is None:
        tomorrow = day_of(plan.shop, now) + timedelta(days=1)
        plan.stopped_at = now
        plan.stops_before = max(plan.starts_on, tomorrow)
        plan.save(update_fields=["stopped_at", "stops_before"])
    return plan


@transaction.atomic
def name_creators(
    *, plan: Plan, creators: Sequence[Creator], starts_on: date, now: datetime
) -> list[PlanCreator]:
    """More creators for a targeted or campaign plan; one already named stays as she is.

    Raises:
        PlanRefused: by the name of what is wrong.
        ShopHeld: the shop may not offer them anything.
    """
    today = day_of(plan.shop, now)
    check_running(plan, today)
    checks.check_days(starts_on, None, today=today)
    if not plan.starts_on <= starts_on < promise_of(plan).last_before:
        raise OutsideThePlan(starts_on)
    with takes_nothing(plan.shop, now):
        named = _name(plan, creators, starts_on, now=now)
        _check_apart(plan)
    return named


@transaction.atomic
def release_creator(*, plan: Plan, creator: Creator, now: datetime) -> None:
    """The plan is no longer for the creator from tomorrow; never was, if it had not begun."""
    tomorrow = day_of(plan.shop, now) + timedelta(days=1)
    for named in PlanCreator.objects.filter(plan=plan, creator=creator, ends_before=None):
        named.ends_before = max(named.starts_on, tomorrow)
        named.save(update_fields=["ends_before"])


@contextmanager
def takes_nothing(shop: Shop, now: datetime) -> Iterator[None]:
    """Let something be written, unless somebody then has less today than before.

    Raises:
        LowersToday: somebody would; the caller's transaction takes back what was written.
    """
    before = book_of(shop)
    yield
    if not (before.promises or before.grants):
        return
    checks.check_takes_nothing(before, book_of(shop), today=day_of(shop, now))


def check_terms(
    shop: Shop, kind: Kind, rate_bps: int, ads_rate_bps: int | None, starts_on: date
) -> None:
    """The market's bounds on the day a rate begins.

    Raises:
        RateOutOfBounds: the rate, or the rate for ads, is outside them.
    """
    market = terms_of(shop.market)
    terms, open_terms = market.on(kind, starts_on), market.on(Kind.OPEN, starts_on)
    checks.check_rate(rate_bps, ads_rate_bps, terms, open_terms)


def check_running(plan: Plan, today: date) -> None:
    """The plan has not ended and was not stopped.

    Raises:
        PlanOver: it has, or was.
    """
    if plan.stops_before is not None or today >= (plan.ends_before or date.max):
        raise PlanOver(plan.name)


def _check_scope(shop: Shop, scope: Scope, category: str, product: Product | None) -> None:
    if scope is Scope.CATEGORY and not category:
        raise ScopeUnclear(scope)
    if scope is Scope.PRODUCT and (product is None or product.shop_id != shop.pk):
        raise ScopeUnclear(scope)


def _check_apart(plan: Plan) -> None:
    others = Plan.objects.filter(shop=plan.shop, kind=plan.kind, scope=plan.scope)
    others = others.exclude(id=plan.id).select_related("product")
    named = others.prefetch_related("rates", "named__creator")
    checks.check_apart(promise_of(plan), [(other.name, promise_of(other)) for other in named])


def _add_rate(
    plan: Plan, *, rate_bps: int, ads_rate_bps: int | None, starts_on: date, **said: object
) -> PlanRate:
    return PlanRate.objects.create(
        plan=plan,
        number=plan.rates.count() + 1,
        rate_bps=rate_bps,
        ads_rate_bps=ads_rate_bps,
        starts_on=starts_on,
        **said,
    )


def _name(
    plan: Plan, creators: Sequence[Creator], starts_on: date, *, now: datetime
) -> list[PlanCreator]:
    promise = promise_of(plan)
    if creators and promise.layer is Layer.EVERYBODY:
        raise NobodyToName
    running = {n.creator for n in promise.named if n.ends_before is None}
    fresh = {c.handle: c for c in creators if c.handle not in running}
    limit = terms_of(plan.shop.market).on(promise.kind, starts_on).creators_max
    if limit and len(running) + len(fresh) > limit:
        raise TooManyCreators(len(running) + len(fresh), limit=limit)
    if fresh:
        check_may_promote(plan.shop, now=now)
    return [_named_from(plan, creator, starts_on) for creator in fresh.values()]


def _named_from(plan: Plan, creator: Creator, starts_on: date) -> PlanCreator:
    """One span; released and named again without a day between, the old one goes on."""
    earlier = PlanCreator.objects.filter(plan=plan, creator=creator, ends_before__gte=starts_on)
    going_on = earlier.order_by("-ends_before").first()
    if going_on is None:
        return PlanCreator.objects.create(plan=plan, creator=creator, starts_on=starts_on)
    going_on.ends_before = None
    going_on.save(update_fields=["ends_before"])
    return going_on
