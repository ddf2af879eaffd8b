"""Lines that were set aside: shown one by one, replayed, corrected or dismissed.

Owners decide on the lines of their shops; whoever runs the installation on all, and on nobody's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from linkstar.accounts.models import User, Workspace
from linkstar.catalog.models import Shop
from linkstar.events.corrections import CorrectionRefused, corrected
from linkstar.jobs.deciding import LINES_AT_ONCE, Decided, decide
from linkstar.lake.asides import (
    DecidedTogether,
    LineAside,
    aside_counts,
    counted_instead,
    decided_together,
    line_aside,
    lines_aside,
)
from linkstar.lake.decisions import Action, Address
from linkstar.lake.reasons import CONFLICT, ONLY_DISMISSED, SPOILT
from linkstar.lake.selection import Scope
from linkstar.lake.spoilt import pieces_of
from linkstar.web.access import operators_only, owners_only
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.operations import REASONS
from linkstar.web.refusal_words import in_words
from linkstar.web.requests import WorkspaceRequest, zone_of
from linkstar.web.set_aside_forms import REFUSALS, LineForm, ReasonForm
from linkstar.web.spoilt import with_heads

LINES_PER_PAGE = 25
DECISIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose lines are decided on, and under which addresses.

    Attributes:
        scope: the workspace and its shops; None for everybody's and nobody's.
        workspace: whose audit log.
        page: the name of the address of the list.
        back: that of the page above it.
        names: the shops' names by their numbers.
    """

    scope: Scope | None
    workspace: Workspace | None
    page: str
    back: str
    names: Mapping[int, str]

    @property
    def line_page(self) -> str:
        return f"{self.page}_line"


@owners_only
@require_http_methods(["GET", "POST"])
def own(request: WorkspaceRequest) -> HttpResponse:
    """Lines of the workspace's shops, and what was decided about others."""
    return _list(request, _of_workspace(request))


@owners_only
@require_http_methods(["GET", "POST"])
def own_line(request: WorkspaceRequest, aside_id: str) -> HttpResponse:
    return _line(request, _of_workspace(request), aside_id)


@operators_only
@require_http_methods(["GET", "POST"])
def every(request: WorkspaceRequest) -> HttpResponse:
    """Lines of all shops, and of none."""
    return _list(request, _of_all())


@operators_only
@require_http_methods(["GET", "POST"])
def every_line(request: WorkspaceRequest, aside_id: str) -> HttpResponse:
    return _line(request, _of_all(), aside_id)


def _of_workspace(request: WorkspaceRequest) -> Desk:
    names = {shop.number: shop.name for shop in request.all_shops}
    scope = Scope(request.workspace.number, tuple(names))
    return Desk(scope, request.workspace, "set_aside", "operations", names)


def _of_all() -> Desk:
    names = dict(Shop.objects.values_list("number", "name"))
    return Desk(None, None, "every_set_aside", "health", names)


def _list(request: WorkspaceRequest, desk: Desk) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _decide_all(request, desk, form)
    counts = aside_counts(lake(), desk.scope)
    reason = request.GET.get("reason", "")
    reason = reason if reason in counts else ""
    page = _page_number(request)
    lines = lines_aside(
        lake(),
        desk.scope,
        reason=reason,
        first=(page - 1) * LINES_PER_PAGE,
        most=LINES_PER_PAGE + 1,
    )
    made = decided_together(lake(), desk.scope, most=DECISIONS_SHOWN)
    shown = {
        "desk": desk,
        "form": form,
        "counts": [(each, REASONS.get(each, each), n) for each, n in counts.items()],
        "reason": reason,
        "is_only_dismissed": reason in ONLY_DISMISSED,
        "reason_name": REASONS.get(reason, reason),
        "lines": [(line, line.address.name, REASONS[line.reason]) for line in lines][
            :LINES_PER_PAGE
        ],
        "page": page,
        "has_more": len(lines) > LINES_PER_PAGE,
        "decisions": _told(made),
        "zone": zone_of(request),
    }
    return render(request, "web/set_aside/list.html", shown)


def _decide_all(request: WorkspaceRequest, desk: Desk, form: ReasonForm) -> HttpResponse:
    """Replay or dismiss every line of one reason."""
    said = form.cleaned_data
    action = Action(said["action"])
    lines = lines_aside(lake(), desk.scope, reason=said["reason"], most=LINES_AT_ONCE)
    if not lines:
        messages.info(request, _("No such line is set aside any more."))
        return redirect(desk.page)
    if action is Action.CORRECT or action not in lines[0].actions:
        raise Http404
    _tell(request, _decided(request, desk, lines, action, why=said["why"]))
    return redirect(f"{reverse(desk.page)}?reason={said['reason']}")


def _line(request: WorkspaceRequest, desk: Desk, aside_id: str) -> HttpResponse:
    line = _found(desk, aside_id)
    form = LineForm(request.POST or None, initial={"line": line.line})
    if request.method == "POST" and form.is_valid():
        answer = _decide_one(request, desk, line, form)
        if answer is not None:
            return answer
    shown = {
        "desk": desk,
        "form": form,
        "line": line,
        "reason": REASONS[line.reason],
        "sides": _both_sides(line) if line.reason == CONFLICT else [],
        "pieces": with_heads(pieces_of(settings.PLACES.collector, line.address))
        if line.reason == SPOILT
        else [],
        "zone": zone_of(request),
    }
    return render(request, "web/set_aside/line.html", shown)


def _both_sides(line: LineAside) -> list[tuple[str, str, str, bool]]:
    """What counts under the line's id, what the line says, and whether they differ, by field.

    A handle is the same with its @ and in capitals; what a line leaves to its link is not another.
    """
    said = json.loads(line.line) if line.line else {}
    if isinstance(said.get("creator"), str):
        said["creator"] = said["creator"].lstrip("@").lower()
    if "occurred_at" in said:
        said["occurred_at"] = datetime.fromisoformat(said["occurred_at"]).astimezone(UTC)
    sides = [
        (name, _shown(counted), _shown(said.get(name)))
        for name, counted in counted_instead(lake(), line).items()
    ]
    is_of_link = "link" in said
    return [
        (name, one, other, one != other and not (is_of_link and name not in said))
        for name, one, other in sides
        if {one, other} != {"–"}
    ]


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "–" if value is None else str(value)


def _decide_one(
    request: WorkspaceRequest, desk: Desk, line: LineAside, form: LineForm
) -> HttpResponse | None:
    """The answer to a decision; None where the form has to be shown again."""
    action, text = Action(form.cleaned_data["action"]), ""
    if action not in line.actions:
        raise Http404
    if action is Action.REPLAY and form.cleaned_data["line"].strip() not in {"", line.line.strip()}:
        form.add_error("line", _("The line was changed. Save it as corrected, or undo the change."))
        return None
    if action is Action.CORRECT:
        try:
            text = corrected(
                form.cleaned_data["line"], received=line.line, may_name_sender=desk.scope is None
            )
        except CorrectionRefused as refused:
            form.add_error("line", f"{REFUSALS[refused.code]} ({in_words(refused.detail)})")
            return None
    why = form.cleaned_data["why"]
    _tell(request, _decided(request, desk, [line], action, why=why, text=text))
    return redirect(desk.page)


def _decided(
    request: WorkspaceRequest,
    desk: Desk,
    lines: list[LineAside],
    action: Action,
    *,
    why: str,
    text: str = "",
) -> Decided:
    return decide(
        settings.PLACES,
        lines,
        action,
        now=now(),
        user=request.user,
        workspace=desk.workspace,
        why=why.strip(),
        corrected=text,
    )


def _tell(request: WorkspaceRequest, done: Decided) -> None:
    """Say what became of the lines."""
    if not done.is_applied:
        messages.info(request, _("The decision is on disk and is applied within seconds."))
        return
    parts = [
        (done.stored, ngettext("%d line counts now.", "%d lines count now.", done.stored)),
        (done.duplicates, ngettext(
            "%d was a repeat.", "%d were repeats.", done.duplicates)),
        (done.conflicts, ngettext(
            "%d is in conflict with what counts.", "%d are in conflict with what counts.",
            done.conflicts)),
        (done.dismissed, ngettext("%d was dismissed.", "%d were dismissed.", done.dismissed)),
        (done.left, ngettext(
            "%d stays set aside: its reason still holds.",
            "%d stay set aside: their reasons still hold.", done.left)),
    ]  # fmt: skip
    say = messages.warning if done.left else messages.success
    say(request, " ".join(text % number for number, text in parts if number))


def _found(desk: Desk, name: str) -> LineAside:
    """The line of that name.

    Raises:
        Http404: it is not set aside, or not of these shops.
    """
    address = Address.named(name)
    line = line_aside(lake(), desk.scope, address) if address else None
    if line is None:
        raise Http404
    return line


def _told(made: list[DecidedTogether]) -> list[tuple[DecidedTogether, str, str]]:
    """Each decision with the person who made it and what the line was set aside for."""
    people = dict(
        User.objects.filter(pk__in={one.decided_by for one in made if one.decided_by}).values_list(
            "pk", "email"
        )
    )
    emails = {str(key): email for key, email in people.items()}
    return [
        (one, emails.get(one.decided_by, ""), str(REASONS.get(one.reason, one.reason)))
        for one in made
    ]


def _page_number(request: WorkspaceRequest) -> int:
    asked = request.GET.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 7 else 1
