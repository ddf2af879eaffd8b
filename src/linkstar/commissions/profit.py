"""Where a profit and loss comes from: orders, commission, fees, samples, shooting support."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Collaboration, Sample, Support
from linkstar.collaborations.rules import SupportState
from linkstar.commissions.models import Commission, PlatformFee
from linkstar.commissions.profit_rules import (
    MATURITY,
    Amount,
    Maturity,
    Part,
    Profit,
    exchanged,
    profits,
)
from linkstar.commissions.rules import Component, State
from linkstar.exchange.booking import GAIN, LOSS, SETTLED
from linkstar.exchange.queries import RateMissing, rate_on
from linkstar.exchange.rules import Stamped
from linkstar.ledger.models import Posting
from linkstar.money.dividing import half_even, micros_per_minor, shares
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import ARRIVED, ENDED, kept
from linkstar.orders.rules import State as LineState


class By(StrEnum):
    """What an account is kept of."""

    CREATOR = "creator"
    CONTENT = "content"
    PRODUCT = "product"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True)
class _Keys:
    """Whom an amount is about, for every way of looking at it; empty where it is nobody."""

    creator: str = ""
    content: str = ""
    product: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Accounts by key and currency, and the rates they were exchanged at, if they were.

    Attributes:
        missing: currencies that stay as they are, for no rate is known.
    """

    rows: list[Profit]
    totals: list[Profit]
    rates: list[Stamped]
    missing: list[str]


def profit_and_loss(
    *,
    shops: Sequence[Shop],
    by: By,
    starts_on: date,
    ends_before: date,
    currency: str = "",
) -> Statement:
    """What the orders placed in these days brought and cost, up to now; and what else was spent.

    Flat fees count on the day they were earned, samples on the day they were shipped, shooting
    support on the day it was given, exchanges on the day the bank settled them. What cannot be
    tied to a creator, content, product or campaign stands under the empty key, so every way of
    looking has the same total. Exchanges are a company's, not a shop's: they count where all its
    shops are asked for.

    Args:
        shops: whose.
        by: what the accounts are kept of.
        starts_on: the first day.
        ends_before: the day after the last one.
        currency: exchange everything into it, at the rate of the last day.
    """
    amounts = [
        replace(amount, key=getattr(keys, by.value))
        for shop in shops
        for keys, amount in _amounts(shop, starts_on, ends_before)
    ]
    amounts += _of_exchanges(shops, starts_on, ends_before)
    rates, missing = _rates({each.currency for each in amounts}, currency, ends_before)
    amounts = [
        exchanged(each, rates[each.currency]) if each.currency in rates else each
        for each in amounts
    ]
    totals = profits(replace(each, key="") for each in amounts)
    return Statement(profits(amounts), totals, list(rates.values()), missing)


def _rates(found: set[str], wanted: str, ends_before: date) -> tuple[dict[str, Stamped], list[str]]:
    rates: dict[str, Stamped] = {}
    missing: list[str] = []
    for code in sorted(found - {wanted} if wanted else ()):
        try:
            rates[code] = rate_on(code, wanted, ends_before - timedelta(days=1))
        except RateMissing:
            missing.append(code)
    return rates, missing


def _amounts(shop: Shop, starts_on: date, ends_before: date) -> Iterator[tuple[_Keys, Amount]]:
    lines = OrderLine.objects.filter(
        shop=shop, ordered_on__gte=starts_on, ordered_on__lt=ends_before
    )
    yield from _of_lines(lines)
    yield from _of_flat_fees(shop, starts_on, ends_before)
    is_meant = _is_between(ZoneInfo(shop.zone), starts_on, ends_before)
    yield from _of_samples(shop, is_meant)
    yield from _of_supports(shop, is_meant)


def _of_lines(lines: Any) -> Iterator[tuple[_Keys, Amount]]:
    """Sales, what is kept of them, platform fees and commission."""
    charged = PlatformFee.objects.filter(line__in=lines).order_by("line").values_list("line")
    fees: dict[int, int] = dict(charged.annotate(minor=Sum("amount_minor")))
    keys: dict[int, _Keys] = {}
    for line in lines.prefetch_related("attributions__creator", "attributions__collaboration"):
        keys[line.pk] = about = _keys_of(line)
        parts = {Part.PLATFORM_FEE: fees.get(line.pk)}
        if line.state != LineState.WITHDRAWN:
            parts[Part.SALES] = _value(line, is_all=True)
            parts[Part.KEPT] = _value(line, is_all=False)
        is_certain = line.state in ARRIVED | ENDED
        maturity = Maturity.CONFIRMED if is_certain else Maturity.ESTIMATED
        for part, minor in parts.items():
            yield about, Amount("", line.currency, part, minor, maturity, line.order_id)
    earned = Commission.objects.filter(line__in=lines, is_paid_by_platform=False)
    for amount in earned.select_related("creator"):
        assert amount.line_id
        about = keys[amount.line_id]
        if amount.creator.handle != about.creator:  # booked for who had the line before
            about = replace(about, creator=amount.creator.handle)
        yield about, _booked(amount, Part.COMMISSION)


def _keys_of(line: OrderLine) -> _Keys:
    decision = next((each for each in line.attributions.all() if each.is_current), None)
    if decision is None:
        return _Keys(product=line.product_id)
    agreement = decision.collaboration
    return _Keys(
        creator=decision.creator.handle if decision.creator else "",
        content=decision.content_id if decision.creator else "",
        product=line.product_id,
        campaign=agreement.campaign_id if agreement else "",
    )


def _value(line: OrderLine, *, is_all: bool) -> int:
    """The line's value without coupons and contained tax: of all its items, or of those kept."""
    base = kept(
        state=LineState.PAID if is_all else LineState(line.state),
        items=line.items,
        items_returned=0 if is_all else line.items_returned,
        price_micros=line.price_micros,
        discounts_minor=(line.seller_discount_minor or 0) + (line.platform_discount_minor or 0),
        tax_minor=(line.tax_minor or 0) if line.is_tax_included else 0,
        refunded_minor=0 if is_all else line.refunded_minor,
        currency=line.currency,
    )
    return half_even(base.base_micros, micros_per_minor(line.currency))


def _booked(amount: Commission, part: Part) -> Amount:
    maturity = MATURITY[State(amount.state)]
    return Amount("", amount.currency, part, amount.amount_minor, maturity)


def _of_flat_fees(shop: Shop, starts_on: date, ends_before: date) -> Iterator[tuple[_Keys, Amount]]:
    earned = Commission.objects.filter(
        shop=shop,
        component=Component.FLAT_FEE,
        earned_on__gte=starts_on,
        earned_on__lt=ends_before,
        deliverable__isnull=False,
    ).select_related("creator", "deliverable__collaboration")
    due = [(each, each.deliverable) for each in earned if each.deliverable]
    products = _only_products(deliverable.collaboration_id for _, deliverable in due)
    for amount, deliverable in due:
        agreement = deliverable.collaboration
        about = _Keys(
            creator=amount.creator.handle,
            content=deliverable.content_id,
            product=products.get(agreement.pk, ""),
            campaign=agreement.campaign_id,
        )
        yield about, _booked(amount, Part.FLAT_FEE)


def _only_products(agreements: Iterable[str]) -> dict[str, str]:
    """The product of each agreement that is about one alone."""
    alone = Collaboration.objects.filter(pk__in=set(agreements))
    alone = alone.annotate(many=Count("products")).filter(many=1)
    return dict(alone.values_list("pk", "products__external_id"))


def _of_samples(shop: Shop, is_meant: Callable[[datetime], bool]) -> Iterator[tuple[_Keys, Amount]]:
    """What shipped samples cost, in equal parts over the contents due for them."""
    shipped = Sample.objects.filter(collaboration__shop=shop, shipped_at__isnull=False)
    found = shipped.select_related("collaboration__creator", "product")
    for sample in found.prefetch_related("collaboration__deliverables"):
        if not sample.shipped_at or not is_meant(sample.shipped_at):
            continue
        for part, cost in (
            (Part.SAMPLE_PRODUCT, sample.cost_minor),
            (Part.SAMPLE_SHIPPING, sample.shipping_minor),
        ):
            spent = Amount("", sample.currency, part, cost, Maturity.CONFIRMED)
            yield from _over_contents(sample.collaboration, sample.product.external_id, spent)


def _of_supports(
    shop: Shop, is_meant: Callable[[datetime], bool]
) -> Iterator[tuple[_Keys, Amount]]:
    """What shooting support cost that was given, in equal parts over the contents due."""
    given = Support.objects.filter(collaboration__shop=shop, state=SupportState.PROVIDED)
    found = given.select_related("collaboration__creator")
    supports = [
        each
        for each in found.prefetch_related("collaboration__deliverables")
        if each.ended_at and is_meant(each.ended_at)
    ]
    products = _only_products(each.collaboration_id for each in supports)
    for each in supports:
        product = products.get(each.collaboration_id, "")
        spent = Amount("", each.currency, Part.SUPPORT, each.cost_minor, Maturity.CONFIRMED)
        yield from _over_contents(each.collaboration, product, spent)


def _over_contents(
    agreement: Collaboration, product: str, spent: Amount
) -> Iterator[tuple[_Keys, Amount]]:
    """An amount spent for all contents of an agreement, in equal parts."""
    contents = [each.content_id for each in agreement.deliverables.all()] or [""]
    unknown = [None] * len(contents)
    minors = unknown if spent.minor is None else shares(spent.minor, [1] * len(contents))
    for content, minor in zip(contents, minors, strict=True):
        about = _Keys(agreement.creator.handle, content, product, agreement.campaign_id)
        yield about, replace(spent, minor=minor)


def _of_exchanges(shops: Sequence[Shop], starts_on: date, ends_before: date) -> Iterator[Amount]:
    """What exchanges brought (or cost, below nothing) when the bank settled them."""
    asked: dict[str, list[Shop]] = defaultdict(list)
    for shop in shops:
        asked[shop.workspace_id].append(shop)
    for book, own in asked.items():
        if Shop.objects.filter(workspace=book).count() > len(own):
            continue
        is_meant = _is_between(ZoneInfo(own[0].zone), starts_on, ends_before)
        settled = Posting.objects.filter(entry__book=book, entry__kind=SETTLED)
        booked = settled.filter(Q(credit__path=GAIN) | Q(debit__path=LOSS))
        for posting in booked.select_related("entry", "credit", "debit"):
            if is_meant(posting.entry.happened_at):
                sign = 1 if posting.credit.path == GAIN else -1
                minor = sign * posting.amount_minor
                currency = posting.credit.currency
                yield Amount("", currency, Part.EXCHANGE, minor, Maturity.PAID)


def _is_between(zone: ZoneInfo, starts_on: date, ends_before: date) -> Callable[[datetime], bool]:
    return lambda at: starts_on <= at.astimezone(zone).date() < ends_before
