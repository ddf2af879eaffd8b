"""Delimited text: which encoding and delimiter, and one clean form for unclean files.

A clean file is UTF-8, has line feeds between records, closes its quotes and has no blank line; it
is read where it lies. Any other is rewritten once into `cells.csv`: the same records in the same
order, every cell quoted.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from linkstar.connectors.reading.refusals import FileRefused

SAMPLE_BYTES = 512 * 1024
SAMPLE_ROWS = 60
COLUMNS_MAX = 2_000
CELL_CHARACTERS_MAX = 500_000
LINE_BYTES_MAX = 2_000_000
DELIMITERS = (",", "\t", ";", "|")
UNCLOSED = "\x1a"
"""Stands before a line whose quote never closes; the line is kept whole in its first cell."""
UNREADABLE = "\ufffd"
"""Stands for bytes that are no text in the file's encoding."""
UNREADABLE_SHARE_MAX = 0.1
"""With more of it, a file is no text with a few bad bytes, but something else."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a delimited file is written."""

    encoding: str
    delimiter: str


def form_of(path: Path) -> TextForm:
    """The encoding and delimiter, judged by the beginning of the file.

    Raises:
        FileRefused: `empty` or `not_a_table`, which is said of what is mostly no text, too.
    """
    with path.open("rb") as file:
        beginning = file.read(SAMPLE_BYTES)
    encoding = encoding_of(beginning)
    text = beginning.decode(encoding, errors="replace").removeprefix("\ufeff")
    if not text.strip():
        raise FileRefused("empty")
    if text.count(UNREADABLE) > UNREADABLE_SHARE_MAX * len(text):
        raise FileRefused("not_a_table")
    return TextForm(encoding, delimiter_of(text))


def encoding_of(beginning: bytes) -> str:
    """One of utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, gb18030, big5.

    Raises:
        FileRefused: `not_a_table` for bytes that are no text.
    """
    for mark, encoding in _BOMS:
        if beginning.startswith(mark):
            return encoding
    head = beginning[:4_096]
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    if head.count(0):
        raise FileRefused("not_a_table")
    if _decodes(beginning, "utf-8"):
        return "utf-8"
    if _decodes(beginning, "big5") and not _is_simplified(beginning):
        return "big5"
    return "gb18030" if _decodes(beginning, "gb18030") else "utf-8"


def _decodes(beginning: bytes, encoding: str) -> bool:
    """Whether the bytes are text in the encoding; a character cut off at the end is no fault."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(beginning)
    except UnicodeDecodeError:
        return False
    return True


def _is_simplified(beginning: bytes) -> bool:
    """Second bytes of GB 2312 are all above 0xA0; two in five of Big5 are below."""
    pairs, low, position = 0, 0, 0
    while position + 1 < len(beginning):
        if beginning[position] < 0x80:
            position += 1
            continue
        pairs += 1
        low += beginning[position + 1] < 0xA1
        position += 2
    return low * 20 < pairs


def delimiter_of(text: str) -> str:
    """The delimiter that gives the first records the most columns, most consistently."""

    def columns(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(record) for record in records_of(text, delimiter)[:20])
        return max((count * (width > 1), width) for width, count in widths.items())

    return max(DELIMITERS, key=columns)


def records_of(text: str, delimiter: str) -> list[list[str]]:
    """The first records of a text, the last cut one left out.

    Raises:
        FileRefused: `too_many_columns`.
    """
    lines = text.splitlines(keepends=True)
    if len(text) >= SAMPLE_BYTES and len(lines) > 1:
        lines = lines[:-1]
    records: list[list[str]] = []
    for record in csv.reader(lines, delimiter=delimiter):
        if len(record) > COLUMNS_MAX:
            raise FileRefused("too_many_columns", str(len(record)))
        records.append(record)
        if len(records) >= SAMPLE_ROWS:
            break
    return records


def head_of(path: Path, form: TextForm) -> list[list[str]]:
    """The first records of a file.

    Raises:
        FileRefused: `too_many_columns`, `line_too_long`.
    """
    with path.open("rb") as file:
        beginning = file.read(SAMPLE_BYTES)
    text = beginning.decode(form.encoding, errors="replace").removeprefix("\ufeff")
    return records_of(text, form.delimiter)


def rewrite(path: Path, form: TextForm, cells: Path, width: int) -> None:
    """Write the records of `path` to `cells` as clean CSV, padded to `width` cells.

    Raises:
        FileRefused: `line_too_long`, `too_many_columns`.
    """
    lines = _lines if _quotes_are_even(path, form) else _lines_with_odd_quotes_set_apart
    with (
        path.open(encoding=form.encoding, errors="replace", newline="") as source,
        cells.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows(_padded(csv.reader(lines(source), delimiter=form.delimiter), width))


def _padded(records: Iterable[list[str]], width: int) -> Iterator[list[str]]:
    blank = [""] * width
    limit = csv.field_size_limit(CELL_CHARACTERS_MAX)
    try:
        for record in records:
            if len(record) > width:
                beyond = next((cell for cell in record[width - 1 :] if cell), "")
                yield [*record[: width - 1], beyond]
            else:
                yield record + blank[len(record) :]
    except csv.Error as fault:
        raise FileRefused("line_too_long", str(fault)) from fault
    finally:
        csv.field_size_limit(limit)


def _lines(source: TextIO) -> Iterator[str]:
    first = True
    while line := source.readline(LINE_BYTES_MAX):
        if len(line) >= LINE_BYTES_MAX:
            raise FileRefused("line_too_long")
        yield line.removeprefix("\ufeff") if first else line
        first = False


def _lines_with_odd_quotes_set_apart(source: TextIO) -> Iterator[str]:
    """In a file that leaves a quote open, no quote may reach beyond its line."""
    for line in _lines(source):
        if line.count('"') % 2:
            whole = line.rstrip("\r\n").replace('"', '""')
            yield f'"{UNCLOSED}{whole}"\n'
        else:
            yield line


def _quotes_are_even(path: Path, form: TextForm) -> bool:
    with path.open(encoding=form.encoding, errors="replace", newline="") as source:
        count = 0
        while chunk := source.read(1 << 20):
            count += chunk.count('"')
    return count % 2 == 0
