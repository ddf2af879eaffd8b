"""The audit log: who did what, when; filtered, page by page, and as a file."""

import csv
import io
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linkstar.accounts.models import AuditEvent
from linkstar.spreadsheets import harmless
from linkstar.web.access import owners_only
from linkstar.web.audit import log
from linkstar.web.audit_words import SUBJECTS, verb_words
from linkstar.web.downloads import csv_answer
from linkstar.web.forms import CalmForm
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.uplift_export import BOM

PER_PAGE = 100
ROWS_MAX = 100_000
"""Rows of one file; a longer log is exported in parts, by its days."""


class FilterForm(CalmForm):
    about = forms.ChoiceField(
        label=gettext_lazy("Subject"),
        required=False,
        choices=lambda: [
            ("", _("everything")),
            *((name, words) for name, (words, _firsts) in SUBJECTS.items()),
        ],
    )
    who = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=254)
    first_day = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last_day = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"})
    )


@owners_only
@require_GET
def audit_log(request: WorkspaceRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    found = _found(request, form)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(event, verb_words(event.verb), _told(event)) for event in page]
    return render(request, "web/people/audit.html", {"form": form, "page": page, "rows": rows})


@owners_only
@require_GET
def audit_file(request: WorkspaceRequest) -> HttpResponse:
    """The lines of the filter as CSV; that it was taken is a line of its own."""
    written = audit_table(_found(request, FilterForm(request.GET)))
    log(request, "audit.exported", request.workspace.id)
    return written


def audit_table(events: QuerySet[AuditEvent]) -> HttpResponse:
    """Lines of the log as CSV, as many as one file takes."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("When (UTC)"), _("Who"), _("What"), _("On"), _("Details")])
    for event in events[:ROWS_MAX]:
        who = event.user.email if event.user else ""
        cells = (who, event.verb, event.target, _told(event))
        writer.writerow([event.at.isoformat(timespec="seconds"), *map(harmless, cells)])
    return csv_answer(BOM + out.getvalue().encode(), "audit-log.csv")


def _found(request: WorkspaceRequest, form: FilterForm) -> QuerySet[AuditEvent]:
    """The workspace's lines, the newest first; a filter that cannot be read filters nothing."""
    found = AuditEvent.objects.filter(workspace=request.workspace).select_related("user")
    found = found.order_by("-at", "-pk")
    given = form.cleaned_data if form.is_valid() else {}
    zone = ZoneInfo(request.zone)
    if given.get("about"):
        _words, firsts = SUBJECTS[given["about"]]
        found = found.filter(verb__regex=rf"^({'|'.join(firsts)})\.")
    if given.get("who"):
        found = found.filter(user__email__icontains=given["who"].strip())
    if first := given.get("first_day"):
        found = found.filter(at__gte=datetime.combine(first, time.min, zone))
    if last := given.get("last_day"):
        found = found.filter(at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return found


def _told(event: AuditEvent) -> str:
    """The details on one line."""
    return " · ".join(f"{name}: {value}" for name, value in _flat(event.detail).items())


def _flat(detail: Any) -> dict[str, Any]:
    return detail if isinstance(detail, dict) else {"": detail}
