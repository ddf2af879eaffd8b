"""The supervisor keeps two real processes together and ends them together."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from tests.app.jobs.installation import DESTINATION

from linkstar.cli.serve import (
    RESTARTS_MAX,
    Child,
    ChildStopped,
    PortInUse,
    answers,
    refuse_taken_port,
    supervise,
)
from linkstar.collector.registry import SECONDS_BETWEEN_LOOKS
from linkstar.lake.store import Lake, Snapshot
from linkstar.lake.tables import EVENTS_TABLE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_running(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module that a child process can be told to run."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")

    def write(name: str, source: str) -> str:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        return name

    return write


class TestATakenPort:
    def test_is_refused_before_anything_starts(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(PortInUse) as refused:
                refuse_taken_port("127.0.0.1", port)
        assert (refused.value.host, refused.value.port) == ("127.0.0.1", port)

    def test_is_free_again_afterwards(self):
        refuse_taken_port("127.0.0.1", free_port())


class TestTheSupervisor:
    def supervise(self, children, stop, port, ready=None):
        supervise(
            children,
            stop,
            host="127.0.0.1",
            port=port,
            when_ready=ready or (lambda _: stop.set()),
        )

    def test_says_once_when_the_first_page_can_be_asked_for_and_ends_its_children(self):
        port = free_port()
        web = Child("web", ["http.server", str(port), "--bind", "127.0.0.1"])
        stop, heard = threading.Event(), []

        def ready(address: str) -> None:
            heard.append(address)
            threading.Timer(0.5, stop.set).start()

        self.supervise([web], stop, port, ready)
        assert heard == [f"http://127.0.0.1:{port}"]
        assert web.process.returncode == -signal.SIGTERM

    def test_starts_a_child_again_that_ended(self, module, tmp_path):
        name = module(
            "ends_once",
            f"""
            import pathlib, time
            mark = pathlib.Path({str(tmp_path / "mark")!r})
            if mark.exists():
                time.sleep(60)
            mark.touch()
            """,
        )
        child, stop = Child("worker", [name]), threading.Event()
        running = threading.Thread(target=self.supervise, args=([child], stop, free_port()))
        running.start()
        wait_until(lambda: child.restarts == 1 and child.process.poll() is None)
        stop.set()
        running.join(10)
        assert child.process.returncode == -signal.SIGTERM

    def test_gives_up_on_a_child_that_keeps_ending(self, module):
        child = Child("worker", [module("ends", "raise SystemExit(3)")])
        with pytest.raises(ChildStopped) as stopped:
            self.supervise([child], threading.Event(), free_port())
        assert (stopped.value.name, stopped.value.code) == ("worker", 3)
        assert child.restarts == RESTARTS_MAX

    def test_kills_a_child_that_does_not_end_when_asked(self, module, monkeypatch, tmp_path):
        monkeypatch.setattr("linkstar.cli.serve.SECONDS_TO_FINISH", 0.5)
        mark = tmp_path / "deaf"
        name = module(
            "is_deaf",
            f"""
            import pathlib, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            pathlib.Path({str(mark)!r}).touch()
            time.sleep(60)
            """,
        )
        child, stop = Child("worker", [name]), threading.Event()
        running = threading.Thread(target=self.supervise, args=([child], stop, free_port()))
        running.start()
        wait_until(mark.exists)
        stop.set()
        running.join(10)
        assert child.process.returncode == -signal.SIGKILL


class TestAChildWithALifeline:
    def test_ends_when_its_supervisor_is_killed(self, module, tmp_path):
        pid_file = tmp_path / "pid"
        child = module(
            "on_a_line",
            f"""
            import os, pathlib, time
            from linkstar.jobs.lifeline import end_with_supervisor
            end_with_supervisor()
            pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
            time.sleep(60)
            """,
        )
        start = f"Child('worker', [{child!r}]).start()"
        source = f"import time; from linkstar.cli.serve import Child; {start}; time.sleep(60)"
        supervisor = subprocess.Popen([sys.executable, "-c", source])
        wait_until(lambda: pid_file.exists() and pid_file.read_text())
        pid = int(pid_file.read_text())
        assert is_running(pid)
        supervisor.kill()
        supervisor.wait()
        wait_until(lambda: not is_running(pid))


class TestTheWholeInstallation:
    def test_serves_pages_until_it_is_told_to_stop_and_leaves_nothing_behind(self, tmp_path):
        port = free_port()
        environment = {
            **os.environ,
            "LINKSTAR_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        }
        source = (
            "from linkstar.cli.serve import serve; "
            f"serve(port={port}, workers=1, when_ready=lambda address: print(address, flush=True))"
        )
        running = subprocess.Popen(
            [sys.executable, "-c", source], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            address = running.stdout.readline().strip()
            with urllib.request.urlopen(f"{address}/setup/", timeout=30) as page:
                assert page.status == 200
            wait_until((tmp_path / "worker.lock").exists, seconds=30)
            assert counted_within_seconds(tmp_path, environment, f"http://127.0.0.1:{port + 1}")
            assert ended_with(running, signal.SIGTERM) == 0
        finally:
            running.kill()
            running.stdout.close()
        refuse_taken_port("127.0.0.1", port)


def counted_within_seconds(data: Path, environment: dict[str, str], collector: str) -> bool:
    """Whether a link made now, shown once and followed once, is soon an impression and a click."""
    made = [sys.executable, "-m", "tests.app.jobs.installation"]
    token = subprocess.check_output(made, env=environment, text=True).strip()
    no_redirect = urllib.request.build_opener(Stay)
    wait_until(lambda: answers("127.0.0.1", int(collector.rpartition(":")[2])), seconds=30)
    time.sleep(SECONDS_BETWEEN_LOOKS)
    assert no_redirect.open(f"{collector}/p/{token}.gif").status == 200
    followed = no_redirect.open(f"{collector}/r/{token}")
    assert (followed.status, followed.headers["Location"]) == (302, DESTINATION)
    lake = Lake(data / "lake")
    wait_until(lambda: (seen := lake.snapshot(EVENTS_TABLE)) and events_in(seen) == 2, seconds=30)
    return True


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow where a link leads."""

    def http_error_302(self, req, fp, code, msg, headers):
        return fp


def events_in(seen: Snapshot) -> int:
    return sum(file.rows for file in seen.files)


def ended_with(process: subprocess.Popen, number: int) -> int:
    process.send_signal(number)
    return process.wait(30)
