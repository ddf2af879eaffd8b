"""Steps 3 to 5 of an import: the dry run, the run, the report; and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.connectors import actions, queries
from linkstar.connectors.actions import NeedsAnswers
from linkstar.connectors.models import ImportFile
from linkstar.connectors.records import answers_in
from linkstar.jobs.imports import look, run_import
from linkstar.jobs.undoing import look_at_undoing, undo_import
from linkstar.web.access import writers_only
from linkstar.web.imports_history import Entry, import_named
from linkstar.web.middleware import now
from linkstar.web.problems import header_language, in_error_files

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from linkstar.web.requests import WorkspaceRequest

State = ImportFile.State
NEXT = {
    "performance": ("uplift", _("See the CTR uplift")),
    "events": ("uplift", _("See the CTR uplift")),
    "order_lines": ("order_lines", _("See the order lines")),
    "income_lines": ("reconciliation", _("See the reconciliation")),
}
"""By kind of file, the page its rows are seen on; of others the overview."""
PROBLEMS_SHOWN = 20
PROBLEMS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `share` is None until some rows of a known number are done."""

    rows: int
    rows_done: int
    seconds: float

    @property
    def share(self) -> float | None:
        known = self.rows and self.rows_done
        return min(1.0, self.rows_done / self.rows) if known else None

    @property
    def rows_per_second(self) -> float:
        return self.rows_done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None until there is something to reckon with."""
        if not (self.rows and self.rows_done and self.seconds >= 1):
            return None
        return (self.rows - self.rows_done) / self.rows_per_second


def progress_of(import_file: ImportFile, at: datetime) -> Progress:
    started = import_file.started_at or import_file.created_at
    rows = import_file.rows or import_file.preview.get("rows", 0)
    return Progress(rows, import_file.rows_done, (at - started).total_seconds())


def show_dry_run(request: WorkspaceRequest, import_file: ImportFile) -> HttpResponse:
    """What running it would do, before anything is written. Large files are read in a job."""
    try:
        preview = look(import_file, now=now())
    except NeedsAnswers:
        return redirect("import_answers", import_id=import_file.pk)
    if import_file.state == State.FAILED:
        return show_report(request, import_file)
    if preview is None:
        return show_looking(request, import_file)
    context = {
        "import_file": import_file,
        "preview": preview,
        **found(import_file),
        "step": 3,
    }
    return reload_or_render(request, "web/imports/dry_run.html", context)


def found(import_file: ImportFile) -> dict[str, object]:
    """What was found out about a file, and what a person said of it."""
    if not import_file.detected:
        return {}
    return {
        "detected": queries.detected_of(import_file),
        "given": answers_in(import_file.answers),
    }


def show_looking(request: WorkspaceRequest, import_file: ImportFile) -> HttpResponse:
    """A page that waits for the dry run of a large file."""
    template = "web/imports/_looking.html" if request.htmx else "web/imports/looking.html"
    read = progress_of(import_file, now()).share
    return render(request, template, {"import_file": import_file, "read": read, "step": 3})


def show_progress(request: WorkspaceRequest, import_file: ImportFile) -> HttpResponse:
    context = {
        "import_file": import_file,
        "progress": progress_of(import_file, now()),
        "step": 4,
    }
    template = "web/imports/_progress.html" if request.htmx else "web/imports/running.html"
    return render(request, template, context)


def show_report(request: WorkspaceRequest, import_file: ImportFile) -> HttpResponse:
    """What became of every row."""
    next_page, next_words = NEXT.get(import_file.kind, ("overview", _("See the overview")))
    context = {
        "import_file": import_file,
        "entry": Entry(import_file, now()),
        "problems": queries.problems(import_file, limit=PROBLEMS_SHOWN),
        "warnings": queries.warnings_of(import_file),
        **found(import_file),
        "next_page": next_page,
        "next_words": next_words,
        "step": 5,
    }
    return reload_or_render(request, "web/imports/report.html", context)


def reload_or_render(
    request: WorkspaceRequest, template: str, context: dict[str, object]
) -> HttpResponse:
    """The page; a page that was waiting for it is told to load anew."""
    if not request.htmx:
        return render(request, template, context)
    response = render(request, "web/imports/_done.html")
    response.headers["HX-Refresh"] = "true"
    return response


@writers_only
@require_POST
def run(request: WorkspaceRequest, import_id: str) -> HttpResponse:
    """Start it in the background; starting it twice starts it once."""
    import_file = import_named(request, import_id)
    try:
        actions.start(import_file, user=request.user, now=now())
    except actions.ImportNotReady:
        messages.warning(request, _("This import has been started already, or is not ready."))
    else:
        run_import(import_file.pk)
    return redirect("import", import_id=import_file.pk)


@writers_only
@require_POST
def cancel(request: WorkspaceRequest, import_id: str) -> HttpResponse:
    """Stop it. Rows that landed stay and are counted; the report says which."""
    import_file = import_named(request, import_id)
    actions.cancel(import_file, user=request.user, now=now())
    messages.success(request, _("The import was cancelled."))
    return redirect("import", import_id=import_file.pk)


@writers_only
@require_http_methods(["GET", "POST"])
def undo(request: WorkspaceRequest, import_id: str) -> HttpResponse:
    """Say what it would do, ask, then take back what the file stated."""
    import_file = import_named(request, import_id)
    entry = Entry(import_file, now())
    if not entry.may_undo:
        raise Http404
    if request.method == "GET":
        context = {
            "import_file": import_file,
            "entry": entry,
            "undoing": look_at_undoing(import_file),
        }
        return render(request, "web/imports/undo.html", context)
    undo_import(import_file, user=request.user, now=now())
    messages.success(request, _("The import was undone: its rows count no longer."))
    return redirect("import", import_id=import_file.pk)


@require_GET
def error_file(request: WorkspaceRequest, import_id: str) -> FileResponse:
    """The rejected rows in the file's own layout, with a last column of reasons."""
    import_file = import_named(request, import_id)
    if not (import_file.rejected or import_file.preview.get("rejected")):
        raise Http404
    language = header_language()
    path = queries.error_file(import_file, in_error_files(language), language=language)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@require_GET
def problems(request: WorkspaceRequest, import_id: str) -> HttpResponse:
    """All problems of a file, a page at a time."""
    import_file = import_named(request, import_id)
    asked = request.GET.get("page", "1")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() else 1
    offset = (number - 1) * PROBLEMS_PER_PAGE
    context = {
        "import_file": import_file,
        "problems": queries.problems(import_file, offset=offset, limit=PROBLEMS_PER_PAGE),
        "number": number,
        "has_later": import_file.rejected > offset + PROBLEMS_PER_PAGE,
        "step": 5,
    }
    return render(request, "web/imports/problems.html", context)
