"""A file of creators from upload to report."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.connectors.creator_import import Asked, folder_of
from linkstar.connectors.models import CreatorImport
from linkstar.connectors.reading.refusals import Refusal
from linkstar.jobs.creators import take_in_file
from linkstar.money.currencies import CURRENCIES
from linkstar.web.access import writers_only
from linkstar.web.downloads import attached
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.problems import header_language, in_error_files, sentence_of, told, why
from linkstar.web.requests import WorkspaceRequest

BYTES_MAX = 10 * 1024 * 1024
NO_HANDLES = frozenset({"layout.unknown", "column.missing", "answer.missing"})
WHAT_A_LIST_NEEDS = gettext_lazy(
    "No column of handles was found. Call it “handle”, “username” or “达人账号”."
)


class FileForm(CalmForm):
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        help_text=gettext_lazy(
            "One row per creator. Needed: handle. Also read: name, country, languages, categories, "
            "followers, average views, engagement rate, price per video, commission, share of "
            "women and of ages; in English or Chinese."
        ),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of prices that name none"),
        choices=[(code, code) for code in CURRENCIES],
        initial="USD",
    )

    def clean_file(self) -> TemporaryUploadedFile:
        file: TemporaryUploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > BYTES_MAX:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it."))
        return file


@writers_only
@require_http_methods(["GET", "POST"])
def import_file(request: WorkspaceRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = taken_in(request, file, form.cleaned_data["currency"])
        except Refusal as refused:
            form.add_error("file", why_not(refused))
        else:
            return redirect("creator_import", creator_import_id=made.pk)
    before = CreatorImport.objects.filter(workspace=request.workspace).order_by("-at")[:10]
    return render(request, "web/recruiting/import.html", {"form": form, "before": before})


def taken_in(
    request: WorkspaceRequest, file: TemporaryUploadedFile, currency: str
) -> CreatorImport:
    """A short list at once; a long one in a job, whose progress the next page shows."""
    zone = ZoneInfo(request.zone) if request.shops else UTC
    words = in_error_files(header_language())
    return take_in_file(
        workspace=request.workspace,
        user=request.user,
        path=Path(file.temporary_file_path()),
        name=file.name or "creators.csv",
        asked=Asked(currency, now().astimezone(zone).date(), words),
        now=now(),
    )


def why_not(refused: Refusal) -> str:
    """A table of something else is told what a list of creators needs."""
    return sentence_of(refused) if refused.code not in NO_HANDLES else str(WHAT_A_LIST_NEEDS)


@require_GET
def report(request: WorkspaceRequest, creator_import_id: str) -> HttpResponse:
    """What became of every row; while it runs, how far it is."""
    made = get_object_or_404(CreatorImport, workspace=request.workspace, pk=creator_import_id)
    if made.state == CreatorImport.State.RUNNING:
        part = "web/recruiting/_import_progress.html"
        page = part if request.htmx else "web/recruiting/importing.html"
        return render(request, page, {"made": made})
    if request.htmx:
        told_again = HttpResponse()
        told_again.headers["HX-Refresh"] = "true"
        return told_again
    problems = [
        {**problem, "told": told(problem["code"], problem["expected"])} for problem in made.problems
    ]
    refused = made.refused and (
        str(WHAT_A_LIST_NEEDS)
        if made.refused["code"] in NO_HANDLES
        else why(made.refused["code"], made.refused["params"])
    )
    context = {"made": made, "problems": problems, "refused": refused}
    return render(request, "web/recruiting/imported.html", context)


@require_GET
def errors(request: WorkspaceRequest, creator_import_id: str) -> HttpResponse:
    """The rows that could not be kept, in the file's own format, with the reasons."""
    made = get_object_or_404(CreatorImport, workspace=request.workspace, pk=creator_import_id)
    path = folder_of(made) / made.errors
    if not made.errors or not path.is_file():
        raise Http404
    return attached(path, made.errors)
