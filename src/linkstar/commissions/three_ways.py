"""Why orders, affiliate orders and income statements do not add up: a reason for every row.

Pure: what can explain a difference comes from the facts, what it is called is decided here. The
reasons are described in docs/methods/reconciliation.md.
"""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.lake.three_sides import FACTS, WORDS
from linkstar.orders.rules import ENDED, State, words


class Comparison(StrEnum):
    """What is held against what: the left amount, then the right one."""

    ORDERS_AFFILIATES = "orders_affiliates"
    ORDERS_INCOME = "orders_income"
    COMMISSION = "commission"
    INCOME_PAYOUT = "income_payout"


class Reason(StrEnum):
    """Why two amounts differ. Those in `OPEN` explain nothing: somebody has to look."""

    MATCHED = "matched"
    NOT_SETTLED = "not_settled"
    REFUNDED = "refunded"
    NO_CLAIM = "no_claim"
    FEE = "fee"
    PLATFORM_DISCOUNT = "platform_discount"
    CURRENCY = "currency"
    NO_FILE = "no_file"
    AMOUNT_DIFFERS = "amount_differs"
    AMOUNT_UNKNOWN = "amount_unknown"
    LINE_MISSING = "line_missing"
    SETTLEMENT_OVERDUE = "settlement_overdue"


OPEN = frozenset(
    {
        Reason.AMOUNT_DIFFERS,
        Reason.AMOUNT_UNKNOWN,
        Reason.LINE_MISSING,
        Reason.SETTLEMENT_OVERDUE,
    }
)
_PAID = frozenset({Comparison.ORDERS_INCOME, Comparison.COMMISSION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known about two amounts that are held against each other.

    Attributes:
        is_day_known: some side says when.
        has_left_file: a file of the left side covers the day.
        has_right_file: the same of the right; for statements, the day the platform says it paid.
        is_ended: cancelled, refunded or not eligible.
        is_refund: what came back is exactly the difference.
        is_fee: fees and adjustments are exactly the difference.
        is_discount: the platform's coupons are exactly the difference.
        is_settled: the platform says the order is.
        is_overdue: delivered so long ago that a statement had to have it.
        is_charge: a charge or adjustment that belongs to no order.
    """

    comparison: Comparison
    has_left: bool
    has_right: bool
    is_amount_known: bool
    is_currency_same: bool
    is_amount_same: bool
    is_day_known: bool
    has_left_file: bool
    has_right_file: bool
    is_ended: bool
    is_refund: bool
    is_fee: bool
    is_discount: bool
    is_settled: bool
    is_overdue: bool
    is_charge: bool


def reason(seen: Situation) -> Reason:
    """The one reason for a row; the first that holds, from the surest on."""
    if not seen.is_amount_known:
        return Reason.AMOUNT_UNKNOWN
    if not seen.has_right:
        return _without_right(seen)
    if not seen.has_left:
        return _without_left(seen)
    return _of_both(seen)


def _of_both(seen: Situation) -> Reason:
    if not seen.is_currency_same:
        return Reason.CURRENCY
    explained = (
        (seen.is_amount_same, Reason.MATCHED),
        (seen.is_fee, Reason.FEE),
        (seen.is_discount, Reason.PLATFORM_DISCOUNT),
        (seen.is_refund, Reason.REFUNDED),
        (seen.comparison is Comparison.COMMISSION and not seen.is_settled, Reason.NOT_SETTLED),
    )
    return next((why for holds, why in explained if holds), Reason.AMOUNT_DIFFERS)


def _without_right(seen: Situation) -> Reason:
    if seen.comparison in _PAID:
        return _not_paid(seen)
    if not seen.is_day_known:
        return Reason.LINE_MISSING
    return Reason.NO_CLAIM if seen.has_right_file else Reason.NO_FILE


def _not_paid(seen: Situation) -> Reason:
    """Why no statement has an order."""
    if seen.is_ended:
        return Reason.REFUNDED
    if seen.is_settled:
        return Reason.LINE_MISSING if seen.has_right_file else Reason.NO_FILE
    return Reason.SETTLEMENT_OVERDUE if seen.is_overdue else Reason.NOT_SETTLED


def _without_left(seen: Situation) -> Reason:
    if seen.is_charge:
        return Reason.FEE
    if not seen.is_day_known or seen.has_left_file:
        return Reason.LINE_MISSING
    return Reason.NO_FILE


def judged(compared: pa.Table) -> pa.Table:
    """The compared rows with `reason` and `is_open`; each kind of situation is judged once."""
    keys = ["comparison", *FACTS]
    kinds = compared.select(keys).group_by(keys).aggregate([])
    said = [
        reason(Situation(**kind | {"comparison": Comparison(kind["comparison"])}))
        for kind in kinds.to_pylist()
    ]
    kinds = kinds.append_column("reason", pa.array([each.value for each in said], pa.string()))
    kinds = kinds.append_column("is_open", pa.array([each in OPEN for each in said], pa.bool_()))
    order = pa.array(range(compared.num_rows), pa.int64())
    joined = compared.append_column("place", order).join(kinds, keys, join_type="left outer")
    return joined.sort_by("place").drop_columns(["place"])


@dataclass(frozen=True, slots=True)
class Tally:
    """The rows of one comparison in one currency for one reason, added up.

    `gap_minor` is left minus right. Where currencies differ, each side stands in its own.
    """

    comparison: Comparison
    reason: Reason
    currency: str
    rows: int
    left_minor: int
    right_minor: int

    @property
    def gap_minor(self) -> int:
        return self.left_minor - self.right_minor

    @property
    def is_open(self) -> bool:
        return self.reason in OPEN


def tallies(rows: pa.Table) -> list[Tally]:
    """Sums by comparison, currency and reason. A row counts once, under its left currency if any.

    Over all reasons the gaps of a comparison add up to all of its left amounts minus all of its
    right ones.
    """
    sums: dict[tuple[str, str, str], list[int]] = {}
    counted = pc.coalesce(rows["left_currency"], rows["right_currency"], "")
    for place, currency, amount in (
        (0, counted, None),
        (1, pc.coalesce(rows["left_currency"], ""), rows["left_minor"]),
        (2, pc.coalesce(rows["right_currency"], ""), rows["right_minor"]),
    ):
        amounts = pa.array([1] * rows.num_rows, pa.int64()) if amount is None else amount
        parts = pa.table(
            {
                "comparison": rows["comparison"],
                "reason": rows["reason"],
                "currency": currency,
                "amount": pc.fill_null(amounts, 0),
            }
        )
        grouped = parts.group_by(["comparison", "reason", "currency"])
        for row in grouped.aggregate([("amount", "sum")]).to_pylist():
            key = row["comparison"], row["reason"], row["currency"]
            sums.setdefault(key, [0, 0, 0])[place] += row["amount_sum"]
    order = {each.value: place for place, each in enumerate((*Comparison, *Reason))}
    return [
        Tally(Comparison(comparison), Reason(why), currency, *numbers)
        for (comparison, why, currency), numbers in sorted(
            sums.items(), key=lambda item: (order[item[0][0]], item[0][2], order[item[0][1]])
        )
        if any(numbers)
    ]


def narrowed(
    rows: pa.Table,
    *,
    comparison: Comparison | None = None,
    reason: Reason | None = None,
    is_open: bool = False,
) -> pa.Table:
    """The judged rows of one comparison, for one reason, or those nothing explains."""
    if comparison:
        rows = rows.filter(pc.field("comparison") == comparison.value)
    if reason:
        rows = rows.filter(pc.field("reason") == reason.value)
    return rows.filter(pc.field("is_open")) if is_open else rows


def gap_sums(found: list[Tally]) -> list[tuple[Comparison, str, int]]:
    """All gaps of a comparison in a currency, added up; what no currency is known of has no sum."""
    sums: dict[tuple[Comparison, str], int] = {}
    for one in found:
        if one.currency:
            place = one.comparison, one.currency
            sums[place] = sums.get(place, 0) + one.gap_minor
    return [(comparison, currency, minor) for (comparison, currency), minor in sums.items()]


def word_table() -> pa.Table:
    """What platforms' words say about the end and the settlement of a line, for the facts."""
    known = words()
    rows = []
    for platform in known:
        for word, meaning in {**words()["any"], **words()[platform]}.items():
            if meaning.state:
                is_settled = meaning.state is State.SETTLED
                rows.append((platform, word, meaning.state in ENDED, is_settled))
    columns = list(zip(*rows, strict=True))
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, WORDS, strict=True)],
        schema=WORDS,
    )
