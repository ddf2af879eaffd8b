"""Invitations: a dry run that spends nothing, sending in bulk, and what creators answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import check_may_promote
from linkstar.collaborations.models import Collaboration
from linkstar.collaborations.rules import Terms, TermsRefused, check_terms
from linkstar.creators.models import Creator
from linkstar.recruiting.actions.negotiating import accept_offer, counter_offer, propose
from linkstar.recruiting.actions.telling import named, tell_creator, tell_seller, until
from linkstar.recruiting.models import Invitation, Negotiation, Offer, fields_of
from linkstar.recruiting.outreach import Budget, Planned, planned
from linkstar.recruiting.queries import budget_of, candidates, rules_for
from linkstar.recruiting.rates import check_market, check_rate
from linkstar.recruiting.rules import after, check_text, check_time, filled

INVITATION_PAGE = "/creator/invitations/{}/"
SELLER_PAGE = "/recruiting/invitations/"


@dataclass(frozen=True, slots=True)
class Batch:
    """What a shop wants to send: to whom is told apart."""

    shop: Shop
    products: Sequence[Product]
    terms: Terms
    text: str
    days: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What sending would do, and the budget before it."""

    plan: list[Planned]
    budget: Budget


def dry_run(
    *, shop: Shop, creators: Sequence[Creator], products: Sequence[Product], now: datetime
) -> DryRun:
    """What would become of each invitation, without sending any."""
    budget = budget_of(shop, now=now)
    rules = rules_for(shop, now=now)
    found = candidates(shop, creators, products, now=now)
    plan = planned(found, left=budget.left, unanswered_max=rules.unanswered_max)
    return DryRun(plan, budget)


def check_batch(batch: Batch, *, now: datetime) -> None:
    """Let through what can be sent to anybody at all.

    Raises:
        TermsRefused: the terms cannot stand, no product is named or one is of another shop.
        RateRefused: the market does not allow the rate.
        PlaceholderUnknown, BraceAlone: the text cannot be filled in.
        ShopHeld: the shop is not qualified, or LinkStar is off.
        MarketWithoutClocks: nothing could be agreed on its market.
    """
    check_may_promote(batch.shop, now=now)
    check_market(batch.shop.market, now=now)
    check_terms(batch.terms, currency=batch.shop.currency)
    check_rate(batch.shop, batch.terms.rate_bps, now=now)
    check_text(batch.text)
    if not batch.products:
        raise TermsRefused("no_product")
    if any(product.shop_id != batch.shop.pk for product in batch.products):
        raise TermsRefused("product_of_another_shop")


@transaction.atomic
def send_invitations(
    *, batch: Batch, creators: Sequence[Creator], user: User, now: datetime
) -> tuple[list[Invitation], list[Planned]]:
    """Send to everybody nothing stands against, in the order given; and what held others back.

    The shop is locked, so that two people of it cannot spend the same budget.

    Raises:
        TermsRefused, RateRefused, PlaceholderUnknown, BraceAlone, ShopHeld: see `check_batch`.
    """
    shop = Shop.objects.select_for_update().get(pk=batch.shop.pk)
    check_batch(batch, now=now)
    plan = dry_run(shop=shop, creators=creators, products=batch.products, now=now).plan
    by_id = {creator.pk: creator for creator in creators}
    sent = [
        _send(batch, by_id[one.creator], spends=one.spends, user=user, now=now)
        for one in plan
        if one.is_sent
    ]
    if sent:
        record(
            workspace=shop.workspace,
            user=user,
            verb="invitation.sent",
            target=shop.pk,
            now=now,
            count=len(sent),
        )
    return sent, [one for one in plan if not one.is_sent]


def _send(batch: Batch, creator: Creator, *, spends: bool, user: User, now: datetime) -> Invitation:
    expires_at = now + timedelta(days=batch.days)
    by = until(expires_at, batch.shop.zone)
    invitation = Invitation.objects.create(
        shop=batch.shop,
        creator=creator,
        **fields_of(batch.terms),
        message=filled(batch.text, values_of(batch, creator, by)),
        spends=spends,
        sent_by=user,
        sent_at=now,
        expires_at=expires_at,
    )
    invitation.products.set(batch.products)
    tell_creator(
        creator,
        "invitation.received",
        now=now,
        address=INVITATION_PAGE.format(invitation.pk),
        shop=batch.shop.name,
        product=named(batch.products),
        until=by,
    )
    return invitation


def values_of(batch: Batch, creator: Creator, by: str) -> dict[str, str]:
    """What the placeholders of a text stand for."""
    return {
        "creator": str(creator),
        "shop": batch.shop.name,
        "products": ", ".join(map(str, batch.products)),
        "rate": f"{batch.terms.rate_bps / 100:g}%",
        "fee": str(batch.terms.flat_fee),
        "videos": str(batch.terms.videos),
        "until": by,
    }


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, user: User, now: datetime) -> Invitation:
    """Take it back before it is answered; what it spent of the week's budget stays spent.

    Raises:
        NotNow: it was answered or ended.
    """
    found = _answered(_locked(invitation), "withdraw", now=now)
    record(
        workspace=found.shop.workspace,
        user=user,
        verb="invitation.withdrawn",
        target=found.pk,
        now=now,
    )
    address = INVITATION_PAGE.format(found.pk)
    tell_creator(
        found.creator, "invitation.withdrawn", now=now, address=address, shop=found.shop.name
    )
    return found


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, creator: Creator, user: User, now: datetime
) -> Collaboration:
    """Take the invitation's terms as they are: the collaboration begins.

    Raises:
        NotNow: it was answered, withdrawn or ended meanwhile.
        Expired: its time ran out.
        TermsRefused, RateRefused: the terms cannot stand any more.
    """
    found, negotiation = _talk(invitation, creator, now=now)
    tell_seller(
        found.shop,
        "invitation.accepted",
        now=now,
        address=f"/recruiting/negotiations/{negotiation.pk}/",
        creator=str(creator),
    )
    return accept_offer(
        negotiation=negotiation,
        number=1,
        side=Offer.Side.CREATOR,
        user=user,
        now=now,
        is_told=False,
    )


@transaction.atomic
def counter_invitation(
    *,
    invitation: Invitation,
    creator: Creator,
    terms: Terms,
    user: User,
    now: datetime,
    message: str = "",
) -> Negotiation:
    """Answer with other terms: a negotiation begins, and the seller is asked.

    Raises:
        NotNow, Expired: see `accept_invitation`.
        TermsRefused, RateRefused: these terms cannot stand.
    """
    _found, negotiation = _talk(invitation, creator, now=now)
    counter_offer(
        negotiation=negotiation,
        number=1,
        side=Offer.Side.CREATOR,
        terms=terms,
        message=message,
        user=user,
        now=now,
    )
    return negotiation


@transaction.atomic
def decline_invitation(*, invitation: Invitation, creator: Creator, now: datetime) -> Invitation:
    """Say no.

    Raises:
        NotNow: it was answered, withdrawn or ended meanwhile.
    """
    found = _answered(_locked(invitation), "decline", now=now, creator=creator)
    tell_seller(
        found.shop, "invitation.declined", now=now, address=SELLER_PAGE, creator=str(creator)
    )
    return found


def _talk(
    invitation: Invitation, creator: Creator, *, now: datetime
) -> tuple[Invitation, Negotiation]:
    """The invitation as the seller's first offer of a negotiation."""
    found = _locked(invitation)
    after("invitation", found.state, "accept")
    check_time("invitation", found.expires_at, zone=found.shop.zone, now=now)
    _answered(found, "accept", now=now, creator=creator)
    negotiation = propose(
        shop=found.shop,
        creator=creator,
        products=list(found.products.all()),
        terms=found.terms(),
        message=found.message,
        invitation=found,
        user=found.sent_by,
        now=now,
        is_told=False,
    )
    return found, negotiation


def _locked(invitation: Invitation) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",))
    return found.select_related("shop__workspace", "creator").get(pk=invitation.pk)


def _answered(
    invitation: Invitation, event: str, *, now: datetime, creator: Creator | None = None
) -> Invitation:
    """Move it on; a creator who signed up since then takes the place of the seller's own record."""
    invitation.state = after("invitation", invitation.state, event)
    invitation.answered_at = now
    if creator is not None:
        invitation.creator = creator
    invitation.save(update_fields=["state", "answered_at", "creator"])
    return invitation


@transaction.atomic
def expire_invitation(*, invitation: Invitation, now: datetime) -> bool:
    """Note down that its time ran out and tell the shop; False when it did not."""
    found = _locked(invitation)
    if found.state != Invitation.State.SENT or found.expires_at > now:
        return False
    found.state = after("invitation", found.state, "clock")
    found.save(update_fields=["state"])
    tell_seller(
        found.shop,
        "invitation.expired",
        now=now,
        address=SELLER_PAGE,
        creator=str(found.creator),
    )
    address = INVITATION_PAGE.format(found.pk)
    tell_creator(found.creator, "invitation.missed", now=now, address=address, shop=found.shop.name)
    return True
