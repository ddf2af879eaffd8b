"""What was loaded when: written down before it comes about, and only what came about counts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkstar.lake.journaled_history import (
    HISTORY,
    PastLoad,
    Untold,
    forget,
    joined,
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
