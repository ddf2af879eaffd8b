"""`linkstar profit`: what creators, contents, products and campaigns brought and cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import amount_text, count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.periods import day, day_after, out_of_order
from linkstar.cli.words import gettext as _
from linkstar.cli.words import spoken_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from linkstar.cli.output import Cell
    from linkstar.commissions.profit import Statement
    from linkstar.commissions.profit_rules import Profit

COLUMNS = (
    "key", "currency", "orders", "kept_orders", "sales_minor", "kept_minor", "commission_minor",
    "flat_fee_minor", "platform_fee_minor", "sample_product_minor", "sample_shipping_minor",
    "support_minor", "exchange_minor", "left_minor", "roas", "roas_in_full", "roi", "roi_in_full",
)  # fmt: skip
_DAYS = 28


def profit(
    output: Output,
    *,
    by: Annotated[
        Literal["creator", "content", "product", "campaign"],
        typer.Option("--by", help=_("What the accounts are kept of.")),
    ] = "creator",
    first: Annotated[str, typer.Option("--from", help=_("First day, YYYY-MM-DD."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, included."))] = "",
    currency: Annotated[
        str, typer.Option(help=_("Exchange everything into it; each by itself without."))
    ] = "",
    shop: Annotated[str, typer.Option(help=_("One shop only: its id or name."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Workspace: its id or name."))] = "",
) -> ExitCode:
    """Accounts of the orders placed in these days; the last 28 without any."""
    from linkstar.cli.installation import find_shops, find_workspace, now, open_installation

    open_installation()
    from linkstar.commissions.profit import By, profit_and_loss

    today = now().date()
    ends_before = day_after(last) or today + timedelta(days=1)
    starts_on = day(first) if first else ends_before - timedelta(days=_DAYS)
    if starts_on >= ends_before:
        raise out_of_order()
    told = profit_and_loss(
        shops=find_shops(find_workspace(workspace, output), shop),
        by=By(by),
        starts_on=starts_on,
        ends_before=ends_before,
        currency=_currency(currency),
    )
    if output.form == "json":
        output.document(_document(told, by, starts_on, ends_before))
    elif output.form == "csv":
        output.comma_separated(COLUMNS, [_row(row) for row in told.rows])
    else:
        _print(output, told)
    return ExitCode.OK


def _currency(written: str) -> str:
    from linkstar.money.currencies import CURRENCIES

    code = written.upper()
    if code and code not in CURRENCIES:
        raise Refused(
            ExitCode.USAGE,
            "currency_unknown",
            _("“{written}” is not a currency.").format(written=written),
            _("Write it as USD, CNY or EUR."),
        )
    return code


def _document(told: Statement, by: str, starts_on: date, ends_before: date) -> dict[str, Any]:
    """The answer as docs/json.md describes it."""
    return {
        "version": 1,
        "by": by,
        "starts_on": starts_on.isoformat(),
        "ends_before": ends_before.isoformat(),
        "accounts": [_account(row) for row in told.rows],
        "totals": [_account(row) for row in told.totals],
        "rates": [
            {
                "base": rate.base,
                "quote": rate.quote,
                "rate": f"{rate.rate:f}",
                "on": rate.on.isoformat(),
                "source": rate.source,
            }
            for rate in told.rates
        ],
        "missing_rates": told.missing,
    }


def _account(row: Profit) -> dict[str, Any]:
    matured = [
        {"part": part.value, "maturity": maturity.value, "minor": minor}
        for (part, maturity), minor in sorted(row.matured.items())
        if minor
    ]
    return _row(row) | {"matured": matured}


def _row(row: Profit) -> dict[str, Cell]:
    from linkstar.commissions.profit_rules import Part

    amounts: dict[str, Cell] = {f"{part.value}_minor": row.of(part) for part in Part}
    return {
        "key": row.key,
        "currency": row.currency,
        "orders": row.orders,
        "kept_orders": row.kept_orders,
        **amounts,
        "left_minor": row.left_minor,
        "roas": row.roas,
        "roas_in_full": row.roas_in_full,
        "roi": row.roi,
        "roi_in_full": row.roi_in_full,
    }


def _print(output: Output, told: Statement) -> None:
    from linkstar.commissions.profit_rules import Part
    from linkstar.web.exchange_words import at_rate

    def amount(minor: int | None, currency: str) -> str:
        return "–" if minor is None else f"{amount_text(minor, currency)} {currency}"

    def cells(name: str, row: Profit) -> Sequence[str]:
        kept, left = row.of(Part.KEPT), row.left_minor
        roi = row.roi_in_full
        return (
            name,
            f"{count(row.kept_orders)} / {count(row.orders)}",
            amount(kept, row.currency),
            amount(row.spend_in_full_minor, row.currency),
            amount(left, row.currency),
            "–" if roi is None else f"{roi:.2f}",
        )

    if not told.rows:
        output.say(_("No orders, fees, samples or shooting support in these days."))
        return
    rows = [cells(row.key or _("not tied to one"), row) for row in told.rows]
    rows += [cells(_("All"), row) for row in told.totals]
    headers = (
        "", _("Orders kept"), _("Kept"), _("Spend in full"), _("Left before cost of goods"),
        _("ROI, in full"),
    )  # fmt: skip
    output.table(headers, rows, right=frozenset({1, 2, 3, 4, 5}))
    for rate in told.rates:
        output.say(at_rate(rate, spoken_code()))
    for code in told.missing:
        output.say(_("No exchange rate is known for {code}.").format(code=code))
