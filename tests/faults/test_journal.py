"""The journal keeps what it acknowledged, whatever happens to the process or the disk."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journals import payloads_in

from linkstar.events.journal import (
    Journal,
    JournalBroken,
    JournalLocked,
    frame_of,
    is_as_sealed,
    seal_file,
    sealed_segments,
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
with Journal(directory, segment_bytes_max=300) as journal:
    for number in range(30):
        journal.commit([frame_of(b'{"event_id":"%d"}\\n' % number, 1)])
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
