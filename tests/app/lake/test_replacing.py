"""Files are written anew while loads go on; whoever finds theirs gone decides again."""

from pathlib import Path

import pytest
from tests.app.lake.journals import NOW, Desk, followed, single

from linkstar.lake import known_ids
from linkstar.lake.replacing import replace_files
from linkstar.lake.store import Change, Lake, Overtaken, Snapshot
from linkstar.lake.tables import EVENTS_TABLE


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    load(desk, "e1")
    load(desk, "e2")
    return desk


def load(desk: Desk, *names: str) -> None:
    desk.write(*(single(followed(name)) for name in names))
    desk.load()


def written_anew(desk: Desk, seen: Snapshot, kept: str = "true") -> Change:
    select = f"SELECT * FROM read_parquet($files, hive_partitioning=false) WHERE {kept}"
    with desk.lake.duckdb.cursor() as cursor:
        add = desk.lake.write_files(cursor, EVENTS_TABLE, select, {"files": seen.paths()})
    return Change(add=add, remove=seen.files, changes_data=False)


def ids(desk: Desk) -> list[str]:
    return [row["event_id"] for row in desk.rows(columns="event_id")]


class TestReplacingFiles:
    def test_leaves_what_was_loaded_meanwhile(self, desk: Desk) -> None:
        seen = desk.lake.opened(EVENTS_TABLE)
        change = written_anew(desk, seen)
        load(desk, "e3")
        replace_files(desk.lake, seen, change, NOW)
        assert ids(desk) == ["e1", "e2", "e3"]
        assert len(desk.lake.opened(EVENTS_TABLE).files) == 1 + len(change.add)

    def test_is_refused_where_others_replaced_them_first(self, desk: Desk) -> None:
        seen = desk.lake.opened(EVENTS_TABLE)
        late = written_anew(desk, seen, "event_id <> 'e1'")
        replace_files(Lake(desk.lake.root), seen, written_anew(desk, seen), NOW)
        with pytest.raises(Overtaken):
            replace_files(desk.lake, seen, late, NOW)
        assert ids(desk) == ["e1", "e2"]
        assert not any((seen.folder / file.name).exists() for file in late.add)

    def test_has_the_ids_ready_for_the_next_load(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(known_ids, "WRITTEN_FROM", 0)
        seen = desk.lake.opened(EVENTS_TABLE)
        change = written_anew(desk, seen)
        replace_files(desk.lake, seen, change, NOW)
        made = {path.stem for path in desk.lake.root.glob("known_ids/*/*.npy")}
        assert {Path(file.name).stem for file in change.add} <= made
