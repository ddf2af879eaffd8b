"""Reads of collaborations: a workspace's, a creator's; what is due, what samples brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product
from linkstar.catalog.queries import day_of
from linkstar.collaborations.models import Collaboration, Deliverable, LocalisationTick, Sample
from linkstar.collaborations.rules import (
    DeliverableState,
    SampleState,
    Stage,
    SupportState,
    fulfilment_bps,
    localisation_items,
)
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans.models import Promotion
from linkstar.plans.open_offers import product_on_offer
from linkstar.tracking.models import TrackedLink


def collaborations_of(workspace: Workspace) -> QuerySet[Collaboration]:
    """The agreements of a workspace's shops, the newest first."""
    return (
        Collaboration.objects.filter(shop__workspace=workspace)
        .select_related("shop", "creator")
        .order_by("-agreed_at")
    )


def collaborations_with(creator: Creator) -> QuerySet[Collaboration]:
    """The agreements of one creator, the newest first."""
    return (
        Collaboration.objects.filter(creator=creator).select_related("shop").order_by("-agreed_at")
    )


def samples_of(workspace: Workspace) -> QuerySet[Sample]:
    return (
        Sample.objects.filter(collaboration__shop__workspace=workspace)
        .select_related("collaboration__creator", "collaboration__shop", "product", "sku")
        .order_by("clock_ends_at", "-requested_at")
    )


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What sending samples to creators brought.

    Attributes:
        sent: samples that left the house.
        completed: those whose content came.
        overdue: those whose time is over without content.
        fulfilment_bps: completed among completed and overdue; None while there is neither.
        cost: what products and shipping cost together, per currency.
    """

    sent: int
    completed: int
    overdue: int
    fulfilment_bps: int | None
    cost: tuple[Money, ...]


def sample_result(samples: QuerySet[Sample]) -> SampleResult:
    """Counts and cost of a set of samples."""
    counted = samples.order_by().aggregate(
        sent=Count("pk", filter=Q(shipped_at__isnull=False)),
        completed=Count("pk", filter=Q(state=SampleState.COMPLETED)),
        overdue=Count("pk", filter=Q(state=SampleState.OVERDUE)),
    )
    costs = (
        samples.order_by()
        .filter(shipped_at__isnull=False)
        .values("currency")
        .annotate(product=Sum("cost_minor"), shipping=Sum("shipping_minor"))
        .order_by("currency")
    )
    return SampleResult(
        **counted,
        fulfilment_bps=fulfilment_bps(completed=counted["completed"], overdue=counted["overdue"]),
        cost=tuple(
            Money((row["product"] or 0) + (row["shipping"] or 0), row["currency"]) for row in costs
        ),
    )


WAITING: Mapping[str, Q] = {
    "samples_to_answer": Q(samples__state=SampleState.REQUESTED),
    "samples_to_ship": Q(samples__state__in=[SampleState.APPROVED, SampleState.NOT_SHIPPED]),
    "content_to_confirm": Q(deliverables__state=DeliverableState.SUBMITTED),
    "support_to_answer": Q(supports__state=SupportState.REQUESTED),
    "support_to_give": Q(supports__state__in=[SupportState.APPROVED, SupportState.OVERDUE]),
}
"""What the shop has to do, and in which agreements."""


def waiting_in(collaborations: QuerySet[Collaboration]) -> Mapping[str, int]:
    """In how many of the agreements each thing waits for the shop."""
    return {
        name: collaborations.filter(where).distinct().count() for name, where in WAITING.items()
    }


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing a creator has to do: a code the pages have words for, where, and until when."""

    verb: str
    collaboration: Collaboration
    until: datetime | None


def next_steps(collaborations: QuerySet[Collaboration]) -> list[NextStep]:
    """What waits for the creator, the most pressing first; without a deadline last."""
    running = collaborations.filter(ended_at=None)
    shipped = Sample.objects.filter(collaboration__in=running, state=SampleState.SHIPPED)
    steps = [
        NextStep("ask_for_sample", each, None)
        for each in running.filter(needs_sample=True, samples=None)
    ]
    steps.extend(
        NextStep("confirm_arrival", sample.collaboration, None)
        for sample in shipped.select_related("collaboration__shop")
    )
    open_states = [DeliverableState.DUE, DeliverableState.RETURNED, DeliverableState.OVERDUE]
    for due in Deliverable.objects.filter(
        collaboration__in=running,
        collaboration__state__in=[Stage.CREATING, Stage.POSTED],
        state__in=open_states,
    ).select_related("collaboration__shop"):
        verb = "change_content" if due.state == DeliverableState.RETURNED else "post_content"
        steps.append(NextStep(verb, due.collaboration, due.due_at))
    return sorted(
        steps, key=lambda step: (step.until is None, step.until or step.collaboration.agreed_at)
    )


def open_links_for(creator: Creator) -> QuerySet[TrackedLink]:
    """The creator's running links of products under open plans, the newest first."""
    return every_open_link_for(creator).filter(stopped_at=None)


def every_open_link_for(creator: Creator) -> QuerySet[TrackedLink]:
    """The creator's links of products under open plans, running or stopped, the newest first.

    Only of shops and products the creator is known to show: a seller may have made a link of the
    same handle for somebody else's content.
    """
    shown = Promotion.objects.filter(
        creator=creator,
        ends_before=None,
        shop=OuterRef("shop"),
        product__external_id=OuterRef("product_id"),
    )
    links = TrackedLink.objects.filter(creator=creator.handle, collaboration_id="")
    openly = links.filter(Exists(shown), content_id="").exclude(product_id="")
    return openly.select_related("shop").order_by("-created_at")


def open_links_about(product: Product, *, creator: Creator) -> QuerySet[TrackedLink]:
    """Those of one product."""
    return open_links_for(creator).filter(shop=product.shop, product_id=product.external_id)


def openly_promoted(creator: Creator) -> QuerySet[Product]:
    """Products the creator has made open links for."""
    about = open_links_for(creator).filter(
        shop=OuterRef("shop"), product_id=OuterRef("external_id")
    )
    return Product.objects.filter(Exists(about.order_by())).select_related("shop").order_by("name")


def product_to_promote(product_id: int, *, creator: Creator, now: datetime) -> Product | None:
    """A product that is on offer today, or that the creator has links for; None for any other."""
    product = Product.objects.select_related("shop").filter(pk=product_id).first()
    if product is None:
        return None
    if open_links_about(product, creator=creator).exists():
        return product
    is_on_offer = product_on_offer(product, creator=creator, now=now) is not None
    return product if is_on_offer else None


def links_for(collaboration: Collaboration) -> QuerySet[TrackedLink]:
    """The tracked links made for an agreement, the newest first."""
    return TrackedLink.objects.filter(
        shop=collaboration.shop, collaboration_id=collaboration.id
    ).order_by("-created_at")


def localisation_of(
    collaboration: Collaboration, *, now: datetime
) -> list[tuple[str, LocalisationTick | None]]:
    """What the content has to get right for its market today, each with its tick."""
    shop = collaboration.shop
    ticks = {tick.item: tick for tick in collaboration.ticks.all()}
    items = localisation_items(shop.market, day_of(shop, now))
    return [(item, ticks.get(item)) for item in items]
