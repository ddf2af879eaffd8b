"""One sentence for every problem in a row and every refusal: what is wrong, and what to do.

Problems and refusals travel as codes with plain parameters; words are made here, in the reader's
language. A code without a sentence fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.web import formats

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Advice:
    """What a cell should have held, and what a person can do about it."""

    expected: Words
    todo: Words


CORRECT_AND_SEND_AGAIN = _("Correct the row in the error file and upload that file again.")

OF_WHOLE_ROWS = frozenset(
    {
        "order.incomplete",
        "row.not_json",
        "row.too_many_cells",
        "row.unclosed_quote",
        "text.encoding",
    }
)
"""Codes that are about no single column."""

ROW_PROBLEMS: dict[str, Advice] = {
    "required.empty": Advice(_("a value"), _("Fill the cell in, or leave the row out.")),
    "text.format": Advice(_("text"), CORRECT_AND_SEND_AGAIN),
    "text.too_long": Advice(_("at most %(example)s characters"), CORRECT_AND_SEND_AGAIN),
    "text.encoding": Advice(
        _("readable characters"),
        _("Save the file as UTF-8 and upload it again; some characters of this row are broken."),
    ),
    "date.format": Advice(
        _("a date such as %(example)s"),
        _("Correct the date; where step 2 asks how dates are written, check what was chosen."),
    ),
    "number.format": Advice(_("a whole number such as %(example)s"), CORRECT_AND_SEND_AGAIN),
    "number.negative": Advice(_("zero or more"), CORRECT_AND_SEND_AGAIN),
    "quantity.nothing": Advice(
        _("a quantity above nothing, or below it where something came back"),
        CORRECT_AND_SEND_AGAIN,
    ),
    "clicks.negative": Advice(_("zero clicks or more"), CORRECT_AND_SEND_AGAIN),
    "percent.format": Advice(_("a percentage such as %(example)s"), CORRECT_AND_SEND_AGAIN),
    "percent.negative": Advice(_("a percentage of zero or more"), CORRECT_AND_SEND_AGAIN),
    "percent.ambiguous": Advice(
        _("a percentage with its sign, such as %(example)s"),
        _("Write the percent sign: without it 5 could be 5% or 500%."),
    ),
    "money.format": Advice(_("an amount such as %(example)s"), CORRECT_AND_SEND_AGAIN),
    "price.negative": Advice(
        _("a price of zero or more"),
        _("What came back is told by a quantity below nothing, at the price of the sale."),
    ),
    "money.currency": Advice(
        _("an amount in the file's currency"),
        _("The amount bears the sign of another currency. Check the currency chosen in step 2."),
    ),
    "currency.unknown": Advice(
        _("a currency code such as %(example)s"), _("Write the three letters of the currency.")
    ),
    "choice.unknown": Advice(_("one of: %(example)s"), CORRECT_AND_SEND_AGAIN),
    "id.format": Advice(_("an ID such as %(example)s"), CORRECT_AND_SEND_AGAIN),
    "id.lost_digits": Advice(
        _("the whole ID, written as text"),
        _(
            "A spreadsheet program has cut the digits of this ID and they cannot be recovered. "
            "Export the file again and upload it without opening and saving it."
        ),
    ),
    "id.not_in_link": Advice(
        _("a link such as %(example)s"),
        _("The ID of the content is read from its link. Put the full link into the cell."),
    ),
    "url.format": Advice(
        _("an address such as https://shop.example.com/serum"), CORRECT_AND_SEND_AGAIN
    ),
    "tags.too_many": Advice(
        _("at most 20 tags of up to 40 characters, apart by commas"), CORRECT_AND_SEND_AGAIN
    ),
    "line.twice": Advice(
        _("a line number that no other row of the order has"), CORRECT_AND_SEND_AGAIN
    ),
    "order.incomplete": Advice(
        _("an order all rows of which can be read"),
        _(
            "This row is good, another row of its order is not. The file does not number its "
            "lines, so an order goes in whole: correct the other row and send both."
        ),
    ),
    "row.contradicts": Advice(
        _("the same as an earlier row of the file says of this product or variant"),
        _("Two rows disagree; the first was kept. Keep one value and upload the file again."),
    ),
    "shop.unknown": Advice(
        _("a shop of this workspace"),
        _("Write the name or the ID of one of your shops, or add the shop in the settings."),
    ),
    "row.not_json": Advice(_("one JSON object per line"), CORRECT_AND_SEND_AGAIN),
    "row.too_many_cells": Advice(
        _("as many cells as the header has"),
        _("A text in this row may contain the delimiter; put it into quotation marks."),
    ),
    "row.unclosed_quote": Advice(
        _("a closing quotation mark"),
        _("A quotation mark in this row is opened and never closed; close it or delete it."),
    ),
}

NOTICES: dict[str, Words] = {
    "column.unknown": _("The column “%(column)s” is not known and is not used.%(nearest)s"),
    "row.summary": _(
        "Rows that are totals of other rows and were left out: %(count)s (row %(rows)s)."
    ),
    "ctr.above_one": _(
        "Rows with more clicks than impressions: %(count)s. That happens in real exports;"
        " they are loaded and marked."
    ),
    "money.range": _(
        "Rows that state GMV as a range: %(count)s. The range is not counted as an amount."
    ),
    "clicks.derived": _(
        "This layout has no column of clicks. Rows whose clicks were worked out from the "
        "stated CTR and the impressions, and are marked so: %(count)s."
    ),
    "window.supersedes": _(
        "Rows of earlier files that count no longer, because this file states the same days"
        " anew: %(count)s."
    ),
    "window.inside": _(
        "Days of this file lie within those of another file (%(count)s: %(windows)s). They are"
        " never added up: a figure takes the windows that cover most of its period."
    ),
    "window.around": _(
        "Days of other files lie within those of this file (%(count)s: %(windows)s). They are"
        " never added up: a figure takes the windows that cover most of its period."
    ),
    "window.across": _(
        "Days of this file overlap those of another file (%(count)s: %(windows)s). They are"
        " never added up: a figure takes the windows that cover most of its period."
    ),
    "rate.unclear": _(
        "Rows whose commission rate could mean two things, as 0.1 and 1550 do: %(count)s. The rate"
        " is left empty; commission counts as it is stated."
    ),
    "orders.recorded": _(
        "Order lines: %(count)s stated, of these %(new)s new, %(revised)s changed, %(unchanged)s "
        "as they were."
    ),
    "orders.unknown_words": _(
        "Order lines that call their state by words not known here, and go by their times"
        " instead: %(count)s (%(words)s)."
    ),
    "orders.time_missing": _(
        "Order lines that state no time and were left out: %(count)s (%(lines)s)."
    ),
    "orders.items_missing": _(
        "Order lines that state no quantity and were left out: %(count)s (%(lines)s)."
    ),
    "orders.line_missing": _(
        "Order lines that name neither SKU nor product and were left out: %(count)s (%(lines)s)."
    ),
    "orders.price_missing": _(
        "Order lines that state no price and were left out: %(count)s (%(lines)s)."
    ),
    "orders.price_negative": _(
        "Order lines that state a price below nothing and were left out: %(count)s (%(lines)s)."
    ),
    "orders.refund_negative": _(
        "Order lines that state a refund below nothing and were left out: %(count)s (%(lines)s)."
    ),
    "orders.currency_unknown": _(
        "Order lines that name a currency not known here and were left out: %(count)s (%(lines)s)."
    ),
    "orders.more_returned_than_ordered": _(
        "Order lines that say more came back than was ordered: %(count)s. They stay as "
        "they were: %(lines)s."
    ),
    "orders.state_not_stated": _(
        "Order lines that state they are withdrawn and were left out, for only undoing an import"
        " withdraws a line: %(count)s (%(lines)s)."
    ),
    "returns.recorded": _(
        "Cancellations and returns: %(count)s stated, of these %(known)s known before."
    ),
    "returns.revised": _(
        "Counted before and stated with another quantity now, which counts: %(count)s of them."
    ),
    "returns.matched": _("%(count)s of them were taken off the lines they are of: %(sums)s."),
    "returns.tied": _(
        "%(count)s of these may have been of other lines just as well; the rule took the earliest. "
        "They are listed under cancellations."
    ),
    "returns.unmatched": _(
        "%(count)s of them fit no line and count nowhere until one turns up: %(sums)s. They are "
        "listed under cancellations."
    ),
    "id.rounded": _(
        "Content IDs that end in zeros as if a spreadsheet program had rounded them: "
        "%(count)s. If the file was opened and saved, export it again."
    ),
}

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
    "file.packed": _("This is a packed file (ZIP, GZ …). Unpack it and upload what is inside."),
    "file.rates": _(
        "These are rates of exchange, not figures of a shop. Whoever runs the installation takes "
        "them in under Exchange rates, or with “linkstar rates import”."
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
    "mapping.column": _("“%(name)s” is not a column of this file. Choose one of its columns."),
    "mapping.field": _("A column cannot be filled in as “%(name)s”: nothing here is called so."),
    "mapping.together": _(
        "“%(name)s” does not go with the other columns you chose: no kind of row has all of them."
    ),
    "import.not_ready": _("This import has been started already, or is not ready."),
    "import.undo_too_late": _("An import can be undone for seven days; that time is over."),
    "shops.zones_differ": _(
        "The shops named in this file count their days in different time zones (%(zones)s). "
        "Upload one file per time zone."
    ),
    "unexpected": _(
        "Something went wrong that should not have. Nothing of the file was loaded. "
        "Try once more; if it fails again, give the operator the number of this import."
    ),
    "unexpected_build": _(
        "Something went wrong that should not have, and nothing was kept. Try once more; "
        "if it fails again, ask the operator to look into the log."
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
    "MarketNotStated": _("The file has no figures for the market %(market)s, only for %(stated)s."),
    "PeriodsDiffer": _(
        "The file has figures of several periods for the same category. Keep one period, or whole "
        "weeks from Monday to Sunday."
    ),
    "SourceNotNamed": _("Name the source of the figures and the licence they may be used under."),
    "PoolEmpty": _(
        "There is nothing to compute it from: no shop has impressions in these weeks and this "
        "market. Choose other weeks, or import files first."
    ),
    "EditionOutdated": _(
        "Another edition of these weeks was published meanwhile. Discard this draft and build "
        "it again."
    ),
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


@dataclass(frozen=True, slots=True)
class Told:
    """A row's problem in words."""

    expected: str
    todo: str


def told(code: str, example: str) -> Told:
    """What was expected and what to do. A code without words says so by its name."""
    advice = ROW_PROBLEMS.get(code)
    if advice is None:
        return Told(example or code, str(CORRECT_AND_SEND_AGAIN))
    return Told(str(advice.expected) % {"example": example}, str(advice.todo))


def header_language() -> str:
    """The reader's language, as files name it: `zh` or `en`."""
    return "zh" if (translation.get_language() or "en").startswith("zh") else "en"


def in_error_files(language: str) -> dict[str, str]:
    """Sentences for the last column of an error file, in the language of whoever reads it.

    `{column}`, `{value}` and `{expected}` stand for what they name.
    """
    with translation.override("zh-hans" if language == "zh" else "en"):
        return {code: _sentence(code, advice) for code, advice in ROW_PROBLEMS.items()}


def _sentence(code: str, advice: Advice) -> str:
    expected = str(advice.expected) % {"example": "{expected}"}
    if code in OF_WHOLE_ROWS:
        told = translated("This row should have %(expected)s. %(todo)s")
    else:
        told = translated("“{column}” should be %(expected)s, found “{value}”. %(todo)s")
    return told % {"expected": expected, "todo": advice.todo}


def notice(code: str, params: Mapping[str, object], count: int) -> str:
    """The sentence of a notice: something to know that stops nothing."""
    known = NOTICES.get(code)
    if known is None:
        return code
    likely, language = params.get("nearest"), translation.get_language() or "en"
    hint = translated(" It may be the new name of “%(nearest)s”.") % {"nearest": likely}
    return str(known) % (
        _told(params) | {"count": formats.whole(count, language), "nearest": hint if likely else ""}
    )


def _told(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters as sentences need them: lists joined, rows as people count them."""
    written = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in params.items()
    }
    if nearest := written.get("nearest"):
        written["nearest"] = translated("“%(nearest)s” may be its new name.") % {"nearest": nearest}
    if isinstance(row := written.get("row"), int):
        written["line"] = row + 2  # rows are counted from 0 below the header
    return written
