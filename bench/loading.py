"""From the journal to the facts: rate, cost as the table grows, judging, and how fresh facts are.

    python -m bench loading               2 M events, told ten times on the way
    python bench/loading.py 100000000     as many as said
    python bench/loading.py 10000000 1    told once, at the end
    python bench/loading.py 10000000 1 100000000    then each file copied under other ids, up to so
                                                    many; small loads and how fresh, again

Beside the time on the clock stands that of the processor, which other work on the machine changes
less. *Small* is a load of 500 new events into a table of that size, the median of several, and how
many times what it takes into a table that was empty before: the two take turns.

Events are link events as the collector writes them, over the six days that end now. *Fresh* is the
time from the answer a client gets (the event is on disk) until a question counts it: segments are
sealed every second and loaded every half, as `linkstar serve` does, while 1,000 events a second
arrive and what the loads before left is merged.
"""

import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pyarrow as pa

from linkstar.collector.app import SEAL_SECONDS
from linkstar.events.journal import Journal, frame_of
from linkstar.lake.invalid_rules import AGENT_KINDS
from linkstar.lake.journaled import load_journal
from linkstar.lake.journaled_resolving import DEVICES, LINKS, SHOPS
from linkstar.lake.judging import Lists, judge
from linkstar.lake.relations import rows_of
from linkstar.lake.store import Change, Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.upkeep import compact_journaled

FILES_MAX, SECONDS_BETWEEN_LOADS = 100, 0.5  # as jobs.upkeep and jobs.tracking
MERGING_THREADS = max(1, (os.cpu_count() or 1) // 2)
AT_ONCE = 500_000
LINKS_KNOWN = 2_000
SMALL, SMALL_LOADS = 500, 9
REPORTS = 10
FRESH_SECONDS = 40
FRESH_PER_SECOND = 1_000

_LINES = """
SELECT '{"event_id":"' || printf('%%016x', hash(n)) || printf('%%x', n) || '","kind":"'
    || CASE WHEN n %% 23 = 0 THEN 'click' ELSE 'impression' END || '","occurred_at":"'
    || strftime($until::TIMESTAMPTZ - to_milliseconds(
        (hash(n * 7) %% ($days * 86400000)::UBIGINT)::BIGINT), '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ')
    || '","shop":' || (1 + n %% 10) || ',"workspace":1,"link":"link'
    || lpad(((n %% 10) * 200 + hash(n * 3) %% 200)::VARCHAR, 8, '0') || '","visitor":"'
    || md5((hash(n * 11) %% $visitors)::VARCHAR) || '","network":"203.0.' || (n %% 250)
    || '.0","agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_' || (hash(n) %% 40)
    || ' like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"}' AS line
FROM range($first, $last) AS each(n)
""".replace("%%", "%")


class Directory:
    """Ten shops of one workspace with 200 links each; every agent is a phone."""

    def links(self, tokens: Sequence[str]) -> pa.Table:
        numbers = [int(token.removeprefix("link")) for token in tokens]
        rows = {
            "token": list(tokens),
            "link_shop": [1 + each // 200 for each in numbers],
            "link_creator": [f"creator{each // 20}" for each in numbers],
            "link_content_id": [f"73{each:06}" for each in numbers],
            "link_content_type": ["video"] * len(numbers),
            "link_product_id": [f"17{each % 50:06}" for each in numbers],
            "link_channel": ["tiktok"] * len(numbers),
        }
        return pa.table(rows, schema=LINKS)

    def shops(self, numbers: Sequence[int]) -> pa.Table:
        zone = "America/Los_Angeles"
        rows = [
            {"workspace": 1, "shop": each, "zone": zone, "home_market": "US"} for each in numbers
        ]
        return pa.Table.from_pylist(rows, schema=SHOPS)

    def devices(self, agents: Sequence[str]) -> pa.Table:
        return pa.table([list(agents), ["phone"] * len(agents)], schema=DEVICES)


def browsers(agents: Sequence[str]) -> pa.Table:
    return pa.table([list(agents), ["browser"] * len(agents)], schema=AGENT_KINDS)


def main(events: int = 2_000_000, reports: int = REPORTS, grown: int = 0) -> None:
    folder = Path(tempfile.mkdtemp(prefix="linkstar-bench-"))
    try:
        _run(folder, events, reports)
        if grown:
            _grow(folder, events, grown)
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, events: int, reports: int) -> None:
    lake, journal = Lake(folder / "lake"), folder / "journal"
    report = _marks(events, reports)
    heads = (
        "events stored",
        "load, k/s",
        "us each",
        "cpu us",
        "merge s",
        "small ms",
        "cpu ms",
        "x empty",
    )
    print("".join(f"{head:>14}" for head in heads), f"{'MB':>8}")
    spent = worked = merging = 0.0
    since = 0
    for first in range(0, events, AT_ONCE):
        last = min(first + AT_ONCE, events)
        _write(journal, first, last, events)
        before = time.process_time()
        spent += _timed(lambda: load_journal(lake, journal, Directory(), now=datetime.now(UTC)))
        worked += time.process_time() - before
        merging += _timed(
            lambda: compact_journaled(lake, now=datetime.now(UTC), files_max=FILES_MAX)
        )
        if last in report or last == events:
            done = last - since
            size = sum(file.size for file in lake.opened(EVENTS_TABLE).files) / 1e6
            empty = folder / f"empty-{last}"
            beside = Lake(empty / "lake"), empty / "journal"
            (small, small_worked), (_, alone) = _small([(lake, journal), beside], events + last)
            told = (f"{last:,}", f"{done / spent / 1e3:.0f}", f"{spent / done * 1e6:.2f}",
                    f"{worked / done * 1e6:.2f}", f"{merging:.1f}", f"{small * 1e3:.0f}",
                    f"{small_worked * 1e3:.0f}",
                    f"{small_worked / alone:.2f}")  # fmt: skip
            print("".join(f"{each:>14}" for each in told), f"{size:>8,.0f}", flush=True)
            spent, worked, merging, since = 0.0, 0.0, 0.0, last
    _judging(lake)
    _freshness(lake, journal, events)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory of all this {peak:.2f} GiB")


def _grow(folder: Path, events: int, grown: int) -> None:
    """What loading so many would leave, in a small part of the time it would take."""
    lake = Lake(folder / "lake")
    seen = lake.opened(EVENTS_TABLE)
    per_file = max(1, grown // sum(file.rows for file in seen.files))
    for copy in range(1, per_file):
        select = f"""SELECT * REPLACE (event_id || '-{copy}' AS event_id)
            FROM {rows_of("files")}"""
        for path in seen.paths():
            with lake.duckdb.cursor() as cursor:
                add = lake.write_files(cursor, EVENTS_TABLE, select, {"files": [path]})
            lake.commit(lake.opened(EVENTS_TABLE), Change(add=add), datetime.now(UTC))
    held = lake.opened(EVENTS_TABLE).files
    print(f"grown to {sum(each.rows for each in held):,} events in {len(held):,} files", flush=True)
    journal, empty = folder / "journal", folder / "empty"
    _small([(lake, journal)], 2 * (grown + events))  # ids of files nobody looked at are listed once
    tables = [(lake, journal), (Lake(empty / "lake"), empty / "journal")]
    (small, worked), (_, alone) = _small(tables, 3 * (grown + events))
    told = f"{small * 1e3:.0f} ms, {worked * 1e3:.0f} of the processor, {worked / alone:.2f}x empty"
    print(f"small loads: {told}")
    _freshness(lake, journal, 4 * (grown + events))


def _small(tables: Sequence[tuple[Lake, Path]], first: int) -> list[tuple[float, float]]:
    """Seconds, by the clock and of the processor, that 500 new events of the last days take."""
    taken: list[list[tuple[float, float]]] = [[] for _ in tables]
    for part in range(SMALL_LOADS + 1):
        start = 10 * first + part * SMALL
        for found, (lake, journal) in zip(taken, tables, strict=True):
            _write(journal, start, start + SMALL, start)
            found.append(_worked(lake, journal))
    # The first looks at what was merged.
    return [
        (median(clock for clock, _ in found[1:]), median(worked for _, worked in found[1:]))
        for found in taken
    ]


def _worked(lake: Lake, journal: Path) -> tuple[float, float]:
    before = time.process_time()
    spent = _timed(lambda: load_journal(lake, journal, Directory(), now=datetime.now(UTC)))
    return spent, time.process_time() - before


def _marks(events: int, reports: int) -> set[int]:
    """Where to report on the way, in whole loads."""
    return {(events * part // reports) // AT_ONCE * AT_ONCE for part in range(1, reports + 1)}


def _write(journal: Path, first: int, last: int, events: int) -> None:
    bound = {
        "until": datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1),
        "days": 6,
        "visitors": max(events // 6, 1),
        "first": first,
        "last": last,
    }
    with duckdb.connect() as connection:
        lines = connection.sql(_LINES, params=bound).to_arrow_table()["line"].to_pylist()
    with Journal(journal) as sink:
        for start in range(0, len(lines), 10_000):
            part = lines[start : start + 10_000]
            sink.commit([frame_of(("\n".join(part) + "\n").encode(), len(part))])


def _judging(lake: Lake) -> None:
    rows = sum(file.rows for file in lake.opened(EVENTS_TABLE).files)
    changed = 0

    def work() -> None:
        nonlocal changed
        changed = judge(lake, Lists(browsers), now=datetime.now(UTC))

    spent = _timed(work)
    again = _timed(work)
    print(f"judged {rows:,} events in {spent:.1f} s: {rows / spent / 1e3:,.0f} k/s", end="")
    print(f"; again, nothing new: {again:.2f} s")


def _freshness(lake: Lake, journal: Path, events: int) -> None:
    """Write steadily, load steadily, and see from a third thread when each event counts."""
    stop = threading.Event()
    loading = threading.Thread(target=_keep_loading, args=(lake, journal, stop))
    merging = threading.Thread(
        target=_keep_merging, args=(Lake(lake.root, threads=MERGING_THREADS), stop)
    )
    answered: dict[int, float] = {}
    counted: dict[int, float] = {}
    before = sum(file.rows for file in lake.opened(EVENTS_TABLE).files)
    watching = threading.Thread(target=_watch, args=(lake, before, answered, counted, stop))
    for each in (loading, merging, watching):
        each.start()
    _arrive(journal, events, answered)
    time.sleep(5 * SEAL_SECONDS)
    stop.set()
    for each in (loading, watching):
        each.join()
    waits = np.array([counted[part] - answered[part] for part in answered if part in counted])
    missing = len(answered) - len(waits)
    p50, p95, worst = np.percentile(waits, [50, 95, 100])
    still = ", still merging" if merging.is_alive() else ""
    print(
        f"fresh at {before:,} events{still}: p50 {p50:.2f} s, p95 {p95:.2f} s, worst {worst:.2f} s"
        f" (goal: p95 under 5 s); {missing} of {len(answered)} batches not seen",
        flush=True,
    )
    merging.join()


def _arrive(journal: Path, events: int, answered: dict[int, float]) -> None:
    """Ten batches a second; `answered` tells when the last event of so many was on disk."""
    each = FRESH_PER_SECOND // 10
    bound = {"days": 0.00001, "visitors": 500, "until": datetime.now(UTC)}
    with duckdb.connect() as connection, Journal(journal) as sink:
        sealed_at = time.monotonic()
        for part in range(FRESH_SECONDS * 10):
            first = events + part * each
            bound |= {"first": first, "last": first + each, "until": datetime.now(UTC)}
            lines = connection.sql(_LINES, params=bound).to_arrow_table()["line"].to_pylist()
            sink.commit([frame_of(("\n".join(lines) + "\n").encode(), each)])
            answered[(part + 1) * each] = time.monotonic()
            if time.monotonic() - sealed_at >= SEAL_SECONDS:
                sink.seal()
                sealed_at = time.monotonic()
            time.sleep(0.08)


def _keep_loading(lake: Lake, journal: Path, stop: threading.Event) -> None:
    while not stop.wait(SECONDS_BETWEEN_LOADS):
        load_journal(lake, journal, Directory(), now=datetime.now(UTC))


def _keep_merging(lake: Lake, stop: threading.Event) -> None:
    """The worker does so each minute; here it begins at once, and again, to be seen."""
    while not stop.wait(SECONDS_BETWEEN_LOADS):
        merged = _timed(lambda: compact_journaled(lake, now=datetime.now(UTC), files_max=FILES_MAX))
        if merged > 1:
            print(f"merged in {merged:.1f} s meanwhile", flush=True)


def _watch(
    lake: Lake,
    before: int,
    answered: dict[int, float],
    counted: dict[int, float],
    stop: threading.Event,
) -> None:
    reader = Lake(lake.root)
    while not stop.wait(0.1):
        seen = reader.opened(EVENTS_TABLE)
        sql = f"SELECT count(*) AS events FROM {rows_of('files')}"
        [told] = reader.engine.query(sql, {"files": seen.paths()}).to_pylist()
        now = time.monotonic()
        for part in [part for part in answered if part not in counted]:
            if before + part <= told["events"]:
                counted[part] = now


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
