"""The same work at the same moment by several hands, on SQLite and on PostgreSQL."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.money_schedules import SCHEDULES

ROOT = Path(__file__).parents[2]
KEPT_BY_THE_DATABASE = {"append_only": 7, "editions": {"taken": 10, "refused": 10}}
"""Ways to change the book that are refused; ways to change an edition, taken before it is out."""


def till(rounds: int, **environment: str) -> dict:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.money_schedules", str(rounds)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3_000:]
    return json.loads(ended.stdout.splitlines()[-1])


class TestManyHands:
    def test_book_everything_once_on_sqlite(self) -> None:
        found = till(3, DJANGO_SETTINGS_MODULE="tests.settings")
        assert found == {**KEPT_BY_THE_DATABASE, "rounds": 3, "faults": []}

    @pytest.mark.long
    def test_book_everything_once_in_ten_thousand_schedules_on_sqlite(self) -> None:
        rounds = -(-10_000 // SCHEDULES)
        found = till(rounds, DJANGO_SETTINGS_MODULE="tests.settings")
        assert found == {**KEPT_BY_THE_DATABASE, "rounds": rounds, "faults": []}

    @pytest.mark.long
    def test_book_everything_once_in_ten_thousand_schedules_on_postgresql(
        self, postgres: str
    ) -> None:
        rounds = -(-10_000 // SCHEDULES)
        found = till(
            rounds, DJANGO_SETTINGS_MODULE="tests.postgres_settings",
            LINKSTAR_TEST_POSTGRES=postgres,
        )  # fmt: skip
        assert found == {**KEPT_BY_THE_DATABASE, "rounds": rounds, "faults": []}

    def test_book_everything_once_on_postgresql(self, postgres: str) -> None:
        found = till(
            6, DJANGO_SETTINGS_MODULE="tests.postgres_settings", LINKSTAR_TEST_POSTGRES=postgres
        )
        assert found == {**KEPT_BY_THE_DATABASE, "rounds": 6, "faults": []}
