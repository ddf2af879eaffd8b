"""Taking a file in: keep it, find out what it is, write down what must be asked."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction

from linkstar.accounts.models import User, Workspace
from linkstar.catalog.models import Shop
from linkstar.connectors.actions.answering import answer
from linkstar.connectors.folders import Folder, Kept, keep
from linkstar.connectors.models import ColumnMapping, ImportFile, import_id
from linkstar.connectors.queries import remembered_mapping
from linkstar.connectors.reading import private_cells
from linkstar.connectors.reading.detected import Answers, Detected, Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.refusals import MappingWrong
from linkstar.connectors.records import as_json
from linkstar.connectors.registry import LAYOUTS, layout_named

NAME_CHARACTERS_MAX = 255


def upload(
    *,
    workspace: Workspace,
    user: User | None,
    name: str,
    file: Path | IO[bytes],
    now: datetime,
    shop: Shop | None = None,
    hints: Hints = Hints(),  # noqa: B008
) -> ImportFile:
    """Take in one file.

    Nothing is kept of a file that is refused, and of columns about buyers as persons nothing is
    kept at all.

    Args:
        workspace: whose file it is.
        user: who hands it in; None for the installation itself.
        name: what the file is called where it comes from.
        file: its path, or an open file.
        now: the instant.
        shop: the shop it is about, unless its rows say so.
        hints: what is known beforehand; the shop's currency is not, it only reads `$` right.

    Raises:
        Refusal: the file as a whole cannot be read; see `reading.refusals`.
    """
    pk = import_id()
    folder = Folder(Path(settings.PLACES.imports) / pk)
    kept = keep(file, folder)
    name = Path(name).name[:NAME_CHARACTERS_MAX]
    known = replace(hints, name=name, expected_currency=shop.currency if shop else "")
    try:
        detected, remembered = _detect(workspace, folder, known)
        if detected.private:
            detected = private_cells.emptied(detected, folder.cells, detected.private)
            private_cells.delete_other_copies(detected, folder)
    except BaseException:
        folder.remove()
        raise
    return _record(
        workspace=workspace,
        shop=shop,
        user=user,
        name=name,
        pk=pk,
        kept=kept,
        detected=detected,
        remembered=remembered,
        now=now,
    )


def upload_about(
    *, shop: Shop, user: User | None, name: str, file: Path | IO[bytes], now: datetime
) -> ImportFile:
    """Take in a file about one shop; when it leaves nothing open, its rows are of its market.

    Raises:
        Refusal: the file as a whole cannot be read; see `reading.refusals`.
    """
    taken = upload(workspace=shop.workspace, user=user, name=name, file=file, now=now, shop=shop)
    if taken.state == ImportFile.State.READY:
        answer(taken, Answers(market=shop.market))
    return taken


def _detect(
    workspace: Workspace, folder: Folder, hints: Hints
) -> tuple[Detected, ColumnMapping | None]:
    """What the file is, mapped as its columns were mapped last time, if ever."""
    found = detect(folder.source, scratch=folder.cells, layouts=LAYOUTS, hints=hints)
    if hints.mapping or not layout_named(found.layout).is_generic:
        return found, None
    remembered = remembered_mapping(workspace, found.fingerprint)
    if remembered is None:
        return found, None
    mapped = replace(hints, mapping=remembered.mapping)
    try:
        again = detect(folder.source, scratch=folder.cells, layouts=LAYOUTS, hints=mapped)
    except MappingWrong:
        return found, None
    return again, remembered


@transaction.atomic
def _record(
    *,
    workspace: Workspace,
    shop: Shop | None,
    user: User | None,
    name: str,
    pk: str,
    kept: Kept,
    detected: Detected,
    remembered: ColumnMapping | None,
    now: datetime,
) -> ImportFile:
    state = ImportFile.State.NEEDS_ANSWERS if detected.needs else ImportFile.State.READY
    return ImportFile.objects.create(
        id=pk,
        workspace=workspace,
        shop=shop,
        user=user,
        name=name,
        sha256=kept.sha256,
        size=kept.size,
        kind=detected.kind,
        layout=detected.layout,
        language=detected.language,
        state=state,
        detected=as_json(detected),
        warnings=as_json(detected.warnings),
        remembered_at=remembered.chosen_at if remembered else None,
        created_at=now,
    )
