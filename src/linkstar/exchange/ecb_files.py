"""Reading the European Central Bank's files of reference rates: XML, and the CSV of its archive.

All state units per euro. A file is read whole or refused whole.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from linkstar.exchange.rules import Published, RateRefused, check_rate
from linkstar.markup import MarkupRefused, look_over
from linkstar.money.currencies import CURRENCIES

BYTES_MAX = 20_000_000
"""The bank's whole history is 7 MB of XML."""
_BASE = "EUR"
_CUBE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"
_DAY_IN_WORDS = "%d %B %Y"
"""How the CSV of the day writes it; the archive's is ISO 8601."""


class RatesUnreadable(ValueError):
    """Not a file of reference rates: `code` says why, `line` where.

    Codes: `too_large`, `not_text`, `no_header`, `not_xml`, `document_type`, `no_rates`,
    `date_format`, `rate_format`.
    """

    def __init__(self, code: str, line: int = 1, found: str = "") -> None:
        super().__init__(code, line, found)
        self.code = code
        self.line = line
        self.found = found[:60]


def read_ecb_file(content: bytes) -> list[Published]:
    """Every rate in it; currencies LinkStar does not know are left out.

    Raises:
        RatesUnreadable: it is no such file, or a day or rate in it cannot be read.
    """
    if len(content) > BYTES_MAX:
        raise RatesUnreadable("too_large")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        found = _of_xml(content)
    else:
        found = list(_of_csv(content))
    if not found:
        raise RatesUnreadable("no_rates")
    return found


def _of_xml(content: bytes) -> list[Published]:
    try:
        look_over(content)
    except MarkupRefused as refused:
        raise RatesUnreadable(refused.code, refused.line) from refused
    parser = expat.ParserCreate(namespace_separator=" ")
    found: list[Published] = []
    days: list[date] = []

    def begin(name: str, said: dict[str, str]) -> None:
        line = parser.CurrentLineNumber
        if name != _CUBE:
            return
        if "time" in said:
            days.append(_day(said["time"], line))
        if "currency" in said and not days:
            raise RatesUnreadable("date_format", line)
        if said.get("currency") in CURRENCIES:
            rate = _rate(said.get("rate", ""), line)
            found.append(Published(_BASE, said["currency"], days[-1], rate))

    parser.StartElementHandler = begin
    parser.Parse(content, True)  # noqa: FBT003  # "this is all", as the C interface has it
    return found


def _of_csv(content: bytes) -> Iterator[Published]:
    """`Date,USD,JPY,...` and a day a row; `N/A` where there is no rate."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as unreadable:
        line = content[: unreadable.start].count(b"\n") + 1
        raise RatesUnreadable("not_text", line) from unreadable
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if not header or header[0] != "Date":
            raise RatesUnreadable("no_header", 1, ",".join(header))
        for row in rows:
            if row:
                yield from _rates_of(header, row, rows.line_num)
    except csv.Error as broken:
        raise RatesUnreadable("not_text", rows.line_num) from broken


def _rates_of(header: list[str], row: list[str], line: int) -> Iterator[Published]:
    on = _day(row[0], line)
    for code, written in zip(header[1:], row[1:], strict=False):
        if code in CURRENCIES and written.strip() not in {"", "N/A"}:
            yield Published(_BASE, code, on, _rate(written, line))


def _day(written: str, line: int) -> date:
    """A day that has been: ISO 8601, or in English words."""
    text = written.strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, _DAY_IN_WORDS).replace(tzinfo=UTC).date()
    except ValueError as error:
        raise RatesUnreadable("date_format", line, written) from error


def _rate(written: str, line: int) -> Decimal:
    try:
        return check_rate(Decimal(written.strip()))
    except (InvalidOperation, RateRefused) as error:
        raise RatesUnreadable("rate_format", line, written) from error
