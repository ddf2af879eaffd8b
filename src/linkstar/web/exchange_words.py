"""What people read about rates of exchange: where they are from, and why there is none."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.exchange.actions import RateStated, RateUnlikely
from linkstar.exchange.ecb_files import RatesUnreadable
from linkstar.exchange.fetching import Fetched
from linkstar.exchange.rules import ECB, OPERATOR, RateRefused, Stamped
from linkstar.web import formats

Words = str | Promise

SOURCES: dict[str, Words] = {
    ECB: _("European Central Bank"),
    OPERATOR: _("stated by the operator"),
}
REFUSALS: dict[str, Words] = {
    "same_currency": _("Choose two different currencies."),
    "not_positive": _("A rate is a number above nothing."),
    "too_fine": _("A rate has at most 8 decimals."),
    "too_large": _("A rate is below 10,000,000. State it the other way round."),
    "day_to_come": _("This day is to come. A rate is stated for today or a day before."),
}
UNREADABLE: dict[str, Words] = {
    "too_large": _("it is larger than 20 MB"),
    "not_text": _("it is not UTF-8 text"),
    "no_header": _("the first row is not `Date,USD,JPY,…`"),
    "not_xml": _("it is not well-formed XML"),
    "document_type": _("it has a document type, which the bank's file never has"),
    "no_rates": _("it holds no rate of a known currency"),
    "date_format": _("a day such as 2026-10-30 is expected"),
    "rate_format": _("a rate such as 1.1172 is expected"),
}
OUTCOMES: dict[str, Words] = {
    "taken_in": _("taken in"),
    "off": _("switched off: rates come from files and from the operator"),
    "file_missing": _("the file that was named cannot be read"),
    "not_https": _("the address is not an https one, so it was not asked"),
    "address": _("the address cannot be one, so it was not asked"),
    "scheme": _("the address is not an https one, so it was not asked"),
    "user": _("the address holds a name or password, so it was not asked"),
    "port": _("the address names another port, so it was not asked"),
    "not_public": _("the address is not of the open internet, so it was not asked"),
    "unresolved": _("the name of the server is not found; there may be no internet here"),
    "unreachable": _("the server cannot be reached; there may be no internet here"),
    "tls": _("the connection could not be made safe"),
    "too_slow": _("the server did not answer in time"),
    "not_http": _("what answered is no web server"),
    "status": _("the server answered with an error"),
    "unreadable": _("what came is not the bank's file of rates"),
}
"""What came of asking the bank, by the state of `Fetched`."""


def refusal(refused: RateRefused | RateStated | RateUnlikely, language: str) -> str:
    """Why a rate was not taken."""
    if isinstance(refused, RateRefused):
        return str(REFUSALS[refused.code])
    if isinstance(refused, RateStated):
        one = refused.stated
        told = _("For this day 1 {base} = {rate} {quote} was stated, and it may have been used.")
        figure = formats.exchange_rate(one.rate, language)
        return str(told).format(base=one.base, quote=one.quote, rate=figure)
    told = _("This is far from {rate}. If it is meant, confirm it.")
    return str(told).format(rate=at_rate(refused.known, language))


def at_rate(stamped: Stamped, language: str) -> str:
    """1 USD = 6.652882 CNY (European Central Bank, Oct 30, 2026): a rate with day and source."""
    told = _("1 {base} = {rate} {quote} ({source}, {day})")
    return str(told).format(
        base=stamped.base,
        quote=stamped.quote,
        rate=formats.exchange_rate(stamped.rate, language),
        source=SOURCES[stamped.source],
        day=formats.day(stamped.on, language),
    )


def unreadable(refused: RatesUnreadable) -> str:
    """Why a file of rates was refused, and where."""
    told = (
        _("Line {line}: {why}, but “{found}”; nothing was taken in.")
        if refused.found
        else _("Line {line}: {why}; nothing was taken in.")
    )
    why = UNREADABLE[refused.code]
    return str(told).format(line=refused.line, why=why, found=refused.found)


def outcome(told: Fetched) -> str:
    """What came of asking the bank, with the status or what is wrong with the file."""
    said = str(OUTCOMES[told.state])
    code = told.detail.partition(" ")[0]
    detail = UNREADABLE.get(code, told.detail) if told.state == "unreadable" else told.detail
    return f"{said} ({detail})" if detail else said
