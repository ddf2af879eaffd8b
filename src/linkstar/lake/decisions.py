"""What people decide about lines that were set aside: to replay, to correct or to dismiss them.

What is in conflict with an event that counts, and what a disk has spoilt, can only be dismissed.

Decisions are a journal of their own, in the format of a collector's and loaded like one: durable
before they are acknowledged, applied exactly once, archived, and made facts of again by a rebuild.
An envelope names the line a decision is about; below it stands the line as it is to be loaded. What
was received stays received: a receipt takes the line off where it was quarantined, and adds it to
what became of it.
"""

import fcntl
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from linkstar.events.journal import Journal, frame_of
from linkstar.lake.journaled_history import DECISIONS_PREFIX, JOURNAL_PREFIX, journal_name

FOLDER = "journal-decisions"
_NAME = re.compile(r"([0-9a-f]{1,64})-([0-9]{1,18})-([0-9]{1,18})")


class Action(StrEnum):
    """What is to become of a line."""

    REPLAY = "replay"
    CORRECT = "correct"
    DISMISS = "dismiss"


class Outcome(StrEnum):
    """What became of a decision; `VOID` where the line was not set aside any more."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    DISMISSED = "dismissed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a line was received: the journal's name, the segment, and the line of its file.

    Line 0 is all that is spoilt of the segment.
    """

    journal: str
    segment: int
    line_number: int

    @property
    def name(self) -> str:
        """The same in one word."""
        journal = self.journal.removeprefix(JOURNAL_PREFIX)
        return f"{journal}-{self.segment}-{self.line_number}"

    @classmethod
    def named(cls, name: str) -> "Address | None":
        """The address of that name; None where it is no such name."""
        parts = _NAME.fullmatch(name)
        if parts is None:
            return None
        return cls(f"{JOURNAL_PREFIX}{parts[1]}", int(parts[2]), int(parts[3]))


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        address: the line it is about.
        workspace: whose line it is; 0 where nobody can be named.
        shop: of which shop.
        received_at: when the line arrived.
        reason: what it was set aside for.
        action: what is to become of it.
        line: the line to be loaded; empty where it is dismissed.
        decided_by: the id of whoever decided; empty at the command line.
        decided_at: when.
        why: in their own words.
    """

    address: Address
    workspace: int
    shop: int
    received_at: datetime
    reason: str
    action: Action
    line: str
    decided_by: str
    decided_at: datetime
    why: str


def write_decisions(collector: Path, decisions: Sequence[Decision]) -> None:
    """Put decisions on disk; when this returns they survive a pulled plug and wait to be loaded.

    Args:
        collector: the folder the journals lie in.
        decisions: what one person decided at once.

    Raises:
        JournalBroken: the disk refused; nothing was decided.
    """
    folder = collector / FOLDER
    with _only_writer(folder), Journal(folder) as journal:
        journal_name(folder, prefix=DECISIONS_PREFIX)
        journal.commit([frame_of(_lines(each), 1) for each in decisions])


def seal_left_over(collector: Path) -> None:
    """Finish decisions whose writer died; they were durable, and are loaded like any other."""
    folder = collector / FOLDER
    if not list(folder.glob("*.open")):
        return
    with _only_writer(folder), Journal(folder):
        return


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writer.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _lines(decision: Decision) -> bytes:
    envelope = {
        "shop": decision.shop,
        "workspace": decision.workspace,
        "received_at": decision.received_at.isoformat(),
        "decision": {
            "journal": decision.address.journal,
            "segment": decision.address.segment,
            "line_number": decision.address.line_number,
            "reason": decision.reason,
            "action": decision.action,
            "decided_by": decision.decided_by,
            "decided_at": decision.decided_at.isoformat(),
            "why": decision.why,
        },
    }
    text = json.dumps({"envelope": envelope}, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n{decision.line}\n".encode() if decision.line else f"{text}\n".encode()
