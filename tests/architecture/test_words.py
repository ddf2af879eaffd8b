"""One word for one thing: the glossary's other words appear nowhere in the source."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "linkstar"
NEVER = ("influencer", "KOL", "baseline", "partnership")
MODULES_NEVER = {"common", "core", "utils", "helpers", "services", "misc"}


@pytest.mark.parametrize("word", NEVER)
def test_the_word_is_not_used(word: str) -> None:
    pattern = re.compile(rf"(?<![-\w]){word}s?(?![-\w])", re.IGNORECASE if word.islower() else 0)
    users = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".html"} and "bundle" not in path.parts
        for line in path.read_text().splitlines()
        if pattern.search(line)
    ]
    assert users == []


def test_no_module_is_a_drawer_for_leftovers() -> None:
    names = {path.stem for path in SOURCE.rglob("*.py")} | {p.name for p in SOURCE.rglob("*/")}
    assert not names & MODULES_NEVER
