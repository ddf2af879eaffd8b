"""The journal keeps what it acknowledged, whatever happens to the process or the disk."""

import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.journals import payloads_in

from linkstar.events.journal import (
    ROOM,
    ROOM_BYTES_AT_ONCE,
    ROOM_BYTES_MIN,
    Journal,
    JournalBroken,
    JournalLocked,
    frame_of,
    is_as_sealed,
    seal_file,
    sealed_segments,
    written_bytes,
)

BATCHES = [b'{"event_id":"%d"}\n' % number for number in range(30)]

# Appends batches one by one, printing each number once it is acknowledged, and dies by SIGKILL
# just before or just after the n-th call of one system call.
CRASHING = """
import os, signal, sys
from pathlib import Path
from linkstar.events.journal import Journal, frame_of

directory, call, moment, nth = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
real, calls = getattr(os, call), 0

def dying(*arguments, **named):
    global calls
    calls += 1
    if calls == nth and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    if calls == nth and moment == "half" and call == "write":
        real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    answer = real(*arguments, **named)
    if calls == nth and moment != "before":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

setattr(os, call, dying)
with Journal(directory, segment_bytes_max=300, room_for=1) as journal:
    for number in range(30):
        journal.commit([frame_of(b'{"event_id":"%d"}\\n' % number, 1)])
        if number % 4 == 0:
            journal.make_room()
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
"""


def filled(directory: Path, batches: list[bytes] = BATCHES) -> None:
    with Journal(directory) as journal:
        for batch in batches:
            journal.commit([frame_of(batch, 1)])


class TestAJournal:
    def test_gives_back_what_was_appended_in_order(self, tmp_path: Path) -> None:
        filled(tmp_path)
        assert payloads_in(tmp_path) == BATCHES

    def test_starts_a_new_segment_when_one_is_full(self, tmp_path: Path) -> None:
        with Journal(tmp_path, segment_bytes_max=200) as journal:
            for batch in BATCHES:
                journal.commit([frame_of(batch, 1)])
        assert len(sealed_segments(tmp_path)) > 3
        assert payloads_in(tmp_path) == BATCHES

    def test_goes_on_where_it_stopped(self, tmp_path: Path) -> None:
        filled(tmp_path, BATCHES[:10])
        filled(tmp_path, BATCHES[10:])
        assert payloads_in(tmp_path) == BATCHES
        assert [segment.number for segment in sealed_segments(tmp_path)] == [1, 2]

    def test_never_gives_a_number_twice_even_after_archiving(self, tmp_path: Path) -> None:
        filled(tmp_path, BATCHES[:10])
        (tmp_path / "archive").mkdir()
        segment = sealed_segments(tmp_path)[0]
        segment.path.rename(tmp_path / "archive" / segment.path.name)
        filled(tmp_path, BATCHES[10:])
        assert [segment.number for segment in sealed_segments(tmp_path)] == [2]

    def test_belongs_to_one_process_at_a_time(self, tmp_path: Path) -> None:
        with Journal(tmp_path), pytest.raises(JournalLocked):
            Journal(tmp_path)

    def test_writes_what_comes_together_with_one_sync(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, syncs = os.fdatasync, []
        monkeypatch.setattr(os, "fdatasync", lambda handle: (syncs.append(handle), real(handle)))
        with Journal(tmp_path) as journal:
            journal.commit([frame_of(batch, 1) for batch in BATCHES])
        assert len(syncs) == 1
        assert payloads_in(tmp_path) == BATCHES


class TestRoomMadeBeforehand:
    """What a sync of the bytes written over it need not wait for: other files of the disk."""

    def test_is_as_much_again_as_was_written_before_and_no_commit_makes_the_file_longer(
        self, tmp_path: Path
    ) -> None:
        batch = b'{"event_id":"%d"}\n' % 10**40
        with Journal(tmp_path) as journal:
            for _ in range(400):
                journal.commit([frame_of(batch, 1)])
            journal.seal()
            journal.make_room()
            room = (tmp_path / ROOM).stat().st_size
            assert room == 2 * sealed_segments(tmp_path)[0].path.stat().st_size
            journal.commit([frame_of(batch, 1)])
            journal.seal()
            [begun] = tmp_path.glob("*.open")
            for _ in range(400):
                journal.commit([frame_of(batch, 1)])
            assert begun.stat().st_size == room
            assert written_bytes(begun) == room // 2
        assert payloads_in(tmp_path) == [batch] * 801

    def test_is_made_in_parts_and_each_is_on_disk_before_the_next(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, synced = os.fdatasync, []

        def fdatasync(handle: int) -> None:
            synced.append(os.fstat(handle).st_size)
            real(handle)

        with Journal(tmp_path) as journal:
            journal.commit([frame_of(bytes(3 * ROOM_BYTES_AT_ONCE // 2), 1)])
            journal.seal()
            monkeypatch.setattr(os, "fdatasync", fdatasync)
            parts = []
            journal.make_room(pause=lambda: parts.append(len(synced)))
        parts_of_it = [n * ROOM_BYTES_AT_ONCE for n in (1, 2, 3)]
        assert synced[:3] == parts_of_it
        assert parts[:3] == [1, 2, 3]

    def test_is_made_once_for_a_segment_and_gone_with_the_journal(self, tmp_path: Path) -> None:
        pauses = []
        with Journal(tmp_path, room_for=1) as journal:
            for _ in range(3):
                journal.make_room(pause=lambda: pauses.append(1))
            assert pauses == [1]
        assert not (tmp_path / ROOM).exists()

    def test_that_a_dead_one_made_is_thrown_away(self, tmp_path: Path) -> None:
        (tmp_path / ROOM).write_bytes(bytes(100))
        with Journal(tmp_path, room_for=1) as journal:
            journal.commit([frame_of(BATCHES[0], 1)])
        assert payloads_in(tmp_path) == BATCHES[:1]
        assert not (tmp_path / ROOM).exists()

    def test_that_cannot_become_the_segment_holds_up_one_commit_at_most(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Journal(tmp_path) as journal:
            journal.commit([frame_of(BATCHES[0], 1)])
            journal.make_room()
            (tmp_path / ROOM).unlink()
            with pytest.raises(JournalBroken):
                journal.seal()
            journal.commit([frame_of(BATCHES[1], 1)])
            journal.make_room()
            journal.seal()
            journal.commit([frame_of(BATCHES[2], 1)])
        assert payloads_in(tmp_path) == BATCHES[:3]

    def test_is_cut_off_when_the_segment_is_sealed(self, tmp_path: Path) -> None:
        with Journal(tmp_path) as journal:
            for batch in BATCHES[:4]:
                journal.make_room()
                journal.commit([frame_of(batch, 1)])
                journal.seal()
        for sealed in sealed_segments(tmp_path):
            data = sealed.path.read_bytes()
            assert is_as_sealed(sealed, data)
            assert not data.endswith(b"\0")

    def test_of_one_that_died_is_no_torn_tail(self, tmp_path: Path) -> None:
        (tmp_path / "quarantine").mkdir()
        left = tmp_path / "000000000001.open"
        left.write_bytes(frame_of(BATCHES[0], 1) + bytes(100))
        (tmp_path / "000000000002.open").write_bytes(frame_of(BATCHES[1], 1) + b'{"fr' + bytes(9))
        (tmp_path / "000000000003.open").write_bytes(bytes(100))
        Journal(tmp_path).close()
        assert payloads_in(tmp_path) == BATCHES[:2]
        assert [piece.read_bytes() for piece in (tmp_path / "quarantine").iterdir()] == [b'{"fr']

    def test_is_done_without_where_the_disk_has_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.write

        def write(handle: int, data: bytes) -> int:
            if len(data) >= ROOM_BYTES_MIN:
                real(handle, data[:100])
                raise OSError(28, "No space left on device")
            return real(handle, data)

        with Journal(tmp_path) as journal:
            journal.commit([frame_of(BATCHES[0], 1)])
            monkeypatch.setattr(os, "write", write)
            journal.make_room()
            assert not (tmp_path / ROOM).exists()
            journal.seal()
            journal.commit([frame_of(BATCHES[1], 1)])
        assert payloads_in(tmp_path) == BATCHES[:2]


class TestSealingByAnotherThread:
    def test_loses_and_doubles_nothing_and_keeps_the_order(self, tmp_path: Path) -> None:
        batches = [b'{"event_id":"%d"}\n' % number for number in range(300)]
        is_over = threading.Event()
        with Journal(tmp_path, segment_bytes_max=2_000) as journal:

            def seal() -> None:
                while not is_over.is_set():
                    journal.make_room()
                    journal.seal()

            sealing = threading.Thread(target=seal)
            sealing.start()
            for batch in batches:
                journal.commit([frame_of(batch, 1)])
            is_over.set()
            sealing.join()
        assert payloads_in(tmp_path) == batches
        segments = sealed_segments(tmp_path)
        assert len(segments) > 2
        assert all(is_as_sealed(each, each.path.read_bytes()) for each in segments)
        assert list(tmp_path.glob("*.open")) == []

    @pytest.mark.parametrize("held", [1, 2])
    def test_holds_up_no_commit_while_it_waits_for_the_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
    ) -> None:
        real, syncs = os.fsync, []
        has_come, may_go_on = threading.Event(), threading.Event()

        def fsync(handle: int) -> None:
            syncs.append(handle)
            if len(syncs) == held:
                has_come.set()
                assert may_go_on.wait(30)
            real(handle)

        with Journal(tmp_path) as journal:
            journal.commit([frame_of(BATCHES[0], 1)])
            monkeypatch.setattr(os, "fsync", fsync)
            sealing = threading.Thread(target=journal.seal)
            sealing.start()
            assert has_come.wait(30)
            for batch in BATCHES[1:4]:
                journal.commit([frame_of(batch, 1)])
            may_go_on.set()
            sealing.join()
        assert payloads_in(tmp_path) == BATCHES[:4]

    def test_goes_on_with_what_was_begun_when_the_disk_refused_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, refused = os.fdatasync, []

        def fdatasync(handle: int) -> None:
            if not refused:
                refused.append(handle)
                raise OSError(5, "Input/output error")
            real(handle)

        opened = Journal._started

        def started(journal: Journal, room):
            following = opened(journal, room)
            if not refused:
                monkeypatch.setattr(os, "fdatasync", fdatasync)
                with pytest.raises(JournalBroken):
                    journal.commit([frame_of(BATCHES[1], 1)])
                journal.commit([frame_of(BATCHES[2], 1)])
            return following

        with Journal(tmp_path) as journal:
            journal.commit([frame_of(BATCHES[0], 1)])
            monkeypatch.setattr(Journal, "_started", started)
            journal.seal()
            journal.commit([frame_of(BATCHES[3], 1)])
        assert sorted(payloads_in(tmp_path)) == [BATCHES[0], BATCHES[2], BATCHES[3]]
        numbers = [each.number for each in sealed_segments(tmp_path)]
        assert len(numbers) == len(set(numbers))
        assert list(tmp_path.glob("*.open")) == []


class TestACrash:
    @pytest.mark.parametrize("call", ["write", "fdatasync", "rename", "fsync", "unlink"])
    @pytest.mark.parametrize("moment", ["before", "half", "after"])
    def test_loses_nothing_acknowledged_and_doubles_nothing(
        self, tmp_path: Path, call: str, moment: str
    ) -> None:
        for nth in (1, 2, 3, 7):
            directory = tmp_path / f"{nth}"
            crashed = subprocess.run(
                [sys.executable, "-c", CRASHING, str(directory), call, moment, str(nth)],
                capture_output=True,
                check=False,
            )
            assert crashed.returncode in {0, -signal.SIGKILL}, crashed.stderr
            acknowledged = [int(number) for number in crashed.stdout.split()]
            Journal(directory).close()
            kept = payloads_in(directory)
            assert kept == BATCHES[: len(kept)], "in order, once each"
            assert len(kept) >= len(acknowledged), "nothing acknowledged is lost"


class TestATornTail:
    def test_is_cut_and_kept_aside_wherever_it_is_torn(self, tmp_path: Path) -> None:
        filled(tmp_path, BATCHES[:4])
        whole = sealed_segments(tmp_path)[0].path.read_bytes()
        for cut in range(1, len(whole)):
            directory = tmp_path / f"cut-{cut}"
            (directory / "quarantine").mkdir(parents=True)
            (directory / "000000000001.open").write_bytes(whole[:cut])
            Journal(directory).close()
            kept = payloads_in(directory)
            assert kept == BATCHES[: len(kept)]
            aside = b"".join(p.read_bytes() for p in (directory / "quarantine").iterdir())
            segments = b"".join(s.path.read_bytes() for s in sealed_segments(directory))
            assert segments + aside == whole[:cut]

    def test_leaves_no_file_when_nothing_was_sound(self, tmp_path: Path) -> None:
        (tmp_path / "quarantine").mkdir()
        torn = tmp_path / "000000000001.open"
        torn.write_bytes(b'{"frame":[18,"00000000",1]}\n{}')
        seal_file(torn)
        assert sealed_segments(tmp_path) == []


class TestBitRot:
    def test_is_found_whichever_byte_it_hits(self, tmp_path: Path) -> None:
        filled(tmp_path, BATCHES[:4])
        segment = sealed_segments(tmp_path)[0]
        whole = segment.path.read_bytes()
        for at in range(len(whole)):
            segment.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert not is_as_sealed(segment, segment.path.read_bytes())


class TestAFullDisk:
    def test_refuses_and_goes_on_once_there_is_room(self, tmp_path: Path) -> None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            with Journal(tmp_path) as journal:
                journal.commit([frame_of(BATCHES[0], 1)])
                resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
                with pytest.raises(JournalBroken):
                    journal.commit([frame_of(BATCHES[1] * 10, 10)])
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
                journal.commit([frame_of(BATCHES[2], 1)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        assert payloads_in(tmp_path) == [BATCHES[0], BATCHES[2]]


class TestAFailedSync:
    def test_is_never_acknowledged_and_never_retried_on_the_same_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, failing, synced = os.fdatasync, [False], []

        def fdatasync(handle: int) -> None:
            synced.append(os.fstat(handle).st_ino)
            if failing[0]:
                raise OSError(5, "Input/output error")
            real(handle)

        monkeypatch.setattr(os, "fdatasync", fdatasync)
        with Journal(tmp_path) as journal:
            journal.commit([frame_of(BATCHES[0], 1)])
            failing[0] = True
            with pytest.raises(JournalBroken):
                journal.commit([frame_of(BATCHES[1], 1)])
            failing[0] = False
            journal.commit([frame_of(BATCHES[2], 1)])
        assert synced[0] == synced[1] != synced[2]
        Journal(tmp_path).close()
        assert {BATCHES[0], BATCHES[2]} <= set(payloads_in(tmp_path))
