"""Lines that were set aside are replayed, corrected or dismissed: once, and what came stays so."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.app.lake.journals import TOKEN, Desk, batch, followed, single
from tests.app.lake.test_judging import lists

from linkstar.events.journal import Journal, frame_of, sealed_segments
from linkstar.lake.asides import (
    LineAside,
    aside_counts,
    counted_instead,
    decisions_made,
    line_aside,
    lines_aside,
)
from linkstar.lake.books import identities
from linkstar.lake.decisions import FOLDER, Action, Decision, seal_left_over, write_decisions
from linkstar.lake.journaled import JournalLoad, load_journal
from linkstar.lake.journaled_counts import minutes
from linkstar.lake.judging import judge
from linkstar.lake.rebuilding import archived, differences, load_archived
from linkstar.lake.retention import erase_creator, erase_visitor, strip_visitors
from linkstar.lake.selection import Scope
from linkstar.lake.spoilt import pieces_of
from linkstar.lake.store import Lake
from linkstar.lake.upkeep import compact
from linkstar.lake.verify import verify

LATER = datetime(2026, 1, 5, 15, tzinfo=UTC)
LATE = "lateLink0001"


def decision(aside: LineAside, action: Action, **more: object) -> Decision:
    made = Decision(
        address=aside.address, workspace=aside.workspace, shop=aside.shop,
        received_at=aside.received_at, reason=aside.reason, action=action,
        line="" if action is Action.DISMISS else aside.line, decided_by="usr_lin",
        decided_at=LATER, why="the link was made late",
    )  # fmt: skip
    return replace(made, **more)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def decide(desk: Desk, *decisions: Decision) -> JournalLoad:
    write_decisions(desk.folder.parent, decisions)
    return load_decided(desk)


def load_decided(desk: Desk) -> JournalLoad:
    return load_journal(desk.lake, desk.folder.parent / FOLDER, desk.directory, now=LATER)


def open_lines(desk: Desk) -> list[LineAside]:
    return lines_aside(desk.lake, None, most=100)


def know_late_link(desk: Desk) -> None:
    desk.directory.tokens = (TOKEN, LATE)


def check_books(desk: Desk) -> None:
    """Nothing is unaccounted for, in sum and by minute, and a rebuild says the same."""
    assert verify(desk.lake) == []
    assert all(one.difference == 0 for one in minutes(desk.lake, None))
    beside = desk.folder.parent / f"rebuild-{uuid4().hex}"
    again = Lake(beside / "lake")
    decided = desk.folder.parent / FOLDER
    for part in archived([desk.folder, *([decided] if decided.exists() else [])]):
        load_archived(again, part, desk.directory, scratch=beside)
    assert list(differences(desk.lake, again)) == []


class TestALineThatIsReplayed:
    def test_counts_at_its_own_time_once_its_link_is_known(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE)), single(followed("e2")))
        desk.load()
        know_late_link(desk)
        [aside] = open_lines(desk)
        assert decide(desk, decision(aside, Action.REPLAY)) == JournalLoad(
            segments=1, stored=1, quarantined=-1
        )
        assert {row["event_id"]: row["creator"] for row in desk.rows()} == {
            "e1": "ada",
            "e2": "ada",
        }
        assert [row["import_id"] for row in desk.rows()].count(aside.address.journal) == 2
        assert desk.receipts() == {
            "received": 2, "stored": 2, "duplicates": 0, "conflicts": 0, "quarantined": 0,
        }  # fmt: skip
        assert desk.set_aside() == []
        check_books(desk)

    def test_stays_where_it_is_while_its_link_is_still_unknown(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE)))
        desk.load()
        [aside] = open_lines(desk)
        assert decide(desk, decision(aside, Action.REPLAY)) == JournalLoad(segments=1)
        assert open_lines(desk) == [aside]
        [made] = decisions_made(desk.lake, None, most=9)
        assert (made.outcome, made.reason, made.why) == (
            "quarantined", "link_unknown", "the link was made late",
        )  # fmt: skip
        know_late_link(desk)
        check_books(desk)
        assert decide(desk, decision(aside, Action.REPLAY)).stored == 1
        check_books(desk)

    def test_is_a_duplicate_or_a_conflict_where_its_id_counts_already(self, desk: Desk) -> None:
        desk.write(
            single(followed("same", link=LATE)), single(followed("other", link=LATE, kind="play"))
        )
        desk.load()
        know_late_link(desk)
        desk.write(single(followed("same", link=LATE)), single(followed("other")))
        desk.load()
        done = decide(desk, *(decision(each, Action.REPLAY) for each in open_lines(desk)))
        assert done == JournalLoad(segments=1, duplicates=1, conflicts=1, quarantined=-2)
        assert [reason for reason, _ in desk.set_aside()] == ["conflict"]
        check_books(desk)

    def test_ten_times_over_counts_once(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE)))
        desk.load()
        know_late_link(desk)
        [aside] = open_lines(desk)
        for _ in range(5):
            write_decisions(desk.folder.parent, [decision(aside, Action.REPLAY)] * 2)
        stored = [load_decided(desk).stored for _ in range(6)]
        assert stored == [1, 0, 0, 0, 0, 0]
        outcomes = [made.outcome for made in decisions_made(desk.lake, None, most=99)]
        assert sorted(outcomes) == ["stored", *["void"] * 9]
        check_books(desk)

    def test_in_a_clients_batch_belongs_to_whoever_sent_it(self, desk: Desk) -> None:
        sent = {"kind": "click", "occurred_at": "2026-01-05T11:59:00Z", "link": LATE}
        desk.write(batch({"event_id": "a", **sent}, {"event_id": "b", **sent}))
        desk.load()
        know_late_link(desk)
        decide(desk, *(decision(each, Action.REPLAY) for each in open_lines(desk)))
        rows = desk.rows(columns="event_id, shop, received_at")
        assert {row["shop"] for row in rows} == {1}
        assert {row["received_at"] for row in rows} == {datetime(2026, 1, 5, 12, tzinfo=UTC)}
        check_books(desk)


class TestALineThatIsCorrected:
    def test_counts_as_it_was_corrected_at_the_minute_it_came(self, desk: Desk) -> None:
        desk.write(single(followed("e1", occurred_at="yesterday")))
        desk.load()
        [aside] = open_lines(desk)
        said = json.dumps({**json.loads(aside.line), "occurred_at": "2026-01-05T11:30:00Z"})
        assert decide(desk, decision(aside, Action.CORRECT, line=said)).stored == 1
        [row] = desk.rows()
        assert row["occurred_at"] == datetime(2026, 1, 5, 11, 30, tzinfo=UTC)
        assert row["received_at"] == aside.received_at
        check_books(desk)

    def test_may_turn_out_to_be_another_shops_and_both_books_balance(self, desk: Desk) -> None:
        desk.write(single(followed("e1", shop=77)))
        desk.load()
        [aside] = open_lines(desk)
        said = json.dumps({**json.loads(aside.line), "shop": 1})
        decide(desk, decision(aside, Action.CORRECT, line=said))
        books = {book.shop: (book.received, book.counted) for book in identities(desk.lake, None)}
        assert books == {77: (0, 0), 1: (1, 1)}
        check_books(desk)


class TestALineThatIsDismissed:
    def test_never_counts_and_is_told_as_such(self, desk: Desk) -> None:
        desk.write(frame_of(b"gibberish\n", 1), single(followed("e1")))
        desk.load()
        [aside] = open_lines(desk)
        assert decide(desk, decision(aside, Action.DISMISS)) == JournalLoad(
            segments=1, quarantined=-1, dismissed=1
        )
        assert open_lines(desk) == []
        assert [made.outcome for made in decisions_made(desk.lake, None, most=9)] == ["dismissed"]
        [book] = [book for book in identities(desk.lake, None) if book.shop == 0]
        assert (book.received, book.dismissed, book.difference) == (1, 1, 0)
        check_books(desk)

    def test_cannot_be_replayed_afterwards(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE)))
        desk.load()
        [aside] = open_lines(desk)
        know_late_link(desk)
        decide(desk, decision(aside, Action.DISMISS))
        decide(desk, decision(aside, Action.REPLAY))
        assert desk.rows() == []
        check_books(desk)


class TestALineInConflict:
    @pytest.fixture(autouse=True)
    def told_otherwise(self, desk: Desk) -> None:
        """The same id says `click` first and `play` then."""
        desk.write(single(followed("e1")), single(followed("e1", kind="play")))
        desk.load()

    def test_is_dismissed_and_the_first_stays(self, desk: Desk) -> None:
        [aside] = open_lines(desk)
        assert (aside.reason, aside.actions) == ("conflict", (Action.DISMISS,))
        done = decide(desk, decision(aside, Action.DISMISS))
        assert done == JournalLoad(segments=1, conflicts=-1, dismissed=1)
        assert [row["kind"] for row in desk.rows()] == ["click"]
        assert (open_lines(desk), desk.set_aside()) == ([], [])
        [book] = identities(desk.lake, None)
        assert (book.received, book.conflicts, book.dismissed, book.difference) == (2, 0, 1, 0)
        check_books(desk)

    @pytest.mark.parametrize("action", [Action.REPLAY, Action.CORRECT])
    def test_is_not_made_to_count(self, desk: Desk, action: Action) -> None:
        [aside] = open_lines(desk)
        other = json.dumps({**json.loads(aside.line), "event_id": "e2"})
        assert decide(desk, decision(aside, action, line=other)) == JournalLoad(segments=1)
        assert open_lines(desk) == [aside]
        assert [made.outcome for made in decisions_made(desk.lake, None, most=9)] == ["void"]
        check_books(desk)

    def test_is_shown_beside_what_counts(self, desk: Desk) -> None:
        [aside] = open_lines(desk)
        counted = counted_instead(desk.lake, aside)
        assert (counted["kind"], counted["event_id"]) == ("click", "e1")
        assert json.loads(aside.line)["kind"] == "play"


class TestWhatADiskHasSpoilt:
    @pytest.fixture(autouse=True)
    def spoilt(self, desk: Desk) -> None:
        """The middle one of three frames, of two lines, has another byte; a fourth is no text."""
        frames = [single(followed("e1")), batch({"event_id": "x"}), single(followed("e3"))]
        desk.write(*frames, frame_of(b"\xff\xfe\n", 1))
        [sealed] = sealed_segments(desk.folder)
        sealed.path.write_bytes(sealed.path.read_bytes().replace(b'"x"', b'"z"'))
        desk.load()

    def test_stands_as_one_and_its_bytes_can_be_had(self, desk: Desk) -> None:
        [aside] = open_lines(desk)
        assert (aside.reason, aside.lines, aside.line) == ("spoilt", 3, "")
        assert aside.actions == (Action.DISMISS,)
        assert aside_counts(desk.lake, None) == {"spoilt": 3}
        kept = [piece.path.read_bytes() for piece in pieces_of(desk.folder.parent, aside.address)]
        assert sorted(part.count(b"\n") for part in kept) == [0, 3]
        assert any(b'"z"' in part for part in kept)
        check_books(desk)

    def test_is_dismissed_and_its_bytes_stay(self, desk: Desk) -> None:
        [aside] = open_lines(desk)
        done = decide(desk, decision(aside, Action.DISMISS, why="the disk was changed"))
        assert done == JournalLoad(segments=1, quarantined=-3, dismissed=3)
        assert open_lines(desk) == []
        [made] = decisions_made(desk.lake, None, most=9)
        assert (made.lines, made.outcome, made.why) == (3, "dismissed", "the disk was changed")
        [book] = [each for each in identities(desk.lake, None) if each.shop == 0]
        assert (book.received, book.quarantined, book.dismissed, book.difference) == (3, 0, 3, 0)
        assert len(pieces_of(desk.folder.parent, aside.address)) == 2
        check_books(desk)

    def test_is_never_replayed(self, desk: Desk) -> None:
        [aside] = open_lines(desk)
        line = json.dumps(followed("made up"))
        assert decide(desk, decision(aside, Action.CORRECT, line=line)) == JournalLoad(segments=1)
        assert {row["event_id"] for row in desk.rows()} == {"e1", "e3"}
        check_books(desk)


class TestTheListOfLines:
    def test_names_each_by_the_line_of_its_file(self, desk: Desk) -> None:
        desk.write(
            single(followed("e1")),
            frame_of(b'{"no": 1}\n\n\xff\n{"no": 2}\n', 4),
            batch({"event_id": "x"}, {"event_id": "y"}),
        )
        desk.load()
        [segment] = sealed_segments(desk.folder / "archive")
        text = segment.path.read_bytes().split(b"\n")
        *lines, spoilt = sorted(open_lines(desk), key=lambda each: each.reason)
        assert len(lines) == 4
        assert (spoilt.reason, spoilt.address.line_number, spoilt.lines) == ("spoilt", 0, 1)
        for each in lines:
            assert text[each.address.line_number - 1].decode() == each.line

    def test_goes_by_reason_page_and_shop(self, desk: Desk) -> None:
        desk.write(*(single(followed(f"e{n}", link="no")) for n in range(3)), single({"shop": 1}))
        desk.load()
        assert aside_counts(desk.lake, None) == {"incomplete": 1, "link_unknown": 3}
        page = lines_aside(desk.lake, None, reason="link_unknown", first=1, most=1)
        assert [json.loads(each.line)["event_id"] for each in page] == ["e1"]
        assert lines_aside(desk.lake, Scope(1, (2,)), most=9) == []
        assert line_aside(desk.lake, Scope(2, (1,)), page[0].address) is None
        assert line_aside(desk.lake, Scope(1, (1,)), page[0].address) == page[0]


class TestADecision:
    def test_whose_writer_died_before_sealing_it_is_applied_all_the_same(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE)))
        desk.load()
        know_late_link(desk)
        [aside] = open_lines(desk)
        write_decisions(desk.folder.parent, [decision(aside, Action.REPLAY)])
        folder = desk.folder.parent / FOLDER
        [sealed] = sealed_segments(folder)
        sealed.path.rename(folder / "000000000007.open")
        seal_left_over(desk.folder.parent)
        assert load_decided(desk).stored == 1

    def test_survives_merging_and_later_loads(self, desk: Desk) -> None:
        for name in ("a", "b"):
            desk.write(single(followed(name, link=LATE)))
            desk.load()
        know_late_link(desk)
        compact(desk.lake, now=LATER)
        decide(desk, decision(open_lines(desk)[0], Action.REPLAY))
        desk.write(single(followed("c")))
        desk.load()
        compact(desk.lake, now=LATER)
        assert len(open_lines(desk)) == 1
        check_books(desk)

    def test_keeps_nothing_of_a_visitor_or_creator_who_was_forgotten(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE, creator="@Bo")))
        desk.load()
        know_late_link(desk)
        decide(desk, decision(open_lines(desk)[0], Action.REPLAY))
        journals = [desk.folder, desk.folder.parent / FOLDER]
        erase_visitor(desk.lake, journals, "v1", now=LATER.replace(year=2027))
        erase_creator(desk.lake, journals, "bo", now=LATER.replace(year=2027))
        text = "".join(
            sealed.path.read_text()
            for each in journals
            for sealed in sealed_segments(each / "archive")
        )
        assert '"v1"' not in text
        assert "Bo" not in text
        assert [made.line for made in decisions_made(desk.lake, None, most=9)] == [""]
        check_books(desk)

    def test_made_long_afterwards_loses_its_visitor_with_all_others(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link=LATE)))
        desk.load()
        know_late_link(desk)
        decide(desk, decision(open_lines(desk)[0], Action.REPLAY))
        journals = [desk.folder, desk.folder.parent / FOLDER]
        for folder, days in zip(journals, (0, 60), strict=True):
            [sealed] = sealed_segments(folder / "archive")
            moment = (LATER + timedelta(days=days)).timestamp()
            os.utime(sealed.path, (moment, moment))
        judge(desk.lake, lists(), now=LATER)
        strip_visitors(desk.lake, journals, before=date(2026, 3, 1), now=LATER + timedelta(days=90))
        text = "".join(
            sealed.path.read_text()
            for each in journals
            for sealed in sealed_segments(each / "archive")
        )
        assert '"v1"' not in text
        assert [row["visitor"] for row in desk.rows()] == [""]
        check_books(desk)

    def test_of_a_folder_somebody_else_writes_to_waits_its_turn(self, desk: Desk) -> None:
        desk.write(single(followed("e1", link="no")))
        desk.load()
        [aside] = open_lines(desk)
        write_decisions(desk.folder.parent, [decision(aside, Action.DISMISS)])
        with Journal(desk.folder):  # a collector's own lock is another one
            write_decisions(desk.folder.parent, [decision(aside, Action.DISMISS)])
        assert len(sealed_segments(desk.folder.parent / FOLDER)) == 2
