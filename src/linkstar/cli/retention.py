"""`linkstar retention`: what is kept of visitors, for how long, and proof of what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.accounts.models import AuditEvent


def run(output: Output) -> ExitCode:
    """Take off and drop what is too old, now rather than at night."""
    from linkstar.cli.installation import now, open_installation

    places = open_installation()
    from linkstar.jobs.retention import keep_no_longer

    return _report(output, [keep_no_longer(places, now=now())])


def erase(
    output: Output,
    *,
    visitor: Annotated[str, typer.Option(help=_("The visitor's id."))] = "",
    creator: Annotated[str, typer.Option(help=_("The creator's handle."))] = "",
) -> ExitCode:
    """Forget one visitor or creator in tracked events, archives and links."""
    from linkstar.cli.installation import now, open_installation

    creator = creator.strip().lstrip("@")
    if bool(visitor) == bool(creator):
        raise Refused(
            ExitCode.USAGE,
            "one_subject",
            _("Name either a visitor or a creator."),
            _("For example: linkstar retention erase --creator @ada"),
        )
    places = open_installation()
    if not output.confirm(_("This cannot be undone. Go on? [y/N]")):
        return ExitCode.INTERRUPTED
    from linkstar.jobs.retention import erase as forget

    return _report(output, [forget(places, visitor=visitor, creator=creator, now=now())])


def show(output: Output) -> ExitCode:
    """What was done, the newest first."""
    from linkstar.cli.installation import open_installation

    open_installation()
    from linkstar.jobs.retention import runs

    return _report(output, runs())


def _report(output: Output, events: list[AuditEvent]) -> ExitCode:
    rows: list[dict[str, Any]] = [
        {"at": event.at.isoformat(), "what": event.verb, "target": event.target, **event.detail}
        for event in events
    ]
    if output.form == "json":
        output.document({"version": 1, "runs": rows})
        return ExitCode.OK
    headers = (_("When"), _("What"), _("Since"), _("Rows"), _("Archived lines"), _("Segments"))
    output.table(headers, [_cells(row) for row in rows], right=frozenset({3, 4, 5}))
    return ExitCode.OK


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    parts = [row[name] for name in ("stripped", "dropped", "erased") if name in row]
    what = {"retention.run": _("too old"), "retention.erasure": _("erasure")}[row["what"]]
    totals = (sum(part[name] for part in parts) for name in ("rows", "lines", "segments"))
    return (row["at"], what, row.get("visitors_from", row["target"]), *map(count, totals))
