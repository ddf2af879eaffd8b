"""What a creator earned, as the creator sees it: what stands where, every earning, what comes next.

An earning is everything a creator was booked for one order line, or for one deliverable. What
stands is summed from the records and held against the book.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min, Q, QuerySet, Sum

from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.commissions.models import Commission
from linkstar.commissions.releasing import released_by
from linkstar.commissions.rules import STANDING, State, hold_on
from linkstar.creators.models import Creator
from linkstar.ledger.queries import balances
from linkstar.settlements import rules
from linkstar.settlements.models import Statement
from linkstar.settlements.owners import records_of
from linkstar.settlements.rules import Period, StatementState


@dataclass(frozen=True, slots=True)
class Standing:
    """What one currency's amounts add up to, by how far they are.

    Attributes:
        deposit_minor: reserved at the highest rate of tiered commissions; part may be released.
        payable_minor: owed and not paid yet, in a statement or before one; may be below nothing.
        settled_minor: the part of it that is in a statement.
    """

    currency: str
    deposit_minor: int
    estimated_minor: int
    confirmed_minor: int
    payable_minor: int
    settled_minor: int
    held_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Earning:
    """What was earned with one order line or deliverable, and how far its amounts are."""

    shop: str
    line: int | None
    deliverable: str | None
    currency: str
    amount_minor: int
    earned_on: date
    last: int
    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next statement of one shop in one currency.

    Attributes:
        period: the days that run; it closes when they are over and the shop pays it from then on.
        payable_minor: what it holds as things stand, with what is carried into it.
        carried_minor: the part that earlier statements carried over.
        expected_minor: what is confirmed and becomes payable before it closes.
        minimum_minor: what is less is carried over, not paid.
    """

    shop: Shop
    currency: str
    period: Period
    payable_minor: int
    carried_minor: int
    expected_minor: int
    minimum_minor: int

    @property
    def is_paid_then(self) -> bool:
        """Whether as things stand there is enough to pay."""
        return self.payable_minor + self.expected_minor >= self.minimum_minor


def amounts_of(creator: Creator) -> QuerySet[Commission]:
    """Every amount booked for a creator, in whichever shop and on whichever record of theirs."""
    return Commission.objects.filter(creator__in=records_of(creator))


def standings(amounts: QuerySet[Commission]) -> list[Standing]:
    """What these amounts add up to, by currency."""
    sums: dict[str, dict[State, int]] = defaultdict(dict)
    rows = amounts.order_by("currency", "state").values_list("currency", "state")
    for currency, state, minor in rows.annotate(minor=Sum("amount_minor")):
        sums[currency][State(state)] = minor
    return [_standing(currency, by_state) for currency, by_state in sorted(sums.items())]


def _standing(currency: str, by_state: dict[State, int]) -> Standing:
    settled = by_state.get(State.SETTLED, 0)
    return Standing(
        currency=currency,
        deposit_minor=by_state.get(State.DEPOSIT, 0),
        estimated_minor=by_state.get(State.ACCRUED, 0),
        confirmed_minor=by_state.get(State.APPROVED, 0),
        payable_minor=by_state.get(State.PAYABLE, 0) + settled,
        settled_minor=settled,
        held_minor=by_state.get(State.HELD, 0),
        paid_minor=by_state.get(State.PAID, 0),
    )


def disagreeing(creator: Creator) -> list[str]:
    """Currencies in which a shop's book says something else than the records; nothing if sound."""
    wrong: set[str] = set()
    booked = Commission.objects.filter(creator__in=records_of(creator)).order_by()
    for book, record in booked.values_list("shop__workspace", "creator").distinct():
        said = _said(Commission.objects.filter(shop__workspace=book, creator=record))
        stands = _stands(book, record)
        keys = said.keys() | stands.keys()
        wrong |= {key[1] for key in keys if said.get(key, 0) != stands.get(key, 0)}
    return sorted(wrong)


def _said(amounts: QuerySet[Commission]) -> dict[tuple[str, str], int]:
    rows = amounts.filter(state__in=STANDING).order_by("state", "currency")
    summed = rows.values_list("state", "currency").annotate(minor=Sum("amount_minor"))
    return {(state, currency): minor for state, currency, minor in summed}


def _stands(book: str, record: str) -> dict[tuple[str, str], int]:
    path = f"liability:creator:{record}"
    found = {
        (each.path.rpartition(":")[2], each.money.currency): -each.money.minor
        for each in balances(book, path=path)
    }
    return {key: minor for key, minor in found.items() if key[0] in STANDING}


_EARNING = ("shop", "line", "deliverable", "currency")


def earnings(amounts: QuerySet[Commission]) -> QuerySet[Commission, dict[str, object]]:
    """Amounts gathered by what they were earned with, the newest first; `earning` reads a row."""
    found: QuerySet[Commission, dict[str, object]] = (
        amounts.order_by()
        .values(*_EARNING)
        .annotate(minor=Sum("amount_minor"), on=Min("earned_on"), last=Max("pk"))
        .order_by("-on", "-last")
    )
    return found


def told(rows: Iterable[dict[str, object]], creator: Creator) -> list[Earning]:
    """Rows of `earnings` with the states of what they gather."""
    shown = list(rows)
    lines = {row["line"] for row in shown if row["line"]}
    deliverables = {row["deliverable"] for row in shown if row["deliverable"]}
    about = Q(line__in=lines) | Q(line=None, deliverable__in=deliverables)
    states: dict[tuple[object, object], set[State]] = defaultdict(set)
    found = amounts_of(creator).filter(about).values_list("line", "deliverable", "state")
    for line, deliverable, state in found:
        states[line, deliverable].add(State(state))
    return [
        Earning(
            shop=row["shop"],  # type: ignore[arg-type]  # as `earnings` asked for it
            line=row["line"],  # type: ignore[arg-type]
            deliverable=row["deliverable"],  # type: ignore[arg-type]
            currency=str(row["currency"]),
            amount_minor=row["minor"],  # type: ignore[arg-type]
            earned_on=row["on"],  # type: ignore[arg-type]
            last=row["last"],  # type: ignore[arg-type]
            states=frozenset(states[row["line"], row["deliverable"]]),
        )
        for row in shown
    ]


def together(amount: Commission) -> QuerySet[Commission]:
    """Every amount of the earning one amount belongs to, in the order they were booked."""
    same = Commission.objects.filter(
        creator=amount.creator_id, line=amount.line_id, deliverable=amount.deliverable_id
    )
    return same.order_by("pk")


def upcoming(creator: Creator, *, now: datetime) -> list[Upcoming]:
    """The next statement of every shop that owes the creator something, the soonest first."""
    standing = amounts_of(creator).filter(state__in=[State.APPROVED, State.PAYABLE])
    shops = Shop.objects.filter(
        Q(pk__in=standing.values("shop")) | Q(pk__in=_carried(creator).values("settlement__shop"))
    )
    found = [each for shop in shops.order_by("number") for each in _of_shop(creator, shop, now)]
    return sorted(found, key=lambda each: each.period.ends_before)


def _of_shop(creator: Creator, shop: Shop, now: datetime) -> list[Upcoming]:
    period = rules.period_of(shop.market, day_of(shop, now))
    payable = _by_currency(amounts_of(creator).filter(shop=shop, state=State.PAYABLE))
    released = released_by(shop, period.end_in(shop.zone) - timedelta(microseconds=1))
    expected = _by_currency(released.filter(creator__in=records_of(creator)))
    carried: dict[str, int] = dict(
        _carried(creator)
        .filter(settlement__shop=shop)
        .order_by("settlement__currency")
        .values_list("settlement__currency")
        .annotate(minor=Sum("total_minor"))
    )
    return [
        Upcoming(
            shop=shop,
            currency=currency,
            period=period,
            payable_minor=payable.get(currency, 0) + carried.get(currency, 0),
            carried_minor=carried.get(currency, 0),
            expected_minor=expected.get(currency, 0),
            minimum_minor=rules.minimum_minor(currency, now.date()),
        )
        for currency in sorted(payable.keys() | carried.keys() | expected.keys())
    ]


def _carried(creator: Creator) -> QuerySet[Statement]:
    """Totals that wait for a later statement."""
    return Statement.objects.filter(
        creator__in=records_of(creator), state=StatementState.CARRIED, carried_into=None
    )


def _by_currency(amounts: QuerySet[Commission]) -> dict[str, int]:
    rows = amounts.order_by("currency").values_list("currency")
    return dict(rows.annotate(minor=Sum("amount_minor")))


def payable_from(amounts: Sequence[Commission], shop: Shop) -> date | None:
    """The day, in the shop's zone, on which what is confirmed stops waiting; None where unknown.

    Unknown is it before anything arrived.
    """
    waiting = [each for each in amounts if each.state == State.APPROVED and each.line]
    began = [each.line.delivered_at or each.approved_at for each in waiting if each.line]
    known = [at for at in began if at]
    if not known:
        return None
    last = max(known)
    return day_of(shop, last + timedelta(days=hold_on(shop.market, last.date()).days))


def months(amounts: QuerySet[Commission]) -> list[date]:
    """The first days of months in which something was earned, the newest first."""
    return list(amounts.dates("earned_on", "month", order="DESC"))
