"""Files people hand in: take one in, answer what it leaves unsaid, look, run, and take it back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal, Self

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field, model_validator

from linkstar.accounts.models import User
from linkstar.api.calling import READS, WRITES, log, now, seller_of
from linkstar.api.files import CSV, WORKBOOK, file_answers, handed_out
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.paging import AskedPiece, page_of, page_of_fetched
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, Code, Day, Named, Page, Text, choices
from linkstar.api.shops import own_shop
from linkstar.connectors import actions, queries
from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.detected import Answers, Detected, Notice, Window
from linkstar.connectors.reading.problems import RowProblem
from linkstar.connectors.records import answers_in, notices_in
from linkstar.connectors.rules import may_undo, undo_until
from linkstar.events.vocabulary import Channel
from linkstar.jobs.imports import look, run_import
from linkstar.jobs.undoing import look_at_undoing, undo_import
from linkstar.stats.ctr import Definition
from linkstar.web.markets import MARKETS
from linkstar.web.problems import in_error_files, notice, why
from linkstar.web.problems import told as words_of_problem

router = Router()
FileState = Annotated[ImportFile.State, choices(ImportFile.State)]
_COUNTS = ("rows", "rows_done", "loaded", "duplicates", "rejected", "superseded", "supersedes")


class WhySaid(Schema):
    """A code to act upon and its sentence."""

    code: str
    message: str
    count: int = 1


class ImportTold(Schema):
    """One file. Once it is done, `rows = loaded + duplicates + rejected + superseded`.

    `supersedes` counts rows of earlier files that count no longer since this one states them anew.
    """

    id: str
    shop: Named | None
    name: str
    size: int
    kind: str
    layout: str
    state: FileState
    rows: int
    rows_done: int
    loaded: int
    duplicates: int
    rejected: int
    superseded: int
    supersedes: int
    failure: WhySaid | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    undo_until: datetime | None


class ColumnFound(Schema):
    """One of our fields and the column that fills it; `confidence` 1 is a known name."""

    field: str
    header: str
    samples: list[str]
    confidence: float
    is_required: bool


class RowProblemTold(Schema):
    """What is wrong with one row, as people count rows in the file."""

    row: int
    column: str
    code: str
    expected: str
    found: str
    todo: str


class UndoingTold(Schema):
    """What undoing a file of order lines would do; all 0 and empty for other files.

    `withdrawn` of the `lines` are stated by nobody else; `earned` is the commission on them, by
    currency, and `settled` what of it is in a settlement or paid already. Rows that the later files
    in `repeated_by` state, too, stay as theirs.
    """

    lines: int
    withdrawn: int
    returns: int
    earned: list[Amount]
    settled: list[Amount]
    repeated_by: list[str]


class PreviewTold(Schema):
    """What running it would do: `rows = new + duplicates + superseded + rejected`."""

    rows: int
    new: int
    duplicates: int
    superseded: int
    rejected: int
    warnings: list[WhySaid]
    problems: list[RowProblemTold]
    sample: list[dict[str, Any]]


class ImportInFull(ImportTold):
    """One file with what was found out about it.

    `needs` is what is still to be answered before it runs: mapping, period, currency, zone,
    day_order, state.
    `missing` are the fields a mapping still has to name. `preview` is null until somebody looked.
    """

    header: list[str]
    columns: list[ColumnFound]
    unknown: list[str]
    missing: list[str]
    needs: list[str]
    starts_on: date | None
    ends_before: date | None
    zone: str
    currency: str
    answers: dict[str, Any]
    warnings: list[WhySaid]
    preview: PreviewTold | None


class AnswersAsked(Asked):
    """What the file does not say. All of it at once: what is left out is taken back.

    `mapping` names, for a column as its header is written, the field of ours it fills.
    """

    zone: Annotated[Text, Field(max_length=64)] = ""
    currency: Annotated[Text, Field(pattern=r"^([A-Z]{3})?$")] = ""
    starts_on: Day | None = None
    ends_before: Day | None = None
    mapping: dict[Annotated[Text, Field(max_length=300)], Annotated[Text, Field(max_length=64)]] = (
        Field(default={}, max_length=200)
    )
    day_order: Literal["", "MDY", "DMY", "YMD"] = ""
    state: Literal["", "placed", "paid", "shipped", "delivered"] = ""
    market: Literal[MARKETS] | None = None  # type: ignore[valid-type]  # known when it runs
    channel: Channel = Channel.TIKTOK
    definition: Definition = Definition.PRODUCT_IMPRESSIONS

    @model_validator(mode="after")
    def _whole_period(self) -> Self:
        first, after = self.starts_on, self.ends_before
        if (first is None) is not (after is None) or (first and after and first >= after):
            raise ValueError(_("a period with its first day and the day after its last"))
        return self

    def facts(self) -> dict[str, Any]:
        first, after = self.starts_on, self.ends_before
        period = Window(first, after) if first and after else None
        said = self.dict(exclude={"starts_on", "ends_before"})
        return {"answers": Answers(period=period, **said | {"market": self.market or ""})}


def told(one: ImportFile) -> ImportTold:
    names = ("id", "name", "size", "kind", "layout", "state", *_COUNTS, "created_at",
             "started_at", "finished_at", "undone_at")  # fmt: skip
    return ImportTold(
        shop=Named(id=one.shop.pk, name=one.shop.name) if one.shop else None,
        failure=_failure_of(one),
        undo_until=undo_until(one) if may_undo(one, now=now()) else None,
        **{name: getattr(one, name) for name in names},
    )


def _failure_of(one: ImportFile) -> WhySaid | None:
    if not one.failure:
        return None
    code = one.failure["code"]
    return WhySaid(code=code, message=why(code, one.failure["params"]))


def told_in_full(one: ImportFile) -> ImportInFull:
    found = queries.detected_of(one) if one.detected else None
    return ImportInFull(
        **told(one).dict(),
        **_found(found, answers_in(one.answers)),
        answers=one.answers,
        warnings=[_notice_told(each) for each in queries.warnings_of(one)],
        preview=_preview_told(one.preview) if one.preview else None,
    )


def _found(found: Detected | None, answers: Answers) -> dict[str, Any]:
    """What was found out about a file; nothing where it was not looked into."""
    lists = ("header", "unknown", "missing")
    window = found.window if found else None
    return {
        "columns": [
            ColumnFound(
                field=match.field,
                header=match.header,
                samples=list(match.samples),
                confidence=match.confidence,
                is_required=match.required,
            )
            for match in (found.columns if found else ())
        ],
        "starts_on": window.starts_on if window else None,
        "ends_before": window.ends_before if window else None,
        "zone": found.zone if found else "",
        "currency": found.currency if found else "",
        "needs": list(queries.still_needed(found, answers)) if found else [],
        **{name: list(getattr(found, name)) if found else [] for name in lists},
    }


def _notice_told(one: Notice) -> WhySaid:
    message = notice(one.code, one.params, one.count)
    return WhySaid(code=one.code, message=message, count=one.count)


def problems_told(kept: Iterable[Mapping[str, Any]]) -> list[RowProblemTold]:
    """Problems of rows as an import keeps them, in words."""
    return [problem_told(RowProblem(**one)) for one in kept]


def problem_told(one: RowProblem) -> RowProblemTold:
    words = words_of_problem(one.code, one.expected)
    return RowProblemTold(
        row=one.row,
        column=one.column,
        code=one.code,
        expected=words.expected,
        found=one.value,
        todo=words.todo,
    )


def _preview_told(kept: dict[str, Any]) -> PreviewTold:
    said = {name: kept[name] for name in ("rows", "new", "duplicates", "superseded", "rejected")}
    return PreviewTold(
        warnings=[_notice_told(one) for one in notices_in(kept["warnings"])],
        problems=problems_told(kept["problems"]),
        sample=kept["sample"],
        **said,
    )


def own_import(request: HttpRequest, import_id: str) -> ImportFile:
    """A file of the company.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(queries.imports_of(seller_of(request).workspace), pk=import_id)


@router.get("imports", response=Page[ImportTold], auth=READS)
def imports(
    request: HttpRequest, piece: AskedPiece, state: FileState | None = None
) -> Page[ImportTold]:
    """Every file the company handed in, the latest first."""
    found = queries.imports_of(seller_of(request).workspace)
    chosen = found.filter(state=state) if state else found
    return page_of(chosen, piece, told, by=("-created_at", "-pk"))


@router.get("imports/{import_id}", response=ImportInFull, auth=READS)
def import_file(request: HttpRequest, import_id: str) -> ImportInFull:
    """One file: what was found out about it, and how far it is."""
    return told_in_full(own_import(request, import_id))


@router.post("imports", response={201: ImportInFull}, auth=WRITES)
@once
def hand_in_file(
    request: HttpRequest,
    file: File[UploadedFile],
    shop_id: Form[Annotated[Code, Field(min_length=1)]],
) -> ImportInFull:
    """Hand a file in, as `multipart/form-data`: what a platform exports, or a table of your own.

    It is looked into at once: `needs` says what is still to be answered. Nothing of it counts
    before `run`. Nothing is kept of a file that is refused.
    """
    seller = seller_of(request)
    shop = own_shop(seller, shop_id)
    assert file.file is not None
    taken = actions.upload_about(
        shop=shop, user=seller.user, name=file.name or "", file=file.file, now=now()
    )
    log(request, "import.uploaded", taken.pk, name=taken.name)
    return told_in_full(taken)


def _answer(*, import_file: ImportFile, answers: Answers, now: datetime) -> None:
    del now
    market = answers.market or (import_file.shop.market if import_file.shop else MARKETS[0])
    actions.answer(import_file, replace(answers, market=market))


def _run(*, import_file: ImportFile, user: User, now: datetime) -> None:
    """Start it once what says so is there for the worker to see."""
    actions.start(import_file, user=user, now=now)
    transaction.on_commit(partial(run_import, import_file.pk))


offer_moves(
    router,
    Kind(
        "import", "imports/{import_id}", own_import, lambda _, one: told_in_full(one),
        ImportInFull, "import_file",
    ),
    (
        Move(
            "answer",
            "Say what the file does not say; a mapping is remembered for files with the same "
            "columns. When nothing is left to ask, its state is `ready`.",
            _answer, WRITES, AnswersAsked, hands={}, logs="import.answered",
        ),
        Move(
            "dry-run",
            "Read every row and say in `preview` what running it would do; nothing is loaded. A "
            "large file is read in the background: `preview` is null until that is done.",
            look, WRITES, hands={},
        ),
        Move(
            "run", "Load its rows in the background; `state` tells when it is done.", _run, WRITES,
            logs="import.started",
        ),
        Move(
            "cancel", "Stop it, or give it up; nothing of it is loaded unless all of it was.",
            actions.cancel, WRITES,
        ),
        Move(
            "undo",
            "Take its rows out of the figures and its statements out of the order lines again, "
            "within seven days; commission follows.",
            undo_import, WRITES,
        ),
    ),
)  # fmt: skip


@router.get("imports/{import_id}/undoing", response=UndoingTold, auth=READS)
def import_undoing(request: HttpRequest, import_id: str) -> UndoingTold:
    """What undoing it would do to order lines, returns and commission."""
    seen = look_at_undoing(own_import(request, import_id))
    return UndoingTold(
        lines=seen.lines,
        withdrawn=seen.withdrawn,
        returns=seen.returns,
        earned=Amount.each(seen.earned),
        settled=Amount.each(seen.settled),
        repeated_by=list(seen.repeated_by),
    )


@router.get("imports/{import_id}/problems", response=Page[RowProblemTold], auth=READS)
def import_problems(
    request: HttpRequest, import_id: str, piece: AskedPiece
) -> Page[RowProblemTold]:
    """Every problem of its rows, in the order of the file."""
    own = own_import(request, import_id)

    def some(first: int, most: int) -> list[RowProblem]:
        return queries.problems(own, offset=first, limit=most)

    return page_of_fetched(some, piece, problem_told)


@router.get("imports/{import_id}/error-file", auth=READS, openapi_extra=file_answers(CSV, WORKBOOK))
def import_error_file(request: HttpRequest, import_id: str) -> FileResponse:
    """The rejected rows in the file's own layout, with a last column of reasons.

    Correct them there and hand that file in: the last column is ignored.
    """
    own = own_import(request, import_id)
    if not (own.rejected or own.preview.get("rejected")):
        raise Http404
    return handed_out(queries.error_file(own, in_error_files(own.language)))
