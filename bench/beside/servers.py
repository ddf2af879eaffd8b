"""What `bench.collector` measures beside each other: as many workers of each, at one port."""

import http.client
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from socket import socket

from linkstar.collector.registry import Link, Registry, WriteKey, digest_of_key, write_registry

SECONDS_FOR_THE_LAST_WORKER = 2.0
TOKEN, KEY = "aB3dE5fG7h12", "ls_bench"
ROOT = Path(__file__).parents[2]
NGINX = """
worker_processes {workers}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
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


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What it has used so far, its children with it; told by Linux only, else not a number."""
        return sum(map(_processor_seconds, _family(self.pid)))


def _processor_seconds(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return math.nan
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]
    return [pid, *(each for child in children for each in _family(child))]


@contextmanager
def servers(folder: Path, workers: int) -> Iterator[dict[str, Server]]:
    """Each server that this machine has, with so many workers; all end with the block."""
    found: dict[str, Server] = {}
    running: list[subprocess.Popen[bytes]] = []
    try:
        for name, start in STARTS.items():
            port = free_port()
            process = start(folder, port, workers)
            if process is None:
                print(f"{name}: not on this machine, left out")
                continue
            running.append(process)
            wait_for(port)
            found[name] = Server(port, process.pid)
        time.sleep(SECONDS_FOR_THE_LAST_WORKER)
        yield found
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(15)


def start_collector(folder: Path, port: int, workers: int) -> subprocess.Popen[bytes]:
    link = Link(shop=1, workspace=1, destination="https://shop.example/1")
    key = WriteKey(shop=1, workspace=1)
    registry = Registry(links={TOKEN: link}, keys={digest_of_key(KEY): key})
    write_registry(folder / "collector" / "registry.json", registry)
    return python(
        ["linkstar.cli.main", "collector", "-q", "--port", str(port), "--workers", str(workers)],
        LINKSTAR_DATA=str(folder),
        LINKSTAR_COLLECTOR_EVENTS_PER_SECOND="1000000000",
        LINKSTAR_COLLECTOR_FREE_RATIO_MIN="0",
    )


def start_nginx(folder: Path, port: int, workers: int) -> subprocess.Popen[bytes] | None:
    nginx = shutil.which("nginx")
    if not nginx:
        return None
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port, workers=workers))
    return subprocess.Popen([nginx, "-c", str(settings), "-p", str(folder)])


def start_fastapi(folder: Path, port: int, workers: int) -> subprocess.Popen[bytes] | None:
    if not (find_spec("fastapi") and find_spec("uvicorn")):
        return None
    said = ["--port", str(port), "--workers", str(workers), "--no-access-log"]
    return python(
        ["uvicorn", "bench.beside.plain_fastapi:app", *said, "--log-level", "error"],
        JOURNAL=str(folder / "fastapi.ndjson"),
    )


def start_django(folder: Path, port: int, workers: int) -> subprocess.Popen[bytes]:
    served = ["--interface", "wsgi", "--port", str(port), "--workers", str(workers)]
    served += ["--log-level", "error"]
    return python(
        ["granian", *served, "bench.beside.plain_django:application"],
        DATABASE=str(folder / "django.sqlite3"),
    )


STARTS = {
    "collector": start_collector,
    "nginx": start_nginx,
    "FastAPI": start_fastapi,
    "Django": start_django,
}


def python(module: list[str], **settings: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **settings}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen([sys.executable, "-m", *module], env=environment, cwd=ROOT)


def wait_for(port: int) -> None:
    """Until somebody answers there, whatever it is."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with closing(probe), suppress(OSError):
            probe.request("GET", "/healthz")
            probe.getresponse()
            return
        time.sleep(0.1)
    raise TimeoutError(port)


def free_port() -> int:
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
