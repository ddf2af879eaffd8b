"""F1, F3, F12: killed at any write, sync or rename; a byte flipped; old and new lines mixed."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.app.lake.journals import TOKEN, Desk, batch, followed, line, single
from tests.app.lake.test_deciding import LATE
from tests.faults.journal_worker import NOW, act

from linkstar.events.journal import frame_of, sealed_segments
from linkstar.lake.asides import aside_counts
from linkstar.lake.decisions import FOLDER
from linkstar.lake.rebuilding import archived, differences, load_archived
from linkstar.lake.spoilt import pieces
from linkstar.lake.store import Lake
from linkstar.lake.verify import verify

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("journal_worker.py")
START = datetime(2026, 1, 5, 20, tzinfo=UTC)
ACTIONS = ("load", "compact", "judge", "strip", "decide")
REBUILT = ("load", "strip", "decide")
POINTS_SHORT = 3


def work(folder: Path, action: str, point: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(WORKER), str(folder), action, str(point)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def prepared(folder: Path, action: str) -> Desk:
    """A journal of 12 clicks in three segments, taken up to where the action begins."""
    desk = Desk(folder)
    for part in range(3):
        moments = [START + timedelta(seconds=10 * n + 100 * part) for n in range(4)]
        desk.write(*(
            single(followed(f"p{part}e{n}", visitor=f"v{n % 2}", occurred_at=moment.isoformat()))
            for n, moment in enumerate(moments)
        ))  # fmt: skip
        if action != "load":
            desk.load(now=NOW)
    if action == "decide":
        conflict = single(followed("p0e0", kind="play"))
        desk.write(*(single(followed(f"late{n}", link=LATE)) for n in range(3)), conflict)
        desk.write(single(followed("spoilt")))
        [_, rotten] = sealed_segments(desk.folder)
        rotten.path.write_bytes(rotten.path.read_bytes().replace(b"spoilt", b"sp0ilt"))
        desk.load(now=NOW)
    if action == "strip":
        desk.write(
            *(single(followed(f"{name}", visitor="v0")) for name in ("e13", "spoilt", "e14"))
        )
        [rotten] = sealed_segments(desk.folder)
        rotten.path.write_bytes(rotten.path.read_bytes().replace(b"spoilt", b"sp0ilt"))
        desk.load(now=NOW)
        act(folder, "judge")
    for sealed in sealed_segments(desk.folder / "archive"):
        moment = (START + timedelta(minutes=sealed.number)).timestamp()
        os.utime(sealed.path, (moment, moment))
    for piece in pieces([desk.folder]):
        os.utime(piece.path, (START.timestamp(), START.timestamp()))
    return desk


def state(desk: Desk) -> list[tuple]:
    columns = "event_id, day, filtered, billable, visitor"
    return [tuple(row.values()) for row in desk.rows(columns=columns, order="event_id")]


def who_is_left(desk: Desk) -> list[Path]:
    """The files of a journal that still name a visitor."""
    files = [path for path in desk.folder.rglob("*") if path.is_file()]
    return [path for path in files if re.search(rb'"v[01]"', path.read_bytes())]


def check_deaths(tmp_path: Path, action: str, points: list[int], expected: list[tuple]) -> None:
    for point in points:
        folder = tmp_path / str(point)
        prepared(folder, action)
        died = work(folder, action, point)
        assert died.returncode == -signal.SIGKILL, (point, died.stderr)
        act(folder, action)
        desk = Desk(folder)
        assert state(desk) == expected, f"{action} at step {point}"
        assert verify(desk.lake) == [], f"{action} at step {point}"
        left = {"spoilt": 1} if action == "strip" else {}
        assert aside_counts(desk.lake, None) == left, f"{action} at step {point}"
        if action == "strip":
            assert not who_is_left(desk), f"{action} at step {point}"
        desk.directory.tokens = (TOKEN, LATE)  # what it knows now is not what it knew then
        again = Lake(folder / "again")
        both = [desk.folder, desk.folder.parent / FOLDER] if action == "decide" else [desk.folder]
        for part in archived(both):
            load_archived(again, part, desk.directory, scratch=folder / "scratch")
        if action in REBUILT:
            assert list(differences(desk.lake, again)) == [], f"{action} at step {point}"
        shutil.rmtree(folder)


def lived(tmp_path: Path, action: str) -> tuple[int, list[tuple]]:
    desk = prepared(tmp_path / "lived", action)
    done = work(tmp_path / "lived", action, 0)
    assert done.returncode == 0, done.stderr
    return int(done.stdout), state(desk)


class TestAProcessKilled:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_at_some_steps_loses_and_doubles_nothing(self, tmp_path: Path, action: str) -> None:
        steps, expected = lived(tmp_path, action)
        assert len(expected) == (14 if action in {"decide", "strip"} else 12)
        chosen = random.Random(action).sample(range(1, steps + 1), POINTS_SHORT)
        check_deaths(tmp_path, action, sorted(chosen), expected)

    @pytest.mark.long
    @pytest.mark.parametrize("action", ACTIONS)
    def test_at_every_step_loses_and_doubles_nothing(self, tmp_path: Path, action: str) -> None:
        steps, expected = lived(tmp_path, action)
        check_deaths(tmp_path, action, list(range(1, steps + 1)), expected)


def flipped(data: bytes, chance: random.Random) -> tuple[bytes, range]:
    """One bit is another; of ten frames at most one is spoilt."""
    at = chance.randrange(len(data))
    changed = bytes([data[at] ^ (1 << chance.randrange(8))])
    return data[:at] + changed + data[at + 1 :], range(9, 11)


def torn(data: bytes, chance: random.Random) -> tuple[bytes, range]:
    """The end is gone, and the frame it lies in."""
    at = chance.randrange(len(data))
    begun = data[:at].count(b'{"frame"')
    return data[:at], range(begun - 1, begun + 1)


def zeroed(data: bytes, chance: random.Random) -> tuple[bytes, range]:
    """A sector was never written, and two frames at most lie in it."""
    at = chance.randrange(len(data))
    hole = min(64, len(data) - at)
    return data[:at] + bytes(hole) + data[at + hole :], range(8, 11)


class TestASealedSegment:
    def check(self, folder: Path, spoil, seed: int) -> None:
        desk = Desk(folder)
        desk.write(*(single(followed(f"e{n:02}")) for n in range(10)))
        desk.write(single(followed("next")))
        sealed = sealed_segments(desk.folder)[0]
        data, survivors = spoil(sealed.path.read_bytes(), random.Random(seed))
        sealed.path.write_bytes(data)
        load = desk.load()
        kept = {row["event_id"] for row in desk.rows()} - {"next"}
        assert len(kept) in survivors, seed
        assert load.stored == len(kept) + 1, seed
        assert load.quarantined >= 1, seed
        assert verify(desk.lake) == [], seed

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("spoil", [flipped, torn, zeroed])
    def test_that_rots_is_found_out_and_its_neighbours_count(
        self, tmp_path: Path, spoil, seed: int
    ) -> None:
        self.check(tmp_path, spoil, seed)

    def test_cut_between_two_frames_is_found_out(self, tmp_path: Path) -> None:
        def shorter(data: bytes, chance: random.Random) -> tuple[bytes, range]:
            return data[: data.rindex(b'{"frame"')], range(9, 10)

        self.check(tmp_path, shorter, 0)

    @pytest.mark.long
    @pytest.mark.parametrize(("spoil", "times"), [(flipped, 500), (torn, 300), (zeroed, 200)])
    def test_that_rots_in_a_thousand_ways_is_always_found_out(
        self, tmp_path: Path, spoil, times: int
    ) -> None:
        for seed in range(100, 100 + times):
            self.check(tmp_path / f"{seed}", spoil, seed)
            shutil.rmtree(tmp_path / f"{seed}")


class TestLinesOfOtherVersions:
    def test_without_newer_fields_and_with_unknown_ones_both_count(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        old = {name: value for name, value in followed("old").items() if name != "network"}
        new = followed("new", mood="curious", nested={"deep": [1, 2]})
        desk.write(frame_of(line(old), 1), frame_of(line(new), 1))
        assert desk.load().stored == 2
        [kept] = sealed_segments(desk.folder / "archive")
        assert b'"mood": "curious"' in kept.path.read_bytes()


class TestAClockThatJumps:
    @pytest.mark.parametrize(
        ("name", "moment", "hours"),
        [("spring", datetime(2026, 3, 8, 8, tzinfo=UTC), 23),
         ("autumn", datetime(2026, 11, 1, 7, tzinfo=UTC), 25),
         ("leap", datetime(2028, 2, 29, 8, tzinfo=UTC), 24)],
    )  # fmt: skip
    def test_a_day_has_as_many_hours_as_the_shop_lives_through(
        self, tmp_path: Path, name: str, moment: datetime, hours: int
    ) -> None:
        desk = Desk(tmp_path)
        ticks = [moment + timedelta(hours=n) for n in range(-1, hours + 1)]
        for n, tick in enumerate(ticks):
            desk.write(single(followed(f"{name}{n}", occurred_at=tick.isoformat())))
        desk.load(now=moment)
        days = [row["day"] for row in desk.rows(order="occurred_at")]
        assert days.count(days[1]) == hours
        assert days[0] < days[1] < days[-1]

    @pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1), timedelta(days=400)])
    @pytest.mark.parametrize("sign", [1, -1])
    def test_of_a_client_neither_loses_nor_doubles_its_events(
        self, tmp_path: Path, jump: timedelta, sign: int
    ) -> None:
        desk = Desk(tmp_path)
        stated = (START + sign * jump).isoformat()
        event = {"event_id": "e", "kind": "click", "occurred_at": stated, "creator": "ada"}
        for minute in range(3):
            arrived = (START + timedelta(minutes=minute)).isoformat()
            desk.write(batch(event, received_at=arrived))
            desk.load(now=START)
        assert len(desk.rows()) == 1
        assert desk.receipts()["duplicates"] == 2
        assert verify(desk.lake) == []
