"""Flagging invalid traffic: every event stays, `filtered` names the rule it met.

A day is judged again when its events changed, or those of the day before, or the rules, or a list.
Judging twice changes nothing. Where visitors' names were taken off after their time, what was
judged stands: it could not be judged again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa

from linkstar.lake.datafiles import DataFile
from linkstar.lake.invalid_rules import JUDGED, NETWORKS, OWN_VISITORS, VERSION
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.relations import TRACKED, empty_relation, rows_of
from linkstar.lake.replacing import replace_files
from linkstar.lake.spans import files_by_day
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import EVENTS, EVENTS_TABLE
from linkstar.lake.traffic_sums import holds_tracked

STRIPPED = ""
"""The visitor of an event whose visitor's name was taken off; null where none was ever known."""


def no_networks(_networks: Sequence[str]) -> pa.Table:
    """No network is known to be a data centre's."""
    return NETWORKS.empty_table()


@dataclass(frozen=True, slots=True)
class Lists:
    """What a judgement rests on besides the events and the rules.

    Attributes:
        agent_kinds: `AGENT_KINDS` of some user agents: browser, robot or program.
        data_centres: which of some cut networks are data centres', as `NETWORKS`.
        own_visitors: by UTC day, visitors who were people of the shop itself, as `OWN_VISITORS`.
        edition: names the lists; days judged upon another edition are judged anew.
    """

    agent_kinds: Callable[[Sequence[str]], pa.Table]
    data_centres: Callable[[Sequence[str]], pa.Table] = no_networks
    own_visitors: Mapping[date, pa.Table] = field(default_factory=dict)
    edition: str = ""

    def own(self, day: date) -> pa.Table:
        """Own visitors around a day; its hours lie in up to three days of UTC."""
        around = (self.own_visitors.get(day + timedelta(days=step)) for step in (-1, 0, 1))
        known = pa.concat_tables([OWN_VISITORS.empty_table(), *filter(None, around)])
        return known.group_by(OWN_VISITORS.names, use_threads=False).aggregate([])


def judge(lake: Lake, lists: Lists, *, now: datetime, version: int = VERSION) -> int:
    """Flag the invalid traffic of every day that needs it; how many events changed their flag.

    Args:
        lake: whose events.
        lists: who is behind agents, networks and visitors.
        now: the instant of judging.
        version: of the rules; days judged under another one are judged anew.
    """
    seen = lake.snapshot(EVENTS_TABLE)
    days = sorted(files_by_day(seen)) if seen else []
    return sum(_judged_day(lake, day, lists, version, now) for day in days)


def _judged_day(lake: Lake, day: date, lists: Lists, version: int, now: datetime) -> int:
    """Decided anew where somebody else judged or merged the day meanwhile."""
    for _ in range(ATTEMPTS):
        with suppress(Overtaken):
            return _judge_day(lake, day, lists, version, now)
    raise Overtaken(EVENTS_TABLE.name, ATTEMPTS)


def _judge_day(lake: Lake, day: date, lists: Lists, version: int, now: datetime) -> int:
    seen = lake.opened(EVENTS_TABLE)
    by_day = files_by_day(seen)
    own, before = by_day.get(day, []), by_day.get(day - timedelta(days=1), [])
    known = _state([*before, *own], lists, day, version)
    if _judged(lake).get(str(day)) == known:
        return 0
    tracked = [file for file in own if holds_tracked(file)]
    changed = 0
    if tracked:
        earlier = [file for file in before if holds_tracked(file)]
        with lake.duckdb.cursor() as cursor:
            _gather(cursor, seen, day, lists, tracked=tracked, earlier=earlier)
            changed, differing = _flags(cursor, day)
            if differing:
                add = _rewritten(lake, cursor, seen, tracked)
                replace_files(lake, seen, Change(add=add, remove=tracked), now)
                own = [*(file for file in own if file not in tracked), *add]
    _remember(lake, day, _state([*before, *own], lists, day, version))
    return changed


def _state(files: Sequence[DataFile], lists: Lists, day: date, version: int) -> str:
    """One short name for the rules, the lists and the facts."""
    names = "\n".join(sorted(file.name for file in files))
    own = sorted("|".join(map(str, row.values())) for row in lists.own(day).to_pylist())
    return sha256(f"{version}\n{lists.edition}\n{own}\n{names}".encode()).hexdigest()[:24]


def _gather(
    cursor: duckdb.DuckDBPyConnection,
    seen: Snapshot,
    day: date,
    lists: Lists,
    *,
    tracked: Sequence[DataFile],
    earlier: Sequence[DataFile],
) -> None:
    """Fill what `JUDGED` reads. Of the day before only what visitors of this day did matters."""
    columns = """workspace, shop, event_id, day, kind, link, visitor, occurred_at, network, agent,
        market, content_type, category, filtered, billable"""
    only = f"{TRACKED} AND visitor IS DISTINCT FROM '{STRIPPED}'"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE events AS SELECT {columns}
        FROM {rows_of("files", widened=True)} WHERE {only}""",
        {"files": seen.paths(tracked)},
    )
    shown = """SELECT DISTINCT shop AS pixel_shop, coalesce(link, '') AS pixel
        FROM {} WHERE kind = 'impression'"""
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE pixels AS {shown.format('events')}")
    if earlier:
        before = {"files": seen.paths(earlier)}
        source = rows_of("files", widened=True)
        cursor.execute(
            f"""INSERT INTO pixels {shown.format(source)} AND {only} EXCEPT FROM pixels""", before
        )
        cursor.execute(
            f"""INSERT INTO events SELECT {columns} FROM {source} AS held
            SEMI JOIN (SELECT DISTINCT shop, visitor FROM events WHERE day = $day) AS own
                USING (shop, visitor) WHERE {only}""",
            {**before, "day": day},
        )
    cursor.register("agents", lists.agent_kinds(_distinct(cursor, "agent")))
    cursor.register("networks", lists.data_centres(_distinct(cursor, "network")))
    cursor.register("own", lists.own(day))


def _distinct(cursor: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    found = cursor.execute(f"SELECT DISTINCT {column} FROM events WHERE {column} IS NOT NULL")
    return [value for (value,) in found.fetchall()]


def _flags(cursor: duckdb.DuckDBPyConnection, day: date) -> tuple[int, int]:
    """Fill the temporary table `flags` for a day; how many flags, and rows, are not as stored."""
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE flags AS {JUDGED}", {"day": day})
    [(changed, differing)] = cursor.execute("""SELECT
        count(*) FILTER (rule IS DISTINCT FROM filtered),
        count(*) FILTER (rule IS DISTINCT FROM filtered
            OR flags.billable IS DISTINCT FROM events.billable)
        FROM flags JOIN events USING (workspace, shop, event_id)""").fetchall()
    return int(changed), int(differing)


def _rewritten(
    lake: Lake, cursor: duckdb.DuckDBPyConnection, seen: Snapshot, files: Sequence[DataFile]
) -> tuple[DataFile, ...]:
    judged = f"{TRACKED} AND stored.visitor IS DISTINCT FROM '{STRIPPED}'"
    made = {
        "filtered": f"CASE WHEN {judged} THEN flags.rule ELSE stored.filtered END AS filtered",
        "billable": f"CASE WHEN {judged} THEN flags.billable ELSE stored.billable END AS billable",
    }
    columns = ", ".join(made.get(name, f"stored.{name}") for name in EVENTS.names)
    source = f"""(SELECT * FROM {empty_relation(EVENTS)}
        UNION ALL BY NAME SELECT * FROM {rows_of("files", widened=True)})"""
    select = f"""SELECT {columns} FROM {source} AS stored
        LEFT JOIN flags USING (workspace, shop, event_id)
        ORDER BY stored.day, stored.workspace, stored.shop, creator, content_id, kind"""
    return lake.write_files(cursor, EVENTS_TABLE, select, {"files": seen.paths(files)})


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
