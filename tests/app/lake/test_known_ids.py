"""Ids are found again without reading the events, whatever became of the lists of ids."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.app.lake.journals import NOW, Desk, followed, single

from linkstar.lake import known_ids
from linkstar.lake.journaled import JournalLoad
from linkstar.lake.known_ids import KnownIds
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.upkeep import compact, sweep

hashes = st.lists(st.integers(0, 30), max_size=40)


@pytest.fixture(params=[0, known_ids.WRITTEN_FROM], ids=["written", "made again"])
def desk(tmp_path: Path, request, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Thirty events and one more, their lists on disk or only in memory."""
    monkeypatch.setattr(known_ids, "WRITTEN_FROM", request.param)
    desk = Desk(tmp_path)
    desk.write(*(single(followed(f"e{n}")) for n in range(30)))
    desk.load()
    desk.write(single(followed("other")))
    desk.load()
    return desk


def lists(desk: Desk) -> list[Path]:
    return sorted(desk.lake.root.glob("known_ids/*/*.npy"))


def again(desk: Desk) -> JournalLoad:
    """Thirty repeats and one new event, seen by a process that remembers nothing."""
    desk.lake = Lake(desk.lake.root)
    desk.write(*(single(followed(f"e{n}")) for n in range(30)), single(followed("new")))
    return desk.load()


class TestRepeatsAreFound:
    def test_by_the_lists(self, desk: Desk) -> None:
        assert bool(lists(desk)) is not bool(known_ids.WRITTEN_FROM)
        assert again(desk) == JournalLoad(segments=1, received=31, stored=1, duplicates=30)

    def test_after_the_lists_were_deleted(self, desk: Desk) -> None:
        for path in lists(desk):
            path.unlink()
        assert again(desk).duplicates == 30

    def test_after_a_list_was_cut_off(self, desk: Desk) -> None:
        for turn, left in enumerate((0, 3, 100, 200)):
            for path in lists(desk):
                path.write_bytes(path.read_bytes()[:left])
            assert again(desk).duplicates == 30 + bool(turn)

    def test_after_files_were_merged_and_lists_of_old_ones_swept(self, desk: Desk) -> None:
        compact(desk.lake, now=NOW)
        assert again(desk).duplicates == 30
        sweep(desk.lake)
        named = {Path(file.name).stem for file in desk.lake.opened(EVENTS_TABLE).files}
        assert {path.stem for path in lists(desk)} <= named
        assert again(desk).duplicates == 31

    def test_and_told_from_other_content_under_the_same_id(self, desk: Desk) -> None:
        desk.write(single(followed("e3", kind="impression")), single(followed("e4")))
        assert desk.load() == JournalLoad(segments=1, received=2, duplicates=1, conflicts=1)


class TestRowsOfHashes:
    @given(held=hashes, wanted=hashes)
    def test_are_those_of_a_look_at_each_row(self, held: list[int], wanted: list[int]) -> None:
        listed = np.array(held, np.uint64)
        order = np.argsort(listed, kind="stable")
        known = np.stack([listed[order], order.astype(np.uint64)])
        ids = KnownIds(Path("nowhere"))
        ids._open["file"] = known
        asked = np.unique(np.array(wanted, np.uint64))
        found = ids.rows_with(None, {"file": len(held)}, asked).get("file", np.empty(0))
        assert sorted(found) == [place for place, each in enumerate(held) if each in set(wanted)]
