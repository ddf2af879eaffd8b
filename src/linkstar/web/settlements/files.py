"""Statements and settlements as files: for the seller, and a creator's own."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from django.conf import settings
from django.http import (
    FileResponse,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from linkstar.accounts.models import User, Workspace
from linkstar.jobs import papers
from linkstar.settlements import queries
from linkstar.settlements.documents import (
    LINE_FIELDS,
    lines_of,
    settlement_document,
    statement_document,
)
from linkstar.settlements.models import Settlement, Statement
from linkstar.spreadsheets import harmless
from linkstar.web.access import creators_only
from linkstar.web.audit import log
from linkstar.web.income.pages import own_creator
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.settlements.printed import settlement_pdf, statement_pdf
from linkstar.web.settlements.seller import settlement_named
from linkstar.web.uplift_export import BOM

PRINTED_AT_ONCE_ROWS = 2_000
"""A longer paper takes seconds, which nobody should wait for in a page."""
T = TypeVar("T", bound=HttpResponseBase)
_FIGURES = frozenset({"amount", "base"})


@require_GET
def settlement_file(request: WorkspaceRequest, settlement_id: str, kind: str) -> HttpResponseBase:
    """A settlement for the seller: every line of every creator, or what it costs."""
    shown = settlement_named(request, settlement_id)
    log(request, "settlement.exported", shown.pk, kind=kind)
    if kind == "pdf":
        return _printed(request, settlement_paper(shown))
    return settlement_table(shown, kind)


def settlement_table(shown: Settlement, kind: str) -> HttpResponseBase:
    """Every line of every creator as `csv`, or what it costs as `json`."""
    name = _settlement_name(shown, kind)
    if kind == "json":
        return _json(settlement_document(shown), name)
    statements = queries.statements_of(shown.shop.workspace).filter(settlement=shown)
    return _csv(statements.order_by("creator__handle", "pk").iterator(chunk_size=500), name)


def _settlement_name(shown: Settlement, kind: str) -> str:
    return f"settlement-{shown.starts_on}-{shown.currency}.{kind}"


@require_GET
def statement_file(request: WorkspaceRequest, statement_id: str, kind: str) -> HttpResponseBase:
    """One creator's statement, for the seller."""
    shown = get_object_or_404(queries.statements_of(request.workspace), pk=statement_id)
    log(request, "settlement.exported", shown.pk, kind=kind)
    return _file(request, shown, kind, request.workspace)


@creators_only
@require_GET
def own_statement_file(request: WorkspaceRequest, statement_id: str, kind: str) -> HttpResponseBase:
    """The creator's own statement; another's is not found."""
    creator = own_creator(request)
    own = queries.statements_for(creator) if creator else Statement.objects.none()
    shown = get_object_or_404(own, pk=statement_id)
    return _file(request, shown, kind, None)


def _file(
    request: WorkspaceRequest, shown: Statement, kind: str, workspace: Workspace | None
) -> HttpResponseBase:
    if kind == "pdf":
        return _printed(request, statement_paper(shown, workspace))
    return statement_table(shown, kind)


def statement_table(shown: Statement, kind: str) -> HttpResponseBase:
    """Every line of a statement as `csv`, or all of it as `json`."""
    name = _statement_name(shown, kind)
    if kind == "json":
        return _json(statement_document(shown), name)
    return _csv([shown], name)


def _statement_name(shown: Statement, kind: str) -> str:
    return f"statement-{shown.settlement.starts_on}-{shown.creator.handle}.{kind}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is asked for: of what, as it stands, how long, called what, whose business."""

    kind: str
    key: str
    stands: str
    rows: int
    name: str
    workspace: Workspace | None
    print_it: Callable[[], bytes]


def settlement_paper(shown: Settlement) -> Paper:
    """A settlement on paper, for the company."""
    name, rows = _settlement_name(shown, "pdf"), shown.statements.count()
    return Paper(
        "settlement", shown.pk, _stands(shown), rows, name, shown.shop.workspace,
        lambda: settlement_pdf(shown),
    )  # fmt: skip


def statement_paper(shown: Statement, workspace: Workspace | None) -> Paper:
    """A statement on paper; without a workspace for the creator whose it is."""
    name = _statement_name(shown, "pdf")
    return Paper(
        "statement", shown.pk, _statement_stands(shown), shown.lines, name, workspace,
        lambda: statement_pdf(shown),
    )  # fmt: skip


def _printed(request: WorkspaceRequest, asked: Paper) -> HttpResponseBase:
    """The paper in the language the address names, else the reader's; a long one by a job."""
    named = request.GET.get("language", "")
    language = named if named in dict(settings.LANGUAGES) else translation.get_language() or "en"
    paper = printed(asked, language, user=request.user, address=request.get_full_path())
    if paper is None:
        return render(request, "web/settlements/printing.html", {"asked": asked}, status=202)
    return paper


def printed(asked: Paper, language: str, *, user: User, address: str) -> HttpResponseBase | None:
    """The paper; None while a job prints a long one.

    Args:
        asked: which paper.
        language: of its words.
        user: who is told once a long one is printed.
        address: of the page where it is then.
    """
    if asked.rows <= PRINTED_AT_ONCE_ROWS:
        with translation.override(language):
            content = asked.print_it()
        return _named(HttpResponse(content, "application/pdf"), asked.name)
    stands = sha256(asked.stands.encode()).hexdigest()[:16]
    kept = papers.paper(f"{asked.key}-{language}-{stands}.pdf")
    if kept.is_file():
        return _named(FileResponse(kept.open("rb"), content_type="application/pdf"), asked.name)
    papers.ask_for_paper(
        kind=asked.kind, key=asked.key, language=language, name=kept.name, title=asked.name,
        user=user, workspace=asked.workspace, address=address,
    )  # fmt: skip
    return None


def _statement_stands(shown: Statement) -> str:
    """Everything in its paper that may still change: another state is another paper."""
    payouts = shown.payouts.order_by("number").values_list("number", "state", "changed_at")
    return f"{shown.state} {shown.carried_into_id} {list(payouts)}"


def _stands(shown: Settlement) -> str:
    """As `_statement_stands`, of a settlement."""
    states = shown.statements.order_by("pk").values_list("pk", "state")
    return f"{shown.state} {shown.approvals.count()} {list(states)}"


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
