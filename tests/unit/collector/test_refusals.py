"""What was refused is tallied by shop, reason and day, outlives its process, and is forgotten."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from linkstar.collector.refusals import DAYS_KEPT, FILE, Refusals, refusals_in, without_values
from linkstar.events.wire import WireEvent, read_batch

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
TODAY = NOW.date()


def folder(path: Path, name: str = "journal") -> Path:
    (path / name).mkdir(exist_ok=True)
    return path / name


def write_down(tally: Refusals) -> None:
    told = tally.unwritten()
    assert told is not None
    tally.write(told)


def kept(path: Path, since: date = TODAY, *names: str) -> list[tuple[int, str, int, str]]:
    folders = [path / name for name in names or ("journal",)]
    found = refusals_in(folders, since=since)
    return [(one.shop, one.code, one.times, one.detail) for one in found]


class TestATally:
    def test_adds_up_by_shop_and_reason_with_the_latest_detail(self, tmp_path: Path) -> None:
        tally = Refusals(folder(tmp_path))
        tally.add("invalid", now=NOW, shop=3, detail="first")
        tally.add("invalid", now=NOW, shop=3, detail="second")
        tally.add("invalid", now=NOW, shop=4)
        tally.add("link_unknown", now=NOW, times=5)
        write_down(tally)
        assert kept(tmp_path) == [
            (0, "link_unknown", 5, ""), (3, "invalid", 2, "second"), (4, "invalid", 1, ""),
        ]  # fmt: skip

    def test_goes_on_where_the_process_before_left_it(self, tmp_path: Path) -> None:
        for _ in range(2):
            tally = Refusals(folder(tmp_path))
            tally.add("invalid", now=NOW, shop=3)
            write_down(tally)
        assert kept(tmp_path) == [(3, "invalid", 2, "")]

    def test_is_written_only_when_there_is_something_new(self, tmp_path: Path) -> None:
        tally = Refusals(folder(tmp_path))
        assert tally.unwritten() is None
        tally.add("invalid", now=NOW)
        assert tally.unwritten()
        assert tally.unwritten() is None

    def test_of_days_long_past_is_forgotten(self, tmp_path: Path) -> None:
        tally = Refusals(folder(tmp_path))
        tally.add("invalid", now=NOW - timedelta(days=DAYS_KEPT))
        tally.add("empty", now=NOW)
        write_down(tally)
        assert kept(tmp_path, date.min) == [(0, "empty", 1, "")]

    def test_that_is_spoilt_says_nothing_and_is_begun_anew(self, tmp_path: Path) -> None:
        (folder(tmp_path) / FILE).write_bytes(b'[{"day":')
        assert kept(tmp_path) == []
        tally = Refusals(tmp_path / "journal")
        tally.add("empty", now=NOW)
        write_down(tally)
        assert kept(tmp_path) == [(0, "empty", 1, "")]


EVENT = {"event_id": "a", "kind": "click", "occurred_at": "2026-10-22T10:10:00Z"}


class TestWhatIsKeptOfABadEvent:
    @pytest.mark.parametrize(
        "said",
        [
            {field: value}
            for field in (one.encode_name for one in msgspec.structs.fields(WireEvent))
            for value in (
                "jane@mail.example",
                5,
                {"jane": 1},
                ["jane"],
                "jane' - at `$.device",
                'ja"ne',
            )
        ]
        + [{"jane@mail.example": 1}, {"jane7": 1}, {"jane`x": 1}, {"jane" * 11: 1}],
    )
    def test_quotes_nothing_that_was_sent(self, tmp_path: Path, said: dict[str, object]) -> None:
        refused = read_batch(json.dumps(EVENT | said).encode()).refused
        tally = Refusals(folder(tmp_path))
        for one in refused:
            tally.add(one.code, now=NOW, shop=3, detail=one.detail)
        assert "ja" not in (tally.unwritten() or b"").decode()

    def test_names_the_field(self, tmp_path: Path) -> None:
        body = b"\n".join(
            json.dumps(EVENT | said).encode() for said in ({"device": "jane"}, {"productId": "1"})
        )
        told = [without_values(one.detail) for one in read_batch(body).refused]
        assert told == [
            "Invalid enum value - at `$.device`", "Object contains unknown field `productId`",
        ]  # fmt: skip


class TestSeveralCollectors:
    def test_are_told_together_from_a_day_on(self, tmp_path: Path) -> None:
        for name, hours in (("journal", 0), ("journal-2", 1)):
            tally = Refusals(folder(tmp_path, name))
            tally.add("invalid", now=NOW + timedelta(hours=hours), shop=3, detail=name)
            tally.add("empty", now=NOW - timedelta(days=2), shop=3)
            write_down(tally)
        both = ("journal", "journal-2")
        assert kept(tmp_path, TODAY, *both) == [(3, "invalid", 2, "journal-2")]
        assert (3, "empty", 2, "") in kept(tmp_path, TODAY - timedelta(days=2), *both)
