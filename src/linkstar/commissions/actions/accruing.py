"""Booking what lines earn and what they no longer earn, thousands of lines in one go."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from linkstar.batches import many_made
from linkstar.catalog.models import Shop
from linkstar.commissions import rules
from linkstar.commissions.lines import Booked, Line, booked_on, pending_lines
from linkstar.commissions.promising import Asked, promised_for
from linkstar.commissions.rules import Component, Kind, Part, Promised, Rate, RateSource, State
from linkstar.ledger.actions import hold_book, write_entries
from linkstar.ledger.rules import Draft
from linkstar.orders.rules import Kept
from linkstar.orders.rules import State as LineState


@dataclass(frozen=True, slots=True)
class Accrued:
    """What accruing did: lines looked at, amounts booked, and their sums by currency and kind."""

    lines: int
    amounts: int
    sums: Mapping[tuple[str, str], int]


class Amount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One amount to be booked; a row of `Commission` and an entry in the book."""

    line: Line
    creator: str
    component: Component
    number: int
    kind: Kind
    state: State
    kept: Kept
    rate: Rate
    minor: int
    is_paid_by_platform: bool
    earned_on: date
    happened_at: datetime


@many_made()
def accrue_commissions(*, shop: Shop, now: datetime) -> Accrued:
    """Book what the shop's order lines earn, and take back what they no longer earn.

    A line is worked out anew when a statement about it changed or when it was given to somebody
    else; its rate stays what it was when it was first accrued. Running it again books nothing.
    """
    lines = amounts = after = 0
    sums: dict[tuple[str, str], int] = {}
    while True:
        with transaction.atomic():
            hold_book(shop.workspace_id)
            part = pending_lines(shop, after=after)
            if not part:
                return Accrued(lines, amounts, sums)
            booked = booked_on(part)
            due = list(_due(shop, part, booked))
            _write(shop, due, now)
            _mark_seen(part, booked)
        after, lines, amounts = part[-1].id, lines + len(part), amounts + len(due)
        for each in due:
            key = (each.line.currency, str(each.kind))
            sums[key] = sums.get(key, 0) + each.minor


def _due(
    shop: Shop, lines: Sequence[Line], booked: Mapping[int, Sequence[Booked]]
) -> Iterator[Amount]:
    fresh = [line for line in lines if _is_fresh(line, booked.get(line.id, ()))]
    asked = [
        Asked(
            line.handle or "",
            line.product_id,
            line.earned_on,
            line.collaboration,
            line.stated_rate_bps,
            line.stated_ads_rate_bps,
        )
        for line in fresh
    ]
    promised = dict(zip((line.id for line in fresh), promised_for(shop, asked), strict=True))
    earned = _Parts()
    for line in lines:
        for sofar in booked.get(line.id, ()):
            yield from _changed(line, sofar)
        if line.id in promised:
            yield from _first(line, promised[line.id], earned)


def _is_fresh(line: Line, booked: Sequence[Booked]) -> bool:
    """Whether the line's creator never had anything booked for it."""
    return line.creator is not None and all(each.creator != line.creator for each in booked)


class _Parts:
    """What lines earn; a shop makes a handful of promises to a million lines: each is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, bool, tuple[int, ...]], list[Part]] = {}

    def of(self, promised: Promised, *, is_ad: bool, tiers: tuple[int, ...]) -> list[Part]:
        key = (id(promised), is_ad, tiers)
        if key not in self._known:
            self._known[key] = rules.parts(promised, is_ad=is_ad, tier_rates_bps=tiers)
        return self._known[key]


def _first(line: Line, promised: Promised, earned: _Parts) -> Iterator[Amount]:
    assert line.creator
    kept, stated = line.kept, line.tiers
    reached = None
    if stated:
        reached = rules.reached_rate(stated, line.stated_rate_bps, settled=line.is_settled)
    tiers = stated if reached is None else (reached,)
    for part in earned.of(promised, is_ad=line.is_ad, tiers=tiers):
        is_deposit = bool(tiers) and reached is None and part.component in rules.TIERED
        yield Amount(
            line=line,
            creator=line.creator,
            component=part.component,
            number=1,
            kind=Kind.ACCRUED,
            state=State.DEPOSIT if is_deposit else State.ACCRUED,
            kept=kept,
            rate=part.rate,
            minor=rules.commission_minor(kept.base_micros, part.rate.rate_bps, line.currency),
            is_paid_by_platform=part.is_paid_by_platform,
            earned_on=line.earned_on,
            happened_at=line.ordered_at,
        )


def _changed(line: Line, sofar: Booked) -> Iterator[Amount]:
    """The amount that brings what was booked to what is due, at the rate it was booked at."""
    is_anothers = sofar.creator != line.creator
    kept = Kept(0, 0) if is_anothers else line.kept
    rate = Rate(
        sofar.rate_bps,
        RateSource(sofar.rate_source or RateSource.NOBODY),
        sofar.plan_id,
        sofar.plan_version,
        sofar.kept_before,
    )
    reached = rules.reached_rate(line.tiers, line.stated_rate_bps, settled=line.is_settled)
    is_tiered = sofar.component in rules.TIERED
    is_release = is_tiered and reached is not None and reached != rate.rate_bps
    rate = replace(rate, rate_bps=reached) if is_release else rate
    delta = (
        rules.commission_minor(kept.base_micros, rate.rate_bps, line.currency) - sofar.amount_minor
    )
    if not delta:
        return
    is_release = is_release and not is_anothers
    yield Amount(
        line=line,
        creator=sofar.creator,
        component=sofar.component,
        number=sofar.number + 1,
        kind=Kind.REATTRIBUTED
        if is_anothers and line.state != LineState.WITHDRAWN
        else rules.kind_of_change(delta, is_release=is_release),
        state=rules.state_of_change(sofar.states),
        kept=kept,
        rate=rate,
        minor=delta,
        is_paid_by_platform=sofar.is_paid_by_platform,
        earned_on=sofar.earned_on,
        happened_at=line.due_since,
    )


def draft_of(shop: Shop, due: Amount) -> Draft:
    """The entry an amount is booked by; its facts are all that it was worked out from."""
    cost = rules.cost_account(
        shop.number,
        due.component,
        is_paid_by_platform=due.is_paid_by_platform,
        market=shop.market,
    )
    owed = rules.owed_account(due.creator, due.state)
    return Draft(
        kind=f"commission_{due.kind}",
        key=f"commission:{due.line.id}:{due.creator}:{due.component}:{due.number}",
        happened_at=due.happened_at,
        postings=(rules.moved(due.minor, due.line.currency, frm=cost, to=owed),),
        facts={
            "shop": shop.pk,
            "order": due.line.order_id,
            "line": due.line.id,
            "revision": due.line.revision,
            "items": due.kept.items,
            "base_micros": due.kept.base_micros,
            "rate_bps": due.rate.rate_bps,
            "rate_source": str(due.rate.source),
            "plan": due.rate.plan,
            "plan_version": due.rate.version,
        },
    )


_COLUMNS = (
    "creator_id", "line_id", "attribution_id", "component", "number", "kind", "state", "items",
    "base_micros", "rate_bps", "amount_minor", "currency", "is_paid_by_platform", "rate_source",
    "plan_id", "plan_version", "kept_before", "earned_on", "happened_at", "seen_revision",
    "seen_attribution", "recorded_at", "payable_at", "entry_id", "shop_id",
)  # fmt: skip


def _write(shop: Shop, due: Sequence[Amount], now: datetime) -> None:
    drafts = [draft_of(shop, each) for each in due if each.minor]
    entries = iter(write_entries(book=shop.workspace_id, drafts=drafts, now=now))
    instant, day = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    recorded = instant(now)
    marks = ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO commissions_commission ({', '.join(_COLUMNS)}) VALUES ({marks})",
            [
                (
                    *_row(each, instant, day),
                    recorded,
                    recorded if each.state is State.PAYABLE else None,
                    next(entries) if each.minor else None,
                    shop.pk,
                )
                for each in due
            ],
        )


def _row(
    due: Amount, instant: Callable[[datetime], Any], day: Callable[[date], Any]
) -> tuple[Any, ...]:
    return (
        due.creator,
        due.line.id,
        due.line.attribution,
        str(due.component),
        due.number,
        str(due.kind),
        str(due.state),
        due.kept.items,
        due.kept.base_micros,
        due.rate.rate_bps,
        due.minor,
        due.line.currency,
        due.is_paid_by_platform,
        str(due.rate.source),
        due.rate.plan,
        due.rate.version,
        day(due.rate.kept_before) if due.rate.kept_before else None,
        day(due.earned_on),
        instant(due.happened_at),
        due.line.revision,
        due.line.attribution,
    )


def _mark_seen(lines: Sequence[Line], booked: Mapping[int, Sequence[Booked]]) -> None:
    """What was booked before for these lines is now held against what they say today."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE commissions_commission SET seen_revision = %s, seen_attribution = %s"
            " WHERE line_id = %s",
            [(line.revision, line.attribution, line.id) for line in lines if line.id in booked],
        )
