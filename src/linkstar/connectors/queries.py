"""Imports and what became of their rows, always within one workspace."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import QuerySet

from linkstar.accounts.models import User, Workspace
from linkstar.accounts.queries import may_write
from linkstar.catalog.models import Shop
from linkstar.connectors import error_files
from linkstar.connectors.fields.catalogue import FIELDS, fields_of
from linkstar.connectors.folders import Folder
from linkstar.connectors.models import ColumnMapping, ImportFile
from linkstar.connectors.reading.detected import Answers, Detected, Notice, ShopName
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.problems import RowProblem
from linkstar.connectors.records import detected_in, notices_in, parsed_in
from linkstar.connectors.registry import LAYOUTS


def imports_of(workspace: Workspace) -> QuerySet[ImportFile]:
    """Every file of a workspace, the newest first."""
    found = ImportFile.objects.filter(workspace=workspace).select_related("shop", "user")
    return found.order_by("-created_at", "-id")


def repeating(import_file: ImportFile) -> QuerySet[ImportFile]:
    """Later files of its kind with rows that were there already: some may be this one's."""
    done = ImportFile.objects.filter(
        workspace=import_file.workspace, kind=import_file.kind, state=ImportFile.State.DONE
    ).exclude(pk=import_file.pk)
    later = done.filter(finished_at__gte=import_file.finished_at, duplicates__gt=0)
    return later.order_by("finished_at", "pk")


def folder_of(import_file: ImportFile) -> Folder:
    return Folder(Path(settings.PLACES.imports) / import_file.pk)


def detected_of(import_file: ImportFile) -> Detected:
    """What was found out about a file."""
    return detected_in(import_file.detected)


def still_needed(detected: Detected, answers: Answers) -> tuple[str, ...]:
    """What the file does not say and these answers do not either."""
    given = {
        "period": answers.period is not None,
        "currency": bool(answers.currency),
        "zone": bool(answers.zone),
        "day_order": bool(answers.day_order),
        "state": bool(answers.state),
    }
    return tuple(need for need in detected.needs if not given.get(need, False))


def warnings_of(import_file: ImportFile) -> list[Notice]:
    """What a person should know that stopped nothing."""
    return notices_in(import_file.warnings)


def problems(import_file: ImportFile, *, offset: int = 0, limit: int = 50) -> list[RowProblem]:
    """Problems in the order of their rows; empty when nothing was read yet."""
    path = folder_of(import_file).problems
    if not path.exists() or not pq.read_metadata(path).num_rows:
        return []
    with duckdb.connect(":memory:") as engine:
        found = engine.execute(
            'SELECT row, "column", code, value, expected FROM read_parquet(?) LIMIT ? OFFSET ?',
            [str(path), limit, offset],
        ).fetchall()
    return [RowProblem(*row) for row in found]


def error_file(
    import_file: ImportFile,
    words: Mapping[str, str] = error_files.NO_WORDS,
    *,
    language: str = "",
) -> Path:
    """The rejected rows in the file's own layout and format, with a last column of reasons.

    The file can be corrected and uploaded as it is: that last column is ignored. `words` are the
    sentences of problems, as `error_files.write` takes them; `language` is the reader's.
    """
    folder = folder_of(import_file)
    parsed = parsed_in(import_file.parsed)
    return error_files.write(
        detected_of(import_file),
        parsed.cells,
        folder.problems,
        folder.errors,
        name=import_file.name,
        words=words,
        language=language,
    )


def fields_for(kind: str) -> list[tuple[str, bool]]:
    """The fields a column may fill, and whether a file cannot do without it."""
    generic = [layout for layout in LAYOUTS if layout.is_generic and layout.kind == kind]
    needed = {column.field for layout in generic for column in layout.required}
    offered = frozenset().union(*map(fields_of, generic))
    return [(field, field in needed) for field in FIELDS[Kind(kind)] if field in offered]


def remembered_mapping(workspace: Workspace, fingerprint: str) -> ColumnMapping | None:
    """How files with these columns were mapped last; None when nobody has chosen yet."""
    return ColumnMapping.objects.filter(workspace=workspace, fingerprint=fingerprint).first()


def writable_shops(workspace: Workspace, user: User | None) -> QuerySet[Shop]:
    """The shops a person's files may speak of: an operator's everywhere, else the workspace's."""
    if user is not None and user.is_operator:
        return Shop.objects.select_related("workspace").order_by("number")
    shops = Shop.objects.filter(workspace=workspace).select_related("workspace").order_by("number")
    if user is not None and not may_write(user, workspace):
        return shops.none()
    return shops


def shop_names(workspace: Workspace, user: User | None) -> tuple[ShopName, ...]:
    """What a `shop` column may say; a name two shops share stands for neither."""
    named: dict[str, set[tuple[int, int]]] = {}
    for shop in writable_shops(workspace, user):
        for name in {shop.external_id, shop.pk, shop.name} - {""}:
            key = name.casefold()
            named.setdefault(key, set()).add((shop.workspace.number, shop.number))
    return tuple(ShopName(name, *who.pop()) for name, who in named.items() if len(who) == 1)
