"""What exports say for a selection: counts per content, never twice."""

from datetime import date

import pyarrow as pa
import pytest
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, LIPSTICK, NOW, SERUM, Facts, seen

from linkstar.events.vocabulary import Segment
from linkstar.lake.queries import content_counts, total_counts
from linkstar.lake.selection import (
    COUNTS,
    PRODUCTS,
    Counts,
    LeftOutReason,
    Level,
    PoolScope,
    Scope,
    Selection,
    Source,
)
from linkstar.lake.upkeep import remove_import
from linkstar.stats.ctr import Definition

OWN = Scope(1, (1,))
FEBRUARY = {"starts_on": date(2026, 2, 1), "ends_before": date(2026, 3, 1)}


def asked(facts: Facts, level: Level = Level.CONTENT, scope=OWN, **selection) -> Counts:
    """The counts; each question also tells that they add up to what the lake adds up itself."""
    question = Selection(Source.EXPORTS, level, **selection)
    found = content_counts(facts.lake, scope, question)
    sums = tuple(sum(found.table[name].to_pylist()) for name in ("impressions", "clicks"))
    assert total_counts(facts.lake, scope, question) == sums
    return found


def told(counts: Counts, *columns: str) -> list[tuple]:
    rows = counts.table.select(columns or ["content_id", "clicks", "impressions"]).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


class TestAnEmptyLake:
    def test_answers_with_no_rows_of_the_right_form(self, facts: Facts) -> None:
        assert asked(facts).table.schema == COUNTS
        assert asked(facts).table.num_rows == 0


class TestContents:
    def test_add_up_over_disjoint_windows(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(ADAS_VIDEO, 1, 30), **FEBRUARY)
        assert told(asked(facts)) == [(ADAS_VIDEO, 6, 130)]

    def test_are_never_summed_over_windows_that_overlap(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        week = {"starts_on": date(2026, 1, 5), "ends_before": date(2026, 1, 12)}
        facts.say("imp_2", seen(ADAS_VIDEO, 1, 30), **week)
        counts = asked(facts)
        assert told(counts) == [(ADAS_VIDEO, 5, 100)]
        [left_out] = counts.left_out
        assert left_out.reason is LeftOutReason.OVERLAPS
        assert left_out.window.import_id == "imp_2"

    def test_are_told_by_the_newest_statement(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200))
        facts.say("imp_2", seen(ADAS_VIDEO, 6, 110))
        assert told(asked(facts)) == [(ADAS_VIDEO, 6, 110), (BOS_VIDEO, 3, 200)]

    def test_are_told_by_the_older_one_again_once_the_newer_is_undone(self, facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(ADAS_VIDEO, 6, 110))
        remove_import(facts.lake, "imp_2", now=NOW)
        assert told(asked(facts)) == [(ADAS_VIDEO, 5, 100)]

    def test_add_up_the_rows_of_one_statement(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100, product_ids=[SERUM]),
            seen(ADAS_VIDEO, 1, 20, product_ids=[LIPSTICK]),
        )
        assert told(asked(facts)) == [(ADAS_VIDEO, 6, 120)]

    def test_with_short_ids_are_told_apart_by_their_creators(self, facts: Facts) -> None:
        facts.say("imp_1", seen("1", 5, 100, creator="ada"), seen("1", 1, 20, creator="bo"))
        assert told(asked(facts), "creator", "clicks") == [("ada", 5), ("bo", 1)]

    def test_without_both_counts_are_not_counted_and_not_zero(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, None, 100), seen(BOS_VIDEO, 3, 200))
        assert told(asked(facts)) == [(BOS_VIDEO, 3, 200)]

    def test_may_have_more_clicks_than_impressions(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 8, 4))
        assert told(asked(facts)) == [(ADAS_VIDEO, 8, 4)]

    def test_say_when_their_clicks_were_worked_out(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, clicks_derived=True))
        assert told(asked(facts), "clicks_derived") == [(True,)]

    def test_carry_the_label_of_their_latest_window(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, content_title="old"))
        facts.say("imp_2", seen(ADAS_VIDEO, 5, 100, content_title="new"), **FEBRUARY)
        assert told(asked(facts), "content_title") == [("new",)]


class TestADefinition:
    def test_takes_its_own_two_columns(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, video_views=1000))
        counts = asked(facts, definition=Definition.VIDEO_VIEWS)
        assert told(counts) == [(ADAS_VIDEO, 5, 1000)]

    def test_is_not_lost_when_a_later_export_does_not_state_it(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(ADAS_VIDEO, 7, None, video_views=1000))
        assert told(asked(facts)) == [(ADAS_VIDEO, 5, 100)]
        assert told(asked(facts, definition=Definition.VIDEO_VIEWS)) == [(ADAS_VIDEO, 7, 1000)]


class TestAScope:
    def test_holds_nobody_elses_facts(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200), of=(2, 7))
        assert told(asked(facts)) == [(ADAS_VIDEO, 5, 100)]
        assert told(asked(facts, scope=Scope(1, (1, 7)))) == [(ADAS_VIDEO, 5, 100)]
        assert told(asked(facts, scope=Scope(2, (7,)))) == [(BOS_VIDEO, 3, 200)]
        assert asked(facts, scope=Scope(1, ())).table.num_rows == 0

    def test_of_a_pool_reaches_over_workspaces(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200), of=(2, 7))
        assert asked(facts, scope=PoolScope((1, 7))).table.num_rows == 2

    def test_of_another_market_is_another_question(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, market="GB"))
        assert asked(facts).table.num_rows == 0
        assert asked(facts, market="GB").table.num_rows == 1


class TestByCreator:
    def test_her_contents_win_over_her_own_row(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada"))
        facts.say(
            "imp_2",
            seen(None, 9, 900, level="creator", creator="ada", contents=4),
            seen(None, 3, 300, level="creator", creator="bo", contents=2),
        )
        counts = asked(facts, Level.CREATOR)
        assert told(counts, "level", "creator", "clicks", "contents") == [
            ("content", "ada", 5, 1),
            ("creator", "bo", 3, 2),
        ]

    def test_her_row_stays_hers_whatever_the_case_of_her_name(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator_name="Ada"))
        facts.say("imp_2", seen(None, 9, 900, level="creator", creator="ada"))
        assert told(asked(facts, Level.CREATOR), "level") == [("content",)]


class TestByProduct:
    def test_its_own_row_wins_over_contents_that_show_it_alone(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100, product_ids=[SERUM]),
            seen(BOS_VIDEO, 3, 200, product_ids=[LIPSTICK]),
            seen("7300000000000000003", 1, 10, product_ids=[SERUM, LIPSTICK]),
        )
        facts.say("imp_2", seen(None, 9, 900, level="product", product_ids=[SERUM]))
        counts = asked(facts, Level.PRODUCT)
        assert told(counts, "level", "product_ids", "clicks") == [
            ("content", [LIPSTICK], 3),
            ("product", [SERUM], 9),
        ]

    def test_rows_of_one_content_about_different_products_stay_apart(self, facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100, product_ids=[SERUM]),
            seen(ADAS_VIDEO, 1, 20, product_ids=[LIPSTICK]),
        )
        assert told(asked(facts, Level.PRODUCT), "product_ids", "clicks") == [
            ([SERUM], 5),
            ([LIPSTICK], 1),
        ]
        assert told(asked(facts), "product_ids", "clicks") == [([SERUM, LIPSTICK], 6)]


class TestByCategory:
    def test_contents_win_over_products(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, category="Beauty"))
        facts.say("imp_2", seen(None, 9, 900, level="product", category="Beauty"))
        counts = asked(facts, Level.CATEGORY)
        assert told(counts, "level", "clicks") == [("content", 5)]
        assert [each.reason for each in counts.left_out] == [LeftOutReason.OTHER_LEVEL]

    def test_products_answer_where_there_are_no_contents(self, facts: Facts) -> None:
        facts.say("imp_2", seen(None, 9, 900, level="product", category="Beauty"))
        assert told(asked(facts, Level.CATEGORY), "clicks") == [(9,)]


class TestByShop:
    def test_is_the_sum_of_its_creators(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada"))
        facts.say("imp_2", seen(None, 3, 300, level="creator", creator="bo"))
        facts.say("imp_3", seen(None, 50, 5000, level="shop"))
        counts = asked(facts, Level.SHOP)
        assert sum(counts.table["clicks"].to_pylist()) == 8

    def test_is_its_own_row_where_there_is_nothing_finer(self, facts: Facts) -> None:
        facts.say("imp_3", seen(None, 50, 5000, level="shop"))
        assert told(asked(facts, Level.SHOP), "level", "clicks") == [("shop", 50)]


class TestACategory:
    def products(self, *rows: tuple[str, str]) -> pa.Table:
        return pa.Table.from_pylist(
            [{"shop": 1, "product_id": each, "category": path} for each, path in rows],
            schema=PRODUCTS,
        )

    @pytest.mark.parametrize(
        ("serum", "lipstick", "shared"),
        [
            ("Beauty > Skin > Serum", "Beauty > Skin > Mask", "Beauty > Skin"),
            ("Beauty > Skin", "Beauty > Skin", "Beauty > Skin"),
            ("Beauty", "Beauty > Skin", "Beauty"),
            ("Beauty > Skin", "Home", ""),
        ],
    )
    def test_of_several_products_is_the_deepest_they_share(
        self, facts: Facts, serum: str, lipstick: str, shared: str
    ) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, product_ids=[SERUM, LIPSTICK]))
        known = self.products((SERUM, serum), (LIPSTICK, lipstick))
        assert told(asked(facts, products=known), "category") == [(shared,)]

    def test_is_the_catalogs_word_before_the_files(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, product_ids=[SERUM], category="Home"))
        assert told(asked(facts), "category") == [("Home",)]
        known = self.products((SERUM, "Beauty"))
        assert told(asked(facts, products=known), "category") == [("Beauty",)]

    def test_is_unknown_where_nobody_says(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, product_ids=[SERUM]))
        assert told(asked(facts), "category") == [(None,)]


class TestFilters:
    @pytest.mark.parametrize(
        ("only", "content"),
        [
            ({"creator": "bo"}, BOS_VIDEO),
            ({"content": ADAS_VIDEO}, ADAS_VIDEO),
            ({"product": LIPSTICK}, BOS_VIDEO),
            ({"category": "Beauty"}, ADAS_VIDEO),
            ({"category": "Home > Lamps"}, BOS_VIDEO),
        ],
    )
    def test_leave_what_was_asked_for(self, facts: Facts, only: dict, content: str) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100, creator="ada", category="Beauty > Skin"),
            seen(BOS_VIDEO, 3, 9, creator="bo", product_ids=[LIPSTICK], category="Home > Lamps"),
            seen("7300000000000000003", 1, 9, creator="cleo", category="Home > Lampshades"),
        )
        assert told(asked(facts, **only), "content_id") == [(content,)]


class TestASegment:
    def test_splits_rows_that_are_about_it(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100),
            seen(ADAS_VIDEO, 4, 60, gender="female"),
            seen(ADAS_VIDEO, 1, 40, gender="male"),
        )
        split = asked(facts, segment=Segment.GENDER)
        assert told(split, "segment", "clicks") == [("female", 4), ("male", 1)]
        assert told(asked(facts), "clicks") == [(5,)]

    def test_that_is_a_property_of_the_content_needs_no_split(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, content_type="live"))
        assert told(asked(facts, segment=Segment.CONTENT_TYPE), "segment") == [("live",)]

    def test_is_summed_where_there_are_no_whole_rows(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 4, 60, device="ios"),
            seen(ADAS_VIDEO, 1, 40, device="android"),
        )
        assert told(asked(facts)) == [(ADAS_VIDEO, 5, 100)]


class TestWeeks:
    def test_take_windows_within_a_week(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 9, 400))
        for first in (5, 12):
            days = {"starts_on": date(2026, 1, first), "ends_before": date(2026, 1, first + 7)}
            facts.say(f"imp_{first}", seen(ADAS_VIDEO, first, 100), **days)
        counts = asked(facts, week=True)
        assert told(counts, "clicks", "week_starts_on") == [
            (12, date(2026, 1, 12)),
            (5, date(2026, 1, 5)),
        ]
        assert [each.reason for each in counts.left_out] == [LeftOutReason.LONGER_THAN_WEEK]


class TestTheEvidence:
    def test_is_the_text_that_was_run_and_gives_the_same_rows(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        counts = asked(facts)
        assert "product_impressions" in counts.sql
        assert set(counts.parameters) == {"files", "market", "workspace"}
        assert [each.import_id for each in counts.windows] == ["imp_1"]
