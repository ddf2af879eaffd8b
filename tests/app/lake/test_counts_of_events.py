"""What tracked events say for a selection, from roll-ups and from the events: the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, LIPSTICK, NOW, SERUM, Facts

from linkstar.events.vocabulary import Segment
from linkstar.lake.measures import measures
from linkstar.lake.queries import content_counts, total_counts
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import (
    COUNTS,
    PRODUCTS,
    Counts,
    Level,
    PoolScope,
    Scope,
    Selection,
    Source,
)
from linkstar.lake.upkeep import compact, remove_import
from linkstar.stats.ctr import Definition

OWN = Scope(1, (1,))
ORDER = [(name, "ascending") for name in COUNTS.names if name != "product_ids"]


def asked(facts: Facts, level: Level = Level.CONTENT, scope=OWN, **selection) -> Counts:
    return content_counts(facts.lake, scope, Selection(Source.TRACKED, level, **selection))


def told(counts: Counts, *columns: str) -> list[tuple]:
    rows = counts.table.select(columns or ["content_id", "clicks", "impressions"]).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


def many(seed: int, rows: int = 600, prefix: str = "") -> list[dict]:
    """Events of a season: six creators, twenty contents, two products, some filtered."""
    rng = np.random.default_rng(seed)
    start = datetime(2026, 1, 20, tzinfo=UTC)
    kinds = ["impression", "impression", "impression", "click", "order", "play"]
    return [
        {
            "event_id": f"{prefix}{seed}-{place}",
            "kind": kinds[rng.integers(len(kinds))],
            "occurred_at": start + timedelta(minutes=int(rng.integers(60 * 24 * 50))),
            "creator": f"creator{content % 6}",
            "content_id": f"{7300000000000000000 + content}",
            "content_title": f"Title {content}",
            "product_id": [SERUM, LIPSTICK][int(rng.integers(2))],
            "category": "Beauty > Skin",
            "gender": ["female", "male", None][rng.integers(3)],
            "value_minor": int(rng.integers(100, 2000)),
            "currency": "USD",
            "filtered": "data_centre" if rng.random() < 0.05 else None,
        }
        for place, content in enumerate(rng.integers(0, 20, rows))
    ]


QUESTIONS = [
    Selection(Source.TRACKED, Level.CREATOR),
    Selection(Source.TRACKED, Level.PRODUCT),
    Selection(Source.TRACKED, Level.CATEGORY, week=True),
    Selection(Source.TRACKED, Level.CONTENT, segment=Segment.GENDER),
    Selection(Source.TRACKED, Level.CONTENT, segment=Segment.WEEKDAY),
    Selection(
        Source.TRACKED, Level.SHOP, starts_on=date(2026, 1, 27), ends_before=date(2026, 2, 25)
    ),
    Selection(
        Source.TRACKED, Level.CREATOR, starts_on=date(2026, 2, 1), ends_before=date(2026, 3, 1)
    ),
    Selection(Source.TRACKED, Level.CREATOR, creator="creator3", product=SERUM),
]


def assert_the_same(facts: Facts) -> None:
    for question in (*QUESTIONS, *(replace(each, titles=False) for each in QUESTIONS)):
        rolled = content_counts(facts.lake, OWN, question).table.sort_by(ORDER)
        raw = content_counts(facts.lake, OWN, replace(question, rollups=False)).table
        assert rolled.num_rows > 0
        assert rolled.equals(raw.sort_by(ORDER))
        sums = tuple(sum(rolled[name].to_pylist()) for name in ("impressions", "clicks"))
        assert total_counts(facts.lake, OWN, question) == sums
        order = [("key", "ascending"), ("currency", "ascending")]
        other = measures(facts.lake, OWN, question).sort_by(order)
        assert other.equals(
            measures(facts.lake, OWN, replace(question, rollups=False)).sort_by(order)
        )


class TestImpressionsAndClicks:
    def test_are_counted_per_content(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {}, {"kind": "click"}, {"content_id": BOS_VIDEO, "creator": "bo"})
        assert told(asked(facts)) == [(ADAS_VIDEO, 1, 2), (BOS_VIDEO, 0, 1)]

    def test_leave_out_what_a_rule_filtered_and_other_kinds(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {"filtered": "data_centre"}, {"kind": "play"})
        assert told(asked(facts)) == [(ADAS_VIDEO, 0, 1)]

    def test_are_told_for_the_days_asked(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {"occurred_at": datetime(2026, 1, 6, tzinfo=UTC)})
        one_day = {"starts_on": date(2026, 1, 6), "ends_before": date(2026, 1, 7)}
        assert told(asked(facts, **one_day), "impressions") == [(1,)]

    def test_have_no_other_definition(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        assert asked(facts, definition=Definition.VIDEO_VIEWS).table.num_rows == 0

    @pytest.mark.parametrize("rolled_up", [False, True])
    def test_are_of_one_market(self, facts: Facts, *, rolled_up: bool) -> None:
        facts.track("imp_1", {}, {})
        facts.track("imp_2", {"market": "MX", "channel": "shop", "event_id": "another"})
        if rolled_up:
            refresh_rollups(facts.lake, now=NOW)
        found = [
            told(asked(facts, market=market), "channel", "impressions")
            for market in ("US", "MX", "BR")
        ]
        assert found == [[("tiktok", 2)], [("shop", 1)], []]

    def test_of_files_that_are_all_of_another_market_are_none(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {})
        assert asked(facts).parameters["all_market"] == "US"
        assert told(asked(facts, market="MX")) == []


class TestAScope:
    def test_holds_nobody_elses_events(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        facts.track("imp_2", {"content_id": BOS_VIDEO}, of=(2, 7))
        assert told(asked(facts, scope=Scope(1, (1, 7))), "content_id") == [(ADAS_VIDEO,)]
        assert asked(facts, scope=PoolScope((1, 7))).table.num_rows == 2

    def test_still_holds_nobody_elses_once_rolled_up(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        facts.track("imp_2", {"content_id": BOS_VIDEO}, of=(2, 7))
        refresh_rollups(facts.lake, now=NOW)
        assert told(asked(facts, scope=Scope(1, (1, 7))), "content_id") == [(ADAS_VIDEO,)]


class TestAContentThatShowsSeveralProducts:
    def test_is_one_row_with_the_category_they_share(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {"product_id": LIPSTICK, "category": "Beauty > Lips"})
        row = told(asked(facts, Level.CREATOR), "product_ids", "category", "impressions")
        assert row == [([SERUM, LIPSTICK], "Beauty", 2)]

    def test_is_split_between_them_by_product_and_category(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {}, {"product_id": LIPSTICK, "category": "Beauty > Lips"})
        by_product = told(asked(facts, Level.PRODUCT), "product_ids", "impressions")
        assert by_product == [([SERUM], 2), ([LIPSTICK], 1)]
        by_category = told(asked(facts, Level.CATEGORY), "category", "impressions")
        assert by_category == [("Beauty > Lips", 1), ("Beauty > Skin", 2)]

    def test_takes_the_catalogs_word_on_their_categories(self, facts: Facts) -> None:
        facts.track("imp_1", {})
        known = pa.table([pa.array([1], pa.int32()), [SERUM], ["Home"]], schema=PRODUCTS)
        assert told(asked(facts, products=known), "category") == [("Home",)]


class TestRollups:
    def test_answer_as_the_events_do(self, facts: Facts) -> None:
        facts.track("imp_1", *many(1))
        refresh_rollups(facts.lake, now=NOW)
        assert_the_same(facts)
        counts = asked(facts)
        assert counts.parameters["rollups"]
        assert "events" not in counts.parameters

    def test_answer_with_days_that_changed_since(self, facts: Facts) -> None:
        facts.track("imp_1", *many(1))
        refresh_rollups(facts.lake, now=NOW)
        facts.track("imp_2", *many(2, rows=5))
        assert set(asked(facts).parameters) >= {"rollups", "events"}
        assert_the_same(facts)

    def test_answer_after_an_import_was_taken_back(self, facts: Facts) -> None:
        facts.track("imp_1", *many(1))
        facts.track("imp_2", *many(2, rows=5))
        refresh_rollups(facts.lake, now=NOW)
        before = asked(facts).table["impressions"].to_pylist()
        assert remove_import(facts.lake, "imp_2", now=NOW) == 5
        assert_the_same(facts)
        assert sum(asked(facts).table["impressions"].to_pylist()) < sum(before)

    def test_answer_after_files_were_merged(self, facts: Facts) -> None:
        facts.track("imp_1", *many(1))
        facts.track("imp_2", *many(2))
        refresh_rollups(facts.lake, now=NOW)
        whole = asked(facts).table.sort_by(ORDER)
        assert compact(facts.lake, now=NOW) > 0
        assert_the_same(facts)
        assert asked(facts).table.sort_by(ORDER).equals(whole)

    def test_are_made_only_for_spans_that_changed(self, facts: Facts) -> None:
        facts.track("imp_1", *many(1))
        assert refresh_rollups(facts.lake, now=NOW) > 50
        assert refresh_rollups(facts.lake, now=NOW) == 0
        facts.track("imp_2", {"event_id": "new"})
        assert refresh_rollups(facts.lake, now=NOW) == 3  # a day, its week, its month

    def test_read_whole_months_and_weeks_where_they_fit(self, facts: Facts) -> None:
        facts.track("imp_1", *many(1))
        refresh_rollups(facts.lake, now=NOW)
        month = {"starts_on": date(2026, 2, 1), "ends_before": date(2026, 3, 1)}
        assert len(asked(facts, **month).parameters["rollups"]) == 1
        weeks_and_days = asked(facts, week=True, **month).parameters["rollups"]
        assert len(weeks_and_days) == 4 + 1  # the month begins on a Sunday

    def test_of_a_lake_without_events_are_none(self, facts: Facts) -> None:
        assert refresh_rollups(facts.lake, now=NOW) == 0


class TestASegment:
    @pytest.mark.parametrize(
        ("segment", "values"),
        [
            (Segment.GENDER, ["female", "male"]),
            (Segment.HOUR, ["12", "12"]),
            (Segment.WEEKDAY, ["1", "1"]),
            (Segment.CHANNEL, ["tiktok", "tiktok"]),
        ],
    )
    def test_splits_the_counts(self, facts: Facts, segment: Segment, values: list[str]) -> None:
        facts.track("imp_1", {"gender": "female"}, {"gender": "male", "content_id": BOS_VIDEO})
        assert [row[0] for row in told(asked(facts, segment=segment), "segment")] == values


class TestMeasures:
    def test_of_events_tell_orders_and_their_value(self, facts: Facts) -> None:
        sale = {"kind": "order", "value_minor": 1999, "currency": "USD"}
        facts.track("imp_1", {}, sale, {**sale, "event_id": "another"})
        [row] = (
            measures(facts.lake, OWN, Selection(Source.TRACKED, Level.CREATOR))
            .filter(pa.compute.field("currency") == "USD")
            .to_pylist()
        )
        assert (row["key"], row["orders"], row["gmv_minor"]) == ("ada", 2, 3998)
        assert row["commission_minor"] is None

    def test_of_events_tell_what_was_filtered_out(self, facts: Facts) -> None:
        facts.track("imp_1", {}, {"filtered": "data_centre"})
        [row] = measures(facts.lake, OWN, Selection(Source.TRACKED, Level.CREATOR)).to_pylist()
        assert row["filtered_impressions"] == 1
