"""Settlements and their statements, as both sides read them."""

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Router, Schema

from linkstar.api.calling import (
    APPROVES,
    EITHER_READS,
    READS,
    Seller,
    caller_of,
    log,
    now,
    seen,
    seller_of,
)
from linkstar.api.commissions import CommissionTold, commission_told
from linkstar.api.files import CSV, JSON, PDF, file_answers
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Code, Named, Page
from linkstar.settlements import actions, queries
from linkstar.settlements.models import Settlement, Statement
from linkstar.web.settlements.files import (
    Paper,
    printed,
    settlement_paper,
    settlement_table,
    statement_paper,
    statement_table,
)

router = Router()
FileForm = Literal["csv", "json", "pdf"]
FILES = {
    "responses": {
        **file_answers(CSV, JSON, PDF)["responses"],
        202: {
            "description": "A long paper is being printed; `Retry-After` says when to ask again."
        },
    }
}
AGAIN_IN_SECONDS = 10


class TallyTold(Schema):
    """So many amounts of one kind."""

    kind: str
    count: int
    amount: Amount


class SettlementTold(Schema):
    """A closed period of a shop in one currency; the sum of its statements."""

    id: str
    shop: Named
    starts_on: date
    ends_before: date
    state: str
    lines: int
    lines_amount: Amount
    payable: Amount
    approvals_needed: int
    approvals: int
    closed_at: datetime
    approved_at: datetime | None


class SettlementInFull(SettlementTold):
    """One settlement with what it costs the seller: commissions by component, platform fees."""

    commissions: list[TallyTold]
    borne_by_platform: Amount
    fees_known: bool
    fees: list[TallyTold]


class StatementTold(Schema):
    """What one creator is settled in one period: the lines, and what was carried over."""

    id: str
    settlement_id: str
    shop: Named
    creator: Named
    starts_on: date
    ends_before: date
    state: str
    lines: int
    lines_amount: Amount
    carried: Amount
    total: Amount
    carried_into: str | None


def told(one: Settlement) -> SettlementTold:
    return SettlementTold(
        id=one.id,
        shop=Named(id=one.shop_id, name=one.shop.name),
        starts_on=one.starts_on,
        ends_before=one.ends_before,
        state=one.state,
        lines=one.lines,
        lines_amount=Amount(minor=one.lines_minor, currency=one.currency),
        payable=Amount(minor=one.payable_minor, currency=one.currency),
        approvals_needed=one.approvals_needed,
        approvals=one.approvals.count(),
        closed_at=one.closed_at,
        approved_at=one.approved_at,
    )


def _in_full(one: Settlement) -> SettlementInFull:
    costs = queries.costs_of(one)

    def tally(part: queries.Tally) -> TallyTold:
        amount = Amount(minor=part.minor, currency=part.currency)
        return TallyTold(kind=part.kind, count=part.count, amount=amount)

    return SettlementInFull(
        **told(one).dict(),
        commissions=[tally(part) for part in costs.commissions],
        borne_by_platform=Amount(minor=costs.borne_by_platform_minor, currency=one.currency),
        fees_known=costs.fees_minor is not None,
        fees=[tally(part) for part in costs.fees],
    )


def _statement_told(one: Statement) -> StatementTold:
    period = one.settlement

    def amount(minor: int) -> Amount:
        return Amount(minor=minor, currency=period.currency)

    return StatementTold(
        id=one.id,
        settlement_id=one.settlement_id,
        shop=Named(id=period.shop_id, name=period.shop.name),
        creator=Named(id=one.creator_id, name=str(one.creator)),
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        state=one.state,
        lines=one.lines,
        lines_amount=amount(one.lines_minor),
        carried=amount(one.carried_minor),
        total=amount(one.total_minor),
        carried_into=one.carried_into_id,
    )


@router.get("settlements", response=Page[SettlementTold], auth=READS)
def settlements(request: HttpRequest, piece: AskedPiece) -> Page[SettlementTold]:
    """Closed periods, the newest first."""
    found = queries.settlements_of(seller_of(request).workspace)
    return page_of(found, piece, told, by=("-ends_before", "-pk"))


@router.get("settlements/{settlement_id}", response=SettlementInFull, auth=READS)
def settlement(request: HttpRequest, settlement_id: str) -> SettlementInFull:
    """One settlement with what it costs."""
    return _in_full(own_settlement(request, settlement_id))


def own_settlement(request: HttpRequest, settlement_id: str) -> Settlement:
    """The company's settlement.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(queries.settlements_of(seller_of(request).workspace), pk=settlement_id)


def _printed(request: HttpRequest, paper: Paper, page: str) -> HttpResponseBase:
    """A paper in the language of the call, or that it is being printed."""
    language = get_language() or "en"
    address = f"{reverse(page, args=[paper.key, 'pdf'])}?language={language}"
    done = printed(paper, language, user=caller_of(request).user, address=address)
    return done or HttpResponse(status=202, headers={"Retry-After": str(AGAIN_IN_SECONDS)})


@router.get("settlements/{settlement_id}/file", auth=READS, openapi_extra=FILES)
def settlement_file(
    request: HttpRequest, settlement_id: str, form: FileForm = "csv"
) -> HttpResponseBase:
    """A settlement as a file: every line of every creator as CSV, what it costs as JSON or PDF."""
    own = own_settlement(request, settlement_id)
    log(request, "settlement.exported", own.pk, kind=form)
    if form == "pdf":
        return _printed(request, settlement_paper(own), "settlement_file")
    return settlement_table(own, form)


@router.post("settlements/{settlement_id}/approve", response=SettlementTold, auth=APPROVES)
@once
def approve_settlement(request: HttpRequest, settlement_id: str) -> SettlementTold:
    """Note that the key's maker says it may be paid; above a sum another person has to, too."""
    own = own_settlement(request, settlement_id)
    approved = actions.approve_settlement(settlement=own, user=seller_of(request).user, now=now())
    log(request, "settlement.approved", own.pk, payable_minor=own.payable_minor)
    return told(approved)


@router.get("statements", response=Page[StatementTold], auth=EITHER_READS)
def statements(
    request: HttpRequest, piece: AskedPiece, settlement_id: Code = ""
) -> Page[StatementTold]:
    """What creators were settled; a creator sees their own. The latest made first."""
    found = seen(request, by_company=queries.statements_of, by_creator=queries.statements_for)
    chosen = found.filter(settlement=settlement_id) if settlement_id else found
    return page_of(chosen, piece, _statement_told, by=("-pk",))


def own_statement(request: HttpRequest, statement_id: str) -> Statement:
    """A statement the caller may read.

    Raises:
        Http404: there is none of this id.
    """
    found = seen(request, by_company=queries.statements_of, by_creator=queries.statements_for)
    return get_object_or_404(found, pk=statement_id)


@router.get("statements/{statement_id}", response=StatementTold, auth=EITHER_READS)
def statement(request: HttpRequest, statement_id: str) -> StatementTold:
    """One statement."""
    return _statement_told(own_statement(request, statement_id))


@router.get("statements/{statement_id}/file", auth=EITHER_READS, openapi_extra=FILES)
def statement_file(
    request: HttpRequest, statement_id: str, form: FileForm = "csv"
) -> HttpResponseBase:
    """A statement as a file: every line as CSV, or all of it as JSON or PDF."""
    own = own_statement(request, statement_id)
    log(request, "settlement.exported", own.pk, kind=form)
    if form == "pdf":
        caller = caller_of(request)
        if isinstance(caller, Seller):
            return _printed(request, statement_paper(own, caller.workspace), "statement_file")
        return _printed(request, statement_paper(own, None), "own_statement_file")
    return statement_table(own, form)


@router.get("statements/{statement_id}/amounts", response=Page[CommissionTold], auth=EITHER_READS)
def statement_amounts(
    request: HttpRequest, statement_id: str, piece: AskedPiece
) -> Page[CommissionTold]:
    """Every amount in it, with its working."""
    rows = queries.amounts_of(own_statement(request, statement_id))
    return page_of(rows, piece, commission_told, by=("earned_on", "pk"))
