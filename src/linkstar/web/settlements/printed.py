"""Statements and settlements on paper, in the reader's language."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.platypus import Flowable

from linkstar.commissions.deposits import releases_among
from linkstar.commissions.models import Commission
from linkstar.settlements import queries
from linkstar.settlements.models import Payout, Settlement, Statement
from linkstar.web import formats
from linkstar.web.exchange_words import at_rate
from linkstar.web.money_words import COMPONENTS, KINDS, STATES, release_words
from linkstar.web.plan_words import percent
from linkstar.web.settlements.sheets import (
    Column,
    facts,
    heading,
    note,
    sheet_tables,
    title,
    written,
)
from linkstar.web.settlements.words import FEES, fee_terms
from linkstar.web.templatetags.amounts import micros


def printed_statement(statement_id: str) -> bytes:
    """`statement_pdf` for a job, which knows ids."""
    return statement_pdf(Statement.objects.get(pk=statement_id))


def printed_settlement(settlement_id: str) -> bytes:
    """`settlement_pdf` for a job, which knows ids."""
    return settlement_pdf(Settlement.objects.get(pk=settlement_id))


def statement_pdf(statement: Statement) -> bytes:
    """One creator's statement: what was carried over, every amount, the total, the payments."""
    settlement = statement.settlement
    about = _("Statement {period}").format(period=_days(settlement))
    amounts = list(queries.amounts_of(statement))
    flow: list[Flowable] = [
        title(about),
        facts([*_whose(settlement), *_creators(statement)]),
        heading(_("Total")),
        facts(list(_sums(statement))),
        heading(_("Every amount")),
        *_amounts(statement, amounts),
        *_releases(amounts),
        note(
            _(
                "The base is price times items kept, without coupons, without tax contained in"
                " the price and without shipping. What was taken back has the rate it was earned"
                " at, and stands with its sign."
            )
        ),
        note(_zone(settlement)),
    ]
    foot = f"{settlement.shop.name} · @{statement.creator.handle} · {statement.pk}"
    return written(
        flow, about=about, author=settlement.shop.name, foot=foot, language=get_language() or "en"
    )


def settlement_pdf(settlement: Settlement) -> bytes:
    """A settlement for the seller: what it costs, who approved it, every statement."""
    about = _("Settlement {period}").format(period=_days(settlement))
    flow: list[Flowable] = [
        title(about),
        facts([*_whose(settlement), (_("State"), settlement.get_state_display())]),
        heading(_("What it costs")),
        facts(list(_costs(settlement))),
        heading(_("Approval")),
        facts(list(_approvals(settlement))),
        heading(_("Statements")),
        *_statements(settlement),
        note(_zone(settlement)),
    ]
    foot = f"{settlement.shop.name} · {settlement.pk}"
    return written(
        flow, about=about, author=settlement.shop.name, foot=foot, language=get_language() or "en"
    )


def _whose(settlement: Settlement) -> Iterator[tuple[str, str]]:
    yield _("Shop"), settlement.shop.name
    yield _("Period"), f"{_days(settlement)} ({settlement.shop.zone})"
    yield _("Currency"), settlement.currency


def _creators(statement: Statement) -> Iterator[tuple[str, str]]:
    creator = statement.creator
    yield _("Creator"), f"{creator.name} @{creator.handle}".strip()
    yield _("Statement"), statement.pk


def _sums(statement: Statement) -> Iterator[tuple[str, str]]:
    settlement = statement.settlement
    for earlier in statement.carried_from.select_related("settlement").order_by("pk"):
        name = _("Carried over from {period}").format(period=_days(earlier.settlement))
        yield name, _money(earlier.total_minor, settlement)
    yield _("Amounts of the period"), _money(statement.lines_minor, settlement)
    yield _("Total"), _money(statement.total_minor, settlement)
    yield _("State"), str(Statement.State(statement.state).label)
    if statement.carried_into:
        into = statement.carried_into.settlement
        yield _("Carried into"), _days(into)
    for payout in queries.payments_of(statement).reverse():
        at = formats.moment(payout.changed_at, settlement.shop.zone, get_language() or "en")
        parts = (payout.get_state_display(), at, *_exchanged(payout), payout.reason)
        said = " · ".join(part for part in parts if part)
        yield _("Payment {number}").format(number=payout.number), said


def _exchanged(payout: Payout) -> Iterator[str]:
    """What was paid instead, and at which rate; nothing where it was not exchanged."""
    if exchange := payout.exchanged:
        language = get_language() or "en"
        yield formats.money(exchange.amount_minor, exchange.currency, language)
        yield at_rate(exchange.stamped, language)


def _releases(amounts: Sequence[Commission]) -> Iterator[Flowable]:
    """How each deposit that was let go came to what is due."""
    releases = releases_among(amounts)
    if not releases:
        return
    yield heading(_("Deposits let go"))
    orders = [each for each in amounts if each.pk in releases]
    yield facts(
        [(_order(each), release_words(releases[each.pk], each.currency)) for each in orders]
    )
    yield note(_("At which sales a rate is reached the platform does not state."))


def _amounts(statement: Statement, amounts: Sequence[Commission]) -> list[Flowable]:
    settlement = statement.settlement
    columns = (
        Column(_("Order"), 0.21),
        Column(_("Day"), 0.12),
        Column(_("Amount for"), 0.21),
        Column(_("Items kept"), 0.07, is_figure=True),
        Column(_("Base"), 0.12, is_figure=True),
        Column(_("Rate"), 0.07, is_figure=True),
        Column(_("Amount"), 0.11, is_figure=True),
        Column(_("State"), 0.09),
    )
    rows = [_amount(settlement, amount) for amount in amounts]
    total = ("", "", _("Together"), "", "", "", _money(statement.lines_minor, settlement), "")
    return sheet_tables(columns, rows, total=[total])


def _amount(settlement: Settlement, amount: Commission) -> tuple[str, ...]:
    line = amount.line
    has_rate = amount.rate_bps is not None
    return (
        _order(amount),
        _day(amount.earned_on),
        f"{COMPONENTS[amount.component]} · {KINDS[amount.kind]}",
        str(amount.items) if line else formats.NOTHING,
        micros(amount.base_micros, settlement.currency) if has_rate else formats.NOTHING,
        percent(amount.rate_bps) if has_rate else formats.NOTHING,
        _money(amount.amount_minor, settlement),
        str(STATES[amount.state]),
    )


def _order(amount: Commission) -> str:
    """What an amount was earned with."""
    if amount.line:
        return amount.line.order_id
    assert amount.deliverable
    return _("Content {number}").format(number=amount.deliverable.number)


def _costs(settlement: Settlement) -> Iterator[tuple[str, str]]:
    costs = queries.costs_of(settlement)
    for part in costs.commissions:
        yield str(COMPONENTS[part.kind]), _money(part.minor, settlement)
    if costs.borne_by_platform_minor:
        yield _("of it borne by the platform"), _money(costs.borne_by_platform_minor, settlement)
    if costs.released_minor:
        yield _("of it deposits let go"), _money(costs.released_minor, settlement)
    for fee in costs.fees:
        yield f"{FEES[fee.kind]} *", _money(fee.minor, settlement)
    yield _("To be paid"), _money(settlement.payable_minor, settlement)
    if costs.fees:
        yield "*", _("taken by the platform itself")
    yield _("Platform fees"), fee_terms(costs.fee_terms)


def _approvals(settlement: Settlement) -> Iterator[tuple[str, str]]:
    yield _("People needed"), str(settlement.approvals_needed)
    for one in settlement.approvals.select_related("user").order_by("at"):
        at = formats.moment(one.at, settlement.shop.zone, get_language() or "en")
        yield one.user.email, at


def _statements(settlement: Settlement) -> list[Flowable]:
    columns = (
        Column(_("Creator"), 0.34),
        Column(_("State"), 0.18),
        Column(_("Amounts"), 0.10, is_figure=True),
        Column(_("Their sum"), 0.13, is_figure=True),
        Column(_("Carried over"), 0.12, is_figure=True),
        Column(_("Total"), 0.13, is_figure=True),
    )
    found = list(settlement.statements.select_related("creator").order_by("-total_minor", "pk"))
    rows = [
        (
            f"{one.creator.name} @{one.creator.handle}".strip(),
            one.get_state_display(),
            formats.whole(one.lines, get_language() or "en"),
            _money(one.lines_minor, settlement),
            _money(one.carried_minor, settlement),
            _money(one.total_minor, settlement),
        )
        for one in found
    ]
    total = (
        _("Together"),
        "",
        formats.whole(settlement.lines, get_language() or "en"),
        _money(settlement.lines_minor, settlement),
        _money(sum(one.carried_minor for one in found), settlement),
        _money(sum(one.total_minor for one in found), settlement),
    )
    return sheet_tables(columns, rows, total=[total])


def _zone(settlement: Settlement) -> str:
    told = _(
        "Days are those of {zone}; amounts are in {currency}, written by LinkStar from its book."
    )
    return told.format(zone=settlement.shop.zone, currency=settlement.currency)


def _days(settlement: Settlement) -> str:
    return formats.days(settlement.starts_on, settlement.ends_before, get_language() or "en")


def _day(on: Any) -> str:
    return formats.day(on, get_language() or "en")


def _money(minor: int, settlement: Settlement) -> str:
    return formats.money(minor, settlement.currency, get_language() or "en")
