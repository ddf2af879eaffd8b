"""Files written anew in place of others, while loads go on adding theirs."""

from datetime import datetime

from linkstar.lake.loading import ATTEMPTS
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import EVENTS_TABLE


def replace_files(lake: Lake, seen: Snapshot, change: Change, now: datetime) -> None:
    """Commit a change that was reasoned from the files it removes alone.

    What others added since it was seen stays as it is. The ids of new events are looked up before,
    so that the next load need not.

    Raises:
        Overtaken: one of the files to be removed is gone. Nothing was changed, and what was to be
            added is deleted: what to do has to be decided anew.
    """
    if seen.table == EVENTS_TABLE:
        added = dict(zip(seen.paths(change.add), (one.rows for one in change.add), strict=True))
        with lake.duckdb.cursor() as cursor:
            lake.known_ids.prepare(cursor, added)
    gone = {file.name for file in change.remove}
    latest: Snapshot | None = seen
    for _ in range(ATTEMPTS):
        if latest is None or not gone <= {file.name for file in latest.files}:
            break
        try:
            lake.commit(latest, change, now)
        except Overtaken:
            latest = lake.snapshot(seen.table)
        else:
            return
    lake.discard(seen.table, change.add)
    raise Overtaken(seen.table.name, seen.version)
