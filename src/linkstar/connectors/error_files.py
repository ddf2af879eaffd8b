"""Rejected rows given back: same format, same cells, and a last column of reasons."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import duckdb
import xlsxwriter

from linkstar.connectors.fields.engine import open_engine, text_literal
from linkstar.connectors.reading.cells import Cells, relation
from linkstar.connectors.reading.detected import Detected

REASON = {"zh": "错误原因", "en": "Reason"}
NO_WORDS: Mapping[str, str] = MappingProxyType({})
_BATCH = 5_000


def write(
    detected: Detected,
    cells: Cells,
    problems: Path,
    folder: Path,
    *,
    name: str,
    words: Mapping[str, str] = NO_WORDS,
    language: str = "",
) -> Path:
    """Write the error file of a file that was read; returns where it lies.

    Args:
        detected: what the file is.
        cells: where its cells were read from.
        problems: Parquet of its problems.
        folder: where to put the error file.
        name: what the file was called.
        words: the sentence of each problem's code, in which `{column}`, `{value}` and `{expected}`
            stand for what they name; a code without one is told as it is.
        language: of the head of the column of reasons; that of the file's headers without.
    """
    folder.mkdir(parents=True, exist_ok=True)
    title = REASON[language or detected.language]
    sql = _rows_sql(detected, cells, problems, words, title)
    stem = Path(name).stem or "file"
    if cells.format in {"xlsx", "xls"}:
        target = folder / f"{stem}.errors.xlsx"
        _write_workbook(sql, cells, target)
    elif cells.format == "csv":
        target = folder / f"{stem}.errors{Path(name).suffix or '.csv'}"
        _write_delimited(sql, detected, cells, target, title)
    else:
        target = folder / f"{stem}.errors.csv"
        _write_delimited(sql, detected, cells, target, title)
    return target


def _rows_sql(
    detected: Detected, cells: Cells, problems: Path, words: Mapping[str, str], title: str
) -> str:
    """The rows above the data as they are, then every rejected row with its reasons."""
    columns = ", ".join(f"{_harmless(i)} AS c{i}" for i in range(detected.width))
    reasons = f"""SELECT row AS at, string_agg({_told(words)}, ' ') AS reason
        FROM read_parquet({text_literal(str(problems))}) GROUP BY row"""
    header = f"CASE WHEN row = {detected.header_row} THEN '{title}' ELSE '' END"
    return f"""SELECT {columns}, coalesce(reason, {header}) AS reason
        FROM {relation(cells, detected.width)} AS cells
        LEFT JOIN ({reasons}) AS reasons ON reasons.at = cells.row
        WHERE row < {detected.first_row} OR reason IS NOT NULL
        ORDER BY row"""


def _told(words: Mapping[str, str]) -> str:
    """SQL for one problem in words."""
    by_code = "".join(
        f"WHEN code = {text_literal(code)} THEN {text_literal(sentence)} "
        for code, sentence in words.items()
    )
    usual = """CASE WHEN "column" = '' THEN '{code}'
        WHEN expected = '' THEN '{column}: {code} {value}'
        ELSE '{column}: {code} {value} ({expected})' END"""
    told = f"CASE {by_code}ELSE {usual} END" if words else usual
    for name in ("code", "expected", "column", "value"):
        told = f"""replace({told}, '{{{name}}}', "{name}")"""
    return told


def _harmless(index: int) -> str:
    """A cell no spreadsheet program takes for a formula; reading takes the guard off again."""
    cell = f"CAST(c{index} AS VARCHAR)"
    starts = f"regexp_matches({cell}, '^[=+@\\t\\r＝＋－＠]|^-[^0-9.$-]')"
    return f"CASE WHEN {starts} THEN chr(39) || {cell} ELSE {cell} END"


def _write_delimited(
    rows_sql: str, detected: Detected, cells: Cells, target: Path, title: str
) -> None:
    """Delimited as the file was; in UTF-8 with a mark, which every spreadsheet program reads."""
    engine = open_engine()
    delimiter = cells.delimiter or ","
    above = "" if cells.has_header_row else _named_header(detected, title)
    plain = target.with_suffix(".part")
    with engine:
        engine.execute(
            f"""COPY ({above}{rows_sql})
            TO {text_literal(str(plain))}
            (FORMAT csv, HEADER false, DELIMITER {text_literal(delimiter)})"""
        )
    with target.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        with plain.open("rb") as body:
            while chunk := body.read(1 << 20):
                file.write(chunk)
    plain.unlink()


def _named_header(detected: Detected, title: str) -> str:
    names = ", ".join(text_literal(name) for name in (*detected.header, title))
    return f"SELECT * FROM (VALUES ({names})) UNION ALL "


def _write_workbook(rows_sql: str, cells: Cells, target: Path) -> None:
    """Every cell as text, so that nothing is rounded and nothing starts to calculate."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    engine = open_engine()
    with engine, xlsxwriter.Workbook(str(target), options) as workbook:
        sheet = workbook.add_worksheet(cells.sheet[:31] or None)
        rows = engine.execute(rows_sql)
        for at, row in enumerate(_batches(rows)):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(at, column, cell)


def _batches(rows: duckdb.DuckDBPyConnection) -> Iterable[Sequence[str]]:
    while batch := rows.fetchmany(_BATCH):
        yield from batch
