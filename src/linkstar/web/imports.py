"""Imports: the upload of new files, and the step a file is at."""

from collections.abc import Sequence
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.catalog.models import Shop
from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.refusals import Refusal
from linkstar.web.access import writers_only
from linkstar.web.imports_answers import show_answers
from linkstar.web.imports_history import import_named
from linkstar.web.imports_running import show_dry_run, show_progress, show_report
from linkstar.web.middleware import now
from linkstar.web.problems import sentence_of
from linkstar.web.requests import WorkspaceRequest

FILES_MAX = 20
State = ImportFile.State


@writers_only
@require_http_methods(["GET", "POST"])
def upload(request: WorkspaceRequest) -> HttpResponse:
    """Take one file or several. One file leads to its next step, several to the history."""
    files = [f for f in request.FILES.getlist("files") if isinstance(f, TemporaryUploadedFile)]
    shop = chosen_shop(request)
    if request.method == "POST" and not files:
        messages.error(request, _("Choose at least one file."))
    if not files or shop is None:
        return render(request, "web/imports/upload.html", {"shop": shop, "step": 1})
    if len(files) > FILES_MAX:
        told = _("Only the first %(count)d files were taken; upload the others afterwards.")
        messages.warning(request, told % {"count": FILES_MAX})
    taken = take(request, files[:FILES_MAX], shop)
    if len(taken) == 1:
        return redirect("import", import_id=taken[0].pk)
    return redirect("imports" if taken else "import_upload")


def take(
    request: WorkspaceRequest, files: Sequence[TemporaryUploadedFile], shop: Shop
) -> list[ImportFile]:
    """The files that could be read; each refused one is told with its reason."""
    taken = []
    for file in files:
        try:
            taken.append(
                actions.upload_about(
                    shop=shop,
                    user=request.user,
                    name=file.name or "",
                    file=Path(file.temporary_file_path()),
                    now=now(),
                )
            )
        except Refusal as refused:
            messages.error(request, f"{file.name}: {sentence_of(refused)}")
    return taken


def chosen_shop(request: WorkspaceRequest) -> Shop | None:
    """The shop named in the form, else the one looked at, else the first; None without any."""
    named = request.POST.get("shop", "")
    shops = {shop.pk: shop for shop in request.all_shops}
    return shops.get(named) or request.shop or next(iter(request.all_shops), None)


@require_GET
def one_import(request: WorkspaceRequest, import_id: str) -> HttpResponse:
    """The page of one file: the step it is at."""
    import_file = import_named(request, import_id)
    if import_file.state in {State.UPLOADED, State.NEEDS_ANSWERS}:
        return show_answers(request, import_file)
    if import_file.state == State.READY:
        return show_dry_run(request, import_file)
    if import_file.state == State.RUNNING:
        return show_progress(request, import_file)
    return show_report(request, import_file)
