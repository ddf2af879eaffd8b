"""A process that loads, merges, judges, strips or decides, and dies by SIGKILL at one step of it.

`python journal_worker.py FOLDER ACTION POINT`; with point 0 it lives and prints how many steps
there are: every sync, rename, unlink, removal, data file and commit, before and after, and every
file written at once, half-way, too.
"""

import os
import shutil
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from tests.app.lake.journals import TOKEN, Desk
from tests.app.lake.test_deciding import LATE, decision
from tests.app.lake.test_judging import lists

from linkstar.events.journal import sealed_segments
from linkstar.lake.asides import LineAside, lines_aside
from linkstar.lake.decisions import FOLDER, Action, seal_left_over, write_decisions
from linkstar.lake.journaled import load_journal
from linkstar.lake.judging import judge
from linkstar.lake.retention import strip_visitors
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.store import Lake
from linkstar.lake.upkeep import compact

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)
BEFORE = date(2026, 1, 9)
"""Late enough for lines that became no event, and for what a disk has spoilt."""
STEPS = (
    (os, "fsync"), (os, "fdatasync"), (os, "write"), (Path, "rename"), (Path, "replace"),
    (Path, "unlink"),
    (shutil, "rmtree"), (Lake, "write_files"), (Lake, "commit"),
)  # fmt: skip


class Deaths:
    """Counts steps; the process ends at one of them as if the plug were pulled."""

    def __init__(self, point: int) -> None:
        self.steps = 0
        self._point = point
        for owner, name in STEPS:
            setattr(owner, name, self._watched(getattr(owner, name)))
        Path.write_bytes = self._torn(Path.write_bytes)

    def _watched(self, real):
        def step(*given, **named):
            self._pass()
            done = real(*given, **named)
            self._pass()
            return done

        return step

    def _torn(self, real):
        def step(path: Path, data: bytes) -> int:
            self._pass()
            real(path, data[: len(data) // 2])
            self._pass()
            written = real(path, data)
            self._pass()
            return written

        return step

    def _pass(self) -> None:
        self.steps += 1
        if self.steps == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


def act(folder: Path, action: str) -> None:
    desk = Desk(folder)
    if action == "load":
        desk.load(now=NOW)
    elif action == "compact":
        compact(desk.lake, now=NOW)
    elif action == "judge":
        judge(desk.lake, lists(), now=NOW)
        refresh_rollups(desk.lake, now=NOW)
    elif action == "decide":
        decide(desk)
    elif action == "strip":
        strip_visitors(desk.lake, [desk.folder], before=BEFORE, now=NOW)


def decide(desk: Desk) -> None:
    """Replay what can be, dismiss the rest and one more; a decision found waiting comes first."""
    desk.directory.tokens = (TOKEN, LATE)
    decisions = desk.folder.parent / FOLDER
    seal_left_over(desk.folder.parent)
    load_all(desk, decisions)
    lines = lines_aside(desk.lake, None, most=99)
    if lines:
        write_decisions(desk.folder.parent, [decision(each, chosen(each)) for each in lines])
    load_all(desk, decisions)


def chosen(line: LineAside) -> Action:
    is_left_out = line.event_id == "late2" or Action.REPLAY not in line.actions
    return Action.DISMISS if is_left_out else Action.REPLAY


def load_all(desk: Desk, folder: Path) -> None:
    while sealed_segments(folder):
        load_journal(desk.lake, folder, desk.directory, now=NOW)


def main() -> None:
    folder, action, point = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    deaths = Deaths(point)
    act(folder, action)
    sys.stdout.write(str(deaths.steps))


if __name__ == "__main__":
    main()
