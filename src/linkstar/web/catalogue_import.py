"""A product file: the upload, what became of its rows, the file of errors, an empty file."""

import csv
from io import StringIO
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.connectors.models import ProductImport
from linkstar.connectors.product_file.layout import TEMPLATES
from linkstar.connectors.product_import import folder_of, import_products
from linkstar.connectors.reading.refusals import Refusal
from linkstar.web.access import writers_only
from linkstar.web.middleware import now
from linkstar.web.plan_pages import chosen_shop
from linkstar.web.problems import header_language, in_error_files, sentence_of
from linkstar.web.requests import WorkspaceRequest

IMPORTS_SHOWN = 20


@writers_only
@require_http_methods(["GET", "POST"])
def upload(request: WorkspaceRequest) -> HttpResponse:
    """Take one file and put its good rows into the catalogue."""
    shop = chosen_shop(request)
    file = request.FILES.get("file")
    if request.method == "POST" and not isinstance(file, TemporaryUploadedFile):
        messages.error(request, _("Choose at least one file."))
    if request.method == "POST" and isinstance(file, TemporaryUploadedFile):
        try:
            made = import_products(
                shop=shop,
                user=request.user,
                path=Path(file.temporary_file_path()),
                name=file.name or "",
                now=now(),
                words=in_error_files(header_language()),
            )
        except Refusal as refused:
            messages.error(request, f"{file.name}: {sentence_of(refused)}")
        else:
            return redirect("product_import", pim_id=made.pk)
    earlier = imports_of(request).order_by("-at")[:IMPORTS_SHOWN]
    return render(request, "web/catalogue/import.html", {"shop": shop, "earlier": earlier})


@require_GET
def report(request: WorkspaceRequest, pim_id: str) -> HttpResponse:
    """What became of every row."""
    made = get_object_or_404(imports_of(request), pk=pim_id)
    context = {"made": made, "problems": made.problems}
    return render(request, "web/catalogue/imported.html", context)


@require_GET
def errors(request: WorkspaceRequest, pim_id: str) -> FileResponse:
    """The rejected rows in the file's own layout, with a last column of reasons."""
    made = get_object_or_404(imports_of(request), pk=pim_id)
    path = folder_of(made) / made.errors
    if not made.errors or not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@writers_only
@require_GET
def template(request: WorkspaceRequest) -> HttpResponse:
    """An empty file with the headers, in the reader's language."""
    chosen_shop(request)
    text = StringIO()
    csv.writer(text).writerow(TEMPLATES[header_language()])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="products.csv"'
    return answer


def imports_of(request: WorkspaceRequest) -> QuerySet[ProductImport]:
    return ProductImport.objects.filter(shop__workspace=request.workspace).select_related("shop")
