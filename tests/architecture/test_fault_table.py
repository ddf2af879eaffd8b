"""The table of faults names tests that are there, and every test of faults stands in it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "operate" / "reliability.md").read_text()
ELSEWHERE = {"test_benchmark_attack.py", "test_import_files.py"}
"""What an attacker learns and what files hold are told with their methods."""


def test_names_tests_that_are_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", TABLE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_leaves_no_test_of_faults_out() -> None:
    there = {path.name for path in (ROOT / "tests" / "faults").glob("test_*.py")} - ELSEWHERE
    assert {name for name in there if f"tests/faults/{name}" not in TABLE} == set()
