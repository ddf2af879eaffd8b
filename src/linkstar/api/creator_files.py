"""Creators from a file, as the company's own records: what became of every row."""

from datetime import datetime
from typing import Annotated

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, UploadedFile

from linkstar.api.calling import READS, WRITES, now, seller_of
from linkstar.api.files import CSV, WORKBOOK, file_answers, handed_out, path_of
from linkstar.api.imports import RowProblemTold, WhySaid, problems_told
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Currency, Page, choices
from linkstar.catalog.queries import day_of
from linkstar.connectors.creator_import import Asked as AskedOfFile
from linkstar.connectors.creator_import import folder_of
from linkstar.connectors.models import CreatorImport
from linkstar.jobs.creators import take_in_file
from linkstar.web.problems import header_language, in_error_files, why

router = Router()
CreatorFileState = Annotated[CreatorImport.State, choices(CreatorImport.State)]


class CreatorImportTold(Schema):
    """One file of creators. Once it is done, `rows = added + changed + same + rejected`.

    `problems` are the first of them; the error file has every rejected row.
    """

    id: str
    name: str
    state: CreatorFileState
    rows: int
    rows_done: int
    added: int
    changed: int
    same: int
    rejected: int
    failure: WhySaid | None
    has_error_file: bool
    problems: list[RowProblemTold]
    at: datetime


class CreatorFileSaid(Asked):
    """What a file of creators may leave unsaid: the currency of prices that name none."""

    currency: Currency = "USD"


def _told(one: CreatorImport) -> CreatorImportTold:
    names = (
        "id", "name", "state", "rows", "rows_done", "added", "changed", "same", "rejected", "at"
    )  # fmt: skip
    return CreatorImportTold(
        failure=_failure_of(one),
        has_error_file=bool(one.errors),
        problems=problems_told(one.problems),
        **{name: getattr(one, name) for name in names},
    )


def _failure_of(one: CreatorImport) -> WhySaid | None:
    if not one.refused:
        return None
    code = one.refused["code"]
    return WhySaid(code=code, message=why(code, one.refused["params"]))


def own_creator_import(request: HttpRequest, creator_import_id: str) -> CreatorImport:
    """A file of creators of the company.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(
        CreatorImport, workspace=seller_of(request).workspace, pk=creator_import_id
    )


@router.get("creator-imports", response=Page[CreatorImportTold], auth=READS)
def creator_imports(request: HttpRequest, piece: AskedPiece) -> Page[CreatorImportTold]:
    """Every file of creators the company handed in, the latest first."""
    own = CreatorImport.objects.filter(workspace=seller_of(request).workspace)
    return page_of(own, piece, _told, by=("-at", "-pk"))


@router.get("creator-imports/{creator_import_id}", response=CreatorImportTold, auth=READS)
def creator_import(request: HttpRequest, creator_import_id: str) -> CreatorImportTold:
    """What became of one file, or how far it is."""
    return _told(own_creator_import(request, creator_import_id))


@router.post("creator-imports", response={201: CreatorImportTold}, auth=WRITES)
@once
def import_creator_file(
    request: HttpRequest, file: File[UploadedFile], said: Form[CreatorFileSaid]
) -> CreatorImportTold:
    """Keep a file's creators as the company's own records, as `multipart/form-data`.

    A long list is taken in in the background: `state` says when that is done.
    """
    seller, at = seller_of(request), now()
    today = day_of(seller.shops[0], at) if seller.shops else at.date()
    made = take_in_file(
        workspace=seller.workspace,
        user=seller.user,
        path=path_of(file),
        name=file.name or "creators.csv",
        asked=AskedOfFile(said.currency, today, in_error_files(header_language())),
        now=at,
    )
    return _told(made)


@router.get(
    "creator-imports/{creator_import_id}/error-file",
    auth=READS,
    openapi_extra=file_answers(CSV, WORKBOOK),
)
def creator_import_error_file(request: HttpRequest, creator_import_id: str) -> FileResponse:
    """The rejected rows in the file's own layout, with a last column of reasons."""
    own = own_creator_import(request, creator_import_id)
    return handed_out(folder_of(own) / own.errors if own.errors else None)
