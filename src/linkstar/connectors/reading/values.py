"""One field of one row as SQL: the value its cell has, and the problems it may have."""

from dataclasses import dataclass

from linkstar.connectors.fields.catalogue import WRITTEN, Form
from linkstar.connectors.reading.detected import Match

_CLICKS = {"clicks", "product_clicks", "unique_product_clicks", "shop_tab_clicks"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one column are read.

    Attributes:
        match: the column.
        form: how its values are written.
        cell_type: the DuckDB type of its cells; VARCHAR unless the file is typed.
        zone: of times that state none; empty when there are none.
        currency: SQL for the ISO code of its amounts.
    """

    match: Match
    form: Form
    cell_type: str
    zone: str
    currency: str

    @property
    def name(self) -> str:
        return self.match.field

    @property
    def stated(self) -> str:
        """SQL for what the cell says, from the cell itself."""
        cell = f"c{self.match.index}"
        return cell if self.cell_type != "VARCHAR" else f"stated(t{self.match.index})"

    @property
    def value(self) -> str:
        """SQL for the value, from `s_<field>`."""
        return _typed(self) if self.cell_type != "VARCHAR" else _written(self)


def text_literal(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _written(reading: Reading) -> str:
    s, form = f"s_{reading.name}", reading.form
    order, zone = f"'{reading.match.day_order}'", text_literal(reading.zone)
    by_form = {
        Form.TEXT: s,
        Form.DATE: f"date_value({s}, {order})",
        Form.INSTANT: f"instant_value({s}, {order}, {zone})",
        Form.MONEY: f"money_value({s}, {reading.currency})",
        Form.CURRENCY: f"CASE WHEN exponent_of(upper({s})) IS NOT NULL THEN upper({s}) END",
        Form.DATE_RANGE: f"date_value(range_start({s}), 'YMD')",
        Form.SHOP: f"(SELECT any_value(shop) FROM shop_names WHERE name = lower({s}))",
    }
    return by_form.get(form, f"{form}_value({s})")


def _typed(reading: Reading) -> str:
    s, form, kind = f"s_{reading.name}", reading.form, reading.cell_type
    sql_type = WRITTEN[form].sql_type
    if form is Form.INSTANT:
        if "WITH TIME ZONE" in kind:
            return s
        return f"timezone({text_literal(reading.zone)}, CAST({s} AS TIMESTAMP))"
    if form is Form.COUNT:
        return f"CASE WHEN {s} = floor({s}) THEN CAST({s} AS BIGINT) END"
    if form in {Form.ID, Form.IDS} and kind in {"DOUBLE", "FLOAT"}:
        whole = f"CASE WHEN abs({s}) < 9007199254740992 THEN CAST(CAST({s} AS BIGINT) AS VARCHAR) END"
        return whole if form is Form.ID else f"[{whole}]"
    if form is Form.IDS:
        return f"[CAST({s} AS VARCHAR)]"
    if form is Form.MONEY:
        amount = f"CAST({s} AS DECIMAL(28, 6))"
        return f"to_minor({amount}, exponent_of({reading.currency}))"
    if sql_type == "VARCHAR" and form is not Form.TEXT and form is not Form.ID:
        return f"{form}_value(CAST({s} AS VARCHAR))"
    return f"try_cast({s} AS {sql_type})"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong with a row: an SQL condition and what to say then."""

    condition: str
    field: str
    code: str
    expected: str


def checks(reading: Reading) -> list[Check]:
    """What may be wrong with a cell of this column; the first that holds is told."""
    name, form = reading.name, reading.form
    s, v, written = f"s_{name}", f"v_{name}", WRITTEN[form]
    expected = _expected(reading)
    found: list[Check] = []
    if reading.cell_type == "VARCHAR":
        if form in {Form.ID, Form.IDS}:
            found.append(Check(f"lost_digits({s})", name, "id.lost_digits", "7312345678901234567"))
        if form is Form.MONEY:
            another = f"{v} IS NULL AND money_of_another({s}, {reading.currency})"
            found.append(Check(another, name, "money.currency", expected))
    if form is not Form.TEXT:
        unread = f"{s} IS NOT NULL AND {v} IS NULL"
        if form is Form.MONEY:
            unread += f" AND NOT is_range({s})"
        if form is Form.RATE:
            unread += f" AND try_cast({s} AS DOUBLE) IS NULL"
        if form is Form.HANDLE:
            unread = "false"
        found.append(Check(unread, name, written.code, expected))
    if form is Form.COUNT:
        code = "clicks.negative" if name in _CLICKS else "number.negative"
        found.append(Check(f"{v} < 0", name, code, "0 or more"))
    if form is Form.RATIO:
        found.append(Check(f"{v} < 0", name, "percent.negative", "0% or more"))
    return found


def _expected(reading: Reading) -> str:
    if reading.form in {Form.DATE, Form.INSTANT}:
        day = {"DMY": "DD/MM/YYYY", "MDY": "MM/DD/YYYY"}.get(reading.match.day_order, "YYYY-MM-DD")
        return day if reading.form is Form.DATE else f"{day} HH:MM:SS"
    return WRITTEN[reading.form].expected
