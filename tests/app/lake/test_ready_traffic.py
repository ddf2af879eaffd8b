"""Sums of tracked events that lie ready: the same as the events say, whatever became of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.journals import NOW, TOKEN, Desk, Directory, followed, single
from tests.app.lake.test_judging import START, lists

from linkstar.lake import traffic_sums
from linkstar.lake.books import identities
from linkstar.lake.journaled_counts import ask
from linkstar.lake.judging import judge
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.traffic import clicks_of, sub_ids_of, traffic
from linkstar.lake.upkeep import compact, sweep
from linkstar.lake.verify import Fault, verify

OTHER = "zZ9yY8xX7w21"
SCOPE = Scope(1, (1, 2))
DAYS = 4


@pytest.fixture(params=["all ready", "some ready", "all read"])
def _reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    files, rows = {"all ready": (0, 0), "some ready": (2, 9), "all read": (50, 50_000)}[
        request.param
    ]
    monkeypatch.setattr(traffic_sums, "FILES_READ", files)
    monkeypatch.setattr(traffic_sums, "ROWS_READ", rows)


class BothLinks(Directory):
    tokens = (TOKEN, OTHER)


def a_desk(folder: Path) -> Desk:
    desk = Desk(folder)
    desk.directory = BothLinks()
    return desk


def events_of(draw: st.DrawFn) -> list[dict]:
    many = draw(st.integers(1, 25))
    return [
        followed(
            f"{draw(st.integers(0, 10_000))}-{place}",
            kind=draw(st.sampled_from(["click", "impression", "landing"])),
            link=draw(st.sampled_from([TOKEN, OTHER])),
            agent=draw(st.sampled_from(["Phone", "Bot", "curl"])),
            visitor=draw(st.sampled_from(["a", "b"])),
            sub_id=draw(st.sampled_from([None, "autumn", "winter"])),
            occurred_at=(
                START + timedelta(days=draw(st.integers(0, DAYS - 1)), seconds=place * 20)
            ).isoformat(),
        )
        for place in range(many)
    ]


@st.composite
def loads(draw: st.DrawFn) -> list[list[dict]]:
    """Some loads, one after the other."""
    return [events_of(draw) for _ in range(draw(st.integers(1, 4)))]


def plainly(desk: Desk, sums: str, where: str, by: str) -> Iterator[tuple]:
    """What the events themselves say."""
    sql = f"SELECT {by}, {sums} FROM {{events}} WHERE {where} GROUP BY {by}"
    for row in ask(desk.lake, sql, None, {}, events=EVENTS_TABLE):
        yield tuple(row.values())


def assert_the_same(desk: Desk, lake: Lake) -> None:
    kinds = """count(*) FILTER (kind = 'impression'), count(*) FILTER (kind = 'click'),
        count(*) FILTER (kind = 'click' AND billable)"""
    for where, asked in (
        ("true", {}),
        (f"link = '{OTHER}'", {"link": OTHER}),
        ("day = DATE '2026-01-06'", {
            "starts_on": date(2026, 1, 6), "ends_before": date(2026, 1, 7)}),
    ):  # fmt: skip
        told = traffic(lake, SCOPE, **asked)
        found = {(one.rule, one.impressions, one.clicks, one.billable) for one in told.rules}
        assert found == set(plainly(desk, kinds, where, "filtered"))
    counted = "kind = 'click' AND filtered IS NULL"
    assert clicks_of(lake, SCOPE, [TOKEN, OTHER, "none"]) == dict(
        plainly(desk, "count(*)", counted, "link")
    )
    named = f"kind = 'click' AND link = '{TOKEN}' AND sub_id IS NOT NULL"
    sums = """count(*) FILTER (filtered IS NULL), count(*) FILTER (filtered IS NOT NULL),
        count(*) FILTER (filtered IS NULL AND billable)"""
    subs = {(s.sub_id, s.clicks, s.filtered, s.billable) for s in sub_ids_of(lake, SCOPE, TOKEN)}
    assert subs == set(plainly(desk, sums, named, "sub_id"))
    [book] = identities(lake, SCOPE)
    stored = "count(*) FILTER (filtered IS NULL), count(*) FILTER (filtered IS NOT NULL)"
    assert {(1, book.counted, book.filtered)} == set(plainly(desk, stored, "true", "shop"))
    assert book.difference == 0


@pytest.mark.usefixtures("_reading")
class TestSums:
    @settings(deadline=None, max_examples=4)
    @given(loads=loads())
    def test_are_those_of_the_events_through_loads_judging_and_merging(
        self, tmp_path_factory: pytest.TempPathFactory, loads: list[list[dict]]
    ) -> None:
        desk = a_desk(tmp_path_factory.mktemp("lake"))
        for part, events in enumerate(loads):
            desk.write(*map(single, events))
            desk.load(now=START + timedelta(days=DAYS))
            if part % 2:
                judge(desk.lake, lists(), now=NOW)
            assert_the_same(desk, desk.lake)
        compact(desk.lake, now=NOW)
        assert_the_same(desk, desk.lake)
        assert_the_same(desk, Lake(desk.lake.root))
        assert verify(desk.lake) == []


class TestWhatLiesReady:
    @pytest.fixture
    def desk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
        """A click and an impression, their sums made ready."""
        monkeypatch.setattr(traffic_sums, "FILES_READ", 0)
        desk = a_desk(tmp_path)
        desk.write(single(followed("a")), single(followed("b", kind="impression", link=OTHER)))
        desk.load()
        traffic_sums.keep_ready(desk.lake)
        return desk

    def ready(self, desk: Desk) -> list[Path]:
        return sorted(desk.lake.root.glob("ready_traffic/*/*.arrow"))

    def test_is_made_again_where_it_was_deleted_or_cut_off(self, desk: Desk) -> None:
        for left in (None, 0, 100):
            for path in self.ready(desk):
                if left is None:
                    path.unlink()
                else:
                    path.write_bytes(path.read_bytes()[:left])
            assert_the_same(desk, Lake(desk.lake.root))

    def test_that_says_something_else_is_found(self, desk: Desk) -> None:
        desk.write(single(followed("c", occurred_at="2026-01-04T12:00:00Z")))
        desk.load()
        traffic_sums.keep_ready(desk.lake)
        one, other = self.ready(desk)
        other.write_bytes(one.read_bytes())
        assert Fault.ROLLUP_DIFFERS in {finding.fault for finding in verify(desk.lake)}

    def test_goes_with_the_events_it_was_made_of(self, desk: Desk) -> None:
        before = self.ready(desk)
        desk.write(single(followed("c")))
        desk.load()
        compact(desk.lake, now=NOW)
        traffic_sums.keep_ready(desk.lake)
        sweep(desk.lake)
        [left] = self.ready(desk)
        assert left not in before

    def test_names_nobody(self, desk: Desk) -> None:
        [path] = self.ready(desk)
        assert b"v1" not in path.read_bytes()
        assert b"203.0.113.0" not in path.read_bytes()
