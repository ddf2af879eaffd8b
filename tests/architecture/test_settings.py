"""Every variable LinkStar reads has one row in the tables for operators, and no other has."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"LINKSTAR_[A-Z_]+")


def test_each_has_one_row() -> None:
    source = (ROOT / "src" / "linkstar").rglob("*.py")
    read = {name for path in source for name in NAME.findall(path.read_text())}
    pages = (ROOT / "docs" / "operate").glob("*.md")
    rows = [row for page in pages for row in page.read_text().splitlines() if row[:3] == "| `"]
    told = Counter(name for row in rows for name in NAME.findall(row.split("|")[1]))
    assert read, "no variables were found"
    assert told == Counter(read)
