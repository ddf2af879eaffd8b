"""Which journal a collector takes, and what becomes of those that others left."""

import threading
from pathlib import Path

import pytest

from linkstar.collector.serve import limits, open_journal
from linkstar.events.journal import Journal, frame_of, sealed_segments


class TestACollectorThatStarts:
    def test_takes_the_first_journal_nobody_writes_to(self, tmp_path: Path) -> None:
        with open_journal(tmp_path) as first, open_journal(tmp_path) as second:
            assert [first.directory.name, second.directory.name] == ["journal", "journal-2"]
            with open_journal(tmp_path) as third:
                assert third.directory.name == "journal-3"
        with open_journal(tmp_path) as again:
            assert again.directory.name == "journal"

    def test_takes_no_more_journals_than_there_are_collectors(self, tmp_path: Path) -> None:
        opened: list[Journal] = []
        starting = [
            threading.Thread(target=lambda: opened.append(open_journal(tmp_path))) for _ in range(6)
        ]
        for each in starting:
            each.start()
        for each in starting:
            each.join()
        assert len(list(tmp_path.glob("journal*"))) == len(opened) == len(starting)
        for journal in opened:
            journal.close()

    def test_seals_what_a_dead_one_left_in_another_journal(self, tmp_path: Path) -> None:
        left = tmp_path / "journal-2"
        left.mkdir()
        (left / "000000000001.open").write_bytes(frame_of(b"{}\n", 1))
        assert sealed_segments(left) == []
        with open_journal(tmp_path) as journal:
            assert journal.directory.name == "journal"
        assert [sealed.number for sealed in sealed_segments(left)] == [1]


class TestTheLimits:
    def test_are_shared_out_among_those_who_answer_together(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LINKSTAR_COLLECTOR_EVENTS_PER_SECOND", "3000")
        monkeypatch.setenv("LINKSTAR_COLLECTOR_MISSES_PER_MINUTE", "60")
        [alone, one_of_four] = [limits(), limits(4)]
        assert (alone.events_per_second, alone.misses_per_minute) == (3_000, 60)
        assert (one_of_four.events_per_second, one_of_four.misses_per_minute) == (750, 15)
        assert one_of_four.free_ratio_min == alone.free_ratio_min
