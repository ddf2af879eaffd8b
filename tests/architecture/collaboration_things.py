"""An agreement of Lin's shop with Ada, its video and the sample she asked for."""

from datetime import timedelta

from linkstar.catalog.models import Product
from linkstar.collaborations.actions import agree_collaboration, request_sample, request_support
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money

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
        "support_id": support.id,
        "collaboration_id": made.id,
        "deliverable_id": made.deliverables.get().id,
        "sample_id": sample.id,
    }
