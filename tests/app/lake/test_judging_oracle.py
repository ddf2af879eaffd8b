"""The set-based judgement says what plain loops say, event by event; and it takes seconds."""

import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, stdev

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.journals import Desk, batch
from tests.app.lake.test_judging import lists

from linkstar.lake.engine import DuckDBEngine
from linkstar.lake.invalid_rules import AGENT_KINDS, JUDGED, NETWORKS, OWN_VISITORS
from linkstar.lake.judging import judge

MIDNIGHT = datetime(2026, 1, 6, 8, tzinfo=UTC)  # of the shop, in Los Angeles
ENGINE = DuckDBEngine(Path(tempfile.gettempdir()) / "never-needed")
DAYS = (date(2026, 1, 5), date(2026, 1, 6))


@dataclass(frozen=True)
class Seen:
    """One event: milliseconds after the first moment, kind, visitor and link by number."""

    at_ms: int
    kind: str
    visitor: int
    link: str


def moments(milliseconds: st.SearchStrategy[int]) -> st.SearchStrategy[Seen]:
    return st.builds(
        Seen,
        milliseconds,
        st.sampled_from(["click", "click", "click", "impression"]),
        st.integers(0, 1),
        st.sampled_from(["a", "b"]),
    )


bursts = st.lists(moments(st.integers(0, 90_000)), max_size=70)
spread = st.lists(moments(st.integers(0, 20 * 3_600_000)), max_size=30)
regular = st.builds(
    lambda first, gap, count: [Seen(first + gap * n, "click", 0, "a") for n in range(count)],
    st.integers(0, 3_600_000),
    st.integers(100, 400_000),
    st.integers(0, 14),
)
streams = st.tuples(bursts, spread, regular).map(lambda parts: [e for part in parts for e in part])


class Oracle:
    """The rules for visitors, each as a loop over all events."""

    def __init__(self, events: list[Seen], first: datetime) -> None:
        timed = enumerate(events)
        self.events = sorted(((first + timedelta(milliseconds=e.at_ms), n, e) for n, e in timed),
                             key=lambda each: (each[0], f"e{each[1]:03}"))  # fmt: skip
        self.rules: dict[int, str | None] = {}
        self.billed: dict[int, bool | None] = {}
        for moment, n, event in self.events:
            self.rules[n] = self._rule(moment, event) if event.kind == "click" else None
        self._repeats()

    def _clicks(self, visitor: int) -> list[datetime]:
        return [m for m, _, e in self.events if e.kind == "click" and e.visitor == visitor]

    def _rule(self, moment: datetime, event: Seen) -> str | None:
        clicks = self._clicks(event.visitor)
        for seconds, most in ((60, 20), (3600, 200)):
            span = timedelta(seconds=seconds)
            ends = [end for end in clicks if moment <= end <= moment + span]
            if any(sum(end - span <= c <= end for c in clicks) > most for end in ends):
                return "too_many"
        today = [c for c in clicks if (c >= MIDNIGHT) == (moment >= MIDNIGHT)]
        gaps = [(b - a).total_seconds() for a, b in pairwise(today)]
        if len(today) >= 10 and mean(gaps) > 0 and stdev(gaps) / mean(gaps) < 0.10:
            return "too_regular"
        shown = [m for m, _, e in self.events if e.kind == "impression" and m <= moment
                 and (e.visitor, e.link) == (event.visitor, event.link)]  # fmt: skip
        if shown and moment - shown[-1] < timedelta(milliseconds=200):
            return "too_fast"
        # The day before cannot know the pixels of the day after it.
        pixels = any(
            e.kind == "impression" and e.link == event.link
            and (moment >= MIDNIGHT or m < MIDNIGHT)
            for m, _, e in self.events
        )  # fmt: skip
        return "not_shown" if pixels and not shown and moment.hour >= 1 else None

    def _repeats(self) -> None:
        last: dict[tuple, datetime] = {}
        for moment, n, event in self.events:
            if self.rules[n] is None:
                key = (event.kind, event.visitor, event.link)
                seconds = {"click": 30, "impression": 60}[event.kind]
                if key in last and moment - last[key] <= timedelta(seconds=seconds):
                    self.rules[n] = f"double_{event.kind}"
                last[key] = moment
        counted: dict[tuple, datetime] = {}
        for moment, n, event in self.events:
            self.billed[n] = None if event.kind == "impression" else False
            if event.kind == "click" and self.rules[n] is None:
                key = (event.visitor, event.link)
                self.billed[n] = key not in counted or moment - counted[key] > timedelta(hours=1)
                counted[key] = moment


class TestAnyTraffic:
    @settings(max_examples=25, deadline=None)
    @given(stream=streams, hour=st.integers(-6, 16))
    def test_is_flagged_and_billed_as_the_oracle_says(self, stream: list[Seen], hour: int) -> None:
        first = MIDNIGHT + timedelta(hours=hour, minutes=1)
        oracle = Oracle(stream, first)
        told = {n: (oracle.rules[n], oracle.billed[n]) for n in range(len(stream))}
        assert judged_by_sql(stream, first) == told


def judged_by_sql(stream: list[Seen], first: datetime) -> dict[int, tuple]:
    """What `JUDGED` says of both days; the day before sees only itself."""
    told: dict[int, tuple] = {}
    rows = [
        {"event_id": f"e{n:03}", "kind": e.kind, "visitor": f"v{e.visitor}", "link": e.link,
         "occurred_at": first + timedelta(milliseconds=e.at_ms)}
        for n, e in enumerate(stream)
    ]  # fmt: skip
    schema = pa.schema([
        ("event_id", pa.string()), ("kind", pa.string()), ("visitor", pa.string()),
        ("link", pa.string()), ("occurred_at", pa.timestamp("us", tz="UTC")),
    ])  # fmt: skip
    with ENGINE.cursor() as cursor:
        cursor.register("rows", pa.Table.from_pylist(rows, schema=schema))
        for day in DAYS:
            judge_by_sql(cursor, "rows", day)
            told |= {
                int(name[1:]): (rule, billed)
                for name, rule, billed in cursor.execute(
                    "SELECT event_id, rule, billable FROM flags"
                ).fetchall()
            }
    return told


def judge_by_sql(cursor: duckdb.DuckDBPyConnection, rows: str, day: date) -> None:
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE events AS SELECT *, 1 AS workspace, 1 AS shop,
        CASE WHEN occurred_at < TIMESTAMPTZ '{MIDNIGHT}' THEN DATE '{DAYS[0]}'
            ELSE DATE '{DAYS[1]}' END AS day,
        '' AS network, '' AS agent, 'US' AS market, 'video' AS content_type, '' AS category
        FROM {rows} WHERE day <= $day""",
        {"day": day},
    )
    cursor.execute("""CREATE OR REPLACE TEMP TABLE pixels AS SELECT DISTINCT
        shop AS pixel_shop, link AS pixel FROM events WHERE kind = 'impression'""")
    cursor.register("agents", AGENT_KINDS.empty_table())
    cursor.register("networks", NETWORKS.empty_table())
    cursor.register("own", OWN_VISITORS.empty_table())
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE flags AS {JUDGED}", {"day": day})


class TestADayOfOneVisitor:
    """Everything from one network and agent within a minute: a load test, or a farm."""

    def test_takes_seconds_where_it_took_minutes(self) -> None:
        events = """(SELECT 'e' || n AS event_id,
            CASE WHEN n % 2 = 0 THEN 'click' ELSE 'impression' END AS kind, 'v' AS visitor,
            'l' AS link, TIMESTAMPTZ '2026-01-06 12:00+00' + to_microseconds(n * 100) AS occurred_at
            FROM range(200000) AS each(n))"""
        with ENGINE.cursor() as cursor:
            start = time.process_time()
            judge_by_sql(cursor, events, DAYS[1])
            [(many,)] = cursor.execute(
                "SELECT count(*) FROM flags WHERE rule = 'too_many'"
            ).fetchall()
        assert many == 100_000
        assert time.process_time() - start < 10


class TestALinkWithAnImplausibleCTR:
    @pytest.mark.parametrize(("links", "rule"), [(20, None), (21, "too_good")])
    def test_is_flagged_against_enough_others(self, links: int, rule: str | None) -> None:
        """Five in a hundred are followed everywhere, and four in ten on one link."""
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(Path(folder))
            followed = {link: 80 if link == 0 else 10 for link in range(links)}
            events = [
                {"event_id": f"{kind}{link}-{n}", "kind": kind, "link": f"l{link}",
                 "creator": f"c{link}", "occurred_at": "2026-01-05T12:00:00Z"}
                for link, clicks in followed.items()
                for kind, count in (("impression", 200), ("click", clicks)) for n in range(count)
            ]  # fmt: skip
            desk.directory.tokens = [f"l{link}" for link in followed]
            desk.write(batch(*events))
            desk.load()
            judge(desk.lake, lists(), now=MIDNIGHT)
            told = defaultdict(set)
            for row in desk.rows():
                told[row["creator"] == "c0", row["kind"]].add(row["filtered"])
        # Without a visitor there is no rule for visitors; the link alone tells.
        assert told == {
            (True, "click"): {rule},
            (True, "impression"): {None},
            (False, "click"): {None},
            (False, "impression"): {None},
        }
