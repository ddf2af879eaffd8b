"""Currencies of the markets sellers export from: minor units and the marks files write.

Source of codes and exponents: ISO 4217. Marks are those seen in exports and in everyday writing.
"""

from dataclasses import dataclass
from types import MappingProxyType


class CurrencyUnknown(ValueError):
    """Not the ISO 4217 code of a currency LinkStar knows."""


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency.

    Attributes:
        code: ISO 4217, for example `USD`.
        exponent: decimal digits of the minor unit; `1.00` is 10 ** exponent minor units.
        marks: every sign or word put before or behind an amount, lower case, without spaces.
        dot_thousands: amounts are written with a dot between thousands, as in `Rp154.530`.
    """

    code: str
    exponent: int
    marks: tuple[str, ...]
    dot_thousands: bool = False


_ALL = (
    Currency("USD", 2, ("$", "us$", "usd")),
    Currency("GBP", 2, ("£", "gbp", "gb£")),
    Currency("EUR", 2, ("€", "eur")),
    Currency("CNY", 2, ("¥", "cn¥", "元", "rmb", "cny")),
    Currency("JPY", 0, ("¥", "jp¥", "円", "jpy")),
    Currency("KRW", 0, ("₩", "원", "krw")),
    Currency("VND", 0, ("₫", "đ", "vnd"), dot_thousands=True),
    Currency("IDR", 2, ("rp", "rp.", "idr"), dot_thousands=True),
    Currency("MYR", 2, ("rm", "myr")),
    Currency("PHP", 2, ("₱", "php")),
    Currency("THB", 2, ("฿", "thb", "บาท")),
    Currency("SGD", 2, ("s$", "sg$", "$", "sgd")),
    Currency("MXN", 2, ("mx$", "$", "mxn")),
    Currency("BRL", 2, ("r$", "brl"), dot_thousands=True),
    Currency("CAD", 2, ("ca$", "c$", "$", "cad")),
    Currency("AUD", 2, ("a$", "au$", "$", "aud")),
    Currency("HKD", 2, ("hk$", "$", "hkd")),
    Currency("TWD", 2, ("nt$", "$", "twd")),
    Currency("SAR", 2, ("﷼", "sr", "sar")),
    Currency("AED", 2, ("د.إ", "aed")),
)
CURRENCIES = MappingProxyType({currency.code: currency for currency in _ALL})
"""Every known currency by its code."""

_BY_MARK = MappingProxyType(
    {mark: currency.code for currency in reversed(_ALL) for mark in currency.marks}
)


def currency(code: str) -> Currency:
    """The currency of an ISO code.

    Raises:
        CurrencyUnknown: no such code is known.
    """
    known = CURRENCIES.get(code.strip().upper())
    if known is None:
        raise CurrencyUnknown(code)
    return known


def is_mark(mark: str) -> bool:
    """Whether some currency is written with this sign or word."""
    return mark.strip().casefold() in _BY_MARK


def currency_of_mark(mark: str, *, expected: str = "") -> str:
    """The code a mark stands for.

    A mark several currencies share (`$`, `¥`) is the expected one if that uses it, else the
    one such files mean by it: `$` the US dollar, `¥` the renminbi.

    Raises:
        CurrencyUnknown: nothing is written with this mark.
    """
    wanted = mark.strip().casefold()
    likely = CURRENCIES.get(expected.upper())
    if likely is not None and wanted in likely.marks:
        return likely.code
    if wanted not in _BY_MARK:
        raise CurrencyUnknown(mark)
    return _BY_MARK[wanted]
