"""`linkstar reconcile`: orders, affiliate orders and income statements held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.exits import ExitCode
from linkstar.cli.figures import amount_text, count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.periods import day, day_after, out_of_order
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.commissions.reconciliation import Reconciliation
    from linkstar.commissions.three_ways import Tally

COLUMNS = (
    "comparison", "reason", "is_open", "shop", "day", "order_id", "line", "creator", "left_rows",
    "left_currency", "left_minor", "right_rows", "right_currency", "right_minor",
)  # fmt: skip


def reconcile(
    output: Output,
    *,
    first: Annotated[str, typer.Option("--from", help=_("First day, YYYY-MM-DD."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, included."))] = "",
    shop: Annotated[str, typer.Option(help=_("One shop only: its id or name."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Workspace: its id or name."))] = "",
) -> ExitCode:
    """Sums of the gaps by reason; every single row with `--csv`."""
    starts_on, ends_before = day(first) if first else None, day_after(last)
    from linkstar.cli.installation import find_shops, find_workspace, now, open_installation

    if starts_on and ends_before and starts_on >= ends_before:
        raise out_of_order()
    places = open_installation()
    from linkstar.commissions import reconciliation
    from linkstar.lake.store import Lake

    house = find_workspace(workspace, output)
    told = reconciliation.reconcile(
        Lake(places.lake),
        workspace=house.number,
        shops=find_shops(house, shop),
        today=now().date(),
        starts_on=starts_on,
        ends_before=ends_before,
    )
    if output.form == "json":
        output.document(document(told, starts_on, ends_before))
    elif output.form == "csv":
        output.comma_separated(COLUMNS, told.rows.select(COLUMNS).to_pylist())
    else:
        print_sums(output, told)
    return ExitCode.CHECK_FAILED if any(tally.is_open for tally in told.tallies) else ExitCode.OK


def document(told: Reconciliation, starts_on: Any, ends_before: Any) -> dict[str, Any]:
    """The answer as docs/json.md describes it."""
    from linkstar.commissions.three_ways import gap_sums

    open_rows = sum(tally.rows for tally in told.tallies if tally.is_open)
    return {
        "version": 1,
        "starts_on": str(starts_on) if starts_on else None,
        "ends_before": str(ends_before) if ends_before else None,
        "rows": told.rows.num_rows,
        "open_rows": open_rows,
        "sides": told.stated.to_pylist(),
        "reasons": [_tally(tally) for tally in told.tallies],
        "gaps": [
            {"comparison": comparison.value, "currency": currency, "gap_minor": minor}
            for comparison, currency, minor in gap_sums(told.tallies)
        ],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "comparison": tally.comparison.value,
        "reason": tally.reason.value,
        "is_open": tally.is_open,
        "currency": tally.currency or None,
        "rows": tally.rows,
        "left_minor": tally.left_minor,
        "right_minor": tally.right_minor,
        "gap_minor": tally.gap_minor,
    }


def print_sums(output: Output, told: Reconciliation) -> None:
    """The sums as people read them, in words and with decimals."""
    from linkstar.commissions.three_ways import gap_sums
    from linkstar.web.reconciliation_words import COMPARISONS, REASONS

    def amount(minor: int, currency: str) -> str:
        return f"{amount_text(minor, currency)} {currency}" if currency else str(minor)

    rows = [
        (
            str(COMPARISONS[tally.comparison][0]),
            str(REASONS[tally.reason]),
            count(tally.rows),
            amount(tally.gap_minor, tally.currency),
            _("needs a look") if tally.is_open else "",
        )
        for tally in told.tallies
    ]
    rows += [
        (str(COMPARISONS[comparison][0]), _("sum of gaps"), "", amount(minor, currency), "")
        for comparison, currency, minor in gap_sums(told.tallies)
    ]
    headers = (_("Comparison"), _("Reason"), _("Rows"), _("Gap"), "")
    output.table(headers, rows, right=frozenset({2, 3}))
