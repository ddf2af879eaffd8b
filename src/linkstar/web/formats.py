"""How figures are written: short in tiles, in full in tables, always with a true minus sign.

Every function takes the language (`zh-hans` or `en`) and returns plain text. A value that cannot be
told is None or NaN and is written as an en dash, never as a zero.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache, wraps
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    get_currency_symbol,
)

from linkstar.money.amounts import Money

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"
_CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Z])(?=\d)")
TIMES = "\N{MULTIPLICATION SIGN}"
WAN, YI = 10_000, 100_000_000
BEIJING = "Asia/Shanghai"
_RATE_DIGITS = 7


@lru_cache
def locale_of(language: str) -> Locale:
    return Locale.parse("zh_Hans_CN" if language.startswith("zh") else "en_US")


def is_told(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def told_only(write: Callable[..., str]) -> Callable[..., str]:
    """Write an en dash for what cannot be told."""

    @wraps(write)
    def written(value: float | None, *args: Any, **kwargs: Any) -> str:
        return write(value, *args, **kwargs) if is_told(value) else NOTHING

    return written


def _true_minus(written: str) -> str:
    return written.replace("-", MINUS)


@told_only
def whole(value: float, language: str) -> str:
    """1,234,567: a count in full, for tables and exports."""
    return _true_minus(format_decimal(round(value), locale=locale_of(language)))


@told_only
def short(value: float, language: str) -> str:
    """12.3M, 1,234.6万, 1.23亿: a count in brief, for tiles, axes and chips."""
    if language.startswith("zh"):
        return _short_in_chinese(value)
    if abs(value) < 1_000:
        return whole(value, language)
    brief = format_compact_decimal(value, fraction_digits=1, locale=locale_of(language))
    return _true_minus(brief)


def _short_in_chinese(value: float) -> str:
    if abs(value) >= YI - YI / 20_000:
        return _true_minus(_trimmed(value / YI, 2) + "亿")
    if abs(value) >= WAN:
        return _true_minus(_trimmed(value / WAN, 1) + "万")
    return whole(value, "zh-hans")


def _trimmed(value: float, digits: int) -> str:
    return format_decimal(round(value, digits), format="#,##0.##", locale=locale_of("zh"))


@told_only
def ctr(ratio: float, language: str) -> str:
    """2.18%: two digits, three below 0.1 % so that a small rate is not written as nothing."""
    digits = 3 if 0 < abs(ratio) < 0.001 else 2
    return _percent(ratio, language, digits=digits)


@told_only
def share(ratio: float, language: str) -> str:
    """42.0%: a share; 99.96 % is more than 99.9 %, never 100 %."""
    if 0.999 <= ratio < 1:
        return f">{_percent(0.999, language, digits=1)}"
    if 0 < ratio < 0.001:
        return f"<{_percent(0.001, language, digits=1)}"
    return _percent(ratio, language, digits=0 if ratio in (0, 1) else 1)


@told_only
def probability(value: float, language: str) -> str:
    """99.2%, >99.9%, <0.1%: never certain, because data never make anything certain."""
    if value > 0.999:
        return f">{_percent(0.999, language, digits=1)}"
    if value < 0.001:
        return f"<{_percent(0.001, language, digits=1)}"
    return _percent(value, language, digits=1)


def _percent(ratio: float, language: str, *, digits: int) -> str:
    places = "." + "0" * digits if digits else ""
    return format_decimal(100 * ratio, format=f"#,##0{places}", locale=locale_of(language)) + "%"


@told_only
def uplift(value: float, language: str) -> str:
    """+42%, −3.4%: signed, whole percents from 10 % on, one digit below; zero has no sign."""
    digits = 0 if abs(100 * value) >= 9.95 else 1
    rounded = round(100 * value, digits)
    if rounded == 0:
        return "0%"
    sign = "+" if rounded > 0 else MINUS
    return sign + _percent(abs(rounded) / 100, language, digits=digits)


@told_only
def ratio(value: float, language: str) -> str:
    """1.42×: how many times the benchmark; 2.5× without a trailing zero."""
    sign = MINUS if value < 0 else ""
    return sign + format_decimal(abs(value), format="#,##0.##", locale=locale_of(language)) + TIMES


def both_spellings(value: float | None, language: str) -> str:
    """+150% (2.5×): the uplift and the ratio it is, as they are always written together."""
    if value is None or not is_told(value):
        return NOTHING
    times = ratio(1 + value, language)
    percent = uplift(value, language)
    return f"{percent}（{times}）" if language.startswith("zh") else f"{percent} ({times})"


def interval(low: float | None, high: float | None, language: str) -> str:
    """+31% ~ +54%, +31% to +54%: both limits, in the language's own way."""
    if not (is_told(low) and is_told(high)):
        return NOTHING
    between = "\u00a0~\u00a0" if language.startswith("zh") else " to "
    return uplift(low, language) + between + uplift(high, language)


@told_only
def seconds(milliseconds: float, language: str) -> str:
    """1.9 秒, 1.9 s: a wait."""
    unit = "秒" if language.startswith("zh") else "s"
    return f"{milliseconds / 1_000:.1f} {unit}"


@told_only
def points(difference: float, language: str) -> str:
    """+0.91 pp, +0.91 个百分点: the difference of two rates."""
    rounded = round(100 * difference, 2)
    sign = "" if rounded == 0 else "+" if rounded > 0 else MINUS
    figure = format_decimal(abs(rounded), format="0.00", locale=locale_of(language))
    return f"{sign}{figure} {'个百分点' if language.startswith('zh') else 'pp'}"


def exchange_rate(rate: Decimal, language: str) -> str:
    """6.652882: a rate of exchange by its first seven digits; files and the book have them all."""
    digits = Context(prec=_RATE_DIGITS).plus(rate)
    return format_decimal(digits, format="#,##0.##########", locale=locale_of(language))


@told_only
def money(minor: float, currency: str, language: str) -> str:
    """US$1,234.50 in Chinese, $1,234.50 in English: an amount of minor units in full.

    A code that stands for a sign is set apart: MYR 215.76.
    """
    amount = Money(round(minor), currency).amount
    written = format_currency(amount, currency, locale=locale_of(language))
    return _true_minus(_CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", written))


@told_only
def amount(minor: float, currency: str, language: str) -> str:
    """1,234.50: an amount in full whose currency stands beside it already."""
    exact = Money(round(minor), currency).amount
    decimals = max(0, -int(exact.as_tuple().exponent))
    form = f"#,##0{'.' if decimals else ''}{'0' * decimals}"
    return _true_minus(format_decimal(exact, format=form, locale=locale_of(language)))


@told_only
def short_money(minor: float, currency: str, language: str) -> str:
    """US$123.5万, $1.2M: an amount in brief, for tiles."""
    amount = float(Money(round(minor), currency).amount)
    sign = get_currency_symbol(currency, locale=locale_of(language))
    written = _CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", f"{sign}{short(abs(amount), language)}")
    return f"{MINUS if amount < 0 else ''}{written}"


def day(on: date | None, language: str) -> str:
    """2026-10-22, Oct 22, 2026."""
    if on is None:
        return NOTHING
    pattern = "yyyy-MM-dd" if language.startswith("zh") else "MMM d, yyyy"
    return format_date(on, pattern, locale=locale_of(language))


def days(starts_on: date | None, ends_before: date | None, language: str) -> str:
    """2026-09-24 – 10-21: the first and the last day, the year said once where it is one."""
    if starts_on is None or ends_before is None:
        return NOTHING
    last = ends_before - timedelta(days=1)
    first = day(starts_on, language)
    if last == starts_on:
        return first
    if last.year != starts_on.year:
        return f"{first} – {day(last, language)}"
    if language.startswith("zh"):
        return f"{first} – {last:%m-%d}"
    short_first = format_date(starts_on, "MMM d", locale=locale_of(language))
    return f"{short_first} – {day(last, language)}"


def zone(name: str, language: str) -> str:
    """PT, ET, 北京时间: how people call a zone; its IANA name where there is no short one."""
    if name == BEIJING:
        return "北京时间" if language.startswith("zh") else "Beijing time"
    if name == "UTC":
        return "UTC"
    called = get_timezone_name(ZoneInfo(name), width="short", locale="en_US")
    return called if len(called) <= 4 else name


def moment(at: datetime | None, zone_name: str, language: str, *, own_zone: str = "") -> str:
    """2026-10-22 03:10 PT（北京 18:10）, Oct 22, 2026, 3:10 AM PT: an instant in a zone.

    `own_zone` is the reader's, told beside it with its day where that is another; Chinese readers
    are told Beijing time unless they named another.
    """
    if at is None:
        return NOTHING
    there = at.astimezone(ZoneInfo(zone_name))
    called = zone(zone_name, language)
    is_chinese = language.startswith("zh")
    beside = own_zone or (BEIJING if is_chinese else zone_name)
    here = at.astimezone(ZoneInfo(beside))
    is_same_day = here.date() == there.date()
    if is_chinese:
        written = f"{there:%Y-%m-%d %H:%M} {called}"
        place = "北京" if beside == BEIJING else zone(beside, language)
        clock = f"{here:%H:%M}" if is_same_day else f"{here:%m-%d %H:%M}"
        return written if beside == zone_name else f"{written}（{place} {clock}）"
    written = format_datetime(there, "MMM d, yyyy, h:mm a", locale=locale_of(language))
    if beside == zone_name:
        return f"{written} {called}"
    pattern = "h:mm a" if is_same_day else "MMM d, h:mm a"
    clock = format_datetime(here, pattern, locale=locale_of(language))
    return f"{written} {called} ({clock} {zone(beside, language)})"


def short_day(on: date | None, language: str) -> str:
    """10-21, Oct 21: a day on an axis."""
    if on is None:
        return NOTHING
    pattern = "MM-dd" if language.startswith("zh") else "MMM d"
    return format_date(on, pattern, locale=locale_of(language))


@told_only
def decimal(value: float, language: str) -> str:
    """1,234.5: a count that need not be whole, such as expected clicks."""
    return _true_minus(
        format_decimal(round(value, 1), format="#,##0.#", locale=locale_of(language))
    )
