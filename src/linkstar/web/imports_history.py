"""Finding imports: one by its id, and all of a workspace with what became of their rows."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import imports_of
from linkstar.connectors.rules import may_undo, undo_until
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

ROWS_PER_PAGE = 50
State = ImportFile.State
OPEN_STATES = frozenset({State.UPLOADED, State.NEEDS_ANSWERS, State.READY})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    import_file: ImportFile
    now: datetime

    @property
    def may_undo(self) -> bool:
        return may_undo(self.import_file, now=self.now)

    @property
    def undo_until(self) -> datetime | None:
        return undo_until(self.import_file) if self.may_undo else None

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something before its rows are loaded."""
        return self.import_file.state in OPEN_STATES

    @property
    def has_counts(self) -> bool:
        return self.import_file.state in {State.DONE, State.UNDONE}


@require_GET
def history(request: WorkspaceRequest) -> HttpResponse:
    """Every file ever uploaded; nothing is dropped from the list."""
    page = page_of_history(request)
    context = {
        "page": page,
        "entries": [Entry(one, now()) for one in page],
        "is_busy": any(one.state == State.RUNNING for one in page),
    }
    template = "web/imports/_history.html" if request.htmx else "web/imports/history.html"
    return render(request, template, context)


def page_of_history(request: WorkspaceRequest) -> Page[ImportFile]:
    known = imports_of(request.workspace)
    return Paginator(known, ROWS_PER_PAGE).get_page(request.GET.get("page"))


def import_named(request: WorkspaceRequest, import_id: str) -> ImportFile:
    """The import of this workspace with that id; anybody else's is not found."""
    found = imports_of(request.workspace).filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found
