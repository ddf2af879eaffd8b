"""What the plans of a shop say: the rates of order lines, and why one rate is what it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
from django.db.models import QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.creators.models import Creator
from linkstar.plans import models, rules
from linkstar.plans.books import book_of, category_histories, promise_of
from linkstar.plans.pricing import ASKED, price
from linkstar.plans.tracing import Trace, trace


def rate_for(*, shop: Shop, asked: pa.Table) -> pa.Table:
    """The rate of every line of `pricing.ASKED`, as `pricing.RATES`, line by line.

    Creators are named by handle (case-folded, without @), products by their id on the platform, as
    order lines name them; an unknown product has what is promised for the whole shop. A line to
    which nothing applies has null for its rate, never 0.
    """
    return price(book_of(shop), asked)


def why_this_rate(*, shop: Shop, creator: str, product: str, on: date) -> Trace:
    """Every plan and incentive for this creator, product and day, and what became of each."""
    return trace(book_of(shop), creator=creator, product=product, on=on)


def plans_of(workspace: Workspace) -> QuerySet[models.Plan]:
    """Every plan of the workspace, the newest first."""
    plans = models.Plan.objects.filter(shop__workspace=workspace)
    return plans.select_related("shop", "product").order_by("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class LockEnding:
    """A creator is to be told that a kept rate ends soon."""

    creator: str
    product: str
    rate_bps: int
    later_rate_bps: int | None
    kept_before: date


def locks_to_tell(*, shop: Shop, on: date) -> list[LockEnding]:
    """Who is to be told on this day, by the market's terms, that a rate kept after a cut ends."""
    book = book_of(shop)
    shown = [p for p in book.joined_promotions if p.starts_on <= on < (p.ends_before or date.max)]
    notice = max(terms.notice_days for terms in book.terms.terms)
    asked = {
        day: [{"creator": p.creator, "product": p.product, "day": day} for p in shown]
        for day in (on, on + timedelta(days=notice))
    }
    now, then = (price(book, pa.Table.from_pylist(a, schema=ASKED)) for a in asked.values())
    return [
        LockEnding(p.creator, p.product, line["rate_bps"], later, line["kept_before"])
        for p, line, later in zip(shown, now.to_pylist(), then["rate_bps"].to_pylist(), strict=True)
        if line["kept_before"] == on + timedelta(days=notice)
    ]


def creators_named(workspace: Workspace, handles: Iterable[str]) -> dict[str, Creator | None]:
    """The creators behind handles: the workspace's own records, else those who signed up.

    A handle nobody is known by has None.
    """
    wanted = [handle.strip().lstrip("@").casefold() for handle in handles if handle.strip()]
    known = Creator.objects.filter(handle__in=wanted)
    public = known.filter(workspace=None, state=Creator.State.VERIFIED)
    found = {creator.handle: creator for creator in public}
    found |= {creator.handle: creator for creator in known.filter(workspace=workspace)}
    return {handle: found.get(handle) for handle in wanted}


def promotions_about(plan: models.Plan) -> list[models.Promotion]:
    """Who shows what the plan is about and has not taken it down."""
    running = models.Promotion.objects.filter(shop=plan.shop, ends_before=None)
    promise, book = promise_of(plan), category_histories(plan.shop)
    if promise.scope is rules.Scope.PRODUCT:
        running = running.filter(product=plan.product)
    return [
        one
        for one in running.select_related("creator", "product").order_by("starts_on", "id")
        if promise.is_about(one.product.external_id, book[one.product.external_id][-1].category)
    ]
