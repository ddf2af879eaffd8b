"""Deciding what is to become of lines that were set aside, and applying it at once."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.config.places import Places
from linkstar.events.journal import sealed_segments
from linkstar.lake.asides import LineAside
from linkstar.lake.decisions import (
    FOLDER,
    Action,
    Decision,
    seal_left_over,
    write_decisions,
)
from linkstar.lake.journaled import JournalLoad, LoaderBusy, load_journal
from linkstar.lake.store import Lake, Overtaken
from linkstar.tracking.directory import RecordedDirectory

LINES_AT_ONCE = 10_000
"""So many lines are decided on at once; more are decided on again."""

VERBS = {
    Action.REPLAY: "set_aside.replayed",
    Action.CORRECT: "set_aside.corrected",
    Action.DISMISS: "set_aside.dismissed",
}


class OnlyDismissed(ValueError):
    """Lines that were set aside for such a `reason` can only be dismissed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decided:
    """What one decision did: `lines` were decided on; nothing else is known while they wait."""

    lines: int
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    dismissed: int = 0
    is_applied: bool = True

    @property
    def left(self) -> int:
        """Lines nothing can be made of yet, or that somebody else decided on first."""
        return self.lines - self.stored - self.duplicates - self.conflicts - self.dismissed


def decide(
    places: Places,
    lines: Sequence[LineAside],
    action: Action,
    *,
    now: datetime,
    user: User | None,
    workspace: Workspace | None,
    why: str = "",
    corrected: str = "",
) -> Decided:
    """Write a decision down durably, note it in the audit log, and apply it.

    Args:
        places: where everything lies.
        lines: what is decided on.
        action: what is to become of them.
        now: the instant.
        user: who decides; nobody at the command line.
        workspace: whose audit log; none for whoever runs the installation.
        why: in their own words.
        corrected: the line to load, where one is corrected.

    Raises:
        OnlyDismissed: nothing else can be decided about one of them; nothing was decided.
        JournalBroken: the disk refused; nothing was decided.
    """
    for line in lines:
        if action not in line.actions:
            raise OnlyDismissed(line.reason)
    texts = {Action.DISMISS: "", Action.CORRECT: corrected}
    write_decisions(
        places.collector,
        [
            Decision(
                address=line.address,
                workspace=line.workspace,
                shop=line.shop,
                received_at=line.received_at,
                reason=line.reason,
                action=action,
                line=texts.get(action, line.line),
                decided_by=str(user.pk) if user else "",
                decided_at=now,
                why=why,
            )
            for line in lines
        ],
    )
    _note(lines, action, now=now, user=user, workspace=workspace, why=why)
    return _applied(places, sum(line.lines for line in lines), now=now)


def _note(
    lines: Sequence[LineAside],
    action: Action,
    *,
    now: datetime,
    user: User | None,
    workspace: Workspace | None,
    why: str,
) -> None:
    first = lines[0].address
    record(
        workspace=workspace,
        user=user,
        verb=VERBS[action],
        target=f"{first.journal} {first.segment}:{first.line_number}",
        now=now,
        lines=sum(line.lines for line in lines),
        reasons=sorted({line.reason for line in lines}),
        why=why,
    )


def _applied(places: Places, lines: int, *, now: datetime) -> Decided:
    """Load what was decided; a loader that is at it already, or tries again later, does as well."""
    lake, folder = Lake(places.lake), places.collector / FOLDER
    loads: list[JournalLoad] = []
    with suppress(LoaderBusy, Overtaken):
        seal_left_over(places.collector)
        while sealed_segments(folder):
            loads.append(load_journal(lake, folder, RecordedDirectory(), now=now))
    if not loads or sealed_segments(folder):
        return Decided(lines, is_applied=False)
    return Decided(
        lines,
        stored=sum(load.stored for load in loads),
        duplicates=sum(load.duplicates for load in loads),
        conflicts=sum(max(load.conflicts, 0) for load in loads),
        dismissed=sum(load.dismissed for load in loads),
    )
