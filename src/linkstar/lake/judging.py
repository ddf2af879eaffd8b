"""Flagging invalid traffic: every event stays, `filtered` names the rule it met.

A day is judged again when its events changed, or those of the day before, or the rules. Judging
twice changes nothing.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa

from linkstar.lake.datafiles import DataFile
from linkstar.lake.days import files_by_day
from linkstar.lake.invalid_rules import JUDGED, NETWORKS, VERSION
from linkstar.lake.journaled_counts import TRACKED
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.relations import rows_of
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import EVENTS, EVENTS_TABLE

AgentKinds = Callable[[Sequence[str]], pa.Table]
"""`AGENT_KINDS` of some user agents: browser, robot or program."""


def judge(
    lake: Lake,
    agent_kinds: AgentKinds,
    *,
    now: datetime,
    networks: pa.Table | None = None,
    version: int = VERSION,
) -> int:
    """Flag the invalid traffic of every day that needs it; how many events changed their flag.

    Args:
        lake: whose events.
        agent_kinds: who is behind a user agent.
        now: the instant of judging.
        networks: networks of data centres, as `NETWORKS`, cut as addresses are; none if unknown.
        version: of the rules; days judged under another one are judged anew.
    """
    known = _Known(agent_kinds, NETWORKS.empty_table() if networks is None else networks, version)
    seen = lake.snapshot(EVENTS_TABLE)
    days = sorted(files_by_day(seen)) if seen else []
    return sum(_judge_day(lake, day, known, now) for day in days)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a judgement rests on besides the events."""

    agent_kinds: AgentKinds
    networks: pa.Table
    version: int

    def state(self, files: Sequence[DataFile]) -> str:
        """One short name for the rules and the facts."""
        names = "\n".join(sorted(file.name for file in files))
        return sha256(f"{self.version}\n{names}".encode()).hexdigest()[:24]


def _judge_day(lake: Lake, day: date, known: _Known, now: datetime) -> int:
    seen = lake.opened(EVENTS_TABLE)
    by_day = files_by_day(seen)
    own, before = by_day.get(day, []), by_day.get(day - timedelta(days=1), [])
    if _judged(lake).get(str(day)) == known.state([*before, *own]):
        return 0
    tracked = [file for file in own if _may_be_tracked(file)]
    changed = 0
    if tracked:
        earlier = [file for file in before if _may_be_tracked(file)]
        with lake.duckdb.cursor() as cursor:
            changed = _flags(cursor, seen, [*earlier, *tracked], day, known)
            if changed:
                add = _rewritten(lake, cursor, seen, tracked)
                _replace(lake, seen, add, tracked, now)
                own = [*(file for file in own if file not in tracked), *add]
    _remember(lake, day, known.state([*before, *own]))
    return changed


def _may_be_tracked(file: DataFile) -> bool:
    """Whether a file can hold tracked events, going by the import ids it spans."""
    low, high = file.low.get("import_id"), file.high.get("import_id")
    return low is None or high is None or (low < "journal;" and high >= "journal:")


def _flags(
    cursor: duckdb.DuckDBPyConnection,
    seen: Snapshot,
    files: Sequence[DataFile],
    day: date,
    known: _Known,
) -> int:
    """Fill the temporary table `flags` for a day; how many differ from what is stored."""
    columns = "workspace, shop, event_id, day, kind, link, visitor, occurred_at, network, agent"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE events AS SELECT {columns}, filtered
        FROM {rows_of("files", widened=True)} WHERE {TRACKED}""",
        {"files": seen.paths(files)},
    )
    agents = cursor.execute("SELECT DISTINCT agent FROM events WHERE agent IS NOT NULL").fetchall()
    cursor.register("agents", known.agent_kinds([agent for (agent,) in agents]))
    cursor.register("networks", known.networks)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE flags AS {JUDGED}", {"day": day})
    [(changed,)] = cursor.execute("""SELECT count(*) FROM flags JOIN events
        USING (workspace, shop, event_id) WHERE rule IS DISTINCT FROM filtered""").fetchall()
    return int(changed)


def _rewritten(
    lake: Lake, cursor: duckdb.DuckDBPyConnection, seen: Snapshot, files: Sequence[DataFile]
) -> tuple[DataFile, ...]:
    columns = ", ".join(
        f"CASE WHEN {TRACKED} THEN flags.rule ELSE filtered END AS filtered"
        if name == "filtered"
        else f"stored.{name}"
        for name in EVENTS.names
    )
    select = f"""SELECT {columns} FROM {rows_of("files", widened=True)} AS stored
        LEFT JOIN flags USING (workspace, shop, event_id)
        ORDER BY stored.day, stored.workspace, stored.shop, creator, content_id, kind"""
    return lake.write_files(cursor, EVENTS_TABLE, select, {"files": seen.paths(files)})


def _replace(
    lake: Lake,
    seen: Snapshot,
    add: Sequence[DataFile],
    remove: Sequence[DataFile],
    now: datetime,
) -> None:
    """Commit new files for old ones; loads that came in between only added others.

    Raises:
        Overtaken: the old files are no longer the table's; what to do has to be decided anew.
    """
    gone = {file.name for file in remove}
    for _ in range(ATTEMPTS):
        if not gone <= {file.name for file in seen.files}:
            break
        try:
            lake.commit(seen, Change(add=add, remove=remove), now)
        except Overtaken:
            seen = lake.opened(EVENTS_TABLE)
        else:
            return
    lake.discard(EVENTS_TABLE, add)
    raise Overtaken(EVENTS_TABLE.name, seen.version)


def _judged(lake: Lake) -> dict[str, str]:
    """What each day was last judged upon. Only spares work: without it all days are judged."""
    path = _path(lake)
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _remember(lake: Lake, day: date, state: str) -> None:
    path = _path(lake)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(_judged(lake) | {str(day): state}))
    fresh.replace(path)


def _path(lake: Lake) -> Path:
    return lake.root / "judged.json"
