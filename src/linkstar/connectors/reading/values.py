"""One field of one row as SQL: the value its cell has, and the problems it may have."""

from dataclasses import dataclass

from linkstar.connectors.fields.catalogue import WRITTEN, Form
from linkstar.connectors.fields.engine import any_of, text_literal
from linkstar.connectors.reading.detected import Match
from linkstar.money.currencies import currency

_CLICKS = {"clicks", "product_clicks", "unique_product_clicks", "shop_tab_clicks"}


@dataclass(frozen=True, slots=True)
class MoneyWritten:
    """SQL for what a currency is like: constants, or columns of the row that names it."""

    exponent: str = "cur_exponent"
    dots: str = "cur_dots"
    dollar: str = "cur_dollar"
    marks: str = "cur_marks"

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
    def is_count(self) -> bool:
        return self.form is Form.COUNT

    @property
    def looked_at(self) -> str:
        """SQL for what the cell looks like at first sight.

        `t` tidied; or `n` the number that reads back as it is written, which needs no closer look.
        """
        index = self.match.index
        if self.is_count:
            return f"plain_count(c{index}, b{index}) AS n{index}"
        return f"tidy(c{index}) AS t{index}"

    @property
    def cast(self) -> str:
        """SQL for the cell of a count as a number, whatever it looks like; worked out once."""
        return f"try_cast(c{self.match.index} AS BIGINT) AS b{self.match.index}"

    @property
    def stated(self) -> str:
        """SQL for what the cell says, from the cell itself."""
        index = self.match.index
        if not self.is_text:
            return f"c{index}"
        if self.is_count:
            return f"CASE WHEN n{index} IS NOT NULL THEN c{index} ELSE stated_slow(c{index}) END"
        return f"stated(t{index})"

    @property
    def value(self) -> str:
        """SQL for the value, from `s_<field>`."""
        return _typed(self) if self.cell_type != "VARCHAR" else _written(self)


def _written(reading: Reading) -> str:
    s, n, form = f"s_{reading.name}", f"n{reading.match.index}", reading.form
    order, zone = f"'{reading.match.day_order}'", text_literal(reading.zone)
    by_form = {
        Form.TEXT: s,
        Form.COUNT: f"CASE WHEN {n} IS NOT NULL THEN {n} ELSE count_value({s}) END",
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
