"""Links, pixels and batches per second, beside nginx, which only answers and writes a log.

    python -m bench collector

The collector answers when the event is on disk; nginx (one worker, buffered access log) promises
nothing. `wrk` finds the highest rate with 32 connections. Latency is then measured at half of it at
open loop: requests leave on a timetable, and one that had to wait for a connection has waited.
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from socket import socket

import numpy as np

from linkstar.collector.registry import Link, Registry, WriteKey, digest_of_key, write_registry

TOKEN, KEY = "aB3dE5fG7h12", "ls_bench"
SECONDS, CONNECTIONS, SENDERS = 5, 32, 16
BATCH_EVENTS = 1_000
KEPT_UP = 0.95
"""Of the wanted rate; with less, waits are those of the sender."""
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log combined buffer=64k flush=1s; keepalive_requests 1000000;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location /r/ {{ return 302 https://shop.example/1; }}
        location /p/ {{ empty_gif; }}
    }}
}}
"""
BATCH_SCRIPT = """
local file = io.open("{body}", "rb"); wrk.body = file:read("*a"); file:close()
wrk.method = "POST"; wrk.headers["Authorization"] = "Bearer {key}"
"""


def main() -> None:
    wrk, nginx = shutil.which("wrk"), shutil.which("nginx")
    for name, found in (("wrk", wrk), ("nginx", nginx), ("fastapi", find_spec("fastapi"))):
        if not found:
            print(f"{name}: not on this machine, left out")
    print("plain Django: not measured here")
    if not wrk:
        return
    with tempfile.TemporaryDirectory(prefix="linkstar-bench-") as name:
        _run(Path(name), wrk, nginx)


def _run(folder: Path, wrk: str, nginx: str | None) -> None:
    print(f"{'what':<22}{'per second':>12}{'at half':>10}{'p50 ms':>9}{'p99 ms':>9}", flush=True)
    servers = [("collector", _collector(folder))]
    if nginx:
        servers.append(("nginx", _nginx(folder, nginx)))
    try:
        for what, path in (("redirect", f"/r/{TOKEN}"), ("pixel", f"/p/{TOKEN}.gif")):
            rates = {name: _measured(wrk, f"{what}, {name}", port, path)
                     for name, (_, port) in servers}  # fmt: skip
            if "nginx" in rates:
                print(f"  of nginx: {rates['collector'] / rates['nginx']:.2f} (goal 0.4)")
        _batches(wrk, folder, servers[0][1][1])
    finally:
        for _, (process, _) in servers:
            process.terminate()
        for _, (process, _) in servers:
            process.wait(15)


def _measured(wrk: str, what: str, port: int, path: str) -> float:
    highest = _highest(wrk, f"http://127.0.0.1:{port}{path}")
    done, waits = _open_loop(port, path, highest / 2)
    told = f"{what:<22}{highest:>12,.0f}{done:>10,.0f}"
    if done < highest / 2 * KEPT_UP:
        print(f"{told}  the sender did not keep up: no latency", flush=True)
    else:
        p50, p99 = np.percentile(waits, [50, 99]) * 1e3
        print(f"{told}{p50:>9.2f}{p99:>9.2f}", flush=True)
    return highest


def _highest(wrk: str, address: str, *more: str) -> float:
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *more, address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    [line] = [each for each in said.splitlines() if each.startswith("Requests/sec")]
    return float(line.split(":")[1])


def _open_loop(port: int, path: str, rate: float) -> tuple[float, np.ndarray]:
    """The rate that was reached and how long each took from when it was due."""
    waits: list[float] = []
    start = time.perf_counter() + 0.1

    def send(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for number in range(first, int(rate * SECONDS), SENDERS):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", path)
            connection.getresponse().read()
            waits.append(time.perf_counter() - due)

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    return len(waits) / (time.perf_counter() - start), np.array(waits)


def _batches(wrk: str, folder: Path, port: int) -> None:
    now = datetime.now(UTC).isoformat()
    event = {"kind": "click", "occurred_at": now, "link": TOKEN, "visitor": "v1"}
    lines = [json.dumps({"event_id": f"e{n}", **event}) for n in range(BATCH_EVENTS)]
    (folder / "body").write_text("\n".join(lines))
    script = folder / "batch.lua"
    script.write_text(BATCH_SCRIPT.format(body=folder / "body", key=KEY))
    rate = _highest(wrk, f"http://127.0.0.1:{port}/v1/events", "-s", str(script))
    print(f"batches of {BATCH_EVENTS:,}: {rate * BATCH_EVENTS:,.0f} events/s (goal 1,000,000)")


def _collector(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    link = Link(shop=1, workspace=1, destination="https://shop.example/1")
    key = WriteKey(shop=1, workspace=1)
    registry = Registry(links={TOKEN: link}, keys={digest_of_key(KEY): key})
    write_registry(folder / "collector" / "registry.json", registry)
    port = _free_port()
    environment = {
        **os.environ,
        "LINKSTAR_DATA": str(folder),
        "LINKSTAR_COLLECTOR_EVENTS_PER_SECOND": "1000000000",
        "LINKSTAR_COLLECTOR_FREE_RATIO_MIN": "0",
    }
    command = [sys.executable, "-m", "linkstar.collector.serve", "127.0.0.1", str(port)]
    return _up(subprocess.Popen(command, env=environment), port)


def _nginx(folder: Path, nginx: str) -> tuple[subprocess.Popen[bytes], int]:
    port = _free_port()
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    return _up(subprocess.Popen([nginx, "-c", str(settings), "-p", str(folder)]), port)


def _up(process: subprocess.Popen[bytes], port: int) -> tuple[subprocess.Popen[bytes], int]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        time.sleep(0.1)
    process.terminate()
    raise TimeoutError(port)


def _free_port() -> int:
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
