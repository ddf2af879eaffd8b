"""Visitors are forgotten after their time, everywhere; every count stays and can be rebuilt."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.app.lake.journals import Desk, batch, followed, single
from tests.app.lake.test_judging import lists
from tests.journals import payloads_in

from linkstar.events.journal import frame_of, sealed_segments
from linkstar.lake.judging import judge
from linkstar.lake.keeping_archive import settle
from linkstar.lake.rebuilding import archived, differences, load_archived
from linkstar.lake.retention import (
    LOOKED_THROUGH,
    drop_events,
    erase_creator,
    erase_visitor,
    strip_visitors,
)
from linkstar.lake.spoilt import pieces
from linkstar.lake.store import Lake
from linkstar.lake.unreadable import Note
from linkstar.lake.verdicts import Verdicts
from linkstar.lake.verify import verify

START = datetime(2026, 1, 5, 20, tzinfo=UTC)
LATER = datetime(2026, 5, 1, tzinfo=UTC)
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two days of clicks, some double, by visitors v0 to v2, and a server's order of @Bo's."""
    desk = Desk(tmp_path)
    for day in (0, 1):
        moments = [START + timedelta(days=day, seconds=10 * n) for n in range(6)]
        desk.write(*(
            single(followed(f"d{day}e{n}", visitor=f"v{n % 3}", occurred_at=moment.isoformat()))
            for n, moment in enumerate(moments)
        ))  # fmt: skip
    plain = {"kind": "order", "occurred_at": START.isoformat(), "creator": "@Bo", "visitor": "v0"}
    desk.write(
        batch({**plain, "event_id": "o1"}, received_at=START.isoformat()),
        single(followed("q", link="stranger", visitor="v0", occurred_at=START.isoformat())),
    )
    desk.load(now=START + timedelta(days=2))
    judge(desk.lake, lists(), now=LATER)
    for sealed in sealed_segments(desk.folder / "archive"):  # as if finished in those days
        moment = (START + timedelta(days=sealed.number % 2, minutes=sealed.number)).timestamp()
        os.utime(sealed.path, (moment, moment))
    return desk


class TestVerdicts:
    def test_are_those_that_are_stored_and_none_of_other_events(self, desk: Desk) -> None:
        verdicts = Verdicts(desk.lake, "day = DATE '2026-01-05'")
        stored = desk.rows(columns="shop, event_id, day, filtered, billable")
        told = {
            (row["shop"], row["event_id"]): (row["filtered"], row["billable"])
            for row in stored
            if str(row["day"]) == "2026-01-05"
        }
        assert len(verdicts) == len(told) < len(stored)
        assert len(set(told.values())) > 1
        for row in stored:
            event = row["shop"], row["event_id"]
            assert verdicts.of(*event) == told.get(event)
            assert verdicts.of(row["shop"] + 1, row["event_id"]) is None
            assert verdicts.of(row["shop"], row["event_id"] + "x") is None

    def test_of_nothing_are_none(self, desk: Desk, tmp_path: Path) -> None:
        assert len(Verdicts(desk.lake, "false")) == 0
        assert Verdicts(desk.lake, "false").of(1, "d0e0") is None
        assert len(Verdicts(Lake(tmp_path / "empty"), "true")) == 0


def counted(desk: Desk) -> list[tuple]:
    rows = desk.rows(columns="event_id, kind, filtered, billable", order="event_id")
    return [tuple(row.values()) for row in rows]


def archive_text(desk: Desk) -> str:
    return b"".join(payloads_in(desk.folder / "archive")).decode()


def rebuilt(desk: Desk, tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "rebuilt")
    for part in archived([desk.folder]):
        load_archived(lake, part, desk.directory, scratch=tmp_path / "scratch")
    judge(lake, lists(), now=LATER)
    return lake


class TestAVisitorsName:
    def test_is_taken_off_after_its_time_and_every_count_stays(self, desk, tmp_path) -> None:
        before = counted(desk)
        assert {flag for _, _, flag, _ in before} == {None, "double_click"}
        done = strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 6), now=FUTURE)
        assert (done.lines, done.segments) == (7, 2)
        assert counted(desk) == before
        named = {row["day"].day for row in desk.rows() if row["visitor"]}
        assert named == {6}
        assert all(row["network"] is None for row in desk.rows() if row["day"].day == 5)

    def test_judging_again_changes_nothing_of_what_stands(self, desk) -> None:
        before = counted(desk)
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 7), now=FUTURE)
        judge(desk.lake, lists(), now=LATER, version=99)
        assert counted(desk) == before

    def test_is_gone_and_a_rebuild_says_the_same(self, desk, tmp_path) -> None:
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 6), now=FUTURE)
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []
        assert verify(desk.lake) == []

    def test_goes_off_lines_that_became_no_event_and_off_senders(self, desk, tmp_path) -> None:
        spoilt = [desk.folder / "quarantine" / name for name in ("old", "new")]
        for path in spoilt:
            path.write_bytes(b"v0")
        os.utime(spoilt[0], (START.timestamp(), START.timestamp()))
        before = counted(desk)
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        text = archive_text(desk).replace('": "', '":"')
        assert "link_unknown" in {reason for reason, _ in desk.set_aside()}
        assert not any(f'"visitor":"{name}"' in text for name in ("v0", "v1", "v2", "server"))
        assert "network" not in text
        assert [path.exists() for path in spoilt] == [False, True]
        assert counted(desk) == before
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []
        again = strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        assert (again.rows, again.lines) == (0, 0)

    def test_a_second_run_finds_nothing_to_do(self, desk) -> None:
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 6), now=FUTURE)
        assert '"v0"' not in archive_text(desk).split("d1e0")[0]
        again = strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 6), now=FUTURE)
        assert (again.rows, again.lines, again.segments) == (0, 0, 0)


def spoil(desk: Desk, change: Callable[[bytes], bytes]) -> None:
    """A segment of four visitors, one by one, is changed by the disk before it is loaded."""
    at = START.isoformat()
    desk.write(*(single(followed(f"s{n}", visitor=f"s-{n}", occurred_at=at)) for n in range(4)))
    [sealed] = sealed_segments(desk.folder)
    sealed.path.write_bytes(change(sealed.path.read_bytes()))
    desk.load(now=START + timedelta(days=2))
    judge(desk.lake, lists(), now=LATER)
    archived_as = desk.folder / "archive" / sealed.path.name
    os.utime(archived_as, (START.timestamp(), START.timestamp()))


def names_in(desk: Desk) -> set[str]:
    text = b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()).decode(
        errors="replace"
    )
    return {name for name in ("s-0", "s-1", "s-2", "s-3") if name in text}


class TestASegmentThatIsSpoilt:
    @pytest.fixture(autouse=True)
    def spoilt(self, desk: Desk) -> None:
        spoil(desk, lambda data: data.replace(b'"s1"', b'"z1"'))

    def test_keeps_no_name_in_its_sound_frames_and_its_spoilt_bytes_as_they_are(
        self, desk, tmp_path
    ) -> None:
        before = counted(desk)
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 6), now=FUTURE)
        assert names_in(desk) == {"s-1"}
        assert b'"z1"' in sealed_segments(desk.folder / "archive")[-1].path.read_bytes()
        assert len(pieces([desk.folder])) == 1
        assert counted(desk) == before
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []
        assert verify(desk.lake) == []

    def test_loses_what_is_spoilt_two_days_later_but_for_a_note_of_it(self, desk, tmp_path) -> None:
        [piece] = pieces([desk.folder])
        was = piece.path.read_bytes()
        os.utime(piece.path, (START.timestamp(), START.timestamp()))
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        assert names_in(desk) == set()
        assert pieces([desk.folder]) == []
        segment = sealed_segments(desk.folder / "archive")[-1].path.read_bytes()
        assert Note.of(was).framed() in segment
        assert ("spoilt", "") in desk.set_aside()
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []
        assert verify(desk.lake) == []
        again = strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        assert (again.rows, again.lines) == (0, 0)

    def test_forgets_a_visitor_whose_name_stands_in_spoilt_bytes(self, desk, tmp_path) -> None:
        erase_visitor(desk.lake, [desk.folder], "s-1", now=FUTURE)
        assert names_in(desk) == {"s-0", "s-2", "s-3"}
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []

    def test_forgets_a_creator_whose_handle_stands_in_spoilt_bytes(self, desk, tmp_path) -> None:
        erase_creator(desk.lake, [desk.folder], "@S-1", now=FUTURE)
        assert names_in(desk) == {"s-0", "s-2", "s-3"}
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []


class TestASegmentCutShort:
    def test_between_two_frames_is_found_out_after_names_were_taken_off(
        self, desk, tmp_path
    ) -> None:
        spoil(desk, lambda data: data[: data.rindex(b'{"frame"')])
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 6), now=FUTURE)
        assert names_in(desk) == set()
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []
        assert ("spoilt", "") in desk.set_aside()


class TestALineThatIsNoJson:
    def test_goes_with_the_names_and_stays_set_aside(self, desk, tmp_path) -> None:
        torn = [line + b"\n" for line in (b'{"visitor":"s-0"', b'\xff{"visitor":"s-1"}')]
        desk.write(frame_of(b"".join(torn), 2), single(followed("t", link="stranger")))
        desk.load(now=START + timedelta(days=2))
        for path in (*(desk.folder / "archive").iterdir(), *desk.folder.glob("quarantine/*")):
            os.utime(path, (START.timestamp(), START.timestamp()))
        before = sorted(reason for reason, _ in desk.set_aside())
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        assert names_in(desk) == set()
        assert sorted(reason for reason, _ in desk.set_aside()) == before
        assert {"spoilt", "unreadable", "link_unknown"} <= set(before)
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []
        again = strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        assert again.lines == 0


class TestAHardCap:
    def test_drops_what_arrived_before_and_the_books_still_balance(self, desk) -> None:
        drop_events(desk.lake, [desk.folder], before=START + timedelta(hours=12), now=FUTURE)
        assert {row["day"].day for row in desk.rows()} == {6}
        assert verify(desk.lake) == []


class TestErasure:
    def test_of_a_visitor_leaves_no_trace_and_every_count(self, desk, tmp_path) -> None:
        before = counted(desk)
        erase_visitor(desk.lake, [desk.folder], "v0", now=FUTURE)
        assert counted(desk) == before
        assert '"v0"' not in archive_text(desk)
        assert {row["visitor"] for row in desk.rows()} == {"", "v1", "v2"}
        assert all("v0" not in line for _, line in desk.set_aside())
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []

    def test_of_a_creator_leaves_neither_handle_nor_name(self, desk, tmp_path) -> None:
        erase_creator(desk.lake, [desk.folder], "@bo", now=FUTURE)
        assert "Bo" not in archive_text(desk)
        assert {row["creator"] for row in desk.rows()} == {"ada", "erased"}
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []

    def test_cut_short_between_the_new_segment_and_the_old_is_finished(
        self, desk, tmp_path, monkeypatch
    ) -> None:
        monkeypatch.setattr(Path, "unlink", _die)
        with pytest.raises(KeyboardInterrupt):
            erase_visitor(desk.lake, [desk.folder], "v0", now=FUTURE)
        monkeypatch.undo()
        assert len(sealed_segments(desk.folder / "archive")) == 4
        settle(desk.folder)
        assert len(sealed_segments(desk.folder / "archive")) == 3
        erase_visitor(desk.lake, [desk.folder], "v0", now=FUTURE)
        assert '"v0"' not in archive_text(desk)
        assert list(differences(desk.lake, rebuilt(desk, tmp_path))) == []

    def test_cut_short_while_it_notes_how_far_it_came_is_done_again(
        self, desk, monkeypatch
    ) -> None:
        real = Path.write_bytes

        def half(path: Path, data: bytes) -> int:
            if LOOKED_THROUGH in path.name:
                real(path, data[: len(data) // 2])
                raise KeyboardInterrupt
            return real(path, data)

        monkeypatch.setattr(Path, "write_bytes", half)
        with pytest.raises(KeyboardInterrupt):
            strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        monkeypatch.undo()
        strip_visitors(desk.lake, [desk.folder], before=date(2026, 1, 9), now=FUTURE)
        assert '"v0"' not in archive_text(desk)


def _die(*_given: object, **_named: object) -> None:
    raise KeyboardInterrupt
