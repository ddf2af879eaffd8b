"""One field of one row as SQL: the value its cell has, and the problems it may have."""

import re
from dataclasses import dataclass

from linkstar.connectors.fields.catalogue import WRITTEN, Form
from linkstar.connectors.fields.engine import any_of, text_literal
from linkstar.connectors.reading.detected import Match
from linkstar.money.currencies import currency

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{12,}", re.ASCII)
_AMOUNT = re.compile(r"\$?\d[\d,]*(\.\d{1,2})?", re.ASCII)
_PATH = re.compile(r"(?=.{7})[A-Z][!-.0-=?-~]*( (> )?[!-.0-=?-~]+)*")
"""A category that the grammar takes as it is, longer than any word that states nothing."""
_CAST_FIRST = {Form.COUNT: "BIGINT", Form.DATE: "DATE"}
_CLICKS = {"clicks", "product_clicks", "unique_product_clicks", "shop_tab_clicks"}


@dataclass(frozen=True, slots=True)
class MoneyWritten:
    """SQL for what a currency is like: constants, or columns of the row that names it."""

    exponent: str = "cur_exponent"
    dots: str = "cur_dots"
    dollar: str = "cur_dollar"
    marks: str = "cur_marks"

    @property
    def is_known(self) -> bool:
        """Whether it is one currency for the whole file."""
        return self != MoneyWritten()

    @classmethod
    def of(cls, code: str) -> "MoneyWritten":
        """The constants of one known currency."""
        known = currency(code)
        return cls(
            str(known.exponent),
            str(known.dot_thousands).lower(),
            str("$" in known.marks).lower(),
            text_literal(any_of(known.marks)),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one column are read.

    Attributes:
        match: the column.
        form: how its values are written.
        cell_type: the DuckDB type of its cells; VARCHAR unless the file is typed.
        zone: of times that state none; empty when there are none.
        currency: SQL for the ISO code of its amounts.
        money: SQL for what that currency is like: exponent, dots, dollar, marks.
    """

    match: Match
    form: Form
    cell_type: str
    zone: str
    currency: str
    money: "MoneyWritten"

    @property
    def name(self) -> str:
        return self.match.field

    @property
    def is_text(self) -> bool:
        return self.cell_type == "VARCHAR"

    @property
    def is_read_at_once(self) -> bool:
        """Whether cells as most files write them are worth knowing at first sight.

        What is known so needs no closer look; what is not is looked at twice. So the file's first
        cells decide.
        """
        return self.is_text and bool(self._at_once)

    @property
    def _at_once(self) -> str:
        """SQL for the value of a cell that is written plainly; empty where few cells are."""
        index, samples, money = self.match.index, self.match.samples, self.money
        if self.form is Form.COUNT:
            return f"plain_count(c{index}, b{index})"
        if self.form is Form.DATE and any(map(_DAY.fullmatch, samples)):
            return f"plain_date(c{index}, b{index})"
        if self.form is Form.ID and any(map(_NUMBER.fullmatch, samples)):
            return f"plain_id(c{index})"
        if self.form is Form.MONEY and any(map(_AMOUNT.fullmatch, samples)) and money.is_known:
            return f"plain_money(c{index}, {money.exponent}, {money.dots}, {money.dollar})"
        if self.form is Form.CATEGORY:
            paths = {each for each in samples if _PATH.fullmatch(each)}
            same = " OR ".join(f"c{index} = {text_literal(path)}" for path in sorted(paths))
            return f"CASE WHEN {same} THEN c{index} END" if same else ""
        return ""

    @property
    def looked_at(self) -> str:
        """SQL for what the cell looks like at first sight.

        `n` the value of a cell that states it plainly, which needs no closer look; or `t` tidied.
        """
        index = self.match.index
        if self.is_read_at_once:
            return f"{self._at_once} AS n{index}"
        return f"tidy(c{index}) AS t{index}"

    @property
    def cast(self) -> str:
        """SQL for the cell in its type, whatever it looks like; worked out once, or never."""
        index, kind = self.match.index, _CAST_FIRST.get(self.form)
        return f"try_cast(c{index} AS {kind}) AS b{index}" if kind and self.is_read_at_once else ""

    @property
    def stated(self) -> str:
        """SQL for what the cell says, from the cell itself."""
        index = self.match.index
        if not self.is_text:
            return f"c{index}"
        if self.is_read_at_once:
            return f"CASE WHEN n{index} IS NOT NULL THEN c{index} ELSE stated_slow(c{index}) END"
        return f"stated(t{index})"

    @property
    def value(self) -> str:
        """SQL for the value, from `s_<field>`."""
        if not self.is_text:
            return _typed(self)
        n, closer = f"n{self.match.index}", _written(self)
        if self.is_read_at_once:
            return f"CASE WHEN {n} IS NOT NULL THEN {n} ELSE {closer} END"
        return closer


def _written(reading: Reading) -> str:
    s, form = f"s_{reading.name}", reading.form
    order, zone = f"'{reading.match.day_order}'", text_literal(reading.zone)
    by_form = {
        Form.TEXT: s,
        Form.DATE: f"date_value({s}, {order})",
        Form.LOCAL_TIME: f"time_value({s}, {order})",
        Form.INSTANT: f"instant_value({s}, {order}, {zone})",
        Form.MONEY: _money(reading),
        Form.PRICE: f"price_value({s}, {reading.money.dots}, {reading.money.marks})",
        Form.CURRENCY: f"CASE WHEN exponent_of(upper({s})) IS NOT NULL THEN upper({s}) END",
        Form.DATE_RANGE: f"date_value(range_start({s}), 'YMD')",
        Form.SHOP: f"(SELECT any_value(shop) FROM shop_names WHERE name = lower({s}))",
    }
    return by_form.get(form, f"{form}_value({s})")


def _money(reading: Reading) -> str:
    like = reading.money
    arguments = f"{like.exponent}, {like.dots}, {like.dollar}, {like.marks}"
    return f"money_value(s_{reading.name}, {arguments})"


def _typed(reading: Reading) -> str:
    """A file with typed columns needs no grammar, only the right type."""
    s, form, kind = f"s_{reading.name}", reading.form, reading.cell_type
    sql_type = WRITTEN[form].sql_type
    like = reading.money
    ids = _typed_id(s, kind)
    local = f"timezone({text_literal(reading.zone)}, CAST({s} AS TIMESTAMP))"
    by_form = {
        Form.INSTANT: s if "WITH TIME ZONE" in kind else local,
        Form.COUNT: f"CASE WHEN {s} = floor({s}) THEN CAST({s} AS BIGINT) END",
        Form.QUANTITY: f"CASE WHEN {s} = floor({s}) THEN CAST({s} AS BIGINT) END",
        Form.ID: ids,
        Form.IDS: f"[{ids}]",
        Form.MONEY: f"to_minor(CAST({s} AS DECIMAL(28, 6)), {like.exponent})",
        Form.PRICE: f"to_micros(CAST({s} AS DECIMAL(28, 10)))",
        Form.TEXT: f"CAST({s} AS VARCHAR)",
    }
    if form in by_form:
        return by_form[form]
    if sql_type == "VARCHAR":
        return f"{form}_value(CAST({s} AS VARCHAR))"
    return f"try_cast({s} AS {sql_type})"


def _typed_id(cell: str, kind: str) -> str:
    """Doubles hold whole numbers exactly only below 2 ** 53."""
    if kind not in {"DOUBLE", "FLOAT"}:
        return f"CAST({cell} AS VARCHAR)"
    exact = f"abs({cell}) < {2**53}"
    return f"CASE WHEN {exact} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) END"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong with a row.

    Attributes:
        condition: SQL that is cheap; every row is asked.
        field: the field it is about.
        code: SQL for the problem's code, or NULL when it is none after all; only rows for which
            the condition holds are asked, so this may look closely.
        expected: an example of what was expected.
    """

    condition: str
    field: str
    code: str
    expected: str


def checks(reading: Reading) -> list[Check]:
    """What may be wrong with a cell of this column; the first that holds is told."""
    name, form = reading.name, reading.form
    found = []
    if form not in {Form.TEXT, Form.HANDLE, Form.SHOP}:
        unread = f"s_{name} IS NOT NULL AND v_{name} IS NULL"
        found.append(Check(unread, name, _code(reading), _expected(reading)))
    if form is Form.COUNT:
        code = "'clicks.negative'" if name in _CLICKS else "'number.negative'"
        found.append(Check(f"coalesce(v_{name} < 0, false)", name, code, "0"))
    if form is Form.RATIO:
        negative = f"coalesce(v_{name} < 0, false)"
        found.append(Check(negative, name, "'percent.negative'", "0%"))
    return found


def _code(reading: Reading) -> str:
    """SQL for why a stated cell has no value."""
    cell, code = f"s_{reading.name}", f"'{WRITTEN[reading.form].code}'"
    if reading.cell_type != "VARCHAR":
        return code
    if reading.form in {Form.ID, Form.IDS}:
        return f"CASE WHEN lost_digits({cell}) THEN 'id.lost_digits' ELSE {code} END"
    if reading.form is Form.MONEY:
        return f"""CASE WHEN is_range({cell}) THEN NULL
            WHEN money_of_another({cell}, {reading.money.marks}) THEN 'money.currency'
            ELSE {code} END"""
    if reading.form is Form.PRICE:
        return f"""CASE WHEN money_of_another({cell}, {reading.money.marks}) THEN 'money.currency'
            ELSE {code} END"""
    if reading.form is Form.RATE:
        return f"CASE WHEN try_cast({cell} AS DOUBLE) IS NULL THEN {code} END"
    return code


def _expected(reading: Reading) -> str:
    if reading.form in {Form.DATE, Form.LOCAL_TIME, Form.INSTANT}:
        day = {"DMY": "DD/MM/YYYY", "MDY": "MM/DD/YYYY"}.get(reading.match.day_order, "YYYY-MM-DD")
        return day if reading.form is Form.DATE else f"{day} HH:MM:SS"
    return WRITTEN[reading.form].expected
