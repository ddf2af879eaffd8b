"""The clock is read only at the edge; everything else is told the time."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "linkstar"
EDGES = {"api", "web", "cli", "jobs", "collector"}
READS_THE_CLOCK = re.compile(
    r"\b(datetime\.now|datetime\.today|date\.today|timezone\.now|datetime\.utcnow|time\.time)\("
)


class TestTheClock:
    def test_is_read_only_by_the_faces(self) -> None:
        readers = [
            str(path.relative_to(SOURCE))
            for path in SOURCE.rglob("*.py")
            if path.relative_to(SOURCE).parts[0] not in EDGES
            and READS_THE_CLOCK.search(path.read_text())
        ]
        assert readers == []
