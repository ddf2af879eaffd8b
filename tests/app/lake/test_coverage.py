"""What there is to ask about, and what else exports tell."""

from datetime import UTC, date, datetime

from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, JANUARY, NOW, SERUM, Facts, seen

from linkstar.events.vocabulary import Segment
from linkstar.lake.coverage import Coverage, coverage
from linkstar.lake.measures import measures
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.stats.ctr import Definition

OWN = Scope(1, (1,))
EXPORTS = Selection(Source.EXPORTS, Level.CREATOR)


class TestTheCoverage:
    def test_of_an_empty_lake_is_nothing(self, facts: Facts) -> None:
        assert coverage(facts.lake, OWN) == []

    def test_names_each_definition_that_exports_state(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, video_views=1000), seen(BOS_VIDEO, 3, 200))
        product, views = coverage(facts.lake, OWN)
        assert product == Coverage(
            Source.EXPORTS,
            "content",
            Definition.PRODUCT_IMPRESSIONS,
            JANUARY["starts_on"],
            JANUARY["ends_before"],
            impressions=300,
            clicks=8,
            segments=(Segment.CHANNEL, Segment.CONTENT_TYPE),
        )
        assert (views.definition, views.impressions, views.clicks) == (
            Definition.VIDEO_VIEWS,
            1000,
            5,
        )

    def test_counts_days_that_several_exports_tell_once(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(ADAS_VIDEO, 6, 110))
        week = {"starts_on": date(2026, 1, 5), "ends_before": date(2026, 1, 12)}
        facts.say("imp_3", seen(ADAS_VIDEO, 1, 30), **week)
        [found] = coverage(facts.lake, OWN)
        assert found.impressions == 110

    def test_names_the_segments_rows_are_cut_by(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 2, 40, gender="female"))
        [found] = coverage(facts.lake, OWN)
        assert Segment.GENDER in found.segments
        assert found.impressions == 100

    def test_is_that_of_the_period_asked(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert coverage(facts.lake, OWN, starts_on=date(2026, 3, 1)) == []

    def test_shows_nobody_elses(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100), of=(2, 7))
        facts.track("imp_2", {}, of=(2, 7))
        assert coverage(facts.lake, Scope(1, (1, 7))) == []

    def test_of_events_is_the_same_rolled_up_or_not(self, facts: Facts) -> None:
        facts.track(
            "imp_1",
            {"gender": "female"},
            {"kind": "click"},
            {"occurred_at": datetime(2026, 1, 9, tzinfo=UTC)},
            {"filtered": "data_centre"},
        )
        raw = coverage(facts.lake, OWN)
        refresh_rollups(facts.lake, now=NOW)
        assert coverage(facts.lake, OWN) == raw
        [found] = raw
        assert (found.impressions, found.clicks) == (2, 1)
        assert (found.starts_on, found.ends_before) == (date(2026, 1, 5), date(2026, 1, 10))
        assert Segment.GENDER in found.segments
        assert Segment.AGE not in found.segments


class TestMeasuresOfExports:
    def test_add_up_the_rows_that_are_counted(self, facts: Facts) -> None:
        paid = {"creator": "ada", "currency": "USD"}
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, gmv_minor=100, orders=1, **paid))
        facts.say(
            "imp_2",
            seen(ADAS_VIDEO, 5, 100, gmv_minor=300, orders=2, **paid),
            seen(BOS_VIDEO, 1, 10, gmv_minor=50, **paid),
        )
        [row] = measures(facts.lake, OWN, EXPORTS).to_pylist()
        assert (row["key"], row["currency"]) == ("ada", "USD")
        assert (row["gmv_minor"], row["orders"]) == (350, 2)

    def test_add_up_rows_that_stand_for_themselves(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100, creator="ada", orders=1, video_views=40),
            seen(BOS_VIDEO, 1, 10, creator="ada", orders=4),
        )
        [row] = measures(facts.lake, OWN, EXPORTS).to_pylist()
        assert (row["key"], row["orders"], row["video_views"]) == ("ada", 5, 40)

    def test_are_null_where_nothing_was_stated(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada"))
        [row] = measures(facts.lake, OWN, EXPORTS).to_pylist()
        assert row["gmv_minor"] is None
        assert row["plays"] is None

    def test_keep_currencies_apart(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            seen(ADAS_VIDEO, 5, 100, creator="ada", currency="USD", gmv_minor=1),
            seen(BOS_VIDEO, 5, 100, creator="ada", currency="GBP", gmv_minor=2),
        )
        rows = measures(facts.lake, OWN, EXPORTS).to_pylist()
        assert {row["currency"]: row["gmv_minor"] for row in rows} == {"USD": 1, "GBP": 2}

    def test_are_keyed_as_asked(self, facts: Facts) -> None:
        facts.say(
            "imp_1", seen(ADAS_VIDEO, 5, 100, creator="ada", product_ids=[SERUM], category="Beauty")
        )
        keys = {
            level: measures(facts.lake, OWN, Selection(Source.EXPORTS, level))["key"].to_pylist()
            for level in Level
        }
        assert keys == {
            Level.CREATOR: ["ada"],
            Level.CONTENT: [ADAS_VIDEO],
            Level.PRODUCT: [SERUM],
            Level.CATEGORY: ["Beauty"],
            Level.SHOP: ["1"],
        }
