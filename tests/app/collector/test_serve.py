"""Which journal a collector takes, and what becomes of those that others left."""

from pathlib import Path

from linkstar.collector.serve import open_journal
from linkstar.events.journal import frame_of, sealed_segments


class TestACollectorThatStarts:
    def test_takes_the_first_journal_nobody_writes_to(self, tmp_path: Path) -> None:
        with open_journal(tmp_path) as first, open_journal(tmp_path) as second:
            assert [first.directory.name, second.directory.name] == ["journal", "journal-2"]
            with open_journal(tmp_path) as third:
                assert third.directory.name == "journal-3"
        with open_journal(tmp_path) as again:
            assert again.directory.name == "journal"

    def test_seals_what_a_dead_one_left_in_another_journal(self, tmp_path: Path) -> None:
        left = tmp_path / "journal-2"
        left.mkdir()
        (left / "000000000001.open").write_bytes(frame_of(b"{}\n", 1))
        assert sealed_segments(left) == []
        with open_journal(tmp_path) as journal:
            assert journal.directory.name == "journal"
        assert [sealed.number for sealed in sealed_segments(left)] == [1]
