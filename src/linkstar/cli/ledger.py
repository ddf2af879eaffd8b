"""`linkstar ledger`: add the book up again, show balances, hand it to other programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import amount_text, count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.cli.output import Cell


def check(
    output: Output,
    *,
    workspace: Annotated[str, typer.Option(help=_("Only this workspace."))] = "",
) -> ExitCode:
    """Work every hash out anew, add every posting up, and hold the records against the book."""
    from linkstar.cli.installation import find_workspace, open_installation

    open_installation()
    from linkstar.accounts.models import Workspace
    from linkstar.settlements.checking import Finding, findings_of

    books = (
        [find_workspace(workspace, output)] if workspace else Workspace.objects.order_by("number")
    )
    found: list[Finding] = []
    entries = 0
    for each in books:
        from linkstar.ledger.queries import entries_of

        entries += entries_of(each.pk).count()
        found += findings_of(each)
    if output.form == "json":
        findings = [asdict(one) for one in found]
        output.document({"version": 1, "ok": not found, "entries": entries, "findings": findings})
    elif found:
        rows = [(_sentence(f.name), f.workspace, f.where) for f in found]
        output.table((_("Finding"), _("Workspace"), _("Where")), rows)
    else:
        output.say(_("{entries} entries: the book is sound.").format(entries=count(entries)))
    return ExitCode.CHECK_FAILED if found else ExitCode.OK


def balances(
    output: Output,
    *,
    account: Annotated[
        str, typer.Argument(metavar="[PATH]", help=_("An account, or the beginning of its path."))
    ] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help=_("What the book said then: 2026-10-22T10:00:00Z."))
    ] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose book."))] = "",
) -> ExitCode:
    """Debits minus credits of every account, now or as the book stood at a moment."""
    from linkstar.cli.installation import find_workspace, open_installation

    open_installation()
    from linkstar.ledger import queries

    house = find_workspace(workspace, output)
    found = queries.balances(house.pk, path=account, as_of=_moment(as_of))
    rows: list[dict[str, Cell]] = [
        {
            "account": one.path,
            "currency": one.money.currency,
            "balance_minor": one.money.minor,
            "balance": amount_text(one.money.minor, one.money.currency),
        }
        for one in found
    ]
    if output.form == "json":
        output.document(
            {"version": 1, "workspace": house.pk, "as_of": as_of or None, "accounts": rows}
        )
    elif output.form == "csv":
        output.comma_separated(("account", "currency", "balance_minor", "balance"), rows)
    else:
        cells = [(str(r["account"]), str(r["balance"]), str(r["currency"])) for r in rows]
        headers = (_("Account"), _("Balance"), _("Currency"))
        if cells:
            output.table(headers, cells, right=frozenset({1}))
        else:
            output.say(_("There is no such account."))
    return ExitCode.OK


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        own = moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)
        return own.astimezone(UTC)
    except (ValueError, OverflowError) as unreadable:
        raise Refused(
            ExitCode.USAGE,
            "moment_unreadable",
            _("“{written}” is not a moment.").format(written=written),
            _("Write it as 2026-10-22T10:00:00Z."),
        ) from unreadable


def export(
    output: Output,
    *,
    language: Annotated[
        Literal["csv", "beancount"],
        typer.Option("--format", help=_("csv: one posting a row; beancount: its own language.")),
    ] = "csv",
    workspace: Annotated[str, typer.Option(help=_("Whose book."))] = "",
) -> ExitCode:
    """The whole book on standard output."""
    from linkstar.cli.installation import find_workspace, open_installation

    open_installation()
    from linkstar.ledger.exporting import beancount_lines, csv_lines

    house = find_workspace(workspace, output)
    lines = csv_lines if language == "csv" else beancount_lines
    for line in lines(house.pk):
        typer.echo(line, nl=False)
    return ExitCode.OK


def _sentence(name: str) -> str:
    from linkstar.web.money_words import FINDINGS

    return str(FINDINGS[name])
