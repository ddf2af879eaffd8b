"""Trend, segments, change and evidence of one row."""

from datetime import date, timedelta

import pytest
from tests.app.facts import ENDS_BEFORE, STARTS_ON, events, export
from tests.app.insights.test_uplift import asked, of_ada, published

from linkstar.events.vocabulary import Segment
from linkstar.insights.changes import Along
from linkstar.insights.explaining import Filtered
from linkstar.insights.queries import KeyUnknown, compare, evidence, segments, trend, uplift
from linkstar.insights.questions import By, Source
from linkstar.lake.measures import ViewCounts

WEEKS = [STARTS_ON + timedelta(weeks=n) for n in range(4)]


def weekly(cast, lake, clicks=(100, 150, 200, 250)):
    for week, of_week in zip(WEEKS, clicks, strict=True):
        ends = week + timedelta(days=7)
        export(lake, cast.shop, of_ada(clicks=of_week), starts_on=week, ends_before=ends)


class TestATrend:
    def test_has_a_point_per_week_of_weekly_exports(self, cast, lake, now):
        published(cast.workspace, now)
        weekly(cast, lake)
        points = trend(lake, asked(cast), "ada").to_pylist()
        assert [p["starts_on"] for p in points] == WEEKS
        assert [p["ctr"] for p in points] == pytest.approx([0.02, 0.03, 0.04, 0.05])
        assert [p["uplift"] for p in points] == pytest.approx([0.0, 0.5, 1.0, 1.5])
        assert all(p["ctr_low"] <= p["ctr"] <= p["ctr_high"] for p in points)

    def test_compares_each_week_with_the_benchmark_of_that_week(self, cast, lake, now):
        published(
            cast.workspace,
            now,
            category=["Beauty"] * 3,
            definition=["product_impressions"] * 3,
            impressions=[1_000_000] * 3,
            clicks=[20_000, 10_000, 40_000],
            week_starts_on=[None, WEEKS[0], WEEKS[1]],
            p25=[0.01, 0.005, 0.02],
            median=[0.015, 0.0075, 0.03],
            p75=[0.02, 0.01, 0.04],
        )
        weekly(cast, lake)
        points = trend(lake, asked(cast)).to_pylist()
        assert [p["benchmark_ctr"] for p in points] == [0.01, 0.04, None, None]
        assert [p["median"] for p in points] == [0.0075, 0.03, None, None]
        assert [p["state"] for p in points[2:]] == ["benchmark_missing"] * 2

    def test_has_a_point_per_window_where_exports_are_not_weekly(self, cast, lake, now):
        published(cast.workspace, now)
        middle = STARTS_ON + timedelta(days=10)
        export(lake, cast.shop, of_ada(clicks=100), ends_before=middle)
        export(lake, cast.shop, of_ada(clicks=200), starts_on=middle)
        points = trend(lake, asked(cast), "ada").to_pylist()
        assert [(p["starts_on"], p["ends_before"]) for p in points] == [
            (STARTS_ON, middle),
            (middle, ENDS_BEFORE),
        ]
        assert [p["ctr"] for p in points] == pytest.approx([0.02, 0.04])

    def test_is_weekly_for_tracked_events(self, cast, lake):
        events(lake, cast.shop, [{"creator": "ada", "impressions": 800, "clicks": 40}])
        points = trend(lake, asked(cast), "ada").to_pylist()
        assert [p["starts_on"] for p in points] == WEEKS
        assert sum(p["impressions"] for p in points) == 800

    def test_of_nothing_is_empty(self, cast, lake):
        assert trend(lake, asked(cast), "nobody").num_rows == 0


class TestSegments:
    def test_are_compared_with_the_same_segment(self, cast, lake, now):
        published(
            cast.workspace,
            now,
            category=["Beauty"] * 2,
            definition=["product_impressions"] * 2,
            impressions=[1_000_000] * 2,
            clicks=[20_000, 10_000],
            segment=["gender"] * 2,
            segment_value=["female", "male"],
        )
        contents = [
            {"creator": "ada", "gender": "female", "impressions": 600, "clicks": 30},
            {"creator": "ada", "gender": "male", "impressions": 400, "clicks": 10},
            {"creator": "bo", "gender": "male", "impressions": 500, "clicks": 10},
        ]
        events(lake, cast.shop, contents)
        rows = segments(lake, asked(cast), "ada", Segment.GENDER).rows.to_pylist()
        found = {r["segment"]: (r["impressions"], r["clicks"], r["benchmark_ctr"]) for r in rows}
        assert found == {"female": (600, 30, 0.02), "male": (400, 10, 0.01)}

    def test_of_everything_are_one_row_per_value(self, cast, lake):
        contents = [
            {"creator": "ada", "device": "ios", "impressions": 600, "clicks": 30},
            {"creator": "bo", "device": "ios", "impressions": 400, "clicks": 10},
        ]
        events(lake, cast.shop, contents)
        [row] = segments(lake, asked(cast), None, Segment.DEVICE).rows.to_pylist()
        assert (row["segment"], row["impressions"]) == ("ios", 1_000)


class TestAChange:
    def test_splits_into_rate_and_mix_that_add_up(self, cast, lake):
        before = (STARTS_ON - timedelta(days=28), STARTS_ON)
        home = {"category": "Home", "creator": "bo"}
        export(lake, cast.shop, [*of_ada(5, 100), *of_ada(5, 50, **home)],
               starts_on=before[0], ends_before=before[1])  # fmt: skip
        export(lake, cast.shop, [*of_ada(8, 100), *of_ada(2, 50, **home)])
        found = compare(lake, asked(cast), before)
        assert found.ctr - found.ctr_before == pytest.approx(found.rate_effect + found.mix_effect)
        assert found.rate_effect == pytest.approx(0.0, abs=1e-12)
        assert found.mix_effect == pytest.approx(0.003)
        assert set(found.parts["part"].to_pylist()) == {"Beauty", "Home"}

    def test_along_creators_finds_who_changed(self, cast, lake):
        before = (STARTS_ON - timedelta(days=28), STARTS_ON)
        export(lake, cast.shop, [*of_ada(5, 100), *of_ada(5, 100, creator="bo")],
               starts_on=before[0], ends_before=before[1])  # fmt: skip
        export(lake, cast.shop, [*of_ada(5, 200), *of_ada(5, 100, creator="bo")])
        found = compare(lake, asked(cast), before, along=Along.CREATOR)
        assert found.parts["part"].to_pylist()[0] == "ada"
        assert found.rate_effect == pytest.approx(0.01)

    def test_against_a_period_without_counts_cannot_be_told(self, cast, lake):
        export(lake, cast.shop, of_ada())
        found = compare(lake, asked(cast), (date(2026, 1, 1), date(2026, 2, 1)))
        assert found.rate_effect != found.rate_effect
        assert found.impressions_before == 0


class TestEvidence:
    def test_goes_from_the_row_to_its_counts_cell_and_query(self, cast, lake, now):
        published(cast.workspace, now)
        export(lake, cast.shop, of_ada(videos=20))
        found = evidence(lake, asked(cast), "ada")
        assert found.elements.num_rows == 20
        assert sum(found.elements["clicks"].to_pylist()) == found.row["clicks"]
        expected = sum(found.elements["expected_clicks"].to_pylist())
        assert found.row["clicks"] / expected - 1 == pytest.approx(found.row["uplift"])
        [cell] = found.cells.to_pylist()
        assert (cell["category"], cell["ctr"]) == ("Beauty", 0.02)
        assert cell["impressions_compared"] == 100_000
        assert (found.clicks_column, found.impressions_column) == (
            "product_clicks",
            "product_impressions",
        )
        assert len(found.imports) == 1
        assert "SELECT" in found.sql
        assert not any("parquet" in str(value) for _, value in found.parameters)

    def test_tells_what_was_filtered_beside_what_counts(self, cast, lake):
        flagged = {"filtered": "crawler", "impressions": 4, "clicks": 1}
        counted = {"creator": "ada", "impressions": 10, "clicks": 2}
        events(
            lake, cast.shop, [counted, {"creator": "ada", **flagged}, {"creator": "bo", **flagged}]
        )
        found = evidence(lake, asked(cast), "ada")
        assert (found.row["impressions"], found.filtered) == (10, Filtered(4, 1))

    def test_calls_tracked_contents_by_their_titles(self, cast, lake):
        shown = {"content_id": "v1", "content_title": "Serum, week one"}
        events(lake, cast.shop, [{"creator": "ada", "impressions": 9, "clicks": 1, **shown}])
        elements = evidence(lake, asked(cast), "ada").elements.to_pylist()
        assert [one["content_title"] for one in elements] == ["Serum, week one"]

    def test_of_exports_does_not_know_what_was_filtered(self, cast, lake):
        export(lake, cast.shop, of_ada())
        assert evidence(lake, asked(cast), "ada").filtered is None

    def test_splits_clicks_per_view_over_the_rows_that_state_everything(self, cast, lake):
        seen = of_ada(videos=2, clicks=250, video_views=20_000)
        export(lake, cast.shop, [*seen, *of_ada(videos=1, clicks=900)])
        assert evidence(lake, asked(cast), "ada").viewed == ViewCounts(40_000, 10_000, 500)

    def test_has_no_way_from_views_where_none_are_stated(self, cast, lake):
        export(lake, cast.shop, of_ada())
        assert evidence(lake, asked(cast), "ada").viewed is None

    def test_of_an_unknown_key_is_refused(self, cast, lake):
        export(lake, cast.shop, of_ada())
        with pytest.raises(KeyUnknown):
            evidence(lake, asked(cast), "nobody")


class TestTheDetailOfOneCreator:
    def test_lists_her_contents(self, cast, lake, now):
        published(cast.workspace, now)
        export(lake, cast.shop, [*of_ada(3), *of_ada(2, creator="bo")])
        question = asked(cast, source=Source.EXPORTS).about(By.CREATOR, "ada")
        from dataclasses import replace

        answer = uplift(lake, replace(question, by=By.CONTENT))
        assert answer.rows.num_rows == 3
        assert answer.total["impressions"].to_pylist() == [15_000]
