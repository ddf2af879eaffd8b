"""An agreement of Lin's shop with Ada, its video and sample; a product open to everybody."""

from datetime import timedelta

from linkstar.catalog.models import Product
from linkstar.catalog.queries import day_of
from linkstar.collaborations.actions import agree_collaboration, request_sample, request_support
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans.actions import make_plan
from linkstar.plans.rules import Kind, Scope

VERBS = {
    "act_on_deliverable": "confirm",
    "act_on_sample": "approve",
    "act_on_own_sample": "withdraw",
    "act_on_support": "approve",
}


def collaboration_things(cast, now) -> dict[str, object]:
    """What the addresses of collaborations name; Ada's record is there already."""
    ada = Creator.objects.get(user=cast.ada)
    toner = Product.objects.create(shop=cast.shop, external_id="toner", seen_at=now)
    make_plan(
        shop=cast.shop, kind=Kind.OPEN, name="Toner", scope=Scope.PRODUCT, product=toner,
        rate_bps=2_000, starts_on=day_of(cast.shop, now), now=now,
    )  # fmt: skip
    terms = Terms(
        rate_bps=1_500,
        flat_fee=Money(0, "USD"),
        videos=1,
        lives=0,
        needs_sample=True,
        starts_on=now.date(),
        ends_before=now.date() + timedelta(days=30),
    )
    made = agree_collaboration(shop=cast.shop, creator=ada, products=[toner], terms=terms, now=now)
    sample = request_sample(collaboration=made, product=toner, address="1 Main St", now=now)
    support = request_support(
        collaboration=made, kind="studio", text="A room", wanted_on=None, now=now
    )
    return {
        "open_product_id": toner.pk,
        "support_id": support.id,
        "collaboration_id": made.id,
        "deliverable_id": made.deliverables.get().id,
        "sample_id": sample.id,
    }
