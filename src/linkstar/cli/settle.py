"""`linkstar settle`: close the period that ended, show what was settled with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.exits import ExitCode
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkstar.cli.output import Cell
    from linkstar.settlements.models import Settlement

COLUMNS = (
    "settlement", "shop", "currency", "starts_on", "ends_before", "state", "lines", "lines_minor",
    "payable_minor", "approvals_needed", "is_new",
)  # fmt: skip


def close(
    output: Output,
    *,
    shop: Annotated[str, typer.Option(help=_("Only this shop."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose shops."))] = "",
) -> ExitCode:
    """Close the last period that ended; a second time changes nothing."""
    from linkstar.cli.installation import find_shops, find_workspace, now, open_installation

    open_installation()
    from linkstar.catalog.queries import day_of
    from linkstar.settlements.actions import close_period
    from linkstar.settlements.rules import last_ended

    moment = now()
    rows: list[dict[str, Cell]] = []
    for each in find_shops(find_workspace(workspace, output), shop):
        period = last_ended(each.market, day_of(each, moment))
        closed = close_period(shop=each, period=period, now=moment)
        rows += _rows(closed.settlements, is_new=closed.is_new)
    return _tell(output, rows)


def show(
    output: Output,
    *,
    shop: Annotated[str, typer.Option(help=_("Only this shop."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose shops."))] = "",
) -> ExitCode:
    """Every settlement, the newest first, with how far it is."""
    from linkstar.cli.installation import find_shops, find_workspace, open_installation

    open_installation()
    from linkstar.settlements.models import Settlement

    shops = find_shops(find_workspace(workspace, output), shop)
    found = Settlement.objects.filter(shop__in=shops).select_related("shop")
    return _tell(output, _rows(found.order_by("-starts_on", "shop", "currency"), is_new=False))


def _rows(settlements: Iterable[Settlement], *, is_new: bool) -> list[dict[str, Cell]]:
    return [
        {
            "settlement": each.pk,
            "shop": each.shop.name,
            "currency": each.currency,
            "starts_on": each.starts_on.isoformat(),
            "ends_before": each.ends_before.isoformat(),
            "state": each.state,
            "lines": each.lines,
            "lines_minor": each.lines_minor,
            "payable_minor": each.payable_minor,
            "approvals_needed": each.approvals_needed,
            "is_new": is_new,
        }
        for each in settlements
    ]


def _tell(output: Output, rows: list[dict[str, Cell]]) -> ExitCode:
    if output.form == "json":
        output.document({"version": 1, "settlements": rows})
    elif output.form == "csv":
        output.comma_separated(COLUMNS, rows)
    elif rows:
        shown = ("settlement", "shop", "starts_on", "currency", "payable_minor", "state")
        names = (
            _("Settlement"), _("Shop"), _("From"), _("Currency"), _("Payable, minor units"),
            _("State"),
        )  # fmt: skip
        output.table(names, [tuple(str(row[name]) for name in shown) for row in rows])
    else:
        output.say(_("Nothing was payable, so nothing is settled."))
    return ExitCode.OK
