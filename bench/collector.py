"""Links, pixels and batches per second, beside nginx and plain FastAPI and Django, in one run.

    python -m bench collector

All but nginx answer when the event is on disk; nginx (buffered access log) promises nothing. Each
has one worker per core, and then one; the sender shares the machine with all of them. `wrk` finds
the highest rate, waiting for each answer; latency is then told at half of it from `open_loop`,
which waits for none and tells what it was late by itself (p99). Servers take turns, and of three
rounds the least disturbed counts. On a machine that others use, look at the server's processor time
per request: rates fall with what is left to it.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.beside.open_loop import Sent, request, send
from bench.beside.servers import KEY, TOKEN, Server, servers

SECONDS, ROUNDS = 2.0, 3
# Who waits for an answer asks no more: a server that syncs first reaches at most connections per
# sync, however little it works. So many that this is not what is measured.
CONNECTIONS = {"redirect": 512, "pixel": 512, "100 events": 64, "1,000 events": 16}
BODY_SCRIPT = """
local file = io.open("{body}", "rb"); wrk.body = file:read("*a"); file:close()
wrk.method = "POST"; wrk.headers["Authorization"] = "Bearer {key}"
wrk.headers["Content-Type"] = "application/json"
"""


@dataclass(frozen=True)
class Work:
    """One kind of request, as it is sent, and how many events it carries."""

    name: str
    method: str
    path: str
    body: bytes = b""
    events: int = 1

    @property
    def asked(self) -> bytes:
        return request(self.method, self.path, self.body, key=KEY)


@dataclass(frozen=True)
class Best:
    """The highest rate, the least processor seconds per request, the shortest waits at half."""

    highest: float = 0.0
    spent: float = float("inf")
    half: Sent | None = None

    def or_rate(self, highest: float, spent: float) -> "Best":
        return replace(self, highest=max(self.highest, highest), spent=min(self.spent, spent))

    def or_half(self, other: Sent) -> "Best":
        """Of two at the same rate the one that kept it up, then the one with the lesser p99."""
        each = [one for one in (self.half, other) if one]
        kept = min(each, key=lambda one: (not one.kept_up, np.percentile(one.waits, 99)))
        return replace(self, half=kept)


def main() -> None:
    if not shutil.which("wrk"):
        print("wrk: not on this machine; nothing measured")
        return
    with tempfile.TemporaryDirectory(prefix="linkstar-bench-") as name:
        folder = Path(name)
        _tell_machine(folder)
        for workers in sorted({os.cpu_count() or 1, 1}, reverse=True):
            print(f"\nworkers of each: {workers}")
            with servers(folder, workers) as found:
                for work in _works():
                    _compare(work, found, folder, workers)


def _works() -> list[Work]:
    return [
        Work("redirect", "GET", f"/r/{TOKEN}"),
        Work("pixel", "GET", f"/p/{TOKEN}.gif"),
        Work("100 events", "POST", "/v1/events", _lines(100), 100),
        Work("1,000 events", "POST", "/v1/events", _lines(1_000), 1_000),
    ]


def _lines(events: int) -> bytes:
    now = datetime.now(UTC).isoformat()
    event = {"kind": "click", "occurred_at": now, "link": TOKEN, "visitor": "v1"}
    return "\n".join(json.dumps({"event_id": f"e{n}", **event}) for n in range(events)).encode()


def _compare(work: Work, found: dict[str, Server], folder: Path, workers: int) -> None:
    able = {name: one for name, one in found.items() if not (work.body and name == "nginx")}
    asked = {name: _for(name, work) for name in able}
    best = {name: Best() for name in able}
    for _ in range(ROUNDS):
        for name, server in able.items():
            before = server.processor_seconds()
            rate, requests = _highest(asked[name], server.port, folder, workers)
            if requests > CONNECTIONS[work.name]:  # else not each connection had an answer
                spent = (server.processor_seconds() - before) / requests
                best[name] = best[name].or_rate(rate, spent)
            _clear(folder)
    for _ in range(ROUNDS):
        for name, server in able.items():
            if not best[name].highest:
                continue
            half = send(
                server.port,
                asked[name].asked,
                rate=best[name].highest / 2,
                seconds=SECONDS,
                connections=CONNECTIONS[work.name],
            )
            best[name] = best[name].or_half(half)
            _clear(folder)
    unit = "events/s" if work.events > 1 else "requests/s"
    heads = f"{unit:>12}{'us/request':>12}{'at half':>11}{'p50 ms':>9}{'p99 ms':>9}{'worst':>9}"
    heads += f"{'sender late':>13}"
    print(f"\n{work.name:<14}{heads}")
    for name, each in best.items():
        _tell(name, each, work.events)
    for peer, goal in (("nginx", "goal 0.4"), ("FastAPI", "goal 10 in batches"), ("Django", "")):
        if peer in best and best[peer].highest:
            ratio = best["collector"].highest / best[peer].highest
            spent = best[peer].spent / best["collector"].spent
            told = f"{ratio:.2f}, by processor time {spent:.2f}"
            print(f"  collector to {peer}: {told} {f'({goal})' if goal else ''}".rstrip())


def _for(name: str, work: Work) -> Work:
    """FastAPI and Django take an array where the collector takes lines."""
    if name == "collector" or not work.body:
        return work
    array = b"[" + work.body.replace(b"\n", b",") + b"]"
    return Work(work.name, work.method, work.path, array, work.events)


def _highest(work: Work, port: int, folder: Path, threads: int) -> tuple[float, int]:
    """Requests per second, and how many there were."""
    command = ["wrk", f"-t{threads}", f"-c{CONNECTIONS[work.name]}", f"-d{int(SECONDS)}s"]
    if work.body:
        (folder / "body").write_bytes(work.body)
        script = folder / "batch.lua"
        script.write_text(BODY_SCRIPT.format(body=folder / "body", key=KEY))
        command += ["-s", str(script)]
    address = f"http://127.0.0.1:{port}{work.path}"
    said = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    [rate] = [each for each in said.splitlines() if each.startswith("Requests/sec")]
    [total] = [each for each in said.splitlines() if " requests in " in each]
    return float(rate.split(":")[1]), int(total.split()[0])


def _tell(name: str, found: Best, events: int) -> None:
    if not found.highest:
        print(f"  {name:<12}did not answer every connection: nothing measured", flush=True)
        return
    told = f"  {name:<12}{found.highest * events:>12,.0f}{found.spent * 1e6:>12,.1f}"
    half = found.half
    if not half or not half.kept_up:
        print(f"{told}  less than was to be sent: no latency", flush=True)
        return
    told += f"{half.reached * events:>11,.0f}"
    p50, p99, worst = np.percentile(half.waits, [50, 99, 100]) * 1e3
    late = np.percentile(half.lates, 99) * 1e3
    print(f"{told}{p50:>9.2f}{p99:>9.2f}{worst:>9.2f}{late:>13.2f}", flush=True)


def _clear(folder: Path) -> None:
    """Nobody loads what was accepted here; it need not fill the disk."""
    for sealed in (folder / "collector").glob("journal*/*.ndjson"):
        sealed.unlink()


def _tell_machine(folder: Path) -> None:
    syncs = np.array([_sync(folder / "synced") for _ in range(200)]) * 1e3
    p50, p99 = np.percentile(syncs, [50, 99])
    busy = _busy_ratio()
    print(f"{os.cpu_count()} processors, {busy:.0%} of them busy before this began;", end=" ")
    print(f"a sync of this disk takes {p50:.2f} ms (p99 {p99:.2f})")


def _sync(path: Path) -> float:
    with path.open("ab") as file:
        file.write(bytes(4_096))
        file.flush()
        begun = time.perf_counter()
        os.fdatasync(file.fileno())
        return time.perf_counter() - begun


def _busy_ratio() -> float:
    """Of all processors over a second."""
    before = _ticks()
    time.sleep(1)
    spent, idle = (now - then for now, then in zip(_ticks(), before, strict=True))
    return 1 - idle / spent


def _ticks() -> tuple[int, int]:
    with Path("/proc/stat").open() as file:
        numbers = [int(each) for each in file.readline().split()[1:9]]
    return sum(numbers), numbers[3] + numbers[4]


if __name__ == "__main__":
    main()
