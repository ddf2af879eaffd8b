"""Statements and settlements as files: for the seller, and a creator's own."""

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from linkstar.settlements import queries
from linkstar.settlements.documents import (
    LINE_FIELDS,
    lines_of,
    settlement_document,
    statement_document,
)
from linkstar.settlements.models import Statement
from linkstar.spreadsheets import harmless
from linkstar.web.access import creators_only
from linkstar.web.audit import log
from linkstar.web.income.pages import own_creator
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.settlements.printed import settlement_pdf, statement_pdf
from linkstar.web.settlements.seller import settlement_named
from linkstar.web.uplift_export import BOM

T = TypeVar("T", bound=HttpResponseBase)
_FIGURES = frozenset({"amount", "base"})


@require_GET
def settlement_file(request: WorkspaceRequest, settlement_id: str, kind: str) -> HttpResponseBase:
    """A settlement for the seller: every line of every creator, or what it costs."""
    shown = settlement_named(request, settlement_id)
    log(request, "settlement.exported", shown.pk, kind=kind)
    name = f"settlement-{shown.starts_on}-{shown.currency}.{kind}"
    if kind == "pdf":
        return _pdf(request, lambda: settlement_pdf(shown), name)
    if kind == "json":
        return _json(settlement_document(shown), name)
    statements = queries.statements_of(request.workspace).filter(settlement=shown)
    return _csv(statements.order_by("creator__handle", "pk").iterator(chunk_size=500), name)


@require_GET
def statement_file(request: WorkspaceRequest, statement_id: str, kind: str) -> HttpResponseBase:
    """One creator's statement, for the seller."""
    shown = get_object_or_404(queries.statements_of(request.workspace), pk=statement_id)
    log(request, "settlement.exported", shown.pk, kind=kind)
    return _file(request, shown, kind)


@creators_only
@require_GET
def own_statement_file(request: WorkspaceRequest, statement_id: str, kind: str) -> HttpResponseBase:
    """The creator's own statement; another's is not found."""
    creator = own_creator(request)
    own = queries.statements_for(creator) if creator else Statement.objects.none()
    shown = get_object_or_404(own, pk=statement_id)
    return _file(request, shown, kind)


def _file(request: HttpRequest, shown: Statement, kind: str) -> HttpResponseBase:
    name = f"statement-{shown.settlement.starts_on}-{shown.creator.handle}.{kind}"
    if kind == "pdf":
        return _pdf(request, lambda: statement_pdf(shown), name)
    if kind == "json":
        return _json(statement_document(shown), name)
    return _csv([shown], name)


def _pdf(request: HttpRequest, print_it: Callable[[], bytes], name: str) -> HttpResponse:
    """The paper in the language the address names, else the reader's."""
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        content = print_it()
    return _named(HttpResponse(content, "application/pdf"), name)


def _json(document: dict[str, object], name: str) -> HttpResponse:
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _named(answer, name)


def _csv(statements: Iterable[Statement], name: str) -> StreamingHttpResponse:
    """Row by row, however many there are; UTF-8 with BOM, no cell is taken for a formula."""
    answer = StreamingHttpResponse(_rows(statements), content_type="text/csv; charset=utf-8")
    return _named(answer, name)


def _rows(statements: Iterable[Statement]) -> Iterator[bytes]:
    rows = csv.DictWriter(_Echo(), LINE_FIELDS)
    yield BOM + b",".join(field.encode() for field in LINE_FIELDS) + b"\r\n"
    for statement in statements:
        for line in lines_of(statement):
            yield str(rows.writerow({f: _harmless(f, line[f]) for f in LINE_FIELDS})).encode()


class _Echo:
    """What the writer of CSV writes to: it hands each row back."""

    def write(self, row: str) -> str:
        return row


def _harmless(field: str, cell: object) -> object:
    """A text no spreadsheet takes for a formula; figures of ours keep their sign."""
    return harmless(cell) if isinstance(cell, str) and field not in _FIGURES else cell


def _named(answer: T, name: str) -> T:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return answer
