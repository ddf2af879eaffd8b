"""The query behind `uplift --by creator`, over tracked events: ours, by hand, from roll-ups.

    python -m bench lake              10 M impressions
    python bench/lake.py 100000000    as many as said

Seconds on the clock and seconds of processor time, each the best of seven, the ways taking turns;
read the ratios. Below them stands what the first question to a lake takes, which opens the lists of
files and whatever it reads. *By hand* is the plainest DuckDB query of the same sums over
the same files with the same memory: clicks and impressions per creator and content, with the
content's type, product and category, as a like-for-like uplift needs them.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from bench._alone import peak_bytes
from linkstar.lake.datafiles import written_file
from linkstar.lake.queries import content_counts
from linkstar.lake.relations import empty_relation
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.lake.store import Change, Lake, Snapshot
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS, EVENTS_TABLE

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIRST, DAYS = date(2026, 7, 1), 90
SHOPS = tuple(range(1, 11))
OWN = Scope(1, SHOPS)

_BY_HAND = """
SELECT creator, content_id, content_type, product_id, category,
    count(*) FILTER (kind = 'impression') AS impressions,
    count(*) FILTER (kind = 'click') AS clicks
FROM read_parquet($files)
WHERE workspace = 1 AND shop IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AND filtered IS NULL
GROUP BY ALL
"""

_DAY = """
WITH contents AS (
    SELECT c, (c * 7919) % {days} AS posted, 1 / (1 + (c * 31) % 97)::DOUBLE AS reach
    FROM range({contents}) AS each(c)
), active AS (
    SELECT c, reach * exp(-(({day} - posted + {days}) % {days}) / 7.0) AS weight
    FROM contents WHERE ({day} - posted + {days}) % {days} < 30
), told AS (
    SELECT ceil({rows} * weight / sum(weight) OVER ())::BIGINT AS size, 'd{day}c' || c || 'n' AS id,
        (1 + c * 10 // {contents})::INTEGER AS shop,
        'creator' || lpad((c // 20)::VARCHAR, 6, '0') AS creator,
        'Creator ' || (c // 20) AS creator_name,
        '73' || lpad(c::VARCHAR, 17, '0') AS content_id,
        'The title of content ' || c AS content_title,
        CASE WHEN c % 4 = 0 THEN 'live' ELSE 'video' END AS content_type,
        '17' || lpad((c % 500)::VARCHAR, 17, '0') AS product_id,
        'Category ' || (c % 8) || ' > Sub ' || (c % 40) AS category
    FROM active ORDER BY c
), shown AS (
    SELECT *, unnest(range(size)) AS n FROM told
)
SELECT id || n AS event_id,
    CASE WHEN n < (size + 36) // 37 THEN 'click' ELSE 'impression' END AS kind,
    TIMESTAMPTZ '{on} 00:00:00+00' + to_seconds((n * 61) % 86400) AS occurred_at,
    DATE '{on}' AS day, (((n * 61) % 86400) // 3600)::TINYINT AS hour,
    isodow(DATE '{on}')::TINYINT AS weekday, 1::INTEGER AS workspace,
    shop, 'imp_{day:03}' AS import_id, 'US' AS market, 'tiktok' AS channel, creator, creator_name,
    content_id, content_title, content_type, NULL::DATE AS posted_on, product_id, category,
    CASE WHEN n % 5 = 0 THEN 'ads' ELSE 'organic' END AS traffic_source,
    CASE WHEN n % 3 = 0 THEN 'ios' ELSE 'android' END AS device,
    CASE WHEN n % 2 = 0 THEN 'female' ELSE 'male' END AS gender, '18-24' AS age,
    NULL::VARCHAR AS visitor, NULL::BIGINT AS value_minor, NULL::VARCHAR AS currency,
    CASE WHEN n % 50 = 49 THEN 'data_centre' END AS filtered
FROM shown
"""


def main(impressions: int = 10_000_000) -> None:
    folder = Path(tempfile.mkdtemp(prefix="linkstar-bench-"))
    try:
        lake = Lake(folder / "lake")
        make(lake, impressions)
        measure(lake)
    finally:
        shutil.rmtree(folder)


def make(lake: Lake, impressions: int) -> None:
    contents = 20_000 if impressions < 50_000_000 else 100_000
    making = _timed(lambda: _fill(lake, impressions, contents))
    rolling = _timed(lambda: refresh_rollups(lake, now=NOW))
    print(f"{contents:,} contents, {DAYS} days; made in {making:.0f} s, ", end="")
    print(f"rolled up in {rolling:.1f} s", flush=True)


def measure(lake: Lake) -> None:
    events = lake.opened(EVENTS_TABLE)
    rolled = lake.opened(CONTENT_ROLLUPS_TABLE)
    rows = sum(file.rows for file in events.files)
    ready = sum(path.stat().st_size for path in lake.root.glob("ready_counts/*/*")) / 1e6
    print(f"{rows:,} events {_mb(events)} MB, roll-ups {_mb(rolled)} MB ", end="")
    print(f"and {ready:,.0f} MB ready to be added up\n")
    everything = Selection(Source.TRACKED, Level.CREATOR, titles=False)
    weeks = replace(
        everything, starts_on=FIRST + timedelta(days=20), ends_before=FIRST + timedelta(days=48)
    )
    print(f"{'':20}{'by hand':>16}{'ours, raw':>16}{'ratio':>14}{'roll-ups':>16}{'faster':>16}")
    for name, selection in (("all 90 days", everything), ("28 days", weeks)):
        _compare(lake, name, selection)
    print("\nwhere nothing was opened before")
    for name, selection in (("all 90 days", everything), ("28 days", weeks)):
        _compare_first(lake.root, name, selection)
    print(f"\npeak memory of all this {peak_bytes() / 2**30:.2f} GiB (goal: under 2)")
    print("goals: ratio at most 1.3, faster at least 20x")


def _compare(lake: Lake, name: str, selection: Selection) -> None:
    raw = replace(selection, rollups=False)
    files = {"files": content_counts(lake, OWN, raw).parameters["events"]}
    hand, ours, rolled = _in_turns(
        lambda: lake.engine.query(_BY_HAND, files),
        lambda: content_counts(lake, OWN, raw),
        lambda: content_counts(lake, OWN, selection),
    )
    _check(lake, selection, files)
    ratio = " ".join(f"{one / other:6.2f}" for one, other in zip(ours, hand, strict=True))
    faster = " ".join(f"{one / other:6.1f}x" for one, other in zip(ours, rolled, strict=True))
    told = "".join(f"{clock:9.3f}{cpu:7.3f}" for clock, cpu in (hand, ours))
    print(f"{name:20}{told}{ratio:>14}{rolled[0]:9.3f}{rolled[1]:7.3f}{faster:>16}")


def _compare_first(root: Path, name: str, selection: Selection) -> None:
    raw, rolled = _in_turns(
        lambda: content_counts(Lake(root), OWN, replace(selection, rollups=False)),
        lambda: content_counts(Lake(root), OWN, selection),
    )
    faster = " ".join(f"{one / other:6.1f}x" for one, other in zip(raw, rolled, strict=True))
    told = [f"{clock:9.3f}{cpu:7.3f}" for clock, cpu in (raw, rolled)]
    print(f"{name:36}{told[0]}{'':14}{told[1]}{faster:>16}")


def _check(lake: Lake, selection: Selection, files: dict[str, list[str]]) -> None:
    """The three answers must be one."""
    by_hand = lake.engine.query(_BY_HAND, files)
    for asked in (selection, replace(selection, rollups=False)):
        ours = content_counts(lake, OWN, asked).table
        for column in ("impressions", "clicks"):
            assert sum(ours[column].to_pylist()) == sum(by_hand[column].to_pylist())


def _fill(lake: Lake, impressions: int, contents: int) -> None:
    """Write the events in the order loading leaves them in, a day at a time, in one commit.

    They are made in that order, on one core, which is far cheaper than to sort them.
    """
    seen, files = lake.opened(EVENTS_TABLE), []
    with lake.duckdb.cursor() as cursor:
        cursor.execute("SET threads = 1; SET preserve_insertion_order = true")
        for day in range(DAYS):
            on = FIRST + timedelta(days=day)
            select = _DAY.format(
                day=day, days=DAYS, contents=contents, rows=impressions * 37 // 36 // DAYS, on=on
            )
            whole = f"FROM {empty_relation(EVENTS)} UNION ALL BY NAME FROM ({select})"
            path = seen.folder / f"day={on}" / f"{uuid4().hex}.parquet"
            path.parent.mkdir()
            [told] = cursor.execute(
                f"COPY ({whole}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, RETURN_STATS)"
            ).fetchall()
            files.append(replace(written_file(seen.folder, told), parted={"day": str(on)}))
        cursor.execute("RESET threads; SET preserve_insertion_order = false")
    lake.commit(seen, Change(add=files), NOW)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _in_turns(*ways: Callable[[], object], times: int = 7) -> list[tuple[float, float]]:
    """Best clock and processor seconds of each way."""
    best = [(float("inf"), float("inf"))] * len(ways)
    for _ in range(times):
        for place, way in enumerate(ways):
            clock, cpu = time.perf_counter(), time.process_time()
            way()
            spent = time.perf_counter() - clock, time.process_time() - cpu
            best[place] = (min(best[place][0], spent[0]), min(best[place][1], spent[1]))
    return best


def _mb(snapshot: Snapshot) -> str:
    return f"{sum(file.size for file in snapshot.files) / 1e6:,.0f}"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
