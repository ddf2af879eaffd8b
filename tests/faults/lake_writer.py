"""A process that writes to a lake and may be told to die at one point of it.

`python lake_writer.py LAKE STAGED FIRST LAST [POINT]` loads imports FIRST..LAST-1 of events, each
from `STAGED/<number>.parquet`, prints a line after each, and refreshes the roll-ups at the end.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from deltalake import DeltaTable

from linkstar.lake import store
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.store import Lake
from linkstar.lake.tracked import load_events

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DEATHS = ("before_writing", "after_writing", "before_syncing", "before_commit", "after_commit")


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_before(owner: object, name: str) -> None:
    setattr(owner, name, die)


def dying_after(owner: object, name: str) -> None:
    real = getattr(owner, name)

    def last(*given: object, **named: object) -> None:
        real(*given, **named)
        die()

    setattr(owner, name, last)


def prepare(point: str) -> None:
    """Arrange for death at a point of the next load."""
    if point == "before_writing":
        dying_before(Lake, "write_files")
    elif point == "after_writing":
        dying_after(Lake, "write_files")
    elif point == "before_syncing":
        dying_before(store, "_sync")
    elif point == "before_commit":
        dying_before(DeltaTable, "create_write_transaction")
    elif point == "after_commit":
        dying_after(DeltaTable, "create_write_transaction")


def main(lake: Path, staged: Path, first: int, last: int, point: str = "") -> None:
    into = Lake(lake)
    for number in range(first, last):
        if point and number == last - 1:
            prepare(point)
        loaded = load_events(
            into,
            staged / f"{number}.parquet",
            import_id=f"imp_{number:03}",
            workspace=1,
            shop=1,
            zone="UTC",
            now=NOW,
        )
        sys.stdout.write(f"{number} {loaded.loaded} {loaded.duplicates}\n")
        sys.stdout.flush()
    refresh_rollups(into, now=NOW)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
