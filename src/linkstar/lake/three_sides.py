"""Orders, affiliate orders and income statements side by side: one row per thing compared.

Four comparisons: a line in the order list against the same line in the affiliate orders; an order
against the revenue of its statements; its creators' commission against what the statements charge
for it; the revenue of a statement against what it pays out. Who judges the differences is told
everything that can explain one; nothing is judged here.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from linkstar.lake.relations import empty_relation, whole_rows
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import INCOME_LINES_TABLE, ORDER_LINES_TABLE, Table
from linkstar.lake.three_sides_sql import COMPARED_SQL, STATED_SQL

WORDS = pa.schema(
    [
        ("platform", pa.string()),
        ("word", pa.string()),  # case-folded
        ("is_ended", pa.bool_()),
        ("is_settled", pa.bool_()),
    ]
)
"""What platforms' words for the state of a line mean; `any` for platforms not named."""
FACTS = (
    "has_left", "has_right", "is_amount_known", "is_currency_same", "is_amount_same",
    "is_day_known", "has_left_file", "has_right_file", "is_ended", "is_refund", "is_fee",
    "is_discount", "is_settled", "is_overdue", "is_charge",
)  # fmt: skip
COMPARED = pa.schema(
    [
        ("comparison", pa.string()),
        ("shop", pa.int32()),
        ("day", pa.date32()),  # of the order, else of its settlement
        ("order_id", pa.string()),
        ("line", pa.string()),  # SKU, else product; empty where a whole order is compared
        ("product_id", pa.string()),
        ("creator", pa.string()),
        ("left_rows", pa.int64()),  # how many stated rows stand behind the amount
        ("left_currency", pa.string()),
        ("left_minor", pa.int64()),
        ("right_rows", pa.int64()),
        ("right_currency", pa.string()),
        ("right_minor", pa.int64()),
        *((name, pa.bool_()) for name in FACTS),
    ]
)
STATED = pa.schema(
    [
        ("side", pa.string()),  # orders, affiliates, income
        ("stated", pa.int64()),  # = replaced + repeated + counted
        ("replaced", pa.int64()),  # by a newer statement about the same thing
        ("repeated", pa.int64()),  # by a file of another kind that says it better
        ("counted", pa.int64()),
    ]
)


def compared_sides(
    lake: Lake,
    scope: Scope,
    *,
    words: pa.Table,
    hold_days: Mapping[int, int],
    starts_on: date | None = None,
    ends_before: date | None = None,
) -> pa.Table:
    """Rows of `COMPARED`, by comparison, shop, day, order and line.

    Args:
        lake: where the facts are.
        scope: whose.
        words: rows of `WORDS`.
        hold_days: by shop, how many days after delivery an order is settled at the latest.
        starts_on: the first day of the orders looked at; rows of unknown days always are.
        ends_before: the day after the last one.
    """
    holds = pa.table(
        {
            "shop": pa.array(hold_days, pa.int32()),
            "days": pa.array(hold_days.values(), pa.int32()),
        }
    )
    asked = {"starts_on": starts_on, "ends_before": ends_before}
    return _ask(lake, scope, COMPARED_SQL, asked, {"words": words, "holds": holds}).cast(COMPARED)


def stated_rows(lake: Lake, scope: Scope) -> pa.Table:
    """Rows of `STATED`: what became of every row the files of each side state."""
    return _ask(lake, scope, STATED_SQL, {}, {}).cast(STATED)


def _ask(
    lake: Lake,
    scope: Scope,
    sql: str,
    asked: Mapping[str, date | None],
    tables: Mapping[str, pa.Table],
) -> pa.Table:
    bound: dict[str, object] = {"workspace": scope.workspace, **asked}
    rows = {
        name: _rows(lake, table, name, bound)
        for name, table in (("orders", ORDER_LINES_TABLE), ("income", INCOME_LINES_TABLE))
    }
    text = sql.format(**rows, shops=_numbers(scope.shops))
    return lake.engine.query(text, bound, tables)


def _rows(lake: Lake, table: Table, name: str, bound: dict[str, object]) -> str:
    seen = lake.opened(table)
    if not seen.files:
        return empty_relation(table.schema)
    bound[f"{name}_files"] = seen.paths()
    return whole_rows(table.schema, f"{name}_files")


def _numbers(shops: Sequence[int]) -> str:
    return ", ".join(str(int(shop)) for shop in shops) or "NULL"
