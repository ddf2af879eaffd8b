"""F4, F5: a segment a disk refused is never synced again; what it acknowledged counts once.

The open segment is set aside by a failed sync, or by a failed truncate after a failed write. Its
acknowledged part reaches the facts under a new number, after segments that were begun later may
have been loaded already; and the process may die at any step of that, or of the start after it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.app.lake.journals import Desk, followed, single
from tests.journals import payloads_in

from linkstar.events.journal import Journal, JournalBroken, sealed_segments
from linkstar.lake.verify import verify

STEPS = (
    (os, "write"), (os, "fdatasync"), (os, "fsync"), (os, "ftruncate"), (os, "truncate"),
    (os, "open"), (Path, "rename"), (Path, "unlink"), (Path, "open"),
)  # fmt: skip

pytestmark = [  # whoever is gone closes nothing
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Died(BaseException):
    """The process is gone; nothing after this line ever ran."""


class Disk:
    """Dies at one step, and refuses what a test says; a refused sync loses what was not durable."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps = self.dies_at = 0
        self.refuses: frozenset[str] = frozenset()
        for owner, name in STEPS:
            monkeypatch.setattr(owner, name, self._watched(name, getattr(owner, name)))

    @contextmanager
    def let_be(self) -> Iterator[None]:
        """Nothing of what happens inside is a step."""
        at = self.steps, self.dies_at
        self.dies_at = 0
        try:
            yield
        finally:
            self.steps, self.dies_at = at

    def _watched(self, name: str, real: Callable) -> Callable:
        def step(*given, **named):
            self._pass()
            if name in self.refuses:
                if name == "write":
                    real(given[0], bytes(given[1])[: len(given[1]) // 2])
                raise OSError(5, "Input/output error")
            done = real(*given, **named)
            self._pass()
            return done

        return step

    def _pass(self) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            raise Died


class Collecting:
    """A collector's journal, and what it acknowledged."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self.disk = disk
        self.acknowledged: set[str] = set()
        self.journal: Journal | None = None

    def start(self) -> None:
        self.journal = Journal(self.folder)

    def take(self, event_id: str, *, refusing: frozenset[str] = frozenset()) -> None:
        """Hand one event in; acknowledged unless the disk refuses."""
        assert self.journal is not None
        before = self.journal._open
        durable = before.durable_bytes if before else 0
        self.disk.refuses = refusing
        try:
            self.journal.commit([single(followed(event_id))])
        except JournalBroken:
            self.disk.refuses = frozenset()
            if "fdatasync" in refusing:
                assert before is not None
                with self.disk.let_be():
                    _forget_unsynced(before.path, durable)
        else:
            self.acknowledged.add(event_id)
        finally:
            self.disk.refuses = frozenset()

    def end(self) -> None:
        """The process is gone, and its lock with it."""
        if self.journal is not None:
            self.journal._lock_file.close()


def _forget_unsynced(path: Path, durable: int) -> None:
    """What a failed sync leaves: the length is there, the pages never reached the disk."""
    data = path.read_bytes()
    path.write_bytes(data[:durable] + bytes(len(data) - durable))


REFUSALS = {
    "sync": frozenset({"fdatasync"}),
    "write and truncate": frozenset({"write", "ftruncate"}),
}


def scenario(collecting: Collecting, load: Callable[[], object], refusing: frozenset[str]) -> None:
    """Events before and after a refusal, sealed, and then a second refusal."""
    collecting.start()
    assert collecting.journal is not None
    collecting.take("a")
    collecting.take("b")
    collecting.take("lost", refusing=refusing)
    collecting.take("c")
    collecting.journal.seal()
    load()
    collecting.take("d")
    collecting.take("lost again", refusing=refusing)
    collecting.take("e")
    collecting.journal.close()
    load()


def revived(desk: Desk) -> list[str]:
    """The event ids that count after a new start, one more event, and a load."""
    desk.write(single(followed("z")))
    desk.load()
    return [row["event_id"] for row in desk.rows(columns="event_id")]


@pytest.mark.parametrize("refusing", REFUSALS.values(), ids=REFUSALS)
class TestASegmentADiskRefused:
    def test_is_copied_under_a_number_no_loader_has_passed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: frozenset[str]
    ) -> None:
        collecting = Collecting(tmp_path / "journal", Disk(monkeypatch))
        scenario(collecting, lambda: None, refusing)
        numbers = [sealed.number for sealed in sealed_segments(tmp_path / "journal")]
        assert len(numbers) == len(set(numbers)) == 4
        assert len(payloads_in(tmp_path / "journal")) == len(collecting.acknowledged) == 5
        assert list((tmp_path / "journal").glob("*.open")) == []

    def test_counts_though_a_later_segment_was_loaded_before_it_could_be_copied(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: frozenset[str]
    ) -> None:
        desk = Desk(tmp_path)
        disk = Disk(monkeypatch)
        collecting = Collecting(desk.folder, disk)
        collecting.start()
        assert collecting.journal is not None
        collecting.take("a")
        collecting.take("lost", refusing=refusing)
        collecting.take("b")
        disk.refuses = frozenset({"open"})
        with pytest.raises(JournalBroken):
            collecting.journal.seal()
        disk.refuses = frozenset()
        desk.load()
        assert [row["event_id"] for row in desk.rows()] == ["b"]
        collecting.journal.close()
        desk.load()
        assert {row["event_id"] for row in desk.rows()} == {"a", "b"}

    def test_keeps_what_it_acknowledged_wherever_the_process_dies(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: frozenset[str]
    ) -> None:
        disk = Disk(monkeypatch)
        scenario(Collecting(tmp_path / "once", disk), lambda: None, refusing)
        steps = disk.steps
        assert steps > 60
        for point in range(1, steps + 1):
            journal = tmp_path / f"{point}"
            collecting = Collecting(journal, disk)
            disk.steps, disk.dies_at = 0, point
            with suppress(Died):
                scenario(collecting, lambda: None, refusing)
            disk.dies_at = 0
            disk.refuses = frozenset()
            collecting.end()
            Journal(journal).close()
            found = b"".join(payloads_in(journal))
            kept = {name for name in "abcde" if f'"event_id": "{name}"'.encode() in found}
            assert collecting.acknowledged <= kept, point

    @pytest.mark.parametrize("is_loaded_between", [True, False])
    def test_is_in_the_facts_once_whatever_was_loaded_before_the_death(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        refusing: frozenset[str],
        *,
        is_loaded_between: bool,
    ) -> None:
        disk = Disk(monkeypatch)
        scenario(Collecting(tmp_path / "once", disk), lambda: None, refusing)
        for point in range(disk.steps // 3, disk.steps + 1, 9):
            desk = Desk(tmp_path / f"{point}")
            collecting = Collecting(desk.folder, disk)
            disk.steps, disk.dies_at = 0, point

            def load(desk: Desk = desk) -> None:
                if is_loaded_between:
                    with disk.let_be():
                        desk.load()

            with suppress(Died):
                scenario(collecting, load, refusing)
            disk.dies_at = 0
            disk.refuses = frozenset()
            collecting.end()
            load()
            counted = revived(desk)
            assert len(counted) == len(set(counted)), point
            assert collecting.acknowledged | {"z"} <= set(counted), point
            assert verify(desk.lake) == [], point


class TestAStart:
    def test_removes_a_copy_that_was_never_finished(self, tmp_path: Path) -> None:
        Journal(tmp_path).close()
        (tmp_path / "000000000007-00000000.part").write_bytes(b"half")
        Journal(tmp_path).close()
        assert list(tmp_path.glob("*.part")) == []

    def test_that_dies_while_sealing_what_was_left_is_finished_by_the_next(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A set-aside segment and the one after it are both open."""
        disk = Disk(monkeypatch)
        for point in range(1, 40):
            desk = Desk(tmp_path / f"{point}")
            collecting = Collecting(desk.folder, disk)
            collecting.start()
            collecting.take("a")
            collecting.take("lost", refusing=REFUSALS["sync"])
            collecting.take("b")
            collecting.end()
            disk.steps, disk.dies_at = 0, point
            again = Collecting(desk.folder, disk)
            with suppress(Died):
                again.start()
            disk.dies_at = 0
            again.end()
            Journal(desk.folder).close()
            names = payloads_in(desk.folder)
            assert len(names) == len(set(names)) == 2, point
