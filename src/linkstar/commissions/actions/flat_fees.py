"""Flat fees and packages: each confirmed video or LIVE earns its share of the agreed price."""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Deliverable
from linkstar.commissions import rules
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import Component, Kind, RateSource, State
from linkstar.ledger.actions import hold_book, post_entries
from linkstar.ledger.rules import Draft
from linkstar.money.dividing import shares


@transaction.atomic
def accrue_flat_fees(*, shop: Shop, now: datetime) -> int:
    """Book the share of every confirmed deliverable that has none yet; returns how many.

    The price of an agreement (or of the package it was made from) is split over its deliverables
    by largest remainder, so the shares add up to it. What is confirmed needs no further approval.
    """
    hold_book(shop.workspace_id)
    due = list(
        Deliverable.objects.filter(
            collaboration__shop=shop,
            state=Deliverable.State.CONFIRMED,
            collaboration__flat_fee_minor__gt=0,
            commissions=None,
        )
        .select_related("collaboration")
        .order_by("collaboration", "number")
    )
    parts = _shares({each.collaboration_id for each in due})
    booked = [(each, parts[each.pk]) for each in due if parts[each.pk]]
    entries = post_entries(
        book=shop.workspace_id,
        drafts=[_draft(shop, deliverable, minor) for deliverable, minor in booked],
        now=now,
    )
    zone = ZoneInfo(shop.zone)
    Commission.objects.bulk_create(
        Commission(
            shop=shop,
            creator_id=deliverable.collaboration.creator_id,
            deliverable=deliverable,
            component=Component.FLAT_FEE,
            number=1,
            kind=Kind.ACCRUED,
            state=State.APPROVED,
            items=1,
            amount_minor=minor,
            currency=deliverable.collaboration.currency,
            rate_source=RateSource.AGREEMENT,
            plan_id=deliverable.collaboration.plan_id or "",
            earned_on=_confirmed_at(deliverable).astimezone(zone).date(),
            happened_at=_confirmed_at(deliverable),
            recorded_at=now,
            approved_at=now,
            entry=entry,
        )
        for (deliverable, minor), entry in zip(booked, entries, strict=True)
    )
    return len(booked)


@transaction.atomic
def take_back_flat_fee(*, deliverable: Deliverable, reason: str, now: datetime) -> int:
    """Take back what a deliverable earned; how much that was. A second time there is nothing left.

    As with lines, what was payable or paid before lowers what the creator is paid next.
    """
    agreement = deliverable.collaboration
    shop = agreement.shop
    hold_book(shop.workspace_id)
    booked = list(Commission.objects.filter(deliverable=deliverable).order_by("number"))
    minor = sum(each.amount_minor for each in booked)
    if not minor:
        return 0
    first, number = booked[0], booked[-1].number + 1
    state = rules.state_of_change(frozenset(State(each.state) for each in booked))
    cost = rules.cost_account(
        shop.number, Component.FLAT_FEE, is_paid_by_platform=False, market=shop.market
    )
    owed = rules.owed_account(first.creator_id, state)
    draft = Draft(
        kind="flat_fee_taken_back",
        key=f"flat_fee:{deliverable.pk}:{number}",
        happened_at=now,
        postings=(rules.moved(-minor, first.currency, frm=cost, to=owed),),
        facts={"shop": shop.pk, "deliverable": deliverable.pk, "reason": reason},
    )
    [entry] = post_entries(book=shop.workspace_id, drafts=[draft], now=now)
    Commission.objects.create(
        shop=shop,
        creator_id=first.creator_id,
        deliverable=deliverable,
        component=Component.FLAT_FEE,
        number=number,
        kind=Kind.CLAWED_BACK,
        state=state,
        amount_minor=-minor,
        currency=first.currency,
        rate_source=first.rate_source,
        plan_id=first.plan_id,
        earned_on=first.earned_on,
        happened_at=now,
        recorded_at=now,
        approved_at=now,
        payable_at=now if state is State.PAYABLE else None,
        entry=entry,
    )
    return minor


def _confirmed_at(deliverable: Deliverable) -> datetime:
    assert deliverable.confirmed_at
    return deliverable.confirmed_at


def _shares(collaborations: set[str]) -> dict[str, int]:
    """What each deliverable of these agreements is worth."""
    rows = (
        Deliverable.objects.filter(collaboration__in=collaborations)
        .order_by("collaboration", "number")
        .values_list("collaboration", "collaboration__flat_fee_minor", "pk")
    )
    by_agreement: dict[tuple[str, int], list[str]] = defaultdict(list)
    for collaboration, fee, pk in rows:
        by_agreement[collaboration, fee].append(pk)
    return {
        pk: minor
        for (_, fee), pks in by_agreement.items()
        for pk, minor in zip(pks, shares(fee, [1] * len(pks)), strict=True)
    }


def _draft(shop: Shop, deliverable: Deliverable, minor: int) -> Draft:
    agreement = deliverable.collaboration
    cost = rules.cost_account(
        shop.number, Component.FLAT_FEE, is_paid_by_platform=False, market=shop.market
    )
    owed = rules.owed_account(agreement.creator_id, State.APPROVED)
    return Draft(
        kind="flat_fee_accrued",
        key=f"flat_fee:{deliverable.pk}",
        happened_at=_confirmed_at(deliverable),
        postings=(rules.moved(minor, agreement.currency, frm=cost, to=owed),),
        facts={
            "shop": shop.pk,
            "agreement": agreement.pk,
            "deliverable": deliverable.number,
            "agreed_minor": agreement.flat_fee_minor,
        },
    )
