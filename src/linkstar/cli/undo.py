"""`linkstar undo`: what taking an import back would do, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkstar.accounts.models import Workspace
    from linkstar.connectors.models import ImportFile
    from linkstar.jobs.undoing import UndoPreview
    from linkstar.money.amounts import Money

COLUMNS = ("id", "name", "kind", "finished_at", "undo_until", "loaded")
LISTED = 50


def undo(
    output: Output,
    *,
    file: Annotated[
        str, typer.Argument(metavar="[IMPORT]", help=_("The import's id; without it, list them."))
    ] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose import."))] = "",
) -> ExitCode:
    """Say what undoing an import would do, ask, and do it; without one list those that can be."""
    from linkstar.cli.installation import find_workspace, now, open_installation

    open_installation()
    from linkstar.jobs.undoing import look_at_undoing, undo_import

    house = find_workspace(workspace, output)
    if not file:
        return _list(output, house)
    found = _undoable(house, file)
    seen = look_at_undoing(found)
    if output.form == "text":
        for line in _said(found, seen):
            output.say(line)
    if not output.confirm(_("Undo this import? [y/N]")):
        return ExitCode.INTERRUPTED
    undo_import(found, user=None, now=now(), in_queue=False)
    if output.form == "json":
        output.document({"version": 1, "id": found.pk, "state": found.state, **_counted(seen)})
    else:
        output.say(_("Undone."))
    return ExitCode.OK


def _list(output: Output, house: Workspace) -> ExitCode:
    told = list(_undoable_files(house))
    if output.form == "json":
        output.document({"version": 1, "imports": told})
    elif output.form == "csv":
        output.comma_separated(COLUMNS, told)
    else:
        headers = (_("Import"), _("File"), _("Can be undone until"))
        names = ("id", "name", "undo_until")
        output.table(headers, [tuple(str(row[name]) for name in names) for row in told])
    return ExitCode.OK


def _undoable_files(house: Workspace) -> Iterator[dict[str, Any]]:
    from linkstar.cli.installation import now
    from linkstar.connectors.queries import imports_of
    from linkstar.connectors.rules import may_undo, undo_until

    at = now()
    for one in imports_of(house).filter(state="done")[:LISTED]:
        if may_undo(one, now=at):
            told = {name: getattr(one, name) for name in ("id", "name", "kind", "loaded")}
            times = {"finished_at": one.finished_at, "undo_until": undo_until(one)}
            yield told | {name: str(moment) for name, moment in times.items()}


def _undoable(house: Workspace, import_id: str) -> ImportFile:
    from linkstar.cli.installation import now
    from linkstar.connectors.queries import imports_of
    from linkstar.connectors.rules import may_undo

    found = imports_of(house).filter(pk=import_id).first()
    if found is None:
        raise Refused(
            ExitCode.NOT_FOUND,
            "import_unknown",
            _("There is no import “{id}”.").format(id=import_id),
            _("`linkstar undo` alone lists them."),
        )
    if not may_undo(found, now=now()):
        raise Refused(
            ExitCode.CONFLICT,
            "cannot_be_undone",
            _("{name} cannot be undone: it is {state}.").format(
                name=found.name, state=found.get_state_display()
            ),
            _("An import can be undone for seven days after it is done, once."),
        )
    return found


def _said(found: ImportFile, seen: UndoPreview) -> Iterator[str]:
    yield _("{name}: {count} loaded rows count no longer.").format(
        name=found.name, count=found.loaded
    )
    if not seen.lines:
        return
    yield _("{count} order lines are withdrawn: nobody else states them.").format(
        count=seen.withdrawn
    )
    if seen.kept:
        yield _("{count} are stated by others, too; what these say counts again.").format(
            count=seen.kept
        )
    if seen.returns:
        yield _("{count} cancellations and returns are taken back.").format(count=seen.returns)
    yield _("Commission taken back: {amounts}.").format(amounts=_amounts(seen.earned))
    if seen.settled:
        yield _("Of this settled or paid already: {amounts}; it lowers the next payments.").format(
            amounts=_amounts(seen.settled)
        )
    if seen.repeated_by:
        yield _("Rows that later files repeated stay, as theirs: {names}").format(
            names=", ".join(seen.repeated_by)
        )


def _amounts(amounts: tuple[Money, ...]) -> str:
    return ", ".join(str(one) for one in amounts) or _("none")


def _counted(seen: UndoPreview) -> dict[str, Any]:
    return {
        "lines": seen.lines,
        "withdrawn": seen.withdrawn,
        "returns": seen.returns,
        "earned_minor": {one.currency: one.minor for one in seen.earned},
        "settled_minor": {one.currency: one.minor for one in seen.settled},
        "repeated_by": list(seen.repeated_by),
    }
