"""What became of everything received: counted, filtered, a duplicate, set aside or dismissed.

Receipts tell what loading did, line by line; the facts tell what is stored and which of it counts.
The two are made independently, and a difference between them is a fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from linkstar.lake.relations import TRACKED, empty_relation, rows_of
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE, RECEIPTS_TABLE, SET_ASIDE_TABLE, Table

TOLD = ("received", "duplicates", "conflicts", "quarantined", "dismissed")
TOLD_SUMMED = ", ".join(f"sum(coalesce({name}, 0))::BIGINT AS {name}" for name in TOLD)


@dataclass(frozen=True, slots=True)
class Books:
    """What was received, and what became of it.

    Attributes:
        received: lines the collector put on disk and the loader read.
        counted: stored events that count.
        filtered: stored events an invalid-traffic rule flagged.
        duplicates: repeats of stored events.
        conflicts: other content under a stored id; kept aside.
        quarantined: lines nothing could be made of; kept aside.
        dismissed: lines somebody decided never to count.
    """

    received: int
    counted: int
    filtered: int
    duplicates: int
    conflicts: int
    quarantined: int
    dismissed: int

    @property
    def difference(self) -> int:
        """Lines that cannot be accounted for: 0, or something is wrong."""
        kept = self.counted + self.filtered + self.duplicates + self.conflicts
        return self.received - kept - self.quarantined - self.dismissed


@dataclass(frozen=True, slots=True)
class Minute(Books):
    """The books of one shop for what arrived in one minute."""

    workspace: int
    shop: int
    minute: datetime


@dataclass(frozen=True, slots=True)
class Aside:
    """Why lines were set aside, how many, and one of them."""

    reason: str
    lines: int
    last_at: datetime
    sample: str


def minutes(
    lake: Lake,
    scope: Scope | None,
    *,
    since: datetime | None = None,
    newest: int | None = None,
    only_wrong: bool = False,
) -> list[Minute]:
    """The books of each shop and minute of arrival, the newest first.

    Events of before their arrival was kept are only in the books of their shop.

    Args:
        lake: whose events.
        scope: whose books; everybody's where none is named.
        since: what arrived before then is not looked at.
        newest: so many only.
        only_wrong: only those that do not add up.
    """
    later = f">= date_trunc('minute', TIMESTAMPTZ '{since}')" if since else "IS NOT NULL"
    numbers = ("received", "counted", "filtered", *TOLD[1:])
    kept = f"""SELECT workspace, shop, date_trunc('minute', received_at) AS minute,
        count(*) FILTER (filtered IS NULL) AS counted,
        count(*) FILTER (filtered IS NOT NULL) AS filtered
        FROM {{events}} WHERE {TRACKED} AND {owned_by(scope)} AND received_at {later}
        GROUP BY ALL"""
    told = f"""SELECT workspace, shop, minute,
        {TOLD_SUMMED}
        FROM {{receipts}} WHERE {owned_by(scope)} AND minute {later}
        GROUP BY ALL"""
    older = f"""SELECT shop, max(occurred_at) AS until FROM {{events}}
        WHERE {TRACKED} AND {owned_by(scope)} AND received_at IS NULL GROUP BY shop"""
    zeros = {name: f"coalesce({name}, 0)" for name in numbers}
    accounted = " + ".join(zeros[name] for name in numbers[1:])
    wrong = f"AND {zeros['received']} <> {accounted}" if only_wrong else ""
    sql = f"""SELECT workspace, shop, minute,
        {", ".join(f"{sql}::BIGINT AS {name}" for name, sql in zeros.items())}
        FROM ({told}) FULL JOIN ({kept}) USING (workspace, shop, minute)
        LEFT JOIN ({older}) USING (shop) WHERE (until IS NULL OR minute > until + INTERVAL 7 DAY)
        {wrong}
        ORDER BY minute DESC, workspace, shop {f"LIMIT {newest}" if newest else ""}"""
    rows = ask(lake, sql, scope, {}, events=EVENTS_TABLE, receipts=RECEIPTS_TABLE)
    return [Minute(**row) for row in rows]


def set_aside(lake: Lake, scope: Scope | None) -> list[Aside]:
    """Lines that were set aside, by reason, with the latest of each as a sample."""
    sql = f"""SELECT reason, sum(coalesce(lines, 1))::BIGINT AS lines, max(received_at) AS last_at,
        arg_max(line, received_at) AS sample
        FROM {{aside}} WHERE {owned_by(scope)} GROUP BY reason ORDER BY reason"""
    return [Aside(**row) for row in ask(lake, sql, scope, {}, aside=SET_ASIDE_TABLE)]


def owned_by(scope: Scope | None) -> str:
    """SQL for the rows of a scope; for all rows where none is named."""
    return "true" if scope is None else "workspace = $workspace AND list_contains($shops, shop)"


def ask(
    lake: Lake, sql: str, scope: Scope | None, values: Mapping[str, Any], **tables: Table
) -> list[dict[str, Any]]:
    """Rows of a question that names each of its tables in braces, and its scope's parameters."""
    rows: list[dict[str, Any]] = table_of(lake, sql, scope, values, **tables).to_pylist()
    return rows


def table_of(
    lake: Lake, sql: str, scope: Scope | None, values: Mapping[str, Any], **tables: Table
) -> pa.Table:
    """As `ask`, for many rows."""
    bound = dict(values)
    if scope is not None:
        bound |= {"workspace": scope.workspace, "shops": list(scope.shops)}
    relations = {name: _rows(lake, t, name, bound) for name, t in tables.items()}
    return lake.engine.query(sql.format(**relations), bound)


def _rows(lake: Lake, table: Table, name: str, bound: dict[str, Any]) -> str:
    """SQL for the rows of a table, its files bound to a parameter of that name."""
    seen = lake.snapshot(table)
    if seen is None or not seen.files:
        return empty_relation(table.schema)
    bound[name] = seen.paths()
    return f"""(SELECT * FROM {empty_relation(table.schema)}
        UNION ALL BY NAME SELECT * FROM {rows_of(name, widened=True)})"""
