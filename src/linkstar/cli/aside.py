"""`linkstar aside`: lines that were set aside, one by one: replayed, corrected or dismissed."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path  # noqa: TC003  # Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.jobs.deciding import Decided
    from linkstar.lake.asides import LineAside
    from linkstar.lake.decisions import Action
    from linkstar.lake.selection import Scope

LINES_TOLD = 100
LINE_COLUMNS = ("id", "received_at", "workspace", "shop", "reason", "event_id", "lines", "line")
DECISION_COLUMNS = (
    "id", "decided_at", "decided_by", "workspace", "shop", "reason", "lines", "action", "outcome",
    "why",
)  # fmt: skip
HEAD_BYTES = 256

Line = Annotated[str, typer.Argument(help=_("The line's id, as `linkstar aside list` tells it."))]
Reason = Annotated[str, typer.Option(help=_("All lines of this reason."))]
Why = Annotated[str, typer.Option(help=_("Why; kept with the decision."))]
Workspace = Annotated[str, typer.Option(help=_("Workspace: its id or name; else all of them."))]


def show(
    output: Output,
    *,
    reason: Reason = "",
    workspace: Workspace = "",
    most: Annotated[int, typer.Option("--limit", min=1, help=_("So many at most."))] = LINES_TOLD,
) -> ExitCode:
    """Lines that can be decided on, the oldest first."""
    scope, lines = _lines(output, "", reason, workspace, most=most)
    from linkstar.lake.asides import aside_counts

    rows = [_told(line) for line in lines]
    if output.form == "json":
        counts = aside_counts(_lake(), scope)
        output.document({"version": 1, "reasons": counts, "lines": rows})
    elif output.form == "csv":
        output.comma_separated(LINE_COLUMNS, rows)
    else:
        headers = (_("Id"), _("Arrived"), _("Shop"), _("Reason"), _("Line"))
        names = ("id", "received_at", "shop", "reason", "line")
        output.table(headers, [tuple(str(row[name]) for name in names) for row in rows])
    return ExitCode.OK


def replay(
    output: Output,
    line: Line = "",
    *,
    reason: Reason = "",
    why: Why = "",
    workspace: Workspace = "",
) -> ExitCode:
    """Load one line again, or all of a reason, for instance once their link was made."""
    from linkstar.lake.decisions import Action

    return _decide(output, Action.REPLAY, _chosen(output, line, reason, workspace), why=why)


def dismiss(
    output: Output,
    line: Line = "",
    *,
    reason: Reason = "",
    why: Why = "",
    workspace: Workspace = "",
) -> ExitCode:
    """Decide that one line, or all of a reason, never count."""
    _need_why(why)
    from linkstar.lake.decisions import Action

    lines = _chosen(output, line, reason, workspace)
    if not output.confirm(_("They will never count. Go on? [y/N]")):
        return ExitCode.INTERRUPTED
    return _decide(output, Action.DISMISS, lines, why=why)


def correct(
    output: Output,
    line: Line,
    *,
    to: Annotated[Path, typer.Option("--to", help=_("A file with the corrected line."))],
    why: Why = "",
    workspace: Workspace = "",
) -> ExitCode:
    """Load a corrected line instead of the one that was received."""
    _need_why(why)
    lines = _chosen(output, line, "", workspace)
    from linkstar.events.corrections import CorrectionRefused, corrected
    from linkstar.lake.decisions import Action

    try:
        text = corrected(to.read_text(), received=lines[0].line, may_name_sender=True)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            ExitCode.NOT_FOUND, "file_unreadable", _("The file cannot be read."), str(error)
        ) from error
    except CorrectionRefused as refused:
        raise Refused(
            ExitCode.USAGE, refused.code, _("This is not an event."), refused.detail
        ) from refused
    return _decide(output, Action.CORRECT, lines, why=why, text=text)


def decisions(
    output: Output,
    *,
    workspace: Workspace = "",
    most: Annotated[int, typer.Option("--limit", min=1, help=_("So many at most."))] = LINES_TOLD,
) -> ExitCode:
    """Who decided what, and what became of it; the newest first."""
    scope = _scope(output, workspace)
    from linkstar.lake.asides import decisions_made

    rows = [
        {**asdict(one), "id": one.address.name, "decided_at": one.decided_at.isoformat()}
        for one in decisions_made(_lake(), scope, most=most)
    ]
    rows = [{name: row[name] for name in (*DECISION_COLUMNS, "line")} for row in rows]
    if output.form == "json":
        output.document({"version": 1, "decisions": rows})
    elif output.form == "csv":
        output.comma_separated(DECISION_COLUMNS, rows)
    else:
        headers = (_("Id"), _("When"), _("Reason"), _("Decision"), _("Outcome"), _("Why"))
        names = ("id", "decided_at", "reason", "action", "outcome", "why")
        output.table(headers, [tuple(str(row[name]) for name in names) for row in rows])
    return ExitCode.OK


def spoilt(
    output: Output,
    line: Line,
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help=_("A folder; the bytes are copied there."))
    ] = None,
) -> ExitCode:
    """What is kept of a segment a disk has spoilt: its first bytes here, all in a folder."""
    lines = _chosen(output, line, "", "")
    from linkstar.cli.installation import open_installation
    from linkstar.lake.spoilt import hex_rows, pieces_of

    pieces = pieces_of(open_installation().collector, lines[0].address)
    for piece in pieces if to else ():
        assert to is not None
        to.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(piece.path, to / piece.name)
    if output.form == "json":
        told = [
            {"name": one.name, "bytes": one.size, "head_hex": one.head(HEAD_BYTES).hex()}
            for one in pieces
        ]
        output.document({"version": 1, "id": line, "lines": lines[0].lines, "pieces": told})
        return ExitCode.OK
    for piece in pieces:
        output.say(f"{piece.name}  {count(piece.size)} B\n{hex_rows(piece.head(HEAD_BYTES))}")
    if not pieces:
        output.say(_("Nothing is kept of it: bytes are missing, or their time is over."))
    return ExitCode.OK


def _need_why(why: str) -> None:
    if not why.strip():
        raise Refused(
            ExitCode.USAGE,
            "why_missing",
            _("Say why, so that others can follow it."),
            _("For example: --why 'a test of ours'"),
        )


def _scope(output: Output, workspace: str) -> Scope | None:
    """One workspace's shops, if it is named; else everybody's and nobody's."""
    from linkstar.cli.installation import find_shops, find_workspace, open_installation

    open_installation()
    from linkstar.lake.selection import Scope

    if not workspace:
        return None
    house = find_workspace(workspace, output)
    return Scope(house.number, tuple(one.number for one in find_shops(house, "")))


def _lake() -> Any:
    from linkstar.cli.installation import open_installation
    from linkstar.lake.store import Lake

    return Lake(open_installation().lake)


def _lines(
    output: Output, named: str, reason: str, workspace: str, *, most: int
) -> tuple[Scope | None, list[LineAside]]:
    scope = _scope(output, workspace)
    from linkstar.lake.asides import line_aside, lines_aside
    from linkstar.lake.decisions import Address

    if not named:
        return scope, lines_aside(_lake(), scope, reason=reason, most=most)
    address = Address.named(named)
    line = line_aside(_lake(), scope, address) if address else None
    return scope, [line] if line else []


def _chosen(output: Output, named: str, reason: str, workspace: str) -> list[LineAside]:
    """The line named, or all of a reason.

    Raises:
        Refused: neither or both are named, or there is none such.
    """
    if bool(named) == bool(reason):
        raise Refused(
            ExitCode.USAGE,
            "one_choice",
            _("Name either one line or a reason."),
            _("For example: linkstar aside replay --reason link_unknown"),
        )
    from linkstar.cli.installation import open_installation

    open_installation()
    from linkstar.jobs.deciding import LINES_AT_ONCE

    _scope_named, lines = _lines(output, named, reason, workspace, most=LINES_AT_ONCE)
    if not lines:
        raise Refused(
            ExitCode.NOT_FOUND,
            "not_set_aside",
            _("No such line is set aside any more."),
            _("`linkstar aside list` shows those that are."),
        )
    return lines


def _decide(
    output: Output, action: Action, lines: list[LineAside], *, why: str, text: str = ""
) -> ExitCode:
    from linkstar.cli.installation import now, open_installation

    places = open_installation()
    from linkstar.jobs.deciding import OnlyDismissed, decide

    try:
        done = decide(
            places, lines, action, now=now(), user=None, workspace=None, why=why, corrected=text
        )
    except OnlyDismissed as refused:
        raise Refused(
            ExitCode.USAGE,
            "only_dismissed",
            _("Lines set aside for this reason can only be dismissed."),
            refused.reason,
        ) from refused
    _report(output, done)
    return ExitCode.OK if not done.left or not done.is_applied else ExitCode.REJECTED_IN_PART


def _report(output: Output, done: Decided) -> None:
    if output.form == "json":
        output.document({"version": 1, **asdict(done), "left": done.left})
        return
    if not done.is_applied:
        output.say(_("The decision is on disk and is applied within seconds."))
        return
    rows = [
        (_("counts now"), count(done.stored)),
        (_("repeats"), count(done.duplicates)),
        (_("in conflict"), count(done.conflicts)),
        (_("dismissed"), count(done.dismissed)),
        (_("still set aside"), count(done.left)),
    ]
    output.table((_("Lines"), ""), rows, right=frozenset({1}))


def _told(line: LineAside) -> dict[str, Any]:
    row = asdict(line)
    return {
        "id": line.address.name,
        **{name: row[name] for name in LINE_COLUMNS[1:]},
        "received_at": line.received_at.isoformat(),
    }
