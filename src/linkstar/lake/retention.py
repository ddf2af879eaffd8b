"""What may be kept of visitors, and for how long; and forgetting one visitor or creator.

After their time visitors' names and networks are taken off events and archived lines alike, and the
verdict on invalid traffic stays with both: every count can still be rebuilt, nobody can be told
apart. Lines that never became events lose them two days later, and what nobody can read goes then.
After a longer time events, receipts and segments go altogether.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from linkstar.events.journal import sealed_segments
from linkstar.lake.decisions import FOLDER as DECISIONS
from linkstar.lake.journaled_history import forget, journal_name, pack
from linkstar.lake.judging import STRIPPED
from linkstar.lake.keeping_archive import (
    Line,
    Rewritten,
    drop,
    drop_pieces,
    kept,
    rewrite,
    unchanged,
    write_durably,
)
from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.relations import TRACKED, empty_relation, rows_of
from linkstar.lake.replacing import replace_files
from linkstar.lake.spans import files_by_day
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import (
    DECISIONS_TABLE,
    EVENTS_TABLE,
    RECEIPTS_TABLE,
    SET_ASIDE_TABLE,
    Table,
)
from linkstar.lake.verdicts import Verdict, Verdicts

BEGINNING = datetime.min.replace(tzinfo=UTC)
ERASED = "erased"
"""What stands in place of a creator who was forgotten."""
LATEST = timedelta(days=9)
"""Events arrive up to a week after their day, which may begin and end a day off UTC's."""
EARLIEST = timedelta(days=2)
"""What arrived so long before a day is of no event of that day."""
LOOKED_THROUGH = "looked-through-before"
"""A file of an archive: of segments finished before then nobody's name is left."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one run did: rows of the facts, lines and segments of the archives."""

    rows: int = 0
    lines: int = 0
    segments: int = 0


def strip_visitors(lake: Lake, journals: Sequence[Path], *, before: date, now: datetime) -> Kept:
    """Take visitors' names and networks off every tracked event of the days before that one.

    Args:
        lake: whose events; judged up to now, because they cannot be judged again.
        journals: whose archives.
        before: the first day whose visitors stay.
        now: the instant.
    """
    seen = lake.snapshot(EVENTS_TABLE)
    days = [day for day in sorted(files_by_day(seen)) if day < before] if seen else []
    parts = [_strip_day(lake, journals, day, now) for day in days]
    moment = datetime(before.year, before.month, before.day, tzinfo=UTC)
    forgotten = _forget_lines(lake, f"received_at < TIMESTAMPTZ '{moment}'", now)
    left = [_strip_left(journal, arrived_before=moment - EARLIEST, now=now) for journal in journals]
    until = (moment - EARLIEST).timestamp()
    drop_pieces(journals, lambda path: path.stat().st_mtime < until)
    return Kept(
        sum(part.rows for part in parts) + forgotten,
        sum(part.lines for part in (*parts, *left)),
        sum(part.segments for part in (*parts, *left)),
    )


def _strip_left(journal: Path, *, arrived_before: datetime, now: datetime) -> Kept:
    """What became no event (quarantined, sent twice, who sent a batch) is nobody's any more, too.

    Each segment is looked through once, that of decisions each time: they may be about any day.
    """

    def change(line: Line, _envelope: Line) -> bool:
        inner = line.get("envelope", line)
        is_named = inner.get("visitor") or inner.get("network")
        return bool(is_named) and _strip(line, (None, None))

    def change_decided(line: Line, envelope: Line) -> bool:
        arrived_at = datetime.fromisoformat(envelope["received_at"])
        return arrived_at < arrived_before and change(line, envelope)

    if journal.name == DECISIONS:
        done = rewrite([journal], change_decided, kept, sealed_after=BEGINNING, sealed_before=now)
        more = rewrite(
            [journal], unchanged, _taken_out, sealed_after=BEGINNING, sealed_before=arrived_before
        )
        return _kept(done, more)
    mark = journal / "archive" / LOOKED_THROUGH
    since = datetime.fromisoformat(mark.read_text()) if mark.exists() else BEGINNING
    done = rewrite([journal], change, _taken_out, sealed_after=since, sealed_before=arrived_before)
    if since < arrived_before and mark.parent.exists():
        write_durably(mark, arrived_before.isoformat().encode())
    return _kept(done)


def _strip_day(lake: Lake, journals: Sequence[Path], day: date, now: datetime) -> Kept:
    """The archive first: a run cut short in between is done again from the events."""
    left = f"{TRACKED} AND day = DATE '{day}' AND visitor IS DISTINCT FROM '{STRIPPED}'"
    verdicts = Verdicts(lake, left)
    if not len(verdicts):
        return Kept()

    def change(line: Line, envelope: Line) -> bool:
        shop = line.get("shop") or envelope.get("shop") or 0
        verdict = verdicts.of(shop, str(line.get("event_id")))
        return verdict is not None and _strip(line, verdict)

    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    collected = [journal for journal in journals if journal.name != DECISIONS]
    done = rewrite(
        collected,
        change,
        kept,
        sealed_after=noon - timedelta(days=2),
        sealed_before=noon + LATEST,
    )
    # People may decide on a line of that day at any time.
    decided = [journal for journal in journals if journal.name == DECISIONS]
    more = rewrite(decided, change, kept, sealed_after=BEGINNING, sealed_before=now)
    return _kept(done, more, rows=_update(lake, EVENTS_TABLE, left, _taken_off(), now))


def drop_events(lake: Lake, journals: Sequence[Path], *, before: datetime, now: datetime) -> Kept:
    """Delete what arrived before a moment: events, receipts, lines set aside, archived segments."""
    segments = drop(journals, sealed_before=before)
    if journals:
        folder = journals[0].parent
        forget(folder, {journal_name(each): _first(each) for each in journals})
        pack(folder)
    return Kept(drop_rows(lake, before=before, now=now), 0, segments)


def drop_rows(lake: Lake, *, before: datetime, now: datetime) -> int:
    """Delete the rows of tracked events, receipts and lines set aside that arrived before then."""
    at = f"TIMESTAMPTZ '{before}'"
    events = f"{TRACKED} AND coalesce(received_at, occurred_at) < {at}"
    return (
        _update(lake, EVENTS_TABLE, events, None, now)
        + _update(lake, RECEIPTS_TABLE, f"minute < {at}", None, now)
        + _update(lake, SET_ASIDE_TABLE, f"received_at < {at}", None, now)
        + _update(lake, DECISIONS_TABLE, f"received_at < {at}", None, now)
    )


def _first(journal: Path) -> int:
    """The first segment that can still be loaded again."""
    return min((sealed.number for sealed in sealed_segments(journal / "archive")), default=0)


def erase_visitor(lake: Lake, journals: Sequence[Path], visitor: str, *, now: datetime) -> Kept:
    """Forget one visitor everywhere; what they did still counts, as anybody's."""
    theirs = f"{TRACKED} AND visitor = {_quoted(visitor)}"
    verdicts = Verdicts(lake, theirs)

    def change(line: Line, envelope: Line) -> bool:
        shop = line.get("shop") or envelope.get("shop") or 0
        verdict = verdicts.of(shop, str(line.get("event_id"))) or (None, None)
        inner = line.get("envelope", line)
        return inner.get("visitor") == visitor and _strip(line, verdict)

    def goes(unreadable: bytes) -> bool:
        return visitor.encode() in unreadable

    done = rewrite(journals, change, goes, sealed_after=BEGINNING, sealed_before=now)
    drop_pieces(journals, lambda path: goes(path.read_bytes()))
    rows = _update(lake, EVENTS_TABLE, theirs, _taken_off(), now)
    rows += _forget_lines(lake, f"contains(line, {_quoted(visitor)})", now)
    return _kept(done, rows=rows)


def erase_creator(lake: Lake, journals: Sequence[Path], creator: str, *, now: datetime) -> Kept:
    """Put `erased` in place of one creator's handle and name, in events and archived lines."""
    handle = creator.strip().lstrip("@").lower()

    def change(line: Line, _envelope: Line) -> bool:
        if str(line.get("creator") or "").lstrip("@").lower() != handle:
            return False
        line["creator"] = ERASED
        return True

    def goes(unreadable: bytes) -> bool:
        return handle in unreadable.decode(errors="replace").lower()

    done = rewrite(journals, change, goes, sealed_after=BEGINNING, sealed_before=now)
    drop_pieces(journals, lambda path: goes(path.read_bytes()))
    new = {"creator": f"'{ERASED}'", "creator_name": f"'{ERASED}'"}
    rows = _update(lake, EVENTS_TABLE, f"creator = {_quoted(handle)}", new, now)
    rows += _forget_lines(lake, f"contains(lower(line), {_quoted(handle)})", now)
    return _kept(done, rows=rows)


def _taken_out(_unreadable: bytes) -> bool:
    return True


def _kept(*done: Rewritten, rows: int = 0) -> Kept:
    return Kept(rows, sum(each.lines for each in done), sum(each.segments for each in done))


def _strip(line: Line, verdict: Verdict) -> bool:
    inner = line.get("envelope", line)
    if inner.get("visitor") == STRIPPED:
        return False
    inner["visitor"] = STRIPPED
    inner.pop("network", None)
    if inner is line:
        line["filtered"], line["billable"] = verdict
    return True


def _taken_off() -> dict[str, str]:
    return {"visitor": f"'{STRIPPED}'", "network": "NULL::VARCHAR"}


def _forget_lines(lake: Lake, which: str, now: datetime) -> int:
    """Lines that were set aside or decided on stay with their reason; what they said does not."""
    left = f"({which}) AND line <> ''"
    return sum(
        _update(lake, table, left, {"line": "''"}, now)
        for table in (SET_ASIDE_TABLE, DECISIONS_TABLE)
    )


def _update(
    lake: Lake, table: Table, which: str, values: dict[str, str] | None, now: datetime
) -> int:
    """Change the rows of a table that a condition names, or delete them; how many there were.

    Those that are loaded meanwhile are left to the next time.
    """
    for _ in range(ATTEMPTS):
        seen = lake.snapshot(table)
        touched = _touched(lake, seen, which) if seen and seen.files else {}
        if seen is None or not touched:
            return 0
        files = [file for file in seen.files if str(seen.folder / file.name) in touched]
        source = f"""(SELECT * FROM {empty_relation(table.schema)}
            UNION ALL BY NAME SELECT * FROM {rows_of("files", widened=True)})"""
        columns = ", ".join(
            f"CASE WHEN {which} THEN {values[name]} ELSE {name} END AS {name}"
            if values and name in values
            else name
            for name in table.schema.names
        )
        kept = "true" if values else f"({which}) IS NOT TRUE"
        select = f"SELECT {columns} FROM {source} WHERE {kept}"
        with lake.duckdb.cursor() as cursor:
            add = lake.write_files(cursor, table, select, {"files": seen.paths(files)})
        with suppress(Overtaken):
            replace_files(lake, seen, Change(add=add, remove=files), now)
            return sum(touched.values())
    raise Overtaken(table.name, ATTEMPTS)


def _touched(lake: Lake, seen: Snapshot, which: str) -> dict[str, int]:
    """The files that hold such rows, each with how many."""
    sql = f"""SELECT filename, count(*) AS rows FROM read_parquet($files,
        hive_partitioning=false, union_by_name=true, filename=true)
        WHERE {which} GROUP BY filename"""
    found = lake.engine.query(sql, {"files": seen.paths()}).to_pylist()
    return {row["filename"]: row["rows"] for row in found}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
