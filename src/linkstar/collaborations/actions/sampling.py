"""Samples: asked for, approved, shipped, received. Each verb starts or stops a clock."""

from datetime import datetime, timedelta

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Sku
from linkstar.collaborations.actions.noting import clocks_for, note, settle_stage
from linkstar.collaborations.models import Collaboration, Deliverable, Sample
from linkstar.collaborations.rules import (
    AlreadyExtended,
    DeliverableState,
    NotNow,
    Stage,
    TermsRefused,
    sample_after,
)
from linkstar.collaborations.telling import (
    acts_as_creator,
    tell_of_sample,
    tell_other_side,
    tell_seller,
    until,
)
from linkstar.money.amounts import Money


@transaction.atomic
def request_sample(
    *,
    collaboration: Collaboration,
    product: Product,
    address: str,
    now: datetime,
    sku: Sku | None = None,
    quantity: int = 1,
    user: User | None = None,
) -> Sample:
    """Ask for a sample; the seller has some days to decide.

    Raises:
        NotNow: the collaboration ended.
        TermsRefused: the product is not part of it, or nothing is asked for.
    """
    if collaboration.state in {Stage.CANCELLED, Stage.COMPLETED}:
        raise NotNow("collaboration", "request_sample", collaboration.state)
    if not collaboration.products.filter(pk=product.pk).exists():
        raise TermsRefused("product_not_agreed")
    if quantity < 1 or (sku is not None and sku.product_id != product.pk):
        raise TermsRefused("sample_quantity")
    review = timedelta(days=clocks_for(collaboration, now).sample_review_days)
    sample = Sample.objects.create(
        collaboration=collaboration,
        product=product,
        sku=sku,
        quantity=quantity,
        address=address.strip(),
        currency=collaboration.shop.currency,
        requested_at=now,
        clock_ends_at=now + review,
    )
    note(collaboration, "sample_requested", user=user, now=now, sample=sample.id)
    settle_stage(collaboration, now=now)
    tell_seller(
        collaboration,
        "sample.requested",
        now=now,
        product=str(product),
        until=until(now + review, collaboration.shop),
    )
    return sample


@transaction.atomic
def approve_sample(*, sample: Sample, now: datetime, user: User | None = None) -> Sample:
    """Say yes; the shipping clock starts.

    Raises:
        NotNow: it does not wait for review.
    """
    locked = _moved(sample, "approve")
    shipping = timedelta(days=clocks_for(locked.collaboration, now).sample_shipping_days)
    locked.approved_at, locked.clock_ends_at = now, now + shipping
    tell_of_sample(locked, "sample.approved", now=now)
    return _kept(locked, "sample_approved", user=user, now=now)


@transaction.atomic
def reject_sample(
    *, sample: Sample, reason: str, now: datetime, user: User | None = None
) -> Sample:
    """Say no, and why.

    Raises:
        NotNow: it does not wait for review.
    """
    locked = _moved(sample, "reject")
    locked.reason, locked.ended_at, locked.clock_ends_at = reason, now, None
    tell_of_sample(locked, "sample.rejected", now=now, reason=reason)
    return _kept(locked, "sample_rejected", user=user, now=now, reason=reason)


@transaction.atomic
def withdraw_sample(*, sample: Sample, now: datetime, user: User | None = None) -> Sample:
    """The creator no longer wants it.

    Raises:
        NotNow: it was sent already, or has ended.
    """
    locked = _moved(sample, "withdraw")
    locked.ended_at, locked.clock_ends_at = now, None
    tell_seller(locked.collaboration, "sample.withdrawn", now=now, product=str(locked.product))
    return _kept(locked, "sample_withdrawn", user=user, now=now)


@transaction.atomic
def ship_sample(
    *,
    sample: Sample,
    carrier: str,
    tracking_number: str,
    cost: Money,
    shipping: Money,
    now: datetime,
    user: User | None = None,
) -> Sample:
    """It is on its way, with what it cost.

    Raises:
        NotNow: it was not approved, or is on its way already.
        TermsRefused: costs are not in one currency.
    """
    if cost.currency != shipping.currency:
        raise TermsRefused("currencies_differ")
    locked = _moved(sample, "ship")
    locked.carrier, locked.tracking_number = carrier.strip(), tracking_number.strip()
    locked.cost_minor, locked.shipping_minor = cost.minor, shipping.minor
    locked.currency, locked.shipped_at, locked.clock_ends_at = cost.currency, now, None
    tell_of_sample(
        locked,
        "sample.shipped",
        now=now,
        carrier=locked.carrier,
        parcel=locked.tracking_number,
    )
    return _kept(locked, "sample_shipped", user=user, now=now, carrier=locked.carrier)


@transaction.atomic
def receive_sample(*, sample: Sample, now: datetime, user: User | None = None) -> Sample:
    """It arrived; content is due some days from now.

    Raises:
        NotNow: it is not on its way.
    """
    locked = _moved(sample, "receive")
    clocks = clocks_for(locked.collaboration, now)
    locked.received_at = now
    locked.clock_ends_at = now + timedelta(days=clocks.content_days)
    due = Deliverable.objects.filter(collaboration=locked.collaboration, state=DeliverableState.DUE)
    due.filter(due_at__lt=locked.clock_ends_at).update(due_at=locked.clock_ends_at)
    tell_seller(
        locked.collaboration,
        "sample.received",
        now=now,
        product=str(locked.product),
        until=until(locked.clock_ends_at, locked.collaboration.shop),
    )
    return _kept(locked, "sample_received", user=user, now=now)


@transaction.atomic
def extend_sample(*, sample: Sample, now: datetime, user: User | None = None) -> Sample:
    """More time for the content of a sample, once; what is due with it moves along.

    Raises:
        NotNow: no content is due for it.
        AlreadyExtended: it was extended before.
    """
    locked = _moved(sample, "extend")
    if locked.was_extended or locked.clock_ends_at is None:
        raise AlreadyExtended
    more = timedelta(days=clocks_for(locked.collaboration, now).content_extension_days)
    locked.was_extended, locked.clock_ends_at = True, locked.clock_ends_at + more
    due = Deliverable.objects.filter(collaboration=locked.collaboration, state=DeliverableState.DUE)
    due.filter(due_at__lt=locked.clock_ends_at).update(
        due_at=locked.clock_ends_at, was_extended=True
    )
    tell_other_side(
        locked.collaboration,
        "sample.extended",
        is_creator=acts_as_creator(locked.collaboration, user),
        now=now,
        product=str(locked.product),
        until=until(locked.clock_ends_at, locked.collaboration.shop),
    )
    return _kept(locked, "sample_extended", user=user, now=now)


def _moved(sample: Sample, event: str) -> Sample:
    """The sample as it is now, locked, in the state after the event; not saved yet."""
    locked = Sample.objects.select_for_update().get(pk=sample.pk)
    locked.state = sample_after(locked.state, event)
    return locked


def _kept(
    sample: Sample, verb: str, *, user: User | None, now: datetime, **detail: object
) -> Sample:
    sample.save()
    note(sample.collaboration, verb, user=user, now=now, sample=sample.id, **detail)
    settle_stage(sample.collaboration, now=now)
    return sample
