"""Booking what the platform charges for lines, by the policy of their market and day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from django.db import transaction
from django.db.models import Exists, OuterRef

from linkstar.catalog.models import Shop
from linkstar.commissions.fee_rules import (
    FeePolicy,
    FeesUnknown,
    fee_base_minor,
    markets_with_fees,
    policy_on,
    referral_minor,
    refund_administration_minor,
)
from linkstar.commissions.models import PlatformFee
from linkstar.ledger.actions import hold_book, post_entries
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.money.dividing import half_even, micros_per_minor
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import ENDED, NOT_SOLD
from linkstar.plans.pricing import ASKED
from linkstar.plans.queries import rate_for

LINES_AT_ONCE = 10_000
Kind = PlatformFee.Kind


@dataclass(frozen=True, slots=True)
class _Charge:
    line: OrderLine
    kind: str
    number: int
    base_minor: int
    minor: int
    policy: FeePolicy


def charge_platform_fees(*, shop: Shop, now: datetime) -> int:
    """Book the platform's fees on the shop's lines as they stand; returns how many amounts.

    The referral fee follows what is kept of a line. Of what goes back because of a refund the
    platform keeps an administration fee. A market without a known policy is charged nothing, and
    lines in a fee-free period are not either.
    """
    channels = {channel for market, channel in markets_with_fees() if market == shop.market}
    booked = after = 0
    while channels:
        with transaction.atomic():
            hold_book(shop.workspace_id)
            lines = _pending(shop, channels, after)
            if not lines:
                break
            charges = list(_charges(shop, lines))
            _write(shop, charges, now)
            booked, after = booked + len(charges), lines[-1].pk
    return booked


def _pending(shop: Shop, channels: set[str], after: int) -> list[OrderLine]:
    seen = PlatformFee.objects.filter(line=OuterRef("pk"), seen_revision=OuterRef("revision"))
    lines = OrderLine.objects.filter(shop=shop, channel__in=channels, pk__gt=after)
    return list(lines.filter(~Exists(seen)).order_by("pk")[:LINES_AT_ONCE])


def _charges(shop: Shop, lines: Sequence[OrderLine]) -> Iterator[_Charge]:
    sums: dict[tuple[int, str], int] = defaultdict(int)
    numbers: dict[tuple[int, str], int] = defaultdict(int)
    booked = PlatformFee.objects.filter(line__shop=shop, line__in=[line.pk for line in lines])
    for fee in booked:
        sums[fee.line_id, fee.kind] += fee.amount_minor
        numbers[fee.line_id, fee.kind] += 1
    for line, is_free in zip(lines, _fee_free(shop, lines), strict=True):
        policy = policy_on(shop.market, line.channel, line.ordered_on)
        if isinstance(policy, FeesUnknown) or policy.currency != line.currency:
            continue
        base = 0 if is_free else _base(line, policy)
        due = {Kind.REFERRAL: referral_minor(base, policy), Kind.REFUND_ADMINISTRATION: 0}
        if not is_free and line.state not in NOT_SOLD:
            back = referral_minor(_base(line, policy, whole=True), policy) - due[Kind.REFERRAL]
            due[Kind.REFUND_ADMINISTRATION] = refund_administration_minor(back, policy)
        for kind, minor in due.items():
            key = (line.pk, str(kind))
            if kind == Kind.REFERRAL or minor != sums[key]:
                yield _Charge(line, kind, numbers[key] + 1, base, minor - sums[key], policy)


def _base(line: OrderLine, policy: FeePolicy, *, whole: bool = False) -> int:
    """What of the line the fee is on; `whole` as if nothing had come back."""
    platform_discount = line.platform_discount_minor or 0
    paid = line.paid_minor
    if paid is None:
        price = half_even(line.price_micros * line.items, micros_per_minor(line.currency))
        paid = price - (line.seller_discount_minor or 0) - platform_discount
    takes_tax_off = line.is_tax_included and not policy.is_tax_in_base
    ended = line.state in ENDED
    kept = line.items if whole else 0 if ended else line.items - line.items_returned
    return fee_base_minor(
        paid_minor=paid,
        platform_discount_minor=platform_discount,
        tax_minor=(line.tax_minor or 0) if takes_tax_off else 0,
        items=line.items,
        items_kept=kept,
        refunded_minor=0 if whole else line.refunded_minor,
    )


def _fee_free(shop: Shop, lines: Sequence[OrderLine]) -> list[bool]:
    asked = pa.table(
        [
            pa.array([line.creator for line in lines], pa.string()),
            pa.array([line.product_id for line in lines], pa.string()),
            pa.array([line.ordered_on for line in lines], pa.date32()),
        ],
        schema=ASKED,
    )
    free: list[bool] = rate_for(shop=shop, asked=asked)["fee_free"].to_pylist()
    return free


def _write(shop: Shop, charges: Sequence[_Charge], now: datetime) -> None:
    booked = [each for each in charges if each.minor]
    entries = post_entries(
        book=shop.workspace_id, drafts=[_draft(shop, each, now) for each in booked], now=now
    )
    by_charge = {id(each): entry.pk for each, entry in zip(booked, entries, strict=True)}
    PlatformFee.objects.bulk_create(
        (
            PlatformFee(
                line=each.line,
                kind=each.kind,
                number=each.number,
                base_minor=each.base_minor,
                amount_minor=each.minor,
                currency=each.line.currency,
                policy_from=each.policy.in_force_from,
                entry_id=by_charge.get(id(each)),
                recorded_at=now,
                seen_revision=each.line.revision,
            )
            for each in charges
        ),
        batch_size=1_000,
    )


def _draft(shop: Shop, charge: _Charge, now: datetime) -> Draft:
    cost, owed = (
        f"expense:shop:{shop.number}:platform_fee",
        f"liability:platform:{shop.market}:fees",
    )
    money = Money(abs(charge.minor), charge.line.currency)
    posting = Posting(cost, owed, money) if charge.minor > 0 else Posting(owed, cost, money)
    return Draft(
        kind=f"{charge.kind}_fee",
        key=f"fee:{charge.line.pk}:{charge.kind}:{charge.number}",
        happened_at=charge.line.ordered_at if charge.number == 1 else now,
        postings=(posting,),
        facts={
            "shop": shop.pk,
            "order": charge.line.order_id,
            "line": charge.line.pk,
            "base_minor": charge.base_minor,
            "referral_bps": charge.policy.referral_bps,
            "policy_from": charge.policy.in_force_from.isoformat(),
        },
    )
