"""How the data is doing: what was received and what became of it, and what was filtered why."""

import shutil

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linkstar.accounts.models import Role
from linkstar.accounts.queries import WRITERS
from linkstar.collector.refusals import DAYS_KEPT
from linkstar.jobs.tracking import waiting_segments
from linkstar.lake.books import Identity, identities
from linkstar.lake.invalid_rules import VERSION
from linkstar.lake.journaled_counts import set_aside
from linkstar.lake.selection import Scope
from linkstar.lake.traffic import traffic
from linkstar.tracking.agents import agent_lists
from linkstar.tracking.network_lists import known_lists
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.refusal_words import refused
from linkstar.web.requests import WorkspaceRequest

SAMPLE_CHARACTERS = 300
REASONS = {
    "conflict": _("Other content under an ID that was already counted"),
    "incomplete": _("No ID, kind or readable time"),
    "link_unknown": _("A link that is not the shop's"),
    "shop_unknown": _("A shop that does not exist any more"),
    "spoilt": _("Bytes a disk has changed or lost"),
    "time_derived": _("A time that cannot be right; counted at the time of arrival"),
    "unreadable": _("Not readable"),
}
"""Why a line was set aside, in the order of their codes."""


@require_GET
def operations(request: WorkspaceRequest) -> HttpResponse:
    """Received, and what became of it; the identity is checked as it is shown."""
    scope = Scope(request.workspace.number, tuple(shop.number for shop in request.shops))
    names = {shop.number: shop.name for shop in request.shops}
    books: list[Identity] = identities(lake(), scope)
    aside = [
        (REASONS.get(one.reason, one.reason), one, one.sample[:SAMPLE_CHARACTERS])
        for one in set_aside(lake(), scope)
    ]
    shown = {
        "books": [(names[book.shop], book) for book in books],
        "traffic": traffic(lake(), scope),
        "rules_version": VERSION,
        "agent_lists": agent_lists(),
        "network_lists": known_lists(settings.PLACES.lists),
        "refused": refused(names, now=now()),
        "refused_days": DAYS_KEPT,
        "shows_shops": len(names) > 1,
        "names": names,
        "aside": aside,
        "shows_samples": request.role in WRITERS,
        "may_decide": request.role is Role.OWNER,
        "waiting": waiting_segments(settings.PLACES.collector),
        "free_gib": round(shutil.disk_usage(settings.PLACES.data).free / 2**30, 1),
    }
    return render(request, "web/operations.html", shown)
