"""The one SQL statement that reads a file: cells, what they state, their values, the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import duckdb

from linkstar.connectors.fields.catalogue import FIELDS, WRITTEN, Form
from linkstar.connectors.fields.engine import text_literal
from linkstar.connectors.reading import order_rows
from linkstar.connectors.reading.cells import Part, relation
from linkstar.connectors.reading.detected import Answers, Detected, Match, Notice
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.reading.staging import (
    NOTHING,
    SCHEMAS,
    Row,
    RowsForm,
    key_checks,
    shared_texts,
    staged_columns,
    unsaid_columns,
)
from linkstar.connectors.reading.text import UNCLOSED, UNREADABLE
from linkstar.connectors.reading.values import (
    Check,
    MoneyWritten,
    Reading,
    checks,
)
from linkstar.lake.relations import empty_relation
from linkstar.lake.stating import as_written

_TOTALS = (
    "Total",
    "TOTAL",
    "Grand total",
    "Grand Total",
    "Summary",
    "合计",
    "总计",
    "总和",
    "汇总",
)
_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PERFORMANCE: ("content_id", "content_url", "product_ids", "creator", "creator_name"),
    Kind.EVENTS: ("event_id", "occurred_at"),
    Kind.ORDER_LINES: ("order_id",),
    Kind.INCOME_LINES: ("line_id",),
    Kind.BENCHMARK: ("category",),
    Kind.PRODUCTS: ("product_id",),
    Kind.CREATORS: ("creator",),
}
VALUE_CHARACTERS_MAX = 200
ZEROS_SHARE_MAX = 0.05
ROWS_IN_A_GROUP = 30_720
"""So many rows of sixty columns wait in memory; twice as many would spill."""


@dataclass(frozen=True)
class Statement:
    """SQL over one file; every part builds on the one before."""

    detected: Detected
    row: Row
    readings: tuple[Reading, ...]
    shops: tuple[tuple[str, int, int], ...]
    parts: tuple[Part, ...] = ()

    @classmethod
    def over(
        cls, detected: Detected, answers: Answers, parts: tuple[Part, ...] = ()
    ) -> "Statement":
        """The statement for a file, whole or in parts, and what was answered about it."""
        fields = frozenset(m.field for m in detected.columns)
        row = Row(detected, answers, fields)
        zone = answers.zone or detected.zone
        money = MoneyWritten() if "currency" in fields else MoneyWritten.of(row.known_currency)
        readings = tuple(
            Reading(
                match=match,
                form=FIELDS[detected.kind][match.field],
                cell_type=detected.cells.type_of(match.index),
                zone="UTC" if match.header.upper().endswith("(UTC)") else zone,
                currency=row.currency(),
                money=money,
            )
            for match in (_ordered(m, answers) for m in detected.columns)
        )
        shops = tuple((s.name.casefold(), s.workspace, s.shop) for s in answers.shops)
        return cls(detected, row, readings, shops, parts)

    def bind(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Give the engine the small table the statement names.

        Registering an Arrow table instead would load pandas, a fifth of a second.
        """
        names, workspaces, numbers = zip(*self.shops, strict=True) if self.shops else ((), (), ())
        engine.execute(
            """CREATE TABLE shop_names AS SELECT unnest($names::VARCHAR[]) AS name,
                unnest($workspaces::INTEGER[]) AS workspace, unnest($numbers::INTEGER[]) AS shop""",
            {"names": list(names), "workspaces": list(workspaces), "numbers": list(numbers)},
        )

    @cached_property
    def relation(self) -> str:
        return relation(self.detected.cells, self.detected.width, self.parts)

    @cached_property
    def data(self) -> str:
        """The rows of data: below the header, not blank, no total."""
        return f"""SELECT * FROM {self.relation} WHERE row >= {self.detected.first_row}
            AND NOT ({self._blank}) AND NOT ({self._total})"""

    @cached_property
    def values(self) -> str:
        """What stands in each field's cell (`c_`), what it states (`s_`) and its value (`v_`)."""
        broken = self._broken()
        derives_id = self.detected.kind is Kind.EVENTS and "event_id" not in self.row.fields
        stated = ", ".join(
            f"c{r.match.index} AS c_{r.name}, {r.stated} AS s_{r.name}" for r in self.readings
        )
        values = ", ".join(
            f"{r.value} AS v_{r.name}" for r in self.readings if r.form is not Form.SHOP
        )
        looks = dict.fromkeys(r.looked_at for r in self.readings if r.is_text)
        casts = dict.fromkeys(r.cast for r in self.readings if r.cast)
        sql = f"SELECT {', '.join(['*', *casts])} FROM ({self.data})"
        sql = f"SELECT {', '.join(['*', f'{broken} AS broken', *looks])} FROM ({sql})"
        known = dict.fromkeys(f"n{r.match.index}" for r in self.readings if r.is_read_at_once)
        sql = f"SELECT {', '.join(['row', 'broken', *known, stated])} FROM ({sql})"
        if "shop" in self.row.fields:
            sql = f"""SELECT read.*, shop_names.workspace AS v_workspace, shop_names.shop AS v_shop
                FROM ({sql}) AS read LEFT JOIN shop_names
                ON shop_names.name = lower(CAST(read.s_shop AS VARCHAR))"""
        if "currency" in self.row.fields:
            sql = f"SELECT *, {self.row.currency()} AS cur FROM ({sql})"
            sql = f"""SELECT *, exponent_of(cur) AS cur_exponent, writes_dots(cur) AS cur_dots,
                writes_dollar(cur) AS cur_dollar, marks_of(cur) AS cur_marks FROM ({sql})"""
        sql = f"SELECT *{', ' + values if values else ''} FROM ({sql})"
        if derives_id:
            said = ", ".join(f"CAST(s_{r.name} AS VARCHAR)" for r in self.readings)
            sql = f"SELECT *, md5(concat_ws(chr(31), {said})) AS said FROM ({sql})"
            sql = f"""SELECT *, said || '-' || row_number() OVER (PARTITION BY said ORDER BY row)
                AS derived_id FROM ({sql})"""
        if order_rows.are_anybodys(self.detected):
            sql = order_rows.with_lines(sql, self.row.fields)
        return sql

    @cached_property
    def judged(self) -> str:
        """The values of every row and, where an order goes in whole, whether all of it is good."""
        if not self._goes_in_whole:
            return self.values
        return order_rows.waiting_for_order(self.values, self._is_bad, self.row.fields)

    @property
    def _goes_in_whole(self) -> bool:
        return order_rows.go_in_whole(self.detected, self.row.fields)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Everything that may be wrong with a row, in the order of its columns."""
        in_cells = [check for reading in self.readings for check in checks(reading)]
        return (*key_checks(self.row), *in_cells, *self._derived_checks())

    def copy_to(self, staged: Path, form: RowsForm) -> str:
        """SQL that writes every good row; `form` makes of their SQL what is written."""
        columns = ", ".join(f"{sql} AS {name}" for name, sql in staged_columns(self.row).items())
        proof = "is_own_id" if self._proof else ""
        columns += f", {self._proof} AS {proof}" if proof else ""
        bad = "order_is_bad" if self._goes_in_whole else self._is_bad
        good = f"SELECT {columns} FROM ({self.judged}) WHERE NOT ({bad})"
        written = form(good, unsaid_columns(self.row), proof)
        written = as_written(written, shared_texts(self.row))
        return f"""COPY ({written}) TO {text_literal(str(staged))} (FORMAT parquet,
            COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROWS_IN_A_GROUP})"""

    @property
    def _proof(self) -> str:
        """SQL that holds where a content's id is known to be a platform's number."""
        if self.detected.level != "content":
            return ""
        ids = [r for r in self.readings if r.name == "content_id" and r.is_read_at_once]
        return f"n{ids[0].match.index} IS NOT NULL" if ids else ""

    def _staged(self, staged: Path) -> str:
        """SQL for the rows that went in; the file may lack columns that all leave empty."""
        rows = f"read_parquet({text_literal(str(staged))})"
        return f"(FROM {empty_relation(SCHEMAS[self.detected.kind])} UNION ALL BY NAME FROM {rows})"

    @cached_property
    def _is_bad(self) -> str:
        """Every row is asked the cheap questions; only those that fall for one, the close ones."""
        suspect = " OR ".join(["broken IS NOT NULL", *(c.condition for c in self.checks)])
        found = " OR ".join(
            f"(CASE WHEN {c.condition} THEN {c.code} END) IS NOT NULL" for c in self.checks
        )
        return f"CASE WHEN {suspect} THEN broken IS NOT NULL OR {found or 'false'} ELSE false END"

    @property
    def problems(self) -> str:
        """SQL for every problem of every bad row."""
        broken = """CASE WHEN broken IS NOT NULL THEN {'column': '', 'code': broken,
            'value': '', 'expected': ''} END"""
        fields = dict.fromkeys(check.field for check in self.checks)
        told = [broken] + [self._problem(field) for field in fields]
        if self._goes_in_whole:
            told.append(f"""CASE WHEN order_is_bad AND NOT bad THEN {{'column': '',
                'code': '{order_rows.WAITS}', 'value': CAST(s_order_id AS VARCHAR),
                'expected': ''}} END""")
        return f"""(SELECT row, problem['column'] AS "column", problem.code AS code,
                left(coalesce(problem.value, ''), {VALUE_CHARACTERS_MAX}) AS value,
                problem.expected AS expected
            FROM (SELECT row, unnest(list_filter(
                      [{", ".join(told)}], lambda p: p IS NOT NULL)) AS problem
                  FROM ({self.judged}))
            ORDER BY row)"""

    def account(self, engine: duckdb.DuckDBPyConnection) -> tuple[int, tuple[Notice, ...]]:
        """How many rows of data there are, and the totals that are none."""
        rows = engine.execute(f"SELECT count(*) FROM ({self.data})").fetchone()
        assert rows is not None
        totals = engine.execute(
            f"""SELECT row FROM {self.relation}
            WHERE row >= {self.detected.first_row} AND NOT ({self._blank}) AND ({self._total})
            ORDER BY row"""
        ).fetchall()
        lines = [row for (row,) in totals]
        notices = (Notice("row.summary", {"rows": lines[:50]}, len(lines)),) if lines else ()
        return int(rows[0]), notices

    def notices(self, engine: duckdb.DuckDBPyConnection, staged: Path) -> tuple[Notice, ...]:
        """What the rows that went in have that a person should know."""
        if self.detected.kind is Kind.ORDER_LINES:
            return self._unclear_rates(engine, staged)
        if self.detected.kind is not Kind.PERFORMANCE:
            return ()
        found = engine.execute(
            f"""SELECT count(*) FILTER (list_contains(flags, 'ctr_above_one')),
                count(*) FILTER (list_contains(flags, 'gmv_range')),
                count(*) FILTER (clicks_derived),
                count(*) FILTER (suffix(content_id, '0000') AND strlen(content_id) >= 16),
                count(*) FILTER (strlen(content_id) >= 16)
            FROM {self._staged(staged)}"""
        ).fetchone()
        assert found is not None
        above, ranges, derived, rounded, long_ids = found
        counted = {
            "ctr.above_one": above,
            "money.range": ranges,
            "clicks.derived": derived,
            "id.rounded": rounded if rounded > ZEROS_SHARE_MAX * long_ids else 0,
        }
        return tuple(Notice(code, {}, count) for code, count in counted.items() if count)

    def _unclear_rates(self, engine: duckdb.DuckDBPyConnection, staged: Path) -> tuple[Notice, ...]:
        found = engine.execute(
            f"""SELECT count(*) FILTER (list_contains(flags, 'rate_unclear'))
            FROM {self._staged(staged)}"""
        ).fetchone()
        assert found is not None
        return (Notice("rate.unclear", {}, found[0]),) if found[0] else ()

    @property
    def names_products(self) -> bool:
        """Whether rows say of single products what they are called, cost, or belong to."""
        fields = self.row.fields
        keys, said = {"product_id", "product_ids"}, {"product_name", "category", "category_1"}
        if self.detected.kind is Kind.ORDER_LINES:
            keys, said = {*keys, "sku_id"}, {*said, "price_minor"}
        return bool(fields & keys) and bool(fields & said)

    def copy_products_to(self, products: Path, staged: Path) -> str:
        """SQL that writes what is said of each product, and by order lines of each variant.

        The price is the one of the latest order that cost anything.
        """
        latest = "FILTER (price_minor > 0)"
        return f"""COPY (SELECT CAST(shop AS INTEGER) AS shop, product_id, sku_id,
                CAST(max(name) AS VARCHAR) AS name, CAST(max(category) AS VARCHAR) AS category,
                CAST(arg_max(price_minor, said_at) {latest} AS BIGINT) AS price_minor,
                CAST(arg_max(currency, said_at) {latest} AS VARCHAR) AS currency
            FROM ({self._said_of_products(staged)})
            WHERE coalesce(product_id, sku_id) IS NOT NULL GROUP BY shop, product_id, sku_id)
            TO {text_literal(str(products))} (FORMAT parquet)"""

    def _said_of_products(self, staged: Path) -> str:
        no_price = "NULL AS sku_id, NULL AS price_minor, NULL AS currency, NULL AS said_at"
        if self.detected.kind is Kind.EVENTS:
            return f"SELECT *, {no_price} FROM ({self._products_of_events()})"
        shop = "shop" if "shop" in self.row.fields else "NULL"
        about = f"product_name AS name, category, {shop} AS shop"
        rows = self._staged(staged)
        if self.detected.kind is Kind.PERFORMANCE:
            one = "CASE WHEN len(product_ids) = 1 THEN product_ids[1] END"
            return f"SELECT {one} AS product_id, {about}, {no_price} FROM {rows}"
        return f"""SELECT product_id, {about}, sku_id, price_minor, currency,
                coalesce(ordered_at, TIMESTAMPTZ '1970-01-01') AS said_at FROM {rows}"""

    def _products_of_events(self) -> str:
        """Events repeat what they say of a product: each way of saying it is read once."""
        wanted = {"product_id", "product_name", "category", "shop"}
        readings = [r for r in self.readings if r.name in wanted]
        cells = ", ".join(f"c{r.match.index}" for r in readings)
        looks = ", ".join(r.looked_at for r in readings if r.is_text)
        known = [f"n{r.match.index}" for r in readings if r.is_read_at_once]
        stated = ", ".join([*known, *(f"{r.stated} AS s_{r.name}" for r in readings)])
        values = ", ".join(
            f"{r.value} AS v_{r.name}" for r in readings if r.form in {Form.ID, Form.CATEGORY}
        )
        also = f", {looks}" if looks else ""
        shop = NOTHING
        if "shop" in self.row.fields:
            shop = "(SELECT any_value(shop) FROM shop_names WHERE name = lower(s_shop))"
        name = self.row.stated("product_name")
        return f"""SELECT v_product_id AS product_id, {name} AS name,
                {self.row.value("category")} AS category, {shop} AS shop
            FROM (SELECT *, {values} FROM (SELECT {stated} FROM (SELECT *{also} FROM (
                SELECT DISTINCT {cells} FROM {self.relation}
                WHERE row >= {self.detected.first_row}))))"""

    @cached_property
    def _blank(self) -> str:
        cells = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(self.detected.width))
        return f"coalesce({cells}, extra) IS NULL" if cells else "extra IS NULL"

    @cached_property
    def _total(self) -> str:
        """A row that sums the others: such a word in the first cell and nothing for a key."""
        if self.detected.cells.type_of(0) != "VARCHAR":
            return "false"
        words = ", ".join(text_literal(word) for word in _TOTALS)
        # A space, G to T in both cases, a Chinese character: others begin none of the words.
        like = "(c0 < '!' OR c0 >= 'G' AND c0 < 'U' OR c0 >= 'g' AND c0 < 'u' OR c0 >= '一')"
        known = _KEYS[self.detected.kind]
        key = next((r for r in self.readings if r.name in known), None)
        if key is None or key.match.index == 0:
            return f"CASE WHEN {like} THEN trim(c0) IN ({words}) ELSE false END"
        keyed = f"c{key.match.index}"
        return f"""CASE WHEN {like} THEN lower(trim(c0)) IN ({words.lower()})
            AND stated(visible(CAST({keyed} AS VARCHAR))) IS NULL ELSE false END"""

    def _broken(self) -> str:
        """The code of a row that is no record at all; NULL for the others."""
        cells = self.detected.cells
        if cells.format == "ndjson":
            return "CASE WHEN extra IS NOT NULL THEN 'row.not_json' END"
        if cells.format not in {"csv", "xlsx", "xls"}:
            return "NULL"
        too_many = "WHEN extra IS NOT NULL THEN 'row.too_many_cells'"
        if not (cells.is_clean and cells.format == "csv"):
            return f"CASE {too_many} END"
        everything = ", ".join(f"c{i}" for i in range(self.detected.width))
        return f"""CASE WHEN starts_with(c0, chr({ord(UNCLOSED)})) THEN 'row.unclosed_quote'
            WHEN contains(concat_ws('', {everything}), chr({ord(UNREADABLE)})) THEN 'text.encoding'
            {too_many} END"""

    def _derived_checks(self) -> list[Check]:
        found = []
        if self.detected.fixed.get("clicks") == "derived" and "stated_ctr_ratio" in self.row.fields:
            cell = "CAST(s_stated_ctr_ratio AS VARCHAR)"
            unclear = f"CASE WHEN NOT says_percent({cell}) THEN 'percent.ambiguous' END"
            above = "coalesce(v_stated_ctr_ratio > 1, false)"
            found.append(Check(above, "stated_ctr_ratio", unclear, "5.93%"))
        if "shop" in self.row.fields:
            found.append(Check("v_shop IS NULL", "shop", f"'{WRITTEN[Form.SHOP].code}'", ""))
        return found

    def _problem(self, field: str) -> str:
        """SQL for the first thing wrong with a field; NULL when nothing is."""
        header = next((r.match.header for r in self.readings if r.name == field), "")
        cases = " ".join(
            f"""WHEN {check.condition} AND {check.code} IS NOT NULL
                THEN {{'column': {text_literal(header)}, 'code': {check.code},
                'value': CAST(coalesce(s_{field}, c_{field}) AS VARCHAR),
                'expected': {text_literal(check.expected)}}}"""
            for check in self.checks
            if check.field == field
        )
        return f"CASE WHEN broken IS NOT NULL THEN NULL {cases} END"


def _ordered(match: Match, answers: Answers) -> Match:
    return replace(match, day_order=answers.day_order) if answers.day_order else match
