"""Amounts finer than a minor unit, in another currency, and what is kept of an order line."""

from decimal import Decimal

from django import template
from django.utils.translation import get_language

from linkstar.exchange.rules import Stamped
from linkstar.money.amounts import Money
from linkstar.money.dividing import MICROS, micros_per_minor
from linkstar.web import exchange_words, formats

register = template.Library()


@register.filter
def micros(amount_micros: int, currency: str) -> str:
    """An amount in millionths; with more than the usual decimals only where it has them."""
    whole, rest = divmod(amount_micros, micros_per_minor(currency))
    if not rest:
        return formats.money(whole, currency, get_language() or "en")
    return f"{(Decimal(amount_micros) / MICROS).normalize():f} {currency}"


@register.filter
def sum_of(money: Money) -> str:
    """An amount of money in full, whatever its currency."""
    return formats.money(money.minor, money.currency, get_language() or "en")


@register.filter
def at_rate(stamped: Stamped) -> str:
    return exchange_words.at_rate(stamped, get_language() or "en")


@register.filter
def kept_of(returned: int, items: int) -> int:
    return items - returned
