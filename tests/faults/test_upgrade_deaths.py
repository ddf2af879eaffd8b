"""F12: an upgrade dies half-way and is run again; the worker is stopped and killed at its work."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.app.lake.journals import followed, single

from linkstar.events.journal import Journal
from linkstar.jobs.tracking import waiting_segments
from linkstar.lake.relations import rows_of
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.verify import verify

ROOT = Path(__file__).parents[2]
DATABASE = "linkstar.sqlite3"
SECONDS_TO_LOAD = 60.0


def python(data: Path, *module: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "LINKSTAR_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def migrate(data: Path, point: int) -> tuple[int, str]:
    data.mkdir(exist_ok=True)
    with python(data, "tests.faults.migrating", str(point)) as process:
        said = process.communicate()[0]
    return process.returncode, said


def schema(data: Path) -> list[tuple]:
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        tables = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        ).fetchall()
        done = connection.execute("SELECT app, name FROM django_migrations").fetchall()
        kinds = connection.execute("SELECT app_label, model FROM django_content_type").fetchall()
    return [*sorted(tables), *sorted(done), *sorted(kinds)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """An installation that was brought up to date undisturbed, and in how many steps."""
    data = tmp_path_factory.mktemp("whole")
    code, steps = migrate(data, 0)
    assert code == 0
    return data, int(steps)


class TestAnUpgradeKilledHalfWay:
    def check(self, folder: Path, whole: tuple[Path, int], points: int) -> None:
        data, steps = whole
        for point in sorted(random.Random(12).sample(range(1, steps + 1), points)):
            died = folder / str(point)
            assert migrate(died, point)[0] == -signal.SIGKILL
            assert migrate(died, 0)[0] == 0, f"killed at step {point}"
            assert schema(died) == schema(data), f"killed at step {point}"
            shutil.rmtree(died)

    def test_is_whole_once_it_is_run_again(self, tmp_path: Path, whole: tuple[Path, int]) -> None:
        self.check(tmp_path, whole, 2)

    @pytest.mark.long
    def test_is_whole_wherever_it_died(self, tmp_path: Path, whole: tuple[Path, int]) -> None:
        self.check(tmp_path, whole, 60)


class TestAWorker:
    def check(self, folder: Path, whole: tuple[Path, int], ends: list[signal.Signals]) -> None:
        data = folder / "data"
        shutil.copytree(whole[0], data)
        with python(data, "tests.app.jobs.installation") as made:
            token = made.communicate()[0].strip()
        collector, chance, written = data / "collector", random.Random(3), 0
        worker = python(data, "linkstar.jobs.worker")
        try:
            for end in [*ends, None]:
                written += write(collector / "journal", token, written)
                wait_until(lambda: waiting_segments(collector) == 0)  # it is at work
                for _ in range(6):
                    written += write(collector / "journal", token, written)
                    time.sleep(chance.random() * 0.6)
                if end:
                    worker.send_signal(end)
                    assert worker.wait(30) == (0 if end == signal.SIGTERM else -end)
                    worker.stdout.close()
                    worker = python(data, "linkstar.jobs.worker")
            wait_until(lambda: waiting_segments(collector) == 0)
        finally:
            worker.kill()
            worker.wait()
            worker.stdout.close()
        lake = Lake(data / "lake")
        sql = f"SELECT event_id FROM {rows_of('files')}"
        rows = lake.engine.query(sql, {"files": lake.opened(EVENTS_TABLE).paths()}).to_pylist()
        counted = Counter(row["event_id"] for row in rows)
        assert counted == dict.fromkeys((f"e{number}" for number in range(written)), 1)
        assert verify(lake) == []

    def test_stopped_and_killed_at_its_work_counts_everything_once(
        self, tmp_path: Path, whole: tuple[Path, int]
    ) -> None:
        self.check(tmp_path, whole, [signal.SIGKILL, signal.SIGTERM])

    @pytest.mark.long
    def test_killed_again_and_again_counts_everything_once(
        self, tmp_path: Path, whole: tuple[Path, int]
    ) -> None:
        self.check(tmp_path, whole, [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM] * 5)


def write(journal: Path, token: str, first: int) -> int:
    """One more segment, as the collector seals it every second; how many events it holds."""
    now = datetime.now(UTC).isoformat()
    events = [
        followed(f"e{first + n}", link=token, visitor=f"v{n}", occurred_at=now) for n in range(20)
    ]
    with Journal(journal) as sink:
        sink.commit([single(event) for event in events])
    return len(events)


def wait_until(condition) -> None:
    until = time.monotonic() + SECONDS_TO_LOAD
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
