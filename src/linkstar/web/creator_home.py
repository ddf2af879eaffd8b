"""Where a creator begins: what to do next and by when, and what went best."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.catalog.models import Shop
from linkstar.collaborations.queries import collaborations_with, next_steps
from linkstar.creators.models import Creator
from linkstar.insights.queries import uplift
from linkstar.insights.questions import By, Filters, Question
from linkstar.recruiting.models import Invitation, Negotiation
from linkstar.recruiting.queries import invitations_for, negotiations_with
from linkstar.recruiting.rules import state_at
from linkstar.settlements.income import amounts_of, standings
from linkstar.stats.states import State
from linkstar.web.access import creators_only
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.recruiting.creator_profile import creator_of
from linkstar.web.recruiting.negotiating import CREATOR, talk_line
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.templatetags.programme import next_step
from linkstar.web.verdicts import verdict

COMPANIES_ASKED = 3
"""Of how many companies figures are looked up: those of the newest agreements."""
JUDGED = (State.ABOVE, State.BELOW, State.CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for the creator: what, for whom, by when and where."""

    what: str
    shop: str
    until: datetime | None
    zone: str
    address: str


@creators_only
@require_GET
def home(request: WorkspaceRequest) -> HttpResponse:
    """The first tab."""
    creator = creator_of(request)
    context = {
        "creator": creator,
        "todos": todos_of(creator, now()),
        "standings": standings(amounts_of(creator)),
        "best": best_content(creator),
    }
    return render(request, "web/creator_home.html", context)


def todos_of(creator: Creator, at: datetime) -> list[Todo]:
    """Everything that waits, the most pressing first; what has no deadline last."""
    found = [*_invitations(creator, at), *_talks(creator), *_steps(creator)]
    return sorted(found, key=lambda todo: todo.until or datetime.max.replace(tzinfo=UTC))


def _invitations(creator: Creator, at: datetime) -> list[Todo]:
    sent = Invitation.State.SENT
    return [
        Todo(
            _("Answer the invitation"),
            one.shop.name,
            one.expires_at,
            one.shop.zone,
            reverse("creator_invitation", args=[one.pk]),
        )
        for one in invitations_for(creator).filter(state=sent)
        if state_at("invitation", one.state, one.expires_at, now=at) == sent
    ]


def _talks(creator: Creator) -> list[Todo]:
    open_talks = negotiations_with(creator).filter(state=Negotiation.State.OPEN)
    return [
        Todo(
            _("Answer the offer"),
            line["negotiation"].shop.name,
            line["newest"].expires_at,
            line["negotiation"].shop.zone,
            reverse("creator_offer", args=[line["negotiation"].pk]),
        )
        for line in (talk_line(one, CREATOR) for one in open_talks)
        if line["is_own_turn"]
    ]


def _steps(creator: Creator) -> list[Todo]:
    return [
        Todo(
            next_step(step.verb),
            step.collaboration.shop.name,
            step.until,
            step.collaboration.shop.zone,
            reverse("own_collaboration", args=[step.collaboration.pk]),
        )
        for step in next_steps(collaborations_with(creator))
    ]


@dataclass(frozen=True, slots=True)
class Best:
    """A creator's own video or LIVE that is most surely above the market; else all of them."""

    shop: str
    title: str
    verdict: str


def best_content(creator: Creator) -> Best | None:
    """Of the creator's contents that can be judged, the one with the highest lower limit.

    Where none was seen often enough by itself, all of them together. Figures are those of the
    companies of the newest agreements, each held against the benchmark that company reads;
    nobody else's contents are among them.
    """
    if not creator.handle:
        return None
    companies = _companies(creator)
    for by in (By.CONTENT, By.CREATOR):
        found = [(row, shops[0]) for shops in companies for row in _judged(shops, creator, by)]
        if found:
            row, shop = max(found, key=lambda pair: pair[0]["low"])
            told = verdict(row, shop.market, get_language() or "en")
            title = row["name"] or row["key"]
            return Best(shop.name, title if by is By.CONTENT else _("All your content"), told)
    return None


def _companies(creator: Creator) -> list[list[Shop]]:
    """The shops the creator has agreed with, company by company, the newest agreement first."""
    found: dict[tuple[str, str], list[Shop]] = defaultdict(list)
    for agreement in collaborations_with(creator).select_related("shop__workspace"):
        shops = found[agreement.shop.workspace_id, agreement.shop.market]
        if agreement.shop not in shops:
            shops.append(agreement.shop)
    return list(found.values())[:COMPANIES_ASKED]


def _judged(shops: list[Shop], creator: Creator, by: By) -> list[dict[str, Any]]:
    question = Question(
        workspace=shops[0].workspace.number,
        shops=tuple(shop.number for shop in shops),
        by=by,
        market=shops[0].market,
        filters=Filters(creator=creator.handle),
    )
    return [row for row in uplift(lake(), question).rows.to_pylist() if row["state"] in JUDGED]
