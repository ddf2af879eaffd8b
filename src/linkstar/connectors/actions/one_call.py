"""A file from path to facts in one call, as the command line and the sample need it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linkstar.accounts.models import User, Workspace
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import shops_of
from linkstar.connectors.actions.answering import answer, remember
from linkstar.connectors.actions.ending import cancel
from linkstar.connectors.actions.refusals import NeedsAnswers
from linkstar.connectors.actions.running import dry_run, ignore_progress, run
from linkstar.connectors.actions.uploading import upload
from linkstar.connectors.loading import RowsDone
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import detected_of, folder_of, problems, still_needed
from linkstar.connectors.reading.detected import Answers, Hints, Window
from linkstar.connectors.records import as_json

PROBLEMS_REPORTED = 1_000
NO_MAPPING: Mapping[str, str] = MappingProxyType({})


def import_path(
    path: Path,
    *,
    workspace: Workspace,
    user: User | None,
    now: datetime,
    shop: Shop | None = None,
    kind: str = "",
    mapping: Mapping[str, str] = NO_MAPPING,
    zone: str = "",
    currency: str = "",
    period: tuple[date, date] | None = None,
    day_order: str = "",
    market: str = "",
    channel: str = "tiktok",
    definition: str = "product_impressions",
    state: str = "",
    dry_run_only: bool = False,
    progress: RowsDone = ignore_progress,
) -> dict[str, Any]:
    """Import one file and report every row.

    Args:
        path: the file.
        workspace: whose it is.
        user: who imports.
        now: the instant.
        shop: the shop it is about; the workspace's only shop when there is one.
        kind: a kind or layout, when the file must be read as that.
        mapping: their header -> our field.
        zone: IANA zone of times that state none.
        currency: ISO code of amounts that state none.
        period: first day and day after the last.
        day_order: DMY, MDY or YMD.
        market: of the rows; else the shop's.
        channel: of the rows.
        definition: what impressions and clicks of a generic file count.
        state: how far the orders of a file are that does not say it.
        dry_run_only: report what would happen and keep nothing.
        progress: called with rows done and rows in all.

    Returns:
        path, kind, layout, language, rows, loaded, duplicates, rejected, superseded, problems
        (at most 1,000), warnings, id, state.

    Raises:
        NeedsAnswers: the file leaves something unsaid that was not given.
        Refusal: the file as a whole cannot be read.
    """
    hints = Hints(kind=kind, mapping=mapping, zone=zone, currency=currency, day_order=day_order)
    import_file = upload(
        workspace=workspace, user=user, name=path.name, file=path, now=now,
        shop=shop or _only_shop(workspace), hints=hints,
    )  # fmt: skip
    answers = Answers(
        zone=zone,
        currency=currency,
        period=Window(*period) if period else None,
        day_order=day_order,
        market=market or _market(import_file),
        channel=channel,
        definition=definition,
        state=state,
    )
    try:
        _refuse_unanswered(import_file, answers)
        answer(import_file, answers)
        if dry_run_only:
            return _previewed(path, import_file)
        return _ran(path, import_file, mapping, now, progress)
    finally:
        if dry_run_only or import_file.state == ImportFile.State.NEEDS_ANSWERS:
            cancel(import_file, user=user, now=now)
            folder_of(import_file).remove()
            import_file.delete()


def _ran(
    path: Path,
    import_file: ImportFile,
    mapping: Mapping[str, str],
    now: datetime,
    progress: RowsDone,
) -> dict[str, Any]:
    if mapping:
        remember(import_file, detected_of(import_file), mapping)
    run(import_file, now=now, progress=progress)
    return _report(path, import_file)


def _market(import_file: ImportFile) -> str:
    return import_file.shop.market if import_file.shop else "US"


def _only_shop(workspace: Workspace) -> Shop | None:
    shops = list(shops_of(workspace)[:2])
    return shops[0] if len(shops) == 1 else None


def _refuse_unanswered(import_file: ImportFile, answers: Answers) -> None:
    detected = detected_of(import_file)
    needs = still_needed(detected, answers)
    if import_file.shop is None and detected.match("shop") is None:
        needs += ("shop",)
    if needs:
        import_file.state = ImportFile.State.NEEDS_ANSWERS
        raise NeedsAnswers(needs, detected.missing)


def _previewed(path: Path, import_file: ImportFile) -> dict[str, Any]:
    preview = dry_run(import_file)
    report = _report(path, import_file)
    return report | {
        "rows": preview.rows,
        "loaded": preview.new,
        "duplicates": preview.duplicates,
        "rejected": preview.rejected,
        "superseded": preview.superseded,
        "warnings": as_json(preview.warnings),
        "state": "dry_run",
    }


def _report(path: Path, import_file: ImportFile) -> dict[str, Any]:
    found = problems(import_file, limit=PROBLEMS_REPORTED)
    return {
        "path": str(path),
        "kind": import_file.kind,
        "layout": import_file.layout,
        "language": import_file.language,
        "rows": import_file.rows,
        "loaded": import_file.loaded,
        "duplicates": import_file.duplicates,
        "rejected": import_file.rejected,
        "superseded": import_file.superseded,
        "problems": as_json(found),
        "warnings": import_file.warnings,
        "id": import_file.pk,
        "state": import_file.state,
        "failure": import_file.failure,
    }
