"""What was loaded when: written down before it comes about, and only what came about counts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkstar.lake.journaled_history import (
    HISTORY,
    PACKED,
    PastLoad,
    Untold,
    forget,
    joined,
    pack,
    past_loads,
    remember,
)

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def load(first: int, last: int, journal: str = "journal:a", **more: object) -> PastLoad:
    return PastLoad(journal, first, last, AT + timedelta(seconds=first), **more)


def remembered(folder: Path, *loads: PastLoad) -> list[PastLoad]:
    for each in loads:
        remember(folder, each)
    return past_loads(folder)


class TestTheRecordOfLoads:
    def test_says_what_it_was_told(self, tmp_path: Path) -> None:
        told = load(1, 2, untold=(Untold(2, "link_unknown", (3, 5)),), is_timed=False)
        assert remembered(tmp_path, told) == [told]

    def test_leaves_out_a_load_that_was_repeated_with_more(self, tmp_path: Path) -> None:
        loads = [load(1, 1), load(1, 1, "journal:b"), load(2, 2), load(2, 3), load(2, 4)]
        assert remembered(tmp_path, *loads) == [loads[0], loads[1], loads[4]]

    def test_goes_on_after_a_record_that_was_cut_off(self, tmp_path: Path) -> None:
        remembered(tmp_path, load(1, 1), load(2, 2))
        path = tmp_path / HISTORY
        path.write_bytes(path.read_bytes()[:-9])
        assert remembered(tmp_path, load(2, 3)) == [load(1, 1), load(2, 3)]

    def test_forgets_loads_of_segments_that_are_gone(self, tmp_path: Path) -> None:
        remembered(
            tmp_path, load(1, 1), load(2, 2), load(2, 3), load(4, 4), load(1, 1, "journal:b")
        )
        assert forget(tmp_path, {"journal:a": 3, "journal:b": 1}) == 2
        assert past_loads(tmp_path) == [load(2, 3), load(4, 4), load(1, 1, "journal:b")]
        assert forget(tmp_path, {"journal:a": 3, "journal:b": 1}) == 0


class TestAPackedRecord:
    def test_says_the_same_and_takes_a_fraction_of_the_room(self, tmp_path: Path) -> None:
        loads = remembered(tmp_path, *(load(n, n, f"journal:{n % 2}") for n in range(1, 501)))
        size = (tmp_path / HISTORY).stat().st_size
        pack(tmp_path)
        assert not (tmp_path / HISTORY).exists()
        assert past_loads(tmp_path) == loads
        assert sum(each.stat().st_size for each in tmp_path.glob(PACKED)) < size / 5
        assert remembered(tmp_path, load(501, 501, "journal:1")) == [
            *loads, load(501, 501, "journal:1")
        ]  # fmt: skip

    def test_beside_what_it_was_packed_from_says_it_once(self, tmp_path: Path) -> None:
        loads = remembered(tmp_path, load(1, 1), load(1, 1, "journal:b"), load(2, 3), load(4, 4))
        left = (tmp_path / HISTORY).read_bytes()
        pack(tmp_path)
        (tmp_path / HISTORY).write_bytes(left)
        assert past_loads(tmp_path) == loads
        pack(tmp_path)
        assert len(list(tmp_path.glob(PACKED))) == 2
        assert past_loads(tmp_path) == loads

    def test_goes_once_nothing_of_it_is_there(self, tmp_path: Path) -> None:
        for number in (1, 2, 3):
            remember(tmp_path, load(number, number))
            pack(tmp_path)
        assert forget(tmp_path, {"journal:a": 3}) == 2
        assert past_loads(tmp_path) == [load(3, 3)]


class TestLoadsThatFollowedEachOther:
    def test_become_one_where_nothing_but_their_lines_decided(self) -> None:
        aside = load(3, 3, untold=(Untold(3, "link_unknown", (2,)),))
        loads = [load(1, 1), load(2, 2), aside, load(4, 4), load(5, 5, is_timed=False)]
        assert joined(loads) == [load(1, 2), *loads[2:]]

    def test_stay_apart_where_another_journal_came_between(self) -> None:
        loads = [load(1, 1), load(1, 1, "journal:b"), load(2, 2)]
        assert joined(loads) == loads

    def test_are_never_joined_where_people_decided(self) -> None:
        loads = [load(1, 1, "decisions:a"), load(2, 2, "decisions:a")]
        assert joined(loads) == loads
