"""What the collector accepted is in the facts once, and every line of it is accounted for."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from tests.app.lake.journals import NOON, NOW, TOKEN, Desk, batch, followed, single

from linkstar.events.journal import Journal, frame_of, sealed_segments
from linkstar.lake.journaled import JournalLoad, LoaderBusy, load_journal
from linkstar.lake.journaled_counts import minutes
from linkstar.lake.relations import SQL_TYPES
from linkstar.lake.store import Change
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.upkeep import compact
from linkstar.lake.verify import Fault, verify


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


class TestAClickOnALink:
    def test_is_stored_with_all_the_link_stands_for(self, desk: Desk) -> None:
        desk.write(single(followed("e1")))
        assert desk.load() == JournalLoad(segments=1, received=1, stored=1)
        [row] = desk.rows()
        expected = {
            "event_id": "e1", "kind": "click", "shop": 1, "workspace": 1, "market": "US",
            "channel": "tiktok", "creator": "ada", "creator_name": "@Ada", "content_id": "73001",
            "content_type": "video", "product_id": "17001", "device": "phone", "visitor": "v1",
            "link": TOKEN, "network": "203.0.113.0", "agent": "Phone", "filtered": None,
            "occurred_at": datetime(2026, 1, 5, 12, tzinfo=UTC), "day": date(2026, 1, 5),
            "hour": 4, "weekday": 1,
        }  # fmt: skip
        assert {name: row[name] for name in expected} == expected

    @pytest.mark.parametrize(
        ("moment", "day", "hour"),
        [
            ("2026-03-08T09:59:59Z", date(2026, 3, 8), 1),
            ("2026-03-08T10:00:00Z", date(2026, 3, 8), 3),
            ("2026-11-01T08:59:59Z", date(2026, 11, 1), 1),
            ("2026-11-01T09:00:00Z", date(2026, 11, 1), 1),
            ("2026-01-05T07:59:59Z", date(2026, 1, 4), 23),
        ],
    )
    def test_lies_in_the_day_and_hour_of_its_shop(self, desk: Desk, moment, day, hour) -> None:
        desk.write(single(followed("e1", occurred_at=moment)))
        desk.load()
        [row] = desk.rows(columns="day, hour")
        assert (row["day"], row["hour"]) == (day, hour)


class TestABatch:
    def test_belongs_to_whoever_sent_it(self, desk: Desk) -> None:
        event = {"event_id": "e1", "kind": "impression", "occurred_at": NOON, "creator": "@Bo"}
        desk.write(batch(event, shop=2), single(followed("e1")))
        assert desk.load().stored == 2
        assert {(row["shop"], row["creator"]) for row in desk.rows()} == {(1, "ada"), (2, "bo")}

    def test_says_itself_which_device_it_saw_and_never_lends_the_senders(self, desk: Desk) -> None:
        events = [
            {"event_id": "said", "kind": "click", "occurred_at": NOON, "device": "tv"},
            {"event_id": "silent", "kind": "click", "occurred_at": NOON},
        ]
        desk.write(batch(*events))
        desk.load()
        rows = {row["event_id"]: row for row in desk.rows()}
        assert rows["said"]["device"] == "tv"
        assert [rows["silent"][each] for each in ("device", "agent", "visitor")] == [None] * 3

    def test_tells_gender_and_age_only_where_there_was_consent(self, desk: Desk) -> None:
        asked = {"kind": "click", "occurred_at": NOON, "gender": "female", "age": "25-34"}
        desk.write(batch({"event_id": "a", **asked}, {"event_id": "b", "consented": True, **asked}))
        desk.load()
        told = {row["event_id"]: (row["gender"], row["age"]) for row in desk.rows()}
        assert told == {"a": (None, None), "b": ("female", "25-34")}


class TestAnEvent:
    def test_counts_once_within_a_segment_between_segments_and_between_loads(self, desk) -> None:
        desk.write(single(followed("e1")), single(followed("e1")))
        desk.write(single(followed("e1")))
        assert desk.load() == JournalLoad(segments=2, received=3, stored=1, duplicates=2)
        desk.write(single(followed("e1")))
        assert desk.load() == JournalLoad(segments=1, received=1, duplicates=1)
        assert len(desk.rows()) == 1

    def test_that_says_something_else_under_the_same_id_is_kept_aside(self, desk: Desk) -> None:
        event = {"event_id": "e1", "kind": "order", "occurred_at": NOON, "value_minor": 1_000}
        desk.write(batch(event))
        desk.load()
        other = {**event, "value_minor": 9_000}
        desk.write(batch(other))
        assert desk.load().conflicts == 1
        assert [row["value_minor"] for row in desk.rows()] == [1_000]
        assert [(r, json.loads(line)) for r, line in desk.set_aside()] == [("conflict", other)]

    def test_a_week_late_lies_on_the_day_it_happened(self, desk: Desk) -> None:
        late = {"event_id": "e1", "kind": "click", "occurred_at": "2025-12-30T12:00:00Z"}
        desk.write(batch(late))
        desk.load()
        assert desk.rows()[0]["day"] == date(2025, 12, 30)

    @pytest.mark.parametrize("stated", ["2025-12-28T12:00:00Z", "2026-01-05T12:06:00Z"])
    def test_of_an_unbelievable_time_lies_where_it_arrived_and_still_counts_once(
        self, desk: Desk, stated: str
    ) -> None:
        event = {"event_id": "e1", "kind": "click", "occurred_at": stated}
        desk.write(batch(event))
        desk.load()
        desk.write(batch(event, received_at="2026-01-08T09:00:00Z"))
        assert desk.load().duplicates == 1
        assert [row["day"] for row in desk.rows()] == [date(2026, 1, 5)]
        assert [reason for reason, _ in desk.set_aside()] == ["time_derived"]

    def test_once_believed_is_still_known_when_its_repeat_comes_too_late(self, desk: Desk) -> None:
        event = {"event_id": "e1", "kind": "click", "occurred_at": NOON}
        desk.write(batch(event))
        desk.load()
        desk.write(batch(event, received_at="2026-02-05T12:00:00Z"))
        assert desk.load() == JournalLoad(segments=1, received=1, duplicates=1)


class TestALineThatCannotBeAttributed:
    @pytest.mark.parametrize(
        ("event", "reason"),
        [
            (followed("e1", link="gone"), "link_unknown"),
            (followed("e1", shop=2), "link_unknown"),
            (followed("e1", shop=9), "shop_unknown"),
            (followed("e1", occurred_at="yesterday"), "incomplete"),
            ({"shop": 1, "workspace": 1}, "incomplete"),
        ],
    )
    def test_is_kept_aside_with_the_reason(self, desk: Desk, event: dict, reason: str) -> None:
        desk.write(single(event), single(followed("good")))
        assert desk.load() == JournalLoad(segments=1, received=2, stored=1, quarantined=1)
        assert [told for told, _ in desk.set_aside()] == [reason]

    def test_does_not_hold_up_the_others_when_it_is_not_even_json(self, desk: Desk) -> None:
        desk.write(frame_of(b'{"event_id": \n\x00\xff\n', 2), single(followed("good")))
        assert desk.load() == JournalLoad(segments=1, received=3, stored=1, quarantined=2)

    def test_in_a_spoilt_frame_leaves_its_neighbours_unharmed(self, desk: Desk) -> None:
        desk.write(single(followed("a")), single(followed("spoilt")), single(followed("b")))
        [sealed] = sealed_segments(desk.folder)
        data = sealed.path.read_bytes()
        sealed.path.write_bytes(data.replace(b'"spoilt"', b'"spOilt"'))
        load = desk.load()
        assert {row["event_id"] for row in desk.rows()} == {"a", "b"}
        assert load.received == load.stored + load.quarantined
        assert load.quarantined > 0


class TestTheBooksOfALoad:
    def test_balance(self, desk: Desk) -> None:
        desk.write(single(followed("a")), single(followed("a")), single(followed("b", link="no")))
        desk.load()
        assert desk.receipts() == {
            "received": 3, "stored": 1, "duplicates": 1, "conflicts": 0, "quarantined": 1,
        }  # fmt: skip

    def test_do_not_balance_when_events_are_lost_and_verify_says_so(self, desk: Desk) -> None:
        desk.write(*(single(followed(f"e{n}")) for n in range(5)))
        desk.load()
        seen = desk.lake.snapshot(EVENTS_TABLE)
        desk.lake.commit(seen, Change(remove=seen.files), NOW)
        assert [(one.fault, one.amount) for one in verify(desk.lake)] == [
            (Fault.LINES_UNACCOUNTED, 5)
        ]

    def test_of_each_minute_are_told_since_a_moment_or_all(self, desk: Desk) -> None:
        days = [f"2026-01-0{day}T12:00:30Z" for day in (3, 4, 5)]
        for at in days:
            desk.write(single(followed(f"e{at}", occurred_at=at)))
            desk.load()
        arrived = [one.minute.day for one in minutes(desk.lake, None)]
        assert arrived == [5, 4, 3]
        since = datetime(2026, 1, 4, 12, 0, 45, tzinfo=UTC)  # the minute is told whole
        assert [one.minute.day for one in minutes(desk.lake, None, since=since)] == [5, 4]
        assert [one.minute.day for one in minutes(desk.lake, None, newest=1)] == [5]
        assert minutes(desk.lake, None, only_wrong=True) == []
        desk.lake.commit(seen := desk.lake.opened(EVENTS_TABLE), Change(remove=seen.files), NOW)
        wrong = minutes(desk.lake, None, since=since, only_wrong=True)
        assert [(one.minute.day, one.difference) for one in wrong] == [(5, 1), (4, 1)]

    def test_agree_with_the_facts(self, desk: Desk) -> None:
        desk.write(*(single(followed(f"e{n}")) for n in range(50)))
        desk.load()
        assert verify(desk.lake) == []


class TestALoad:
    def test_of_nothing_new_does_nothing(self, desk: Desk) -> None:
        desk.write(single(followed("e1")))
        desk.load()
        version = desk.lake.snapshot(EVENTS_TABLE).version
        assert desk.load() == JournalLoad()
        assert desk.lake.snapshot(EVENTS_TABLE).version == version

    def test_moves_what_it_loaded_to_the_archive(self, desk: Desk) -> None:
        desk.write(single(followed("e1")))
        desk.load()
        assert sealed_segments(desk.folder) == []
        assert [s.number for s in sealed_segments(desk.folder / "archive")] == [1]

    def test_leaves_the_open_segment_alone(self, desk: Desk) -> None:
        with Journal(desk.folder) as journal:
            journal.commit([single(followed("e1"))])
            assert desk.load() == JournalLoad()
        assert desk.load().stored == 1

    def test_of_a_segment_put_back_from_the_archive_does_nothing(self, desk: Desk) -> None:
        desk.write(single(followed("e1")))
        desk.load()
        [sealed] = sealed_segments(desk.folder / "archive")
        sealed.path.rename(desk.folder / sealed.path.name)
        assert desk.load() == JournalLoad()
        assert desk.receipts()["received"] == 1

    def test_is_refused_while_another_loads_the_same_journal(self, desk: Desk, tmp_path) -> None:
        desk.write(single(followed("e1")))
        inner = []

        class Nosy(type(desk.directory)):
            def shops(self, numbers):
                with pytest.raises(LoaderBusy) as busy:
                    load_journal(desk.lake, desk.folder, desk.directory, now=datetime.now(UTC))
                inner.append(busy)
                return super().shops(numbers)

        desk.directory = Nosy()
        assert desk.load().stored == 1
        assert len(inner) == 1

    def test_of_a_new_journal_in_an_old_ones_place_starts_from_its_beginning(self, desk) -> None:
        desk.write(single(followed("e1")))
        desk.load()
        desk.folder.rename(desk.folder.with_name("old"))
        desk.write(single(followed("e2")))
        assert desk.load().stored == 1

    def test_of_what_comes_after_the_archive_was_taken_elsewhere_loses_nothing(self, desk) -> None:
        for name in ("e1", "e2"):
            desk.write(single(followed(name)))
            desk.load()
        (desk.folder / "archive").rename(desk.folder.with_name("cold"))
        desk.write(single(followed("e2")), single(followed("e3")))
        assert desk.load() == JournalLoad(segments=1, received=2, stored=1, duplicates=1)


class TestFactsOfAnOlderVersion:
    def test_get_the_columns_that_came_later_and_keep_their_rows(self, desk: Desk, facts) -> None:
        older = [f for f in EVENTS_TABLE.schema if f.name not in {"link", "agent", "load_ms"}]
        old_table = replace(EVENTS_TABLE, schema=pa.schema(older))
        seen = facts.lake.opened(old_table)
        values = {"event_id": "'old'", "day": "DATE '2026-01-05'", "kind": "'click'"}
        columns = ", ".join(
            f"{values.get(f.name, 'NULL')}::{SQL_TYPES[f.type]} AS {f.name}" for f in older
        )
        with facts.lake.duckdb.cursor() as cursor:
            files = facts.lake.write_files(cursor, old_table, f"SELECT {columns}", {})
        facts.lake.commit(seen, Change(add=files), NOW)
        desk.write(single(followed("new")))
        assert load_journal(facts.lake, desk.folder, desk.directory, now=NOW).stored == 1
        assert compact(facts.lake, now=NOW) == 1
        desk.lake = facts.lake
        assert [(r["event_id"], r["link"]) for r in desk.rows(order="event_id")] == [
            ("new", TOKEN),
            ("old", None),
        ]
