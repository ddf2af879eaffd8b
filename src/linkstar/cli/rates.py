"""`linkstar rates`: rates of exchange in force, the central bank's, and the operator's own."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal, InvalidOperation
from pathlib import Path  # noqa: TC003  # Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # as above
from linkstar.cli.periods import day
from linkstar.cli.words import gettext as _
from linkstar.cli.words import spoken_code

if TYPE_CHECKING:
    from linkstar.cli.output import Cell
    from linkstar.exchange.models import ExchangeRate

COLUMNS: dict[str, str] = {
    "base": _("One unit of"),
    "quote": _("in units of"),
    "rate": _("Exchange rate"),
    "on": _("Day"),
    "source": _("Source"),
}
"""Every field of a rate, with its heading where people see it."""


def show(output: Output) -> ExitCode:
    """The rates in force today, each with its day and source."""
    from linkstar.cli.installation import now, open_installation

    open_installation()
    from linkstar.exchange.queries import rates_in_force

    rows = [_row(each) for each in rates_in_force(now().date())]
    if output.form == "json":
        output.document({"version": 1, "rates": rows})
    elif output.form == "csv":
        output.comma_separated(tuple(COLUMNS), rows)
    else:
        from linkstar.web.exchange_words import SOURCES

        worded = [row | {"source": str(SOURCES[str(row["source"])])} for row in rows]
        cells = [tuple(str(row[name]) for name in COLUMNS) for row in worded]
        if not cells:
            output.say(_("No rate of the last seven days is known; `linkstar rates fetch` asks."))
        else:
            output.table(tuple(COLUMNS.values()), cells, right=frozenset({2}))
    return ExitCode.OK


def take_in(
    output: Output,
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=_("The European Central Bank's XML or CSV."))
    ],
) -> ExitCode:
    """Take in reference rates; those known already stay as they are."""
    from linkstar.cli.installation import now, open_installation
    from linkstar.cli.refusals import not_readable

    open_installation()
    from linkstar.exchange.actions import import_ecb_rates
    from linkstar.exchange.ecb_files import RatesUnreadable
    from linkstar.web.exchange_words import unreadable

    try:
        new = import_ecb_rates(content=file.read_bytes(), now=now())
    except OSError as fault:
        raise not_readable(file, fault) from fault
    except RatesUnreadable as refused:
        raise Refused(
            ExitCode.FAILURE,
            "rates_unreadable",
            f"{file}: {unreadable(refused)}",
            _("Take eurofxref-hist-90d.xml or eurofxref-hist.csv, as the bank publishes them."),
        ) from refused
    return _tell_new(output, new)


def fetch(output: Output) -> ExitCode:
    """Ask the European Central Bank now, as the worker does every day it publishes."""
    from linkstar.cli.installation import now, open_installation

    open_installation()
    from django.conf import settings

    from linkstar.exchange.fetching import TAKEN_IN, fetch_ecb_rates
    from linkstar.web.exchange_words import outcome

    told = fetch_ecb_rates(source=settings.ECB_RATES, now=now())
    if told.state != TAKEN_IN:
        raise Refused(
            ExitCode.TRY_LATER,
            "rates_not_fetched",
            _("{source}: {outcome}.").format(source=told.source, outcome=outcome(told)),
            _("Try later, or take in the bank's file: linkstar rates import FILE"),
        )
    return _tell_new(output, told.new)


def state(
    output: Output,
    *,
    base: Annotated[str, typer.Argument(metavar="BASE", help=_("One unit of this currency"))],
    quote: Annotated[str, typer.Argument(metavar="QUOTE", help=_("is worth in this one"))],
    rate: Annotated[str, typer.Argument(metavar="RATE", help=_("so many units, such as 6.6529."))],
    on: Annotated[str, typer.Option("--on", help=_("The day, such as 2026-10-30; else today."))]
    = "",
    is_sure: Annotated[
        bool, typer.Option("--sure", help=_("It is meant, though far from the one known."))
    ] = False,
) -> ExitCode:  # fmt: skip
    """State a rate of one's own for a day; it goes before the central bank's, and stays."""
    from linkstar.cli.installation import now, open_installation

    open_installation()
    from linkstar.exchange.actions import RateStated, RateUnlikely, state_rate
    from linkstar.exchange.rules import RateRefused
    from linkstar.money.currencies import CURRENCIES, CurrencyUnknown
    from linkstar.web.exchange_words import refusal

    at = now()
    try:
        stated = state_rate(
            base=base,
            quote=quote,
            on=day(on) if on else at.astimezone(UTC).date(),
            rate=_rate(rate),
            now=at,
            is_sure=is_sure,
        )
    except CurrencyUnknown as unknown:
        raise Refused(
            ExitCode.USAGE,
            "currency_unknown",
            _("{code} is no currency LinkStar knows.").format(code=unknown),
            _("It knows: {names}").format(names=", ".join(CURRENCIES)),
        ) from unknown
    except (RateRefused, RateStated, RateUnlikely) as refused:
        code = refused.code if isinstance(refused, RateRefused) else _NAMES[type(refused).__name__]
        advice = _("Add --sure if it is meant.") if isinstance(refused, RateUnlikely) else ""
        said = refusal(refused, spoken_code())
        raise Refused(ExitCode.CONFLICT, code, said, advice) from refused
    if output.form == "json":
        output.document({"version": 1, "rate": _row(stated)})
    else:
        output.say(_("{on}: 1 {base} = {rate} {quote}, from now on.").format(**_row(stated)))
    return ExitCode.OK


_NAMES = {"RateStated": "rate_stated", "RateUnlikely": "rate_unlikely"}


def _row(one: ExchangeRate) -> dict[str, Cell]:
    return {
        "base": one.base,
        "quote": one.quote,
        "rate": f"{one.rate.normalize():f}",
        "on": one.on.isoformat(),
        "source": one.source,
    }


def _tell_new(output: Output, new: int) -> ExitCode:
    if output.form == "json":
        output.document({"version": 1, "new": new})
    else:
        output.say(_("{new} new rates.").format(new=count(new)))
    return ExitCode.OK


def _rate(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as unreadable:
        raise Refused(
            ExitCode.USAGE,
            "rate_unreadable",
            _("“{written}” is not a number.").format(written=written),
            _("Write it as 6.6529."),
        ) from unreadable
