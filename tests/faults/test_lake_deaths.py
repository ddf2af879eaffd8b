"""A load that is killed leaves nothing half, and the next one completes what is missing."""

import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable
from tests.app.lake.made import stage_events
from tests.faults.lake_writer import DEATHS, main

from linkstar.lake.queries import content_counts
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.verify import rows_by_import, verify

ROOT = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("lake_writer.py")
EVENTS_EACH = 400
IMPORTS = 6


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """Six batches over eight days; each repeats a quarter of the batch before it."""
    folder = tmp_path / "staged"
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(IMPORTS):
        ids = range(number * 300, number * 300 + EVENTS_EACH)
        rows = [
            {"event_id": f"e{each}", "occurred_at": start + timedelta(minutes=7 * each % 11_520)}
            for each in ids
        ]
        stage_events(folder, rows).rename(folder / f"{number}.parquet")
    return folder


def write(lake: Path, staged: Path, *given: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(lake), str(staged), *map(str, given)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )


def rows(lake: Path) -> dict[str, int]:
    return {row["import_id"]: row["rows"] for row in rows_by_import(Lake(lake)).to_pylist()}


def impressions(lake: Path) -> int:
    selection = Selection(Source.TRACKED, Level.CONTENT)
    counts = content_counts(Lake(lake), Scope(1, (1,)), selection)
    return sum(counts.table["impressions"].to_pylist())


WHOLE = {f"imp_{number:03}": 300 if number else EVENTS_EACH for number in range(IMPORTS)}


class TestALoadKilled:
    @pytest.mark.parametrize("point", DEATHS)
    def test_at_this_point_is_all_there_or_not_at_all(self, tmp_path, staged, point) -> None:
        lake = tmp_path / "lake"
        with write(lake, staged, 0, 2, point) as writer:
            assert writer.wait() == -9
        survived = point == "after_commit"
        assert rows(lake) == {name: WHOLE[name] for name in list(WHOLE)[: 1 + survived]}
        assert verify(Lake(lake)) == []
        main(lake, staged, 0, IMPORTS)
        assert rows(lake) == WHOLE
        assert impressions(lake) == sum(WHOLE.values())
        assert verify(Lake(lake)) == []

    def test_at_any_moment_loses_nothing_it_reported_and_doubles_nothing(
        self, tmp_path, staged
    ) -> None:
        chance = random.Random(7)
        lake = tmp_path / "lake"
        reported: set[str] = set()
        for _ in range(8):
            with write(lake, staged, 0, IMPORTS) as writer:
                first = writer.stdout.readline()  # it is under way: imports are slow, loads quick
                time.sleep(chance.random() * 0.25)
                writer.kill()
                told = [first, *writer.stdout.read().splitlines()]
            reported |= {f"imp_{int(line.split()[0]):03}" for line in told if line.strip()}
            held = rows(lake)
            assert reported <= set(held)
            assert held == {name: WHOLE[name] for name in held}
            assert impressions(lake) == sum(held.values())
            assert verify(Lake(lake)) == []
        main(lake, staged, 0, IMPORTS)
        assert rows(lake) == WHOLE


class TestADiskThatTakesNoMore:
    def test_fails_the_load_and_leaves_what_was_there(self, tmp_path, staged) -> None:
        lake = tmp_path / "lake"
        main(lake, staged, 0, 1)
        full = subprocess.run(
            [sys.executable, str(WRITER), str(lake), str(staged), "1", "2"],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000)),
            capture_output=True,
            check=False,
        )
        assert full.returncode == 1
        assert rows(lake) == {"imp_000": EVENTS_EACH}
        assert verify(Lake(lake)) == []
        main(lake, staged, 1, 2)
        assert rows(lake) == {"imp_000": EVENTS_EACH, "imp_001": 300}


class TestTwoProcesses:
    def test_that_load_at_once_count_every_event_once(self, tmp_path, staged) -> None:
        lake = tmp_path / "lake"
        with write(lake, staged, 0, IMPORTS) as one, write(lake, staged, 0, IMPORTS) as other:
            assert [one.wait(), other.wait()] == [0, 0]
        held = rows(lake)
        assert sum(held.values()) == impressions(lake) == 300 * IMPORTS + 100
        assert verify(Lake(lake)) == []
        delta = DeltaTable(str(lake / EVENTS_TABLE.name))
        assert all(delta.transaction_version(name) == 1 for name in WHOLE)
