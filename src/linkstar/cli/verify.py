"""`linkstar verify`: recount the facts and hold them against what was promised."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.exits import ExitCode
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkstar.config.places import Places
    from linkstar.lake.store import Lake

IMPORT_DIFFERS = "import_differs"
REBUILD_DIFFERS = "rebuild_differs"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that does not agree: its name, the table, where in it, how many rows."""

    name: str
    table: str
    where: str
    amount: int


def verify(
    output: Output,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help=_("Make all facts anew beside and compare them."))
    ] = False,
) -> ExitCode:
    """Recount everything; reads every fact once."""
    from linkstar.cli.installation import open_installation

    places = open_installation()
    from linkstar.lake import verify as checks
    from linkstar.lake.store import Lake

    lake = Lake(places.lake)
    found = [
        Found(one.fault.value, one.table, one.where, one.amount) for one in checks.verify(lake)
    ]
    if not found:
        found = list(_imports_that_differ(lake))
    if rebuild and not found:
        found = list(_rebuilt_that_differ(places))
    _report(output, found)
    return ExitCode.CHECK_FAILED if found else ExitCode.OK


def _imports_that_differ(lake: Lake) -> Iterator[Found]:
    """Imports whose rows in the facts are not as many as their report said were stored."""
    from linkstar.connectors.models import ImportFile
    from linkstar.lake.verify import rows_by_import

    stored = {row["import_id"]: row for row in rows_by_import(lake).to_pylist()}
    for done in ImportFile.objects.filter(state=ImportFile.State.DONE):
        row = stored.get(done.pk, {"table": "", "rows": 0})
        if row["rows"] != done.loaded + done.superseded:
            yield Found(IMPORT_DIFFERS, row["table"], done.pk, row["rows"])


def _rebuilt_that_differ(places: Places) -> Iterator[Found]:
    """Tables that come out otherwise when made from archive and imports."""
    from linkstar.cli.installation import now
    from linkstar.jobs.rebuilding import check_rebuild

    for one in check_rebuild(places, now=now()):
        yield Found(REBUILD_DIFFERS, one.table, "", abs(one.rows - one.rebuilt) or one.rows)


def _report(output: Output, found: list[Found]) -> None:
    if output.form == "json":
        output.document({"version": 1, "ok": not found, "findings": [asdict(one) for one in found]})
        return
    if not found:
        output.say(_("Every fact agrees with what was imported."))
        return
    rows = [(_sentence(one.name), one.table, one.where, count(one.amount)) for one in found]
    output.table((_("Finding"), _("Table"), _("Where"), _("Amount")), rows, right=frozenset({3}))


def _sentence(name: str) -> str:
    return {
        "file_missing": _("a file is missing"),
        "file_changed": _("a file was changed"),
        "rows_without_import": _("rows of an import that was never finished"),
        "event_twice": _("an event is stored twice"),
        "event_in_wrong_day": _("an event lies in the wrong day"),
        "rollup_differs": _("a roll-up differs from its events"),
        "lines_unaccounted": _("received lines that nothing became of"),
        REBUILD_DIFFERS: _("a table comes out otherwise when made anew"),
        IMPORT_DIFFERS: _("an import has other rows than it reported"),
    }[name]
