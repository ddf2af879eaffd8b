"""Applying decisions about lines that were set aside, in the same commit as a load's events.

A decision about a line that is not set aside any more is void: of ten equal ones the first counts.
So is any but to dismiss what the first event of its id excludes for good, or what nobody can read.
One segment, which is what one person decided at once, is one load.
"""

from collections.abc import Mapping
from datetime import datetime

import duckdb
import pyarrow as pa

from linkstar.lake.decisions import Action, Outcome
from linkstar.lake.journaled_receipts import ADDRESS, SET_ASIDE_NOW, SETTLED
from linkstar.lake.reasons import CONFLICT, DECIDABLE, ONLY_DISMISSED
from linkstar.lake.relations import empty_relation, rows_of
from linkstar.lake.store import Lake
from linkstar.lake.tables import DECISIONS, DECISIONS_TABLE, SET_ASIDE, SET_ASIDE_TABLE

_SHAPE = """{"envelope": {"shop": "INTEGER", "workspace": "INTEGER", "received_at": "VARCHAR",
    "decision": {"journal": "VARCHAR", "segment": "BIGINT", "line_number": "BIGINT",
        "reason": "VARCHAR", "action": "VARCHAR", "decided_by": "VARCHAR",
        "decided_at": "VARCHAR", "why": "VARCHAR"}}}"""

_DECIDED = f"""CREATE OR REPLACE TEMP TABLE decided AS
    WITH said AS (
        SELECT n, segment AS decision, from_json(line, '{_SHAPE}').envelope AS envelope
        FROM lines WHERE n = envelope
    ), told AS (
        SELECT n, decision, envelope.decision.journal AS journal,
            envelope.decision.segment AS segment, envelope.decision.line_number AS line_number,
            envelope.workspace AS workspace, envelope.shop AS shop,
            envelope.received_at::TIMESTAMPTZ AS received_at, envelope.decision.reason AS reason,
            envelope.decision.action AS action, envelope.decision.decided_by AS decided_by,
            envelope.decision.decided_at::TIMESTAMPTZ AS decided_at, envelope.decision.why AS why
        FROM said
    ), aside AS (
        SELECT {ADDRESS}, workspace, shop, received_at, reason, coalesce(lines, 1) AS lines
        FROM {{aside}} WHERE list_contains($decidable, reason) AND line_number IS NOT NULL
    )
    SELECT told.* REPLACE (
            coalesce(aside.workspace, told.workspace) AS workspace,
            coalesce(aside.shop, told.shop) AS shop,
            coalesce(aside.received_at, told.received_at) AS received_at,
            coalesce(aside.reason, told.reason) AS reason),
        aside.reason IS NOT NULL
            AND (told.action = '{Action.DISMISS}' OR (
                resolved.n IS NOT NULL AND NOT list_contains($only_dismissed, aside.reason)))
            AND row_number() OVER (
                PARTITION BY told.journal, told.segment, told.line_number ORDER BY told.n) = 1
            AS applies,
        coalesce(aside.lines, 1) AS lines
    FROM told LEFT JOIN aside USING ({ADDRESS}) LEFT JOIN resolved ON resolved.n = told.n + 1"""

_MOVED = f"""CREATE OR REPLACE TEMP TABLE resolved AS
    SELECT resolved.* REPLACE (
        decided.journal AS journal, decided.segment AS segment,
        decided.line_number AS line_number)
    FROM resolved JOIN decided ON decided.n + 1 = resolved.n
    WHERE applies AND action <> '{Action.DISMISS}'"""

_RECEIPTS = f"""CREATE OR REPLACE TEMP TABLE receipts AS
    SELECT journal, segment, workspace, shop, date_trunc('minute', received_at) AS minute,
        $now AS loaded_at, sum(received) AS received, sum(stored) AS stored,
        sum(duplicates) AS duplicates, sum(conflicts) AS conflicts,
        sum(quarantined) AS quarantined, sum(dismissed) AS dismissed
    FROM (
        SELECT journal, segment, workspace, shop, received_at, -lines AS received, 0 AS stored,
            0 AS duplicates, CASE reason WHEN '{CONFLICT}' THEN -lines ELSE 0 END AS conflicts,
            CASE reason WHEN '{CONFLICT}' THEN 0 ELSE -lines END AS quarantined, 0 AS dismissed
        FROM decided WHERE applies
        UNION ALL
        SELECT journal, segment, workspace, shop, received_at, lines, 0, 0, 0, 0, lines
        FROM decided WHERE applies AND action = '{Action.DISMISS}'
        UNION ALL
        SELECT journal, segment, workspace, shop, received_at, 1, (fate = 'stored')::INT,
            (fate = 'duplicate')::INT, (fate = 'conflict')::INT, (fate = 'quarantined')::INT, 0
        FROM resolved JOIN fates USING (n)
    ) GROUP BY ALL
    HAVING sum(received) <> 0 OR sum(quarantined) <> 0 OR sum(conflicts) <> 0"""

_OUTCOMES = f"""SELECT decided.*,
    CASE WHEN NOT applies THEN '{Outcome.VOID}'
        WHEN action = '{Action.DISMISS}' THEN '{Outcome.DISMISSED}' ELSE fate END AS outcome,
    coalesce(resolved.line, '') AS line
    FROM decided LEFT JOIN fates ON fates.n = decided.n + 1
    LEFT JOIN resolved ON resolved.n = decided.n + 1"""

_SETTLED = f"SELECT {ADDRESS} FROM ({_OUTCOMES}) WHERE outcome NOT IN ('void', 'quarantined')"
_ADDRESSES = pa.schema([SET_ASIDE.field(name) for name in ADDRESS.split(", ")])


def match_decisions(lake: Lake, cursor: duckdb.DuckDBPyConnection) -> None:
    """Fill the temporary table `decided`; `resolved` keeps the lines that are set aside by now."""
    seen = lake.snapshot(SET_ASIDE_TABLE)
    bound: dict[str, object] = {
        "decidable": list(DECIDABLE),
        "only_dismissed": list(ONLY_DISMISSED),
    }
    aside = empty_relation(SET_ASIDE)
    if seen is not None and seen.files:
        bound["files"] = seen.paths()
        aside = f"""(SELECT * FROM {aside}
            UNION ALL BY NAME SELECT * FROM {rows_of("files", widened=True)})"""
    cursor.execute(_DECIDED.replace("{aside}", aside), bound)
    cursor.execute(_MOVED)


def count_decisions(cursor: duckdb.DuckDBPyConnection, *, now: datetime) -> None:
    """Fill the temporary table `receipts`: off where the lines were, on where they are now."""
    cursor.execute(_RECEIPTS, {"now": now})


def told_of_decisions() -> Mapping[str, tuple[str, pa.Schema]]:
    """What a load of decisions writes down besides its receipts."""
    again = f"SELECT * FROM ({SET_ASIDE_NOW}) WHERE fate <> 'quarantined'"
    return {
        SET_ASIDE_TABLE.name: (again, SET_ASIDE),
        DECISIONS_TABLE.name: (_OUTCOMES, DECISIONS),
        SETTLED: (_SETTLED, _ADDRESSES),
    }
