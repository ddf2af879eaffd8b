"""kill -9 while a shop works, closes, approves and pays: done again, everybody is paid once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def settled(points: int) -> dict:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_settling", str(points), "7"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3_000:]
    return json.loads(ended.stdout.splitlines()[-1])


def check(found: dict, points: int) -> None:
    assert found["faults"] == []
    assert found["killed"] >= points  # and those whose time came before they were done
    assert found["whole"]["payouts"] == [["paid", 2400], ["paid", 2400], ["paid", 2700]]
    assert found["whole"]["findings"] == []
    assert found["whole"]["integrity"] == ["ok"]


class TestAShopKilled:
    def test_at_some_steps_pays_everybody_once(self) -> None:
        check(settled(10), 10)

    @pytest.mark.long
    def test_at_every_step_pays_everybody_once(self) -> None:
        found = settled(0)
        check(found, found["steps"])
