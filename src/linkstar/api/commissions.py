"""What creators earned: every amount with its base, rate and how far it is."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from linkstar.api.calling import EITHER_READS, PROMOTER_READS, log, promoter_of, seen
from linkstar.api.files import CSV, file_answers
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.shapes import Amount, Code, Page, choices
from linkstar.commissions.models import Commission
from linkstar.settlements.income import amounts_of
from linkstar.web.income.pages import income_file

router = Router()
EarningState = Annotated[Commission.State, choices(Commission.State)]


class CommissionTold(Schema):
    """One amount a creator earned or gave back; what a line earned is the sum of its amounts.

    `base_micros` is in millionths of the major unit; `amount` is base x rate, rounded once.
    """

    id: int
    shop_id: str
    creator_id: str
    line_id: int | None
    deliverable_id: str | None
    component: str
    kind: str
    state: str
    items: int
    base_micros: int
    rate_bps: int | None
    rate_source: str
    plan_id: str | None
    plan_version: int | None
    amount: Amount
    is_paid_by_platform: bool
    earned_on: date
    happened_at: datetime
    approved_at: datetime | None
    payable_at: datetime | None


def commission_told(one: Commission) -> CommissionTold:
    names = (
        "shop_id", "creator_id", "line_id", "deliverable_id", "component", "kind", "state",
        "items", "base_micros", "rate_bps", "rate_source", "plan_version",
        "is_paid_by_platform", "earned_on", "happened_at", "approved_at", "payable_at",
    )  # fmt: skip
    return CommissionTold(
        id=one.pk,
        amount=Amount(minor=one.amount_minor, currency=one.currency),
        plan_id=one.plan_id or None,
        **{name: getattr(one, name) for name in names},
    )


@router.get("commissions", response=Page[CommissionTold], auth=EITHER_READS)
def commissions(
    request: HttpRequest,
    piece: AskedPiece,
    state: EarningState | None = None,
    creator_id: Code = "",
) -> Page[CommissionTold]:
    """Amounts a company's creators earned, or a creator earned; the newest first."""
    found = seen(
        request,
        by_company=lambda company: Commission.objects.filter(shop__workspace=company),
        by_creator=amounts_of,
    )
    asked = {"state": state, "creator_id": creator_id}
    chosen = found.filter(**{name: value for name, value in asked.items() if value})
    return page_of(chosen, piece, commission_told, by=("-pk",))


@router.get("commissions/file", auth=PROMOTER_READS, openapi_extra=file_answers(CSV))
def commissions_table(request: HttpRequest, state: EarningState | None = None) -> HttpResponse:
    """A creator's amounts as CSV, one row each with its base, rate and why that rate."""
    creator = promoter_of(request).creator
    own = amounts_of(creator)
    found = own.filter(state=state) if state else own
    log(request, "income.exported", creator.pk, rows=found.count())
    return income_file(found)
