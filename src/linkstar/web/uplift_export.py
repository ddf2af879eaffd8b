"""All rows of an answer as CSV or XLSX, in full figures, with what they mean on the first sheet."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import xlsxwriter
from django.utils.translation import gettext as _

from linkstar.spreadsheets import FORMULA_STARTS
from linkstar.web.labels import content_type_name, state_name
from linkstar.web.uplift_columns import COLUMNS, Kind

BOM = b"\xef\xbb\xbf"
"""Spreadsheet programs take a CSV file for UTF-8 only when it begins with this."""
_STARTS_A_FORMULA = f"^([{re.escape(''.join(FORMULA_STARTS))}])"
EXPORTED = (
    "key", "name", "segment", "creator", "creator_name", "category", "content_type", "posted_on",
    "content_url", "contents", "impressions", "clicks", "ctr", "benchmark_ctr",
    "benchmark_category", "uplift", "ctr_ratio", "low", "high", "probability_above",
    "shrunken_uplift", "shrunken_low", "shrunken_high", "expected_rank", "impressions_needed",
    "state",
)  # fmt: skip


def headings() -> dict[str, str]:
    """What each exported column is called, with its unit."""
    shown = {c.name: str(c.label) for c in COLUMNS if c.kind is not Kind.FOREST}
    return shown | {
        "key": _("ID"),
        "segment": _("Segment"),
        "creator": _("Creator handle"),
        "content_url": _("Address"),
        "ctr": _("CTR (ratio)"),
        "benchmark_ctr": _("Benchmark CTR (ratio)"),
        "uplift": _("CTR uplift (ratio)"),
        "ctr_ratio": _("CTR / benchmark"),
        "low": _("Uplift, lower limit (ratio)"),
        "high": _("Uplift, upper limit (ratio)"),
        "shrunken_uplift": _("Estimate for ranking (ratio)"),
        "shrunken_low": _("Estimate for ranking, lower limit (ratio)"),
        "shrunken_high": _("Estimate for ranking, upper limit (ratio)"),
        "impressions_needed": _("Impressions needed in all"),
    }


def exported(rows: pa.Table) -> pa.Table:
    """The columns of the export, verdicts and types in words, heads in the reader's language."""
    table = rows.select(EXPORTED)
    table = _in_words(table, "state", state_name)
    table = _in_words(table, "content_type", content_type_name)
    called = headings()
    return table.rename_columns([called[name] for name in EXPORTED])


def _in_words(table: pa.Table, name: str, say: Any) -> pa.Table:
    encoded = table[name].combine_chunks().dictionary_encode()
    words = pa.array([say(value) for value in encoded.dictionary.to_pylist()], pa.string())
    said = words.take(encoded.indices)
    return table.set_column(table.schema.get_field_index(name), name, said)


def csv_file(rows: pa.Table) -> bytes:
    """All rows as `csv_of` writes them."""
    return csv_of(exported(rows))


def csv_of(table: pa.Table) -> bytes:
    """UTF-8 with BOM; a text that a spreadsheet would run as a formula gets a leading quote."""
    for index, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(table[index], _STARTS_A_FORMULA, r"'\1")
            table = table.set_column(index, field.name, safe)
    out = io.BytesIO()
    out.write(BOM)
    pa_csv.write_csv(table, out)
    return out.getvalue()


def xlsx_file(rows: pa.Table, about: Sequence[tuple[str, str]]) -> bytes:
    """A workbook: what the figures mean, then the rows. Texts are never taken for formulas."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        first = book.add_worksheet(_("About"))
        first.set_column(0, 0, 28)
        first.set_column(1, 1, 90)
        for line, (name, value) in enumerate(about):
            first.write_string(line, 0, name, bold)
            first.write_string(line, 1, value)
        _write_rows(book, exported(rows), bold)
    return out.getvalue()


def _write_rows(book: xlsxwriter.Workbook, table: pa.Table, bold: Any) -> None:
    sheet = book.add_worksheet(_("Rows"))
    sheet.freeze_panes(1, 2)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for index, field in enumerate(table.schema):
        sheet.write_string(0, index, field.name, bold)
        values = table[index].to_pylist()
        if pa.types.is_date(field.type):
            sheet.set_column(index, index, 12, day)
        sheet.write_column(1, index, values)
    sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)


def about_lines(facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The lines of the first sheet: what was asked, then what every column means."""
    yield from facts.items()
    yield "", ""
    for column in _explained():
        yield str(column[0]), column[1]


def _explained() -> list[tuple[str, str]]:
    return [
        (_("CTR uplift"), _("CTR / benchmark CTR - 1; 1.5 is +150%, 2.5 times the benchmark.")),
        (_("Interval"), _("95%; knows that contents differ and that the benchmark is uncertain.")),
        (_("Empty"), _("Cannot be told. Never zero.")),
    ]
