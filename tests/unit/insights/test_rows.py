"""From counts and a benchmark to uplift rows."""

import math

import pytest
from tests.unit.insights.made import book, counts, market, videos

from linkstar.insights.answers import ROWS, impressions_missing
from linkstar.insights.counts import chosen, grouped, narrowed
from linkstar.insights.questions import By, Filters
from linkstar.insights.rows import Judging, best_first, judged_rows
from linkstar.stats.ctr import Definition

BEAUTY = {"category": "Beauty", "impressions": 10_000_000, "clicks": 200_000, "icc": 0.002}
HOME = {"category": "Home", "impressions": 10_000_000, "clicks": 100_000, "icc": 0.002}
ALL = {"category": "", "impressions": 20_000_000, "clicks": 300_000, "icc": 0.002}


def rows_of(table, benchmark, by=By.CREATOR, **more):
    judging = Judging(Definition.PRODUCT_IMPRESSIONS, by, 1_000, 0.95, **more)
    rows = judged_rows(grouped(table, by), benchmark, judging).rows
    return rows.take(best_first(rows)).to_pylist()


class TestACreator:
    def test_with_two_and_a_half_times_the_benchmark_has_an_uplift_of_150_percent(self):
        table = counts(*videos("ada", videos=20, impressions=5_000, clicks=250))
        [row] = rows_of(table, book(BEAUTY))
        assert row["ctr"] == 0.05
        assert row["benchmark_ctr"] == pytest.approx(0.02)
        assert row["uplift"] == pytest.approx(1.5)
        assert row["ctr_ratio"] == pytest.approx(2.5)
        assert row["low"] < 1.5 < row["high"]
        assert row["state"] == "above"
        assert row["name"] == "Ada"
        assert row["contents"] == 20

    def test_over_two_categories_is_compared_like_for_like(self):
        table = counts(
            *videos("ada", videos=10, impressions=5_000, clicks=100, category="Beauty"),
            *videos("ada", videos=10, impressions=15_000, clicks=150, category="Home"),
        )
        [row] = rows_of(table, book(BEAUTY, HOME, ALL))
        assert row["benchmark_ctr"] == pytest.approx((5_000 * 0.02 + 15_000 * 0.01) / 20_000)
        assert row["uplift"] == pytest.approx(0.0, abs=1e-12)
        assert row["category"] == row["benchmark_category"] == "Home"
        assert not row["rolled_up"]

    def test_whose_category_has_no_cell_is_compared_with_the_one_above_and_says_so(self):
        table = counts(
            *videos("ada", videos=5, impressions=5_000, clicks=100, category="Beauty > Lips")
        )
        [row] = rows_of(table, book(BEAUTY, ALL))
        assert row["benchmark_category"] == "Beauty"
        assert row["rolled_up"]

    def test_without_any_benchmark_has_a_ctr_and_no_uplift(self):
        table = counts(*videos("ada", videos=5, impressions=5_000, clicks=100))
        [row] = rows_of(table, None)
        assert row["state"] == "benchmark_missing"
        assert row["ctr"] == 0.02
        assert row["uplift"] is None
        assert row["benchmark_ctr"] is None

    def test_under_a_withheld_chain_says_withheld_and_shows_no_figure(self):
        withheld = {**BEAUTY, "withheld": "few_shops"}
        table = counts(*videos("ada", videos=5, impressions=5_000, clicks=100))
        [row] = rows_of(table, book(withheld))
        assert row["state"] == "benchmark_withheld"
        assert row["benchmark_ctr"] is None
        assert row["uplift"] is None

    def test_with_too_few_impressions_is_told_how_many_are_needed(self):
        table = counts(*videos("bo", videos=1, impressions=200, clicks=10))
        [row] = rows_of(table, book(BEAUTY))
        assert row["state"] == "not_enough_data"
        assert row["impressions_needed"] >= 1_000
        assert impressions_missing(row) == row["impressions_needed"] - 200
        assert row["uplift"] is None

    def test_above_by_its_interval_alone_is_told_what_holds_the_verdict_back(self):
        table = counts(*videos("bo", videos=2, impressions=5_000, clicks=500))
        [row] = rows_of(table, book(BEAUTY))
        assert (row["state"], row["held_back"]) == ("cannot_tell", "few")
        assert row["low"] > 0

    def test_with_a_verdict_is_held_back_by_nothing(self):
        table = counts(*videos("bo", videos=9, impressions=5_000, clicks=500))
        [row] = rows_of(table, book(BEAUTY))
        assert (row["state"], row["held_back"]) == ("above", None)

    def test_known_only_from_a_list_without_contents_gets_no_interval(self):
        row = {"level": "creator", "creator": "bo", "content_id": None, "contents": None}
        [row] = rows_of(counts({**row, "impressions": 50_000, "clicks": 1_000}), book(BEAUTY))
        assert row["contents"] is None
        assert row["low"] is None

    def test_with_a_forty_impression_hit_does_not_lead_the_list(self):
        table = counts(
            *videos("lucky", videos=1, impressions=40, clicks=20),
            *videos("steady", videos=30, impressions=5_000, clicks=200),
            *(
                v
                for n in range(40)
                for v in videos(f"c{n}", videos=5, impressions=4_000, clicks=80)
            ),
        )
        first = rows_of(table, book(BEAUTY))[0]
        assert first["key"] == "steady"


class TestTheMarketItself:
    def test_is_not_above_its_own_benchmark(self):
        table = market(seed=3, creators=200, videos_each=5, ctr=0.02)
        impressions = sum(table["impressions"].to_pylist())
        clicks = sum(table["clicks"].to_pylist())
        own = book({"category": "", "impressions": impressions, "clicks": clicks})
        everything = grouped(table, By.SHOP)
        judging = Judging(Definition.PRODUCT_IMPRESSIONS, By.SHOP, 1_000, 0.95)
        [row] = judged_rows(everything, own, judging).rows.to_pylist()
        assert row["uplift"] == pytest.approx(0.0, abs=1e-12)
        assert row["state"] == "cannot_tell"
        assert row["low"] < 0 < row["high"]


class TestRows:
    def test_by_category_keep_what_has_no_category(self):
        table = counts(
            *videos("ada", videos=3, impressions=5_000, clicks=100, category=None),
            *videos("bo", videos=3, impressions=5_000, clicks=100, category="Home"),
        )
        assert {row["key"] for row in rows_of(table, book(ALL), By.CATEGORY)} == {"", "Home"}

    def test_by_product_count_contents_that_show_only_it(self):
        table = counts(
            {"impressions": 5_000, "clicks": 100, "product_ids": ["p1"], "product_name": "Serum"},
            {"impressions": 5_000, "clicks": 100, "product_ids": ["p1", "p2"]},
            {"impressions": 5_000, "clicks": 100, "product_ids": None},
        )
        made = grouped(table, By.PRODUCT)
        assert made.keys.to_pylist() == ["p1"]
        assert made.impressions_without_key == 10_000
        [row] = rows_of(table, book(BEAUTY), By.PRODUCT)
        assert row["name"] == "Serum"
        assert row["impressions"] == 5_000

    def test_have_null_and_never_nan(self):
        table = counts(*videos("bo", videos=1, impressions=0, clicks=0))
        [row] = rows_of(table, book(BEAUTY))
        assert row["state"] == "no_data"
        assert row["ctr"] is None
        assert not [v for v in row.values() if isinstance(v, float) and math.isnan(v)]

    def test_of_nothing_are_an_empty_table_of_the_same_columns(self):
        judging = Judging(Definition.PRODUCT_IMPRESSIONS, By.CREATOR, 1_000, 0.95)
        rows = judged_rows(grouped(counts(), By.CREATOR), book(BEAUTY), judging).rows
        assert rows.schema == ROWS
        assert rows.num_rows == 0

    def test_split_by_segment_are_compared_with_the_cell_of_that_segment(self):
        women = {**BEAUTY, "segment": "gender", "segment_value": "female"}
        men = {**BEAUTY, "clicks": 100_000, "segment": "gender", "segment_value": "male"}
        table = counts(
            {"creator": "ada", "impressions": 5_000, "clicks": 100, "segment": "female"},
            {"creator": "ada", "impressions": 5_000, "clicks": 50, "segment": "male"},
        )
        judging = Judging(Definition.PRODUCT_IMPRESSIONS, By.CREATOR, 1_000, 0.95, "gender")
        made = judged_rows(
            grouped(table, By.CREATOR, split=True), book(BEAUTY, women, men), judging
        )
        found = {row["segment"]: row["benchmark_ctr"] for row in made.rows.to_pylist()}
        assert found == {"female": pytest.approx(0.02), "male": pytest.approx(0.01)}


class TestFilters:
    TABLE = counts(
        {"creator": "ada", "creator_name": "Ada", "category": "Beauty > Lips", "impressions": 1},
        {"creator": "bo", "creator_name": "Bo", "category": "Beautyful", "impressions": 2},
        {"creator": "bo", "category": "Beauty", "impressions": 4, "product_ids": ["p1", "p2"]},
        {"creator": "cy", "category": None, "impressions": 8, "content_type": "live"},
    )

    def kept(self, filters, by):
        return sum(narrowed(self.TABLE, filters, by)["impressions"].to_pylist())

    def test_keep_what_lies_inside_a_category(self):
        assert self.kept(Filters(category="Beauty"), By.CREATOR) == 5

    def test_keep_contents_that_show_a_product_among_others(self):
        assert self.kept(Filters(product="p2"), By.CREATOR) == 4

    def test_join_by_and(self):
        assert self.kept(Filters(content_type="video", category="Beauty"), By.CREATOR) == 5
        assert self.kept(Filters(content_type="live", category="Beauty"), By.CREATOR) == 0

    def test_by_a_rows_own_attribute_choose_rows_and_leave_counts_alone(self):
        assert self.kept(Filters(creator="ada"), By.CREATOR) == 15
        mask = chosen(self.TABLE, Filters(creator="ada"), By.CREATOR)
        assert mask.to_pylist() == [True, False, False, False]

    def test_find_text_in_names_whatever_the_case(self):
        mask = chosen(self.TABLE, Filters(text="LIPS"), By.CREATOR)
        assert mask.to_pylist() == [True, False, False, False]
        assert chosen(self.TABLE, Filters(), By.CREATOR) is None


QUARTILES = {**BEAUTY, "p25": 0.012, "median": 0.018, "p75": 0.027}


class TestSuspicion:
    def state(self, **video):
        return rows_of(counts({"creator": "x", **video}), book(QUARTILES), By.CONTENT)[0]["state"]

    def test_falls_on_a_content_far_beyond_the_category(self):
        assert self.state(impressions=5_000, clicks=3_000) == "suspicious"

    def test_spares_a_very_good_content(self):
        assert self.state(impressions=5_000, clicks=400) == "above"

    def test_needs_two_hundred_impressions(self):
        assert self.state(impressions=150, clicks=120) == "not_enough_data"

    def test_falls_on_a_creator_whose_clicks_come_from_such_content(self):
        bought = {"creator": "x", "impressions": 5_000, "clicks": 4_000}
        honest = videos("x", videos=10, impressions=5_000, clicks=100)
        [row] = rows_of(counts(bought, *honest), book(QUARTILES))
        assert row["state"] == "suspicious"

    def test_spares_a_creator_with_a_trifle_of_it(self):
        odd = {"creator": "x", "impressions": 250, "clicks": 200}
        honest = videos("x", videos=10, impressions=50_000, clicks=1_000)
        [row] = rows_of(counts(odd, *honest), book(QUARTILES))
        assert row["state"] != "suspicious"
