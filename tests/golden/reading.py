"""Reading one small file the short way."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from linkstar.connectors.reading.detected import Answers, Detected, Hints, Window
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.parsing import Parsed, parse
from linkstar.connectors.registry import LAYOUTS

JULY = Window(dt.date(2026, 7, 1), dt.date(2026, 7, 29))


@dataclass(frozen=True)
class Read:
    """A file that was read: what it is, its rows in the lake's columns, its problems."""

    detected: Detected
    parsed: Parsed

    @property
    def rows(self) -> list[dict]:
        return pq.read_table(self.parsed.staged).to_pylist()

    @property
    def problems(self) -> list[tuple]:
        table = pq.read_table(self.parsed.problems)
        return [(p["row"], p["column"], p["code"]) for p in table.to_pylist()]

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.parsed.rows, self.parsed.staged_rows, self.parsed.rejected


def write(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_file(path: Path, folder: Path, *, hints: Hints | None = None, **answers: object) -> Read:
    """Read a file; what it does not say is July 2026, US dollars, Los Angeles."""
    found = detect(path, scratch=folder / "cells", layouts=LAYOUTS, hints=hints or Hints())
    usual = {
        "period": None if found.window else JULY,
        "currency": "" if found.currency else "USD",
        "zone": "" if found.zone else "America/Los_Angeles",
    }
    parsed = parse(
        found,
        Answers(**{**usual, **answers}),
        staged=folder / "staged.parquet",
        problems=folder / "problems.parquet",
        products=folder / "products.parquet",
        scratch=folder / "cells",
    )
    return Read(found, parsed)


def read(folder: Path, content: str | bytes, name: str = "file.csv", **how: object) -> Read:
    """Write a file and read it."""
    return read_file(write(folder, content, name), folder, **how)
