"""Profit and loss by creator, content, product or campaign, and the three-way reconciliation."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, log, now, seller_of
from linkstar.api.figures import Period
from linkstar.api.files import CSV, file_answers
from linkstar.api.paging import AskedPiece, page_of_fetched, page_of_things
from linkstar.api.shapes import Amount, Currency, Day, Page, Text, choices
from linkstar.api.shops import chosen_shops
from linkstar.commissions.profit import By, Statement, profit_and_loss
from linkstar.commissions.profit_rules import Maturity, Part, Profit
from linkstar.commissions.reconciliation import Reconciliation, reconcile
from linkstar.commissions.three_ways import Comparison, Reason, Tally, narrowed
from linkstar.exchange.rules import Stamped
from linkstar.web.facts import lake
from linkstar.web.profit_pages import profit_file
from linkstar.web.profit_view import SORTS, USUAL, product_names, view_of, viewed
from linkstar.web.reconciliation_pages import reconciliation_file

router = Router()
Kept = Annotated[By, choices(By)]
SORTED = tuple(sign + name for name in SORTS for sign in ("", "-"))
Why = Annotated[Reason, choices(Reason)]
Held = Annotated[Comparison, choices(Comparison)]


class PartTold(Schema):
    """One kind of money in an account; null where some of it is not known."""

    part: Annotated[Part, choices(Part)]
    amount: Amount | None


class MaturedTold(Schema):
    """How much of a part is how sure."""

    part: Annotated[Part, choices(Part)]
    maturity: Annotated[Maturity, choices(Maturity)]
    amount: Amount


class AccountTold(Schema):
    """What one creator, content, product or campaign brought and cost, in one currency.

    The empty key has what can be tied to none. `left` is before the cost of goods. A ratio is null
    where something it is made of is not known, or nothing was spent; in full counts samples and
    shooting support as spent.
    """

    key: str
    currency: str
    orders: int
    kept_orders: int
    parts: list[PartTold]
    matured: list[MaturedTold]
    left: Amount | None
    roas: float | None
    roas_in_full: float | None
    roi: float | None
    roi_in_full: float | None


class ExchangeTold(Schema):
    """One `base` was so many `quote`."""

    base: str
    quote: str
    rate: Decimal
    on: date
    source: str


class Accounts(Page[AccountTold]):
    """Accounts of the orders of these days; currencies of `missing` could not be exchanged."""

    by: Kept
    starts_on: date
    ends_before: date
    totals: list[AccountTold]
    rates: list[ExchangeTold]
    missing: list[str]


class DaysAsked(Period):
    """Whole days in the shop's zone; both ends are needed."""

    starts_on: Day
    ends_before: Day


class ProfitAsked(DaysAsked):
    """Of what accounts are kept, exchanged into which currency, which of them, in which order."""

    by: Kept = By.CREATOR
    currency: Currency | None = None
    words: Annotated[Text, Field(max_length=120)] = ""
    sort: Literal[SORTED] = USUAL  # type: ignore[valid-type]  # known when it runs


class TallyOfGaps(Schema):
    """Rows of one comparison with one reason, added up; `gap` is left minus right.

    `is_open` says that nothing explains them. Where currencies differ each side stands in its own.
    """

    comparison: Held
    reason: Why
    is_open: bool
    currency: str
    rows: int
    left_minor: int
    right_minor: int
    gap_minor: int


class SideStated(Schema):
    """What became of the rows of one side's files: `stated = replaced + repeated + counted`."""

    side: str
    stated: int
    replaced: int
    repeated: int
    counted: int


class Reconciled(Schema):
    """Orders, affiliate orders and income statements held against each other."""

    tallies: list[TallyOfGaps]
    sides: list[SideStated]


class RowOfGaps(Schema):
    """One comparison of two amounts, with the reason of their difference."""

    comparison: Held
    reason: Why
    is_open: bool
    day: date | None
    order_id: str | None
    line: str | None
    product_id: str | None
    creator: str | None
    left_rows: int | None
    left: Amount | None
    right_rows: int | None
    right: Amount | None


class GapsAsked(Period):
    """Which rows; without days, those of all days."""

    comparison: Held | None = None
    reason: Why | None = None
    is_open: bool = False


def _account_told(one: Profit) -> AccountTold:
    def amount(minor: int | None) -> Amount | None:
        return Amount.stated(minor, one.currency)

    names = ("key", "currency", "orders", "kept_orders", "roas", "roas_in_full", "roi",
             "roi_in_full")  # fmt: skip
    return AccountTold(
        parts=[PartTold(part=part, amount=amount(one.of(part))) for part in Part],
        matured=[
            MaturedTold(
                part=part, maturity=maturity, amount=Amount(minor=minor, currency=one.currency)
            )
            for (part, maturity), minor in sorted(one.matured.items())
        ],
        left=amount(one.left_minor),
        **{name: getattr(one, name) for name in names},
    )


def rate_told(one: Stamped) -> ExchangeTold:
    names = ("base", "quote", "rate", "on", "source")
    return ExchangeTold(**{name: getattr(one, name) for name in names})


def _accounts(request: HttpRequest, asked: ProfitAsked) -> tuple[Statement, list[Profit]]:
    """The accounts of these days, and those of them that are looked for, in their order."""
    shops = chosen_shops(seller_of(request), asked.shop_id)
    said = profit_and_loss(
        shops=shops,
        by=asked.by,
        starts_on=asked.starts_on,
        ends_before=asked.ends_before,
        currency=asked.currency or "",
    )
    names = product_names(shops, asked.by, said.rows)
    return said, viewed(said.rows, view_of({"q": asked.words, "sort": asked.sort}), names)


@router.get("profit", response=Accounts, auth=READS)
def profit_accounts(request: HttpRequest, piece: AskedPiece, asked: Query[ProfitAsked]) -> Accounts:
    """What the orders placed in these days brought and cost up to now, account by account.

    Gains and losses of exchange are a company's: they count where no shop is named.
    """
    said, shown = _accounts(request, asked)
    page = page_of_things(shown, piece, _account_told)
    return Accounts(
        items=page.items,
        next_cursor=page.next_cursor,
        by=asked.by,
        starts_on=asked.starts_on,
        ends_before=asked.ends_before,
        totals=[_account_told(one) for one in said.totals],
        rates=[rate_told(one) for one in said.rates],
        missing=said.missing,
    )


@router.get("profit/file", auth=READS, openapi_extra=file_answers(CSV))
def profit_table(request: HttpRequest, asked: Query[ProfitAsked]) -> HttpResponse:
    """Every account as CSV, amounts in minor units; empty is not known."""
    _said, shown = _accounts(request, asked)
    log(request, "profit.exported", asked.by, rows=len(shown))
    return profit_file(shown, asked.by)


def _reconciled(request: HttpRequest, asked: Period) -> Reconciliation:
    seller = seller_of(request)
    return reconcile(
        lake(),
        workspace=seller.workspace.number,
        shops=chosen_shops(seller, asked.shop_id),
        today=now().date(),
        starts_on=asked.starts_on,
        ends_before=asked.ends_before,
    )


def _tally_told(one: Tally) -> TallyOfGaps:
    names = ("comparison", "reason", "is_open", "currency", "rows", "left_minor", "right_minor",
             "gap_minor")  # fmt: skip
    return TallyOfGaps(**{name: getattr(one, name) for name in names})


@router.get("reconciliation", response=Reconciled, auth=READS)
def reconciliation_sums(request: HttpRequest, asked: Query[Period]) -> Reconciled:
    """Why orders, affiliate orders and income do not add up: sums by reason."""
    found = _reconciled(request, asked)
    return Reconciled(
        tallies=[_tally_told(one) for one in found.tallies],
        sides=[SideStated(**one) for one in found.stated.to_pylist()],
    )


def _gaps(request: HttpRequest, asked: GapsAsked) -> pa.Table:
    return narrowed(
        _reconciled(request, asked).rows,
        comparison=asked.comparison,
        reason=asked.reason,
        is_open=asked.is_open,
    )


@router.get("reconciliation/file", auth=READS, openapi_extra=file_answers(CSV))
def reconciliation_table(request: HttpRequest, asked: Query[GapsAsked]) -> HttpResponse:
    """Every row behind the sums as CSV, reasons in words of the language asked for."""
    rows = _gaps(request, asked)
    log(request, "reconciliation.exported", "csv", rows=rows.num_rows)
    return reconciliation_file(rows)


@router.get("reconciliation/rows", response=Page[RowOfGaps], auth=READS)
def reconciliation_rows(
    request: HttpRequest, piece: AskedPiece, asked: Query[GapsAsked]
) -> Page[RowOfGaps]:
    """Every row behind the sums."""
    rows = _gaps(request, asked)

    def some(first: int, most: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = rows.slice(first, most).to_pylist()
        return found

    return page_of_fetched(some, piece, _row_told)


def _row_told(row: dict[str, Any]) -> RowOfGaps:
    def amount(side: str) -> Amount | None:
        return Amount.stated(row[f"{side}_minor"], row[f"{side}_currency"] or "")

    names = ("comparison", "reason", "is_open", "day", "order_id", "line", "product_id", "creator",
             "left_rows", "right_rows")  # fmt: skip
    left, right = amount("left"), amount("right")
    return RowOfGaps(left=left, right=right, **{name: row[name] for name in names})
