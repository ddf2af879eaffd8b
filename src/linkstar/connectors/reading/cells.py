"""The text cells of a file, whatever its format, as one DuckDB relation: `row`, `c0`, `c1`, ..."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from linkstar.connectors.fields.engine import text_literal
from linkstar.connectors.reading import text
from linkstar.connectors.reading.refusals import FileRefused
from linkstar.connectors.reading.spreadsheet import sheets_of
from linkstar.money.currencies import CURRENCIES

_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How GZIP, 7-Zip, RAR, bzip2, xz and Zstandard begin."""
_CODE = re.compile(r"[A-Z]{3}")
_XLS = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TYPED = re.compile(r"(TINYINT|SMALLINT|INTEGER|BIGINT|DOUBLE|FLOAT|DATE|TIMESTAMP|BOOLEAN|U.*INT)")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text, copied out of it, and how many lines are before it."""

    path: str
    lines_before: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of one table lie and how they are read.

    Attributes:
        format: csv, xlsx, xls, parquet or ndjson, as the file came.
        path: the file the cells are read from: the file itself, or a clean copy.
        encoding: of the file as it came.
        delimiter: of the file as it came; empty where there is none.
        sheet: the sheet's name; empty where there are none.
        names: the columns of a file that has names instead of a header row.
        types: their DuckDB types; empty where all cells are text.
        is_clean: `path` is a rewritten copy, every cell quoted, all records equally wide.
        width: how many cells each record of a clean copy has; 0 for other files.
    """

    format: str
    path: str
    encoding: str = "utf-8"
    delimiter: str = ""
    sheet: str = ""
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    is_clean: bool = False
    width: int = 0

    @property
    def has_header_row(self) -> bool:
        return not self.names

    def type_of(self, index: int) -> str:
        return self.types[index] if self.types else "VARCHAR"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file with its first records."""

    cells: Cells
    head: tuple[tuple[str, ...], ...]


def tables_of(path: Path, scratch: Path, *, name: str = "") -> tuple[Table, ...]:
    """The tables of a file: its sheets, or the one table it is.

    Args:
        path: the file.
        scratch: a folder for clean copies; made when needed.
        name: what the file was called where it came from, if `path` is called otherwise.

    Raises:
        FileRefused: see its reasons.
    """
    if (name or path.name).startswith("~$"):
        raise FileRefused("lock_file")
    with path.open("rb") as file:
        beginning = file.read(64 * 1024)
    if not beginning:
        raise FileRefused("empty")
    if beginning.startswith(_PACKED):
        raise FileRefused("packed")
    if beginning.startswith(b"PK"):
        return _workbook(path, scratch, "xlsx")
    if beginning.startswith(_XLS):
        if _ENCRYPTED in path.read_bytes()[: 1 << 22]:
            raise FileRefused("encrypted")
        return _workbook(path, scratch, "xls")
    if beginning.startswith(b"PAR1"):
        return (_parquet(path),)
    if beginning.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return (_ndjson(path),)
    return (_delimited(path),)


def _workbook(path: Path, scratch: Path, kind: str) -> tuple[Table, ...]:
    sheets = sheets_of(path, scratch)
    if not sheets:
        raise FileRefused("empty")
    form = text.TextForm("utf-8", ",")
    return tuple(
        Table(
            Cells(
                kind, str(sheet.path), "utf-8", ",", sheet.name, is_clean=True, width=sheet.width
            ),
            _head(sheet.path, form),
        )
        for sheet in sheets
    )


def table_over(cells: Cells) -> Table:
    """The table of cells that were read from a file before, and lie in a copy of their own."""
    if cells.format == "parquet":
        return _parquet(Path(cells.path))
    if cells.format == "ndjson":
        return _ndjson(Path(cells.path))
    return Table(cells, _head(Path(cells.path), text.TextForm("utf-8", ",")))


def _delimited(path: Path) -> Table:
    form = text.form_of(path)
    head = _head(path, form)
    if head and _names_currencies(head[0]):
        raise FileRefused("rates")
    return Table(Cells("csv", str(path), form.encoding, form.delimiter), head)


def _names_currencies(header: tuple[str, ...]) -> bool:
    """Whether it is a day and then nothing but currencies, as central banks publish rates."""
    first, *others = (cell.strip() for cell in header)
    named = [cell for cell in others if cell]
    known = sum(cell in CURRENCIES for cell in named)
    return first.lower() == "date" and known > 1 and all(map(_CODE.fullmatch, named))


def _head(path: Path, form: text.TextForm) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(record) for record in text.head_of(path, form))


def _parquet(path: Path) -> Table:
    try:
        found = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        rows = duckdb.execute(
            "SELECT columns(*)::VARCHAR FROM read_parquet(?) LIMIT 50", [str(path)]
        ).fetchall()
    except duckdb.Error as damage:
        raise FileRefused("damaged", str(damage).partition("\n")[0]) from damage
    names, types = tuple(row[0] for row in found), tuple(row[1] for row in found)
    if len(names) > text.COLUMNS_MAX:
        raise FileRefused("too_many_columns", str(len(names)))
    plain = tuple(kind if _TYPED.match(kind) else "VARCHAR" for kind in types)
    head = tuple(tuple("" if cell is None else cell for cell in row) for row in rows)
    return Table(Cells("parquet", str(path), names=names, types=plain), head)


def _ndjson(path: Path) -> Table:
    """The columns are the keys of the first records."""
    form = text.form_of(path)
    with path.open(encoding=form.encoding, errors="replace") as file:
        lines = [file.readline(text.LINE_BYTES_MAX) for _ in range(text.SAMPLE_ROWS)]
    records = [record for line in lines if isinstance(record := _record(line), dict)]
    names = tuple(dict.fromkeys(key for record in records for key in record))
    if not names:
        raise FileRefused("not_a_table")
    head = tuple(tuple(_written(record.get(name)) for name in names) for record in records)
    return Table(Cells("ndjson", str(path), form.encoding, names=names), head)


def _record(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _written(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def clean(cells: Cells, width: int, scratch: Path) -> Cells:
    """A clean copy of delimited text in `scratch`, read from then on.

    Raises:
        FileRefused: `line_too_long`, `too_many_columns`.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    copy = scratch / "cells.csv"
    form = text.TextForm(cells.encoding, cells.delimiter)
    text.rewrite(Path(cells.path), form, copy, width + 1)
    return replace(cells, path=str(copy), is_clean=True, width=width + 1)


def must_be_cleaned(cells: Cells) -> bool:
    """Whether the engine cannot read the file where it lies."""
    return (
        cells.format == "csv"
        and cells.encoding not in {"utf-8", "utf-8-sig"}
        and not cells.is_clean
    )


def relation(cells: Cells, width: int, parts: Sequence[Part] = ()) -> str:
    """SQL for all records: `row` counts from 1 as a person does, then `width` cells and `extra`.

    `extra` is NULL unless a record has more cells than the header. Delimited text may be read from
    its parts instead, in which every line must be a record.
    """
    path = text_literal(cells.path)
    if cells.format == "parquet":
        columns = ", ".join(
            f"{_name(name)}{'' if cells.type_of(i) != 'VARCHAR' else '::VARCHAR'} AS c{i}"
            for i, name in enumerate(cells.names)
        )
        return f"""(SELECT CAST(file_row_number + 1 AS INTEGER) AS row, {columns}, NULL AS extra
            FROM read_parquet({path}, file_row_number = true))"""
    if cells.format == "ndjson":
        columns = ", ".join(
            f"object ->> {text_literal('$.' + json.dumps(name, ensure_ascii=False))} AS c{i}"
            for i, name in enumerate(cells.names)
        )
        return f"""(SELECT row, {columns}, CASE WHEN object IS NULL THEN line END AS extra
            FROM (SELECT CAST(row_number() OVER () AS INTEGER) AS row, line,
                      CASE WHEN json_valid(line) THEN line END AS object
                  FROM read_csv({path}, columns = {{'line': 'VARCHAR'}}, header = false,
                    auto_detect = false, delim = '\x1f', quote = '', escape = '',
                    max_line_size = {text.LINE_BYTES_MAX})))"""
    parts = parts or (Part(cells.path, 0),)
    return f"({' UNION ALL '.join(_delimited_part(cells, width, part) for part in parts)})"


def _delimited_part(cells: Cells, width: int, part: Part) -> str:
    there = cells.width or width + 1
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(there))
    beyond = ", ".join(f"c{i}" for i in range(width, there))
    extra = f"coalesce({beyond})" if there > width + 1 else beyond or "NULL"
    named = ", ".join(f"c{i}" for i in range(width))
    how = (
        "delim = ',', strict_mode = false"
        if cells.is_clean
        else f"delim = {text_literal(cells.delimiter)}, null_padding = true, strict_mode = true"
    )
    row = f"CAST({part.lines_before} + row_number() OVER () AS INTEGER)"
    return f"""SELECT {row} AS row, {named}, {extra} AS extra
        FROM read_csv({text_literal(part.path)}, columns = {{{columns}}}, header = false,
            auto_detect = false, quote = '"', escape = '"',
            max_line_size = {text.LINE_BYTES_MAX}, {how})"""


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
