"""One sentence for every problem in a row and every refusal: what is wrong, and what to do.

Problems and refusals travel as codes with plain parameters; words are made here, in the reader's
language. A code without a sentence fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Advice:
    """What a cell should have held, and what a person can do about it."""

    expected: Words
    todo: Words


CORRECT_AND_SEND_AGAIN = _("Correct the row in the error file and upload that file again.")

ROW_PROBLEMS: dict[str, Advice] = {}

REFUSALS: dict[str, Words] = {
    "file.empty": _("The file is empty. Export it again and upload the new file."),
    "file.damaged": _(
        "The file is damaged and cannot be opened. Export or download it again; "
        "do not rename its ending."
    ),
    "file.encrypted": _(
        "The file is protected by a password. Save a copy without a password and upload that."
    ),
    "file.zip_bomb": _(
        "The file is refused: it would unpack to far more than a spreadsheet holds. "
        "If it is a real export, save it as CSV and upload that."
    ),
    "file.too_large": _("The file is too large. Export fewer days at a time, or save it as CSV."),
    "file.too_many_columns": _(
        "The file has more columns than any table that is read here. "
        "Check that the delimiter is a comma, a semicolon or a tab."
    ),
    "file.line_too_long": _(
        "A line of the file does not end. A quotation mark may be missing; "
        "export the file again, or save it as XLSX."
    ),
    "file.not_a_table": _(
        "No table was found in the file. Upload CSV, TSV, XLSX, Parquet or NDJSON."
    ),
    "file.lock_file": _(
        "This is the small file Excel writes while a workbook is open. Upload the workbook itself."
    ),
    "file.too_slow": _(
        "Reading the workbook took too long and was stopped. Save it as CSV and upload that."
    ),
    "file.too_much_memory": _(
        "The workbook needs too much memory to open. Save it as CSV and upload that."
    ),
    "layout.unknown": _(
        "The columns are of no export known here, and too few for a mapping: %(found)s. "
        "Upload an export as the platform made it, or a table with impressions and clicks."
    ),
    "column.missing": _(
        "The column “%(column)s” is missing, so nothing was read: a missing column must not "
        "become zero. %(nearest)s"
    ),
    "column.twice": _(
        "Two columns are called “%(column)s”, so it is not clear which one counts. "
        "Rename or delete one and upload the file again."
    ),
    "answer.zone": _("“%(zone)s” is not a time zone. Choose one such as America/Los_Angeles."),
    "answer.missing": _("Some questions are still open; answer them first."),
    "mapping.wrong": _("“%(name)s” is not a column of this file. Choose one from the list."),
    "unexpected": _(
        "Something went wrong that should not have. Nothing of the file was loaded. "
        "Try once more; if it fails again, give the operator the number of this import."
    ),
    "worker_killed": _(
        "The import was interrupted several times and was given up. Nothing of the file was "
        "loaded. Try a smaller file, or ask the operator to look at the memory of the machine."
    ),
    "WorkerKilled": _("The work was interrupted when LinkStar stopped. Start it again."),
    "NotWholeWeeks": _("Choose whole weeks: the first day a Monday, the last day a Sunday."),
    "WeekNotOver": _("The last days are not complete yet. Choose weeks that ended two days ago."),
    "FloorTooLow": _("A figure needs five shops at least."),
    "BuildUnderWay": _("This benchmark is being built already."),
    "SourceNotNamed": _("Name the source of the figures and the licence they may be used under."),
    "NothingToPublish": _("Nothing was published: every figure is withheld."),
    "ColumnNotStated": _("The column “%(column)s” is missing."),
    "CellInvalid": _("Row %(line)s, “%(column)s”: “%(value)s” cannot be."),
}


def why(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of a refusal. A code nobody wrote a sentence for is shown as it is."""
    known = REFUSALS.get(code)
    if known is None:
        return code
    return str(known) % _told(params or {})


def sentence_of(refused: Exception) -> str:
    """The sentence of a refusal that was raised."""
    code = getattr(refused, "code", "") or type(refused).__name__
    params = getattr(refused, "params", None) or vars(refused)
    return why(code, params)


def _told(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters as sentences need them: lists joined, rows as people count them."""
    told = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in params.items()
    }
    if nearest := told.get("nearest"):
        told["nearest"] = translated(
            "“%(nearest)s” may be its new name; choose it in step 2 if it is."
        ) % {"nearest": nearest}
    if isinstance(row := told.get("row"), int):
        told["line"] = row + 2  # rows are counted from 0 below the header
    return told
