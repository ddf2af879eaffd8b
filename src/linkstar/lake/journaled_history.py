"""What was loaded when, in which order, and which lines nothing could be made of then.

Links and shops come and go, so a rebuild may not ask today's directory about a line of last month:
it goes by this record. One file beside the journals holds a frame per load, written before the
load is committed. A load that died is repeated and written down again: the later record counts.
Each night the file is packed, and a new one begun.
"""

import fcntl
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from linkstar.events.journal import NAME, frame_of
from linkstar.lake.journaled_lines import readable
from linkstar.lake.journaled_receipts import make_durable

HISTORY = "loads.ndjson"
PACKED = "loads-*.ndjson.gz"
JOURNAL_PREFIX = "journal:"
"""What the name of a collector's journal, the `import_id` of its events, begins with."""
DECISIONS_PREFIX = "decisions:"
"""What the name of the journal of people's decisions begins with."""

UNTOLD = pa.schema(
    [("untold_segment", pa.int64()), ("untold_line", pa.int64()), ("untold_reason", pa.string())]
)
"""Lines that a load could make nothing of, and why."""


@dataclass(frozen=True, slots=True)
class Untold:
    """The lines of one segment that were quarantined for one reason."""

    segment: int
    reason: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PastLoad:
    """One load.

    Attributes:
        journal: what was loaded, by name.
        first: the first segment of it.
        last: the last one.
        at: the instant of loading, which stands in where a line does not say when it arrived.
        untold: the lines it could make nothing of.
        is_timed: whether every line said when it arrived.
    """

    journal: str
    first: int
    last: int
    at: datetime
    untold: tuple[Untold, ...] = ()
    is_timed: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether nothing but its lines and those before them decided what became of them."""
        is_decided = self.journal.startswith(DECISIONS_PREFIX)
        return self.is_timed and not self.untold and not is_decided


def journal_name(journal: Path, *, prefix: str = JOURNAL_PREFIX) -> str:
    """What this journal is called in the facts; made with the journal and lost with it."""
    path = journal / NAME
    if not path.exists():
        fresh = journal / f".name-{uuid4().hex}"
        fresh.write_text(f"{prefix}{uuid4().hex}")
        make_durable(fresh)
        fresh.rename(path)
        make_durable(journal)
    return path.read_text()


def remember(folder: Path, load: PastLoad) -> None:
    """Write a load down; when this returns, it survives a pulled plug."""
    path = folder / HISTORY
    with _alone(folder):
        is_new = not path.exists()
        with path.open("ab") as file:
            file.write(_framed(load))
        make_durable(path)
        if is_new:
            make_durable(folder)


def past_loads(folder: Path) -> list[PastLoad]:
    """Every load in the order of their commits, as far as it was written down.

    A record that begins no later than an earlier one of its journal ends repeats a load that never
    came about.
    """
    with _alone(folder):
        return _that_came_about(folder)


def _that_came_about(folder: Path) -> list[PastLoad]:
    came_about: dict[int, PastLoad] = {}
    of_journal: defaultdict[str, list[int]] = defaultdict(list)
    paths = [*_packed(folder), folder / HISTORY]
    for place, load in enumerate(load for path in paths for load in _written(path)):
        earlier = of_journal[load.journal]
        while earlier and came_about[earlier[-1]].last >= load.first:
            del came_about[earlier.pop()]
        earlier.append(place)
        came_about[place] = load
    return list(came_about.values())


def joined(loads: Iterable[PastLoad]) -> list[PastLoad]:
    """The same with fewer loads: those of one journal that followed each other become one.

    Only where each line was told when it arrived and something was made of it. What comes out may
    differ where an id came back on another day: then the loads have to be repeated one by one.
    """
    fewer: list[PastLoad] = []
    for load in loads:
        last = fewer[-1] if fewer else None
        if last and last.journal == load.journal and last.is_plain and load.is_plain:
            fewer[-1] = replace(last, last=load.last)
        else:
            fewer.append(load)
    return fewer


def forget(folder: Path, journals: Mapping[str, int]) -> int:
    """Take out loads of segments that are gone, and those that never came about; how many.

    Args:
        folder: where the record lies.
        journals: the first segment that is still there, by the name of its journal.
    """
    with _alone(folder):
        forgotten = _forget_packed(folder, journals)
        path = folder / HISTORY
        if not path.exists():
            return forgotten
        written = list(_written(path))
        came_about = set(_that_came_about(folder))
        kept = [load for load in written if load in came_about and not _is_gone(load, journals)]
        if len(kept) < len(written):
            _write_whole(path, b"".join(map(_framed, kept)))
    return forgotten + len(written) - len(kept)


def pack(folder: Path) -> None:
    """Pack what was written down so far, to a fraction of its size, and begin anew.

    Cut short between the two, the same loads are told twice in the same order, which says no more
    than once.
    """
    with _alone(folder):
        path = folder / HISTORY
        if not path.exists():
            return
        before = [int(each.name.split(".")[0].removeprefix("loads-")) for each in _packed(folder)]
        packed = folder / f"loads-{max(before, default=0) + 1:06d}.ndjson.gz"
        _write_whole(packed, gzip.compress(path.read_bytes()))
        path.unlink()
        make_durable(folder)


def _packed(folder: Path) -> list[Path]:
    """The packed records, the oldest first."""
    return sorted(folder.glob(PACKED))


def _forget_packed(folder: Path, journals: Mapping[str, int]) -> int:
    """Delete the oldest packed records of which nothing is there any more; how many loads."""
    forgotten = 0
    for path in _packed(folder):
        loads = list(_written(path))
        if not all(_is_gone(load, journals) for load in loads):
            break
        path.unlink()
        forgotten += len(loads)
    return forgotten


def _is_gone(load: PastLoad, journals: Mapping[str, int]) -> bool:
    return load.last < journals.get(load.journal, 0)


def _write_whole(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".part")
    fresh.write_bytes(data)
    make_durable(fresh)
    fresh.rename(path)
    make_durable(path.parent)


def untold_lines(untold: Iterable[Untold]) -> pa.Table:
    """Line by line, as `UNTOLD`."""
    rows = [(one.segment, line, one.reason) for one in untold for line in one.lines]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    arrays = [pa.array(c, f.type) for c, f in zip(columns, UNTOLD, strict=True)]
    return pa.table(arrays, schema=UNTOLD)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Several collectors' journals may be loaded at once; their records never mix."""
    with (folder / f"{HISTORY}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _framed(load: PastLoad) -> bytes:
    said = {
        "journal": load.journal,
        "segments": [load.first, load.last],
        "at": load.at.isoformat(),
        "untold": [[one.segment, one.reason, one.lines] for one in load.untold],
        "is_timed": load.is_timed,
    }
    return frame_of(json.dumps(said, separators=(",", ":")).encode() + b"\n", 1)


def _written(path: Path) -> Iterator[PastLoad]:
    """Every whole record; one that was cut off belongs to a load that never came about."""
    data = path.read_bytes() if path.exists() else b""
    frames, _, _ = readable(gzip.decompress(data) if path.suffix == ".gz" else data)
    for placed in frames:
        said = json.loads(placed.frame.payload)
        first, last = said["segments"]
        yield PastLoad(
            journal=said["journal"],
            first=first,
            last=last,
            at=datetime.fromisoformat(said["at"]),
            untold=tuple(Untold(each, why, tuple(lines)) for each, why, lines in said["untold"]),
            is_timed=said["is_timed"],
        )
