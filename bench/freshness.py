"""How soon an accepted event counts, with the real collector and the real worker under load.

    python -m bench freshness

Events are sent in batches over one connection, at a steady rate, to a collector process; a worker
process loads them; a third looks at the facts ten times a second. *Fresh* is the time from the
answer (the event is on disk) until a question counts it. All share this machine.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.beside.servers import ROOT, free_port, wait_for
from linkstar.lake.relations import rows_of
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE

RATES = (1_000, 5_000, 20_000)
SECONDS, SECONDS_TO_DRAIN = 30, 60
BATCHES_PER_SECOND = 10


def main() -> None:
    print(f"{'events/s':>10}{'reached':>10}{'p50 s':>8}{'p95 s':>8}{'worst s':>9}  (goal: p95 < 5)")
    with tempfile.TemporaryDirectory(prefix="linkstar-bench-") as name:
        folder = Path(name)
        token, key = _installed(folder)
        with _running(folder) as port:
            first = _warmed_up(folder, port, token, key)
            for rate in RATES:
                first += _measure(folder, port, token, key, rate=rate, first=first)


def _warmed_up(folder: Path, port: int, token: str, key: str) -> int:
    """Send a second's worth and wait until the worker has come up and counted it."""
    _send(port, token, key, rate=1_000, first=0, answered=[], seconds=1)
    until = time.monotonic() + 120
    while _counted(Lake(folder / "lake")) < 1_000:
        if time.monotonic() > until:
            raise TimeoutError("nothing was loaded")
        time.sleep(0.2)
    return 1_000


def _measure(folder: Path, port: int, token: str, key: str, *, rate: int, first: int) -> int:
    """Send for a while and tell; how many were accepted."""
    answered: list[tuple[int, float]] = []
    counted: list[tuple[int, float]] = []
    stop = threading.Event()
    watching = threading.Thread(target=_watch, args=(folder, counted, stop))
    watching.start()
    begun = time.monotonic()
    _send(port, token, key, rate=rate, first=first, answered=answered)
    sent = answered[-1][0]
    reached = (sent - first) / (time.monotonic() - begun)
    until = time.monotonic() + SECONDS_TO_DRAIN
    while time.monotonic() < until and not (counted and counted[-1][0] >= sent):
        time.sleep(0.1)
    stop.set()
    watching.join()
    totals, moments = (np.array(each) for each in zip(*counted, strict=True))
    places = np.searchsorted(totals, [events for events, _ in answered])
    seen = places < len(totals)
    waits = moments[places[seen]] - np.array([at for _, at in answered])[seen]
    p50, p95, worst = np.percentile(waits, [50, 95, 100])
    missing = "" if seen.all() else f"  {np.count_nonzero(~seen)} batches not seen in time"
    print(f"{rate:>10,}{reached:>10,.0f}{p50:>8.2f}{p95:>8.2f}{worst:>9.2f}{missing}", flush=True)
    return sent - first


def _send(
    port: int,
    token: str,
    key: str,
    *,
    rate: int,
    first: int,
    answered: list[tuple[int, float]],
    seconds: int = SECONDS,
) -> None:
    """`answered` tells how many events are on disk, and since when."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    each, start, done = rate // BATCHES_PER_SECOND, time.monotonic(), first
    for batch in range(seconds * BATCHES_PER_SECOND):
        time.sleep(max(0.0, start + batch / BATCHES_PER_SECOND - time.monotonic()))
        now = datetime.now(UTC).isoformat()
        lines = [
            json.dumps(
                {"event_id": f"e{n}", "kind": "impression", "occurred_at": now, "link": token,
                 "visitor": f"v{n % 500}"}
            )
            for n in range(done, done + each)
        ]  # fmt: skip
        headers = {"Authorization": f"Bearer {key}"}
        connection.request("POST", "/v1/events", "\n".join(lines), headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        if answer.status != 202 or said["accepted"] != each:
            raise RuntimeError(said)
        done += each
        answered.append((done, time.monotonic()))


def _watch(folder: Path, counted: list[tuple[int, float]], stop: threading.Event) -> None:
    reader = Lake(folder / "lake")
    while not stop.wait(0.1):
        counted.append((_counted(reader), time.monotonic()))


def _counted(lake: Lake) -> int:
    held = lake.snapshot(EVENTS_TABLE)
    if held is None or not held.files:
        return 0
    sql = f"SELECT count(*) AS events FROM {rows_of('files')} WHERE kind = 'impression'"
    [told] = lake.engine.query(sql, {"files": held.paths()}).to_pylist()
    return int(told["events"])


def _installed(folder: Path) -> tuple[str, str]:
    command = [sys.executable, "-m", "bench.beside.installation"]
    environment = {**os.environ, **_settings(folder)}
    token, key = subprocess.check_output(command, env=environment, cwd=ROOT, text=True).split()
    return token, key


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    """A collector and a worker over the folder; the collector's port."""
    port = free_port()
    modules = (["linkstar.collector.serve", "127.0.0.1", str(port)], ["linkstar.jobs.worker"])
    environment = {**os.environ, **_settings(folder)}
    processes = [
        subprocess.Popen([sys.executable, "-m", *module], env=environment, cwd=ROOT)
        for module in modules
    ]
    try:
        wait_for(port)
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def _settings(folder: Path) -> dict[str, str]:
    return {
        "LINKSTAR_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        "LINKSTAR_COLLECTOR_EVENTS_PER_SECOND": "1000000",
        "LINKSTAR_COLLECTOR_FREE_RATIO_MIN": "0",
    }


if __name__ == "__main__":
    main()
