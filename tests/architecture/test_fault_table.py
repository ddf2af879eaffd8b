"""The table of faults names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "operate" / "reliability.md").read_text()


def test_names_tests_that_are_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", TABLE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
