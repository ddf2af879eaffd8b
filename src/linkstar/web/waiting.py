"""What waits for the people who run a shop's daily business: how much of it, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.queries import APPROVERS, SETTLERS, WRITERS
from linkstar.collaborations.queries import collaborations_of, waiting_in
from linkstar.recruiting.models import Application, Negotiation
from linkstar.recruiting.queries import applications_for, negotiations_of
from linkstar.settlements.disputes import disputes_in
from linkstar.settlements.queries import settlements_of
from linkstar.settlements.rules import DisputeState, SettlementState
from linkstar.web.recruiting.negotiating import SELLER, talk_line
from linkstar.web.requests import WorkspaceRequest

WORDS: Mapping[str, str | Promise] = {
    "samples_to_answer": _("Samples to answer"),
    "samples_to_ship": _("Samples to ship"),
    "content_to_confirm": _("Content to confirm"),
    "support_to_answer": _("Shooting support to answer"),
    "support_to_give": _("Shooting support to give"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work, how much of it waits, and the page that lists it."""

    what: str | Promise
    count: int
    address: str


def waiting_for(request: WorkspaceRequest) -> list[Waiting]:
    """Everything the person can see to in the shops looked at; what waits nowhere is left out."""
    daily = _daily(request) if request.role in WRITERS else ()
    money = _money(request) if request.role in APPROVERS else ()
    return [each for each in (*daily, *money) if each.count]


def _money(request: WorkspaceRequest) -> Iterator[Waiting]:
    settlements = settlements_of(request.workspace).filter(shop__in=request.shops)
    closed = settlements.filter(state=SettlementState.CLOSED)
    to_approve = closed.exclude(approvals__user=request.user)
    yield Waiting(_("Settlements to approve"), to_approve.count(), reverse("settlements"))
    if request.role in SETTLERS:
        to_pay = settlements.filter(state=SettlementState.APPROVED)
        yield Waiting(_("Settlements to pay"), to_pay.count(), reverse("settlements"))
    disputes = disputes_in(request.workspace).filter(shop__in=request.shops)
    to_answer = disputes.filter(state=DisputeState.OPEN, is_from_creator=True)
    yield Waiting(_("Disputes to answer"), to_answer.count(), reverse("disputes"))


def _daily(request: WorkspaceRequest) -> Iterator[Waiting]:
    agreements = collaborations_of(request.workspace).filter(shop__in=request.shops)
    table = reverse("collaborations")
    for name, count in waiting_in(agreements).items():
        yield Waiting(WORDS[name], count, f"{table}?view=table&waits={name}")
    applied = applications_for(request.workspace).filter(state=Application.State.APPLIED)
    yield Waiting(_("Sign-ups to decide"), applied.count(), reverse("campaigns"))
    talks = negotiations_of(request.workspace).filter(
        shop__in=request.shops, state=Negotiation.State.OPEN
    )
    turns = sum(talk_line(one, SELLER)["is_own_turn"] for one in talks)
    yield Waiting(_("Offers to answer"), turns, reverse("negotiations"))
