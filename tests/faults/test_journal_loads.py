"""Loading the journal: died anywhere, delivered in any order, however often, by two collectors."""

import json
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.journals import Desk, batch, followed, single

from linkstar.lake.store import Lake
from linkstar.lake.verify import verify

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Died(BaseException):
    """The process is gone; nothing after this line ever ran."""


class Deaths:
    """Counts the steps at which a load touches the disk for good, and dies at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps = 0
        self.dies_at = 0
        for owner, name in (
            (os, "fsync"), (Path, "rename"), (shutil, "rmtree"), (Lake, "commit"), (Path, "unlink"),
        ):  # fmt: skip
            monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, real):
        def step(*args, **kwargs):
            self._pass()
            done = real(*args, **kwargs)
            self._pass()
            return done

        return step

    def _pass(self) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            raise Died


def write_two_segments(desk: Desk) -> None:
    desk.write(single(followed("a")), single(followed("a")), single(followed("x", link="gone")))
    desk.write(single(followed("b")), batch({**PLAIN, "event_id": "b", "kind": "order"}))


PLAIN = {"kind": "click", "occurred_at": START.isoformat(), "creator": "bo"}
EXPECTED = {"received": 5, "stored": 2, "duplicates": 1, "conflicts": 1, "quarantined": 1}


class TestALoadThatDies:
    def test_at_any_step_is_finished_by_the_next_one_and_counts_nothing_twice(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deaths = Deaths(monkeypatch)
        write_two_segments(Desk(tmp_path / "once"))
        deaths.steps = 0
        Desk(tmp_path / "once").load()
        steps = deaths.steps
        assert steps > 40
        for point in range(1, steps + 1, 3):
            desk = Desk(tmp_path / str(point))
            write_two_segments(desk)
            deaths.steps, deaths.dies_at = 0, point
            with pytest.raises(Died):
                desk.load()
            deaths.dies_at = 0
            revived = Desk(tmp_path / str(point))
            revived.load()
            revived.write(single(followed("c")))
            revived.load()
            told = {"received": 6, "stored": 3}
            assert {row["event_id"] for row in revived.rows()} == {"a", "b", "c"}, point
            assert len(revived.rows()) == 3, point
            assert revived.receipts() == {**EXPECTED, **told}, point
            assert sorted(reason for reason, _ in revived.set_aside()) == [
                "conflict",
                "link_unknown",
            ], point
            assert verify(revived.lake) == [], point


@dataclass(frozen=True)
class Delivery:
    """One event as it reaches one of two collectors."""

    collector: int
    event: int
    variant: int
    hours_ago: int


deliveries = st.lists(
    st.builds(
        Delivery,
        collector=st.integers(0, 1),
        event=st.integers(0, 12),
        variant=st.sampled_from([0, 0, 0, 0, 1]),
        hours_ago=st.integers(0, 7 * 24),
    ),
    min_size=1,
    max_size=40,
)


def oracle(loads: list[list[Delivery]]) -> tuple[dict[str, str], Counter[str]]:
    """What must be stored (kind by id) and what must become of every delivery."""
    stored: dict[str, str] = {}
    fates: Counter[str] = Counter()
    for load in loads:
        for each in load:
            kind = kind_of(each)
            name = f"e{each.event}"
            if name not in stored:
                stored[name] = kind
                fates["stored"] += 1
            elif stored[name] == kind:
                fates["duplicates"] += 1
            else:
                fates["conflicts"] += 1
            fates["received"] += 1
    return stored, fates


def kind_of(each: Delivery) -> str:
    return "impression" if each.variant else "click"


def sent(each: Delivery) -> bytes:
    """The event keeps its id and time on every delivery; only the time of arrival differs."""
    occurred_at = START - timedelta(hours=each.event * 13)
    event = {"event_id": f"e{each.event}", "kind": kind_of(each)}
    event["occurred_at"] = occurred_at.isoformat()
    arrived = min(occurred_at + timedelta(hours=each.hours_ago), START)
    return batch(event, received_at=arrived.isoformat())


STREAMS_LONG = 10_000
any_stream = given(stream=deliveries, cuts=st.lists(st.integers(1, 39), max_size=3))


class TestAnyStream:
    @settings(max_examples=12, deadline=None)
    @any_stream
    def test_of_duplicates_latecomers_and_two_collectors_counts_as_the_oracle_says(
        self, stream: list[Delivery], cuts: list[int]
    ) -> None:
        self.check(stream, cuts)

    @pytest.mark.long
    @settings(max_examples=STREAMS_LONG, deadline=None)
    @any_stream
    def test_of_ten_thousand_counts_as_the_oracle_says(
        self, stream: list[Delivery], cuts: list[int]
    ) -> None:
        self.check(stream, cuts)

    def check(self, stream: list[Delivery], cuts: list[int]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            desks = [Desk(Path(folder), "journal"), Desk(Path(folder), "journal-2")]
            loads: list[list[Delivery]] = []
            edges = [0, *sorted({cut for cut in cuts if cut < len(stream)}), len(stream)]
            for start, end in pairwise(edges):
                for number, desk in enumerate(desks):
                    own = [each for each in stream[start:end] if each.collector == number]
                    if own:
                        desk.write(*map(sent, own))
                        desk.load()
                        loads.append(own)
            stored, fates = oracle(loads)
            assert {row["event_id"]: row["kind"] for row in desks[0].rows()} == stored
            assert len(desks[0].rows()) == len(stored)
            receipts = desks[0].receipts()
            assert {name: receipts[name] for name in fates} == dict(fates)
            conflicts = [json.loads(line) for reason, line in desks[0].set_aside()]
            assert all(stored[each["event_id"]] != each["kind"] for each in conflicts)
