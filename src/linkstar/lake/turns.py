"""Loads of several journals that took turns, repeated as a few: what a rebuild costs stays small.

Several collectors that are loaded every second leave one small load of each per second. Together
with those of its own journal that followed, a load comes out the same unless an event came to two
journals: then it matters whose was first, and the loads stay as they were.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from linkstar.events.journal import Sealed
from linkstar.lake.journaled_history import PastLoad, joined

BYTES_TOGETHER = 256 * 1024 * 1024
Segments = Mapping[str, Mapping[int, Sealed]]
"""The archived segments of each journal, by the journal's name and their number."""

_EVENT_ID = re.compile(rb'"event_id" *: *"((?:[^"\\]|\\.)*)"')


def joined_turns(loads: Iterable[PastLoad], segments: Segments) -> list[PastLoad]:
    """The same with fewer loads, in an order that comes out the same.

    Args:
        loads: as they were.
        segments: what they loaded, as far as it is still there.
    """
    fewer: list[PastLoad] = []
    for run in _runs(loads, segments):
        fewer += run if _share_events(run, segments) else _one_each(run)
    return joined(fewer)


def segments_of(load: PastLoad, segments: Segments) -> list[Sealed]:
    """Those a load took that are still there."""
    own = segments.get(load.journal, {})
    return [own[number] for number in range(load.first, load.last + 1) if number in own]


def _runs(loads: Iterable[PastLoad], segments: Segments) -> Iterator[list[PastLoad]]:
    """Plain loads that followed each other, together no larger than memory; all others alone."""
    run: list[PastLoad] = []
    taken = 0
    for load in loads:
        size = sum(sealed.path.stat().st_size for sealed in segments_of(load, segments))
        fits = load.is_plain and taken + size <= BYTES_TOGETHER
        if run and not (fits and run[-1].is_plain):
            yield run
            run, taken = [], 0
        run.append(load)
        taken += size
    if run:
        yield run


def _one_each(run: Sequence[PastLoad]) -> list[PastLoad]:
    own: dict[str, PastLoad] = {}
    for load in run:
        first = own.setdefault(load.journal, load)
        own[load.journal] = replace(first, last=load.last)
    return list(own.values())


def _share_events(run: Sequence[PastLoad], segments: Segments) -> bool:
    """Whether any id came to two journals."""
    by_journal: defaultdict[str, list[PastLoad]] = defaultdict(list)
    for load in run:
        by_journal[load.journal].append(load)
    if len(by_journal) == 1:
        return False
    known: set[bytes] = set()
    for loads in by_journal.values():
        own = {each for load in loads for each in _event_ids(load, segments)}
        if not known.isdisjoint(own):
            return True
        known |= own
    return False


def _event_ids(load: PastLoad, segments: Segments) -> Iterator[bytes]:
    for sealed in segments_of(load, segments):
        yield from _EVENT_ID.findall(sealed.path.read_bytes())
