"""A seller's question about uplift, from the lake to the row."""

from datetime import date

import pyarrow as pa
import pytest
from tests.app.facts import ENDS_BEFORE, STARTS_ON, events, export

from linkstar.benchmarks.actions import import_benchmark, publish
from linkstar.benchmarks.queries import BenchmarkNotFound
from linkstar.catalog.models import Product
from linkstar.insights.answers import STABLE, NoteKind
from linkstar.insights.queries import uplift
from linkstar.insights.questions import By, Filters, Question, Source
from linkstar.stats.ctr import Definition


def stated(**columns):
    usual = {"category": ["Beauty"], "definition": ["product_impressions"]}
    return pa.table({**usual, "impressions": [1_000_000], "clicks": [20_000], **columns})


def published(workspace, now, **columns):
    draft = import_benchmark(
        stated(**columns),
        workspace=workspace,
        market="US",
        starts_on=STARTS_ON,
        ends_before=ENDS_BEFORE,
        source_name="A named source",
        licence="CC BY 4.0",
        user=None,
        now=now,
    )
    return publish(draft, user=None, now=now)


def asked(cast, **more):
    return Question(
        workspace=cast.workspace.number,
        shops=(cast.shop.number,),
        **{"starts_on": STARTS_ON, "ends_before": ENDS_BEFORE, **more},
    )


def of_ada(videos=10, clicks=250, **more):
    return [
        {"creator": "ada", "creator_name": "Ada", "product_impressions": 5_000,
         "product_clicks": clicks, **more}
        for _ in range(videos)
    ]  # fmt: skip


def kinds(answer):
    return {note.kind for note in answer.notes}


class TestAnImportedFileAndAStatedBenchmark:
    def test_give_plus_150_percent(self, cast, lake, now):
        published(cast.workspace, now)
        export(lake, cast.shop, of_ada(videos=20))
        answer = uplift(lake, asked(cast))
        [row] = answer.rows.to_pylist()
        assert (row["key"], row["name"], row["contents"]) == ("ada", "Ada", 20)
        assert row["uplift"] == pytest.approx(1.5)
        assert row["low"] < row["uplift"] < row["high"]
        assert answer.source is Source.EXPORTS
        assert answer.benchmark.source_name == "A named source"

    def test_answer_in_the_stable_json(self, cast, lake, now):
        published(cast.workspace, now)
        export(lake, cast.shop, of_ada())
        told = uplift(lake, asked(cast)).to_json()
        assert told["version"] == 1
        assert told["definition"] == "product_impressions"
        assert told["benchmark"]["licence"] == "CC BY 4.0"
        assert list(told["rows"][0]) == list(STABLE)


class TestWithoutABenchmark:
    def test_the_answer_says_so_and_invents_nothing(self, cast, lake):
        export(lake, cast.shop, of_ada())
        answer = uplift(lake, asked(cast))
        assert answer.benchmark is None
        assert NoteKind.NO_BENCHMARK in kinds(answer)
        assert answer.rows["uplift"].to_pylist() == [None]


class TestAnotherWorkspace:
    def test_sees_none_of_it(self, cast, lake, now):
        export(lake, cast.shop, of_ada())
        stranger = Question(workspace=cast.other_workspace.number, shops=(cast.shop.number,))
        answer = uplift(lake, stranger)
        assert answer.rows.num_rows == 0
        assert NoteKind.NO_DATA in kinds(answer)

    def test_may_not_name_its_benchmark(self, cast, lake, now):
        edition = published(cast.workspace, now)
        stranger = Question(
            workspace=cast.other_workspace.number,
            shops=(cast.other_shop.number,),
            benchmark_id=edition.pk,
        )
        with pytest.raises(BenchmarkNotFound):
            uplift(lake, stranger)


class TestTheCategoryOfAProduct:
    def test_is_the_catalogs_before_the_files(self, cast, lake, now):
        Product.objects.create(
            shop=cast.shop,
            external_id="p9",
            category="Home",
            seen_at=now,
            category_set_by_hand=True,
        )
        export(lake, cast.shop, of_ada(product_ids=["p9"]))
        [row] = uplift(lake, asked(cast, by=By.CATEGORY)).rows.to_pylist()
        assert row["key"] == "Home"

    def test_is_the_shops_main_one_where_nothing_is_known(self, cast, lake):
        cast.shop.category = "Beauty > Skin"
        cast.shop.save()
        export(lake, cast.shop, of_ada(category=None))
        [row] = uplift(lake, asked(cast, by=By.CATEGORY)).rows.to_pylist()
        assert row["key"] == "Beauty > Skin"


class TestTwoSources:
    def test_are_never_added_and_the_larger_is_named(self, cast, lake, now):
        published(cast.workspace, now)
        export(lake, cast.shop, of_ada())
        events(lake, cast.shop, [{"creator": "ada", "impressions": 300, "clicks": 6}])
        answer = uplift(lake, asked(cast))
        assert answer.source is Source.EXPORTS
        assert answer.rows["impressions"].to_pylist() == [50_000]
        assert NoteKind.OTHER_SOURCE_HAS_DATA in kinds(answer)

    def test_the_one_asked_for_is_taken(self, cast, lake, now):
        export(lake, cast.shop, of_ada())
        events(lake, cast.shop, [{"creator": "ada", "impressions": 300, "clicks": 6}])
        answer = uplift(lake, asked(cast, source=Source.TRACKED))
        assert answer.rows["impressions"].to_pylist() == [300]
        assert answer.rows["clicks"].to_pylist() == [6]


class TestNotes:
    def test_name_windows_that_were_left_out(self, cast, lake):
        export(lake, cast.shop, of_ada())
        export(
            lake, cast.shop, of_ada(), starts_on=date(2026, 10, 1), ends_before=date(2026, 10, 8)
        )
        answer = uplift(lake, asked(cast))
        [note] = [n for n in answer.notes if n.kind is NoteKind.WINDOWS_LEFT_OUT]
        assert dict(note.facts)["reason"] == "overlaps"
        assert answer.total["impressions"].to_pylist() == [50_000]

    def test_say_when_the_benchmark_has_no_such_definition(self, cast, lake, now):
        published(cast.workspace, now)
        export(lake, cast.shop, of_ada(video_views=100_000))
        answer = uplift(lake, asked(cast, definition=Definition.VIDEO_VIEWS))
        assert NoteKind.DEFINITION_NOT_IN_BENCHMARK in kinds(answer)
        assert answer.rows["state"].to_pylist() == ["benchmark_missing"]


class TestARowFilter:
    def test_hides_other_rows_and_changes_no_figure(self, cast, lake, now):
        published(cast.workspace, now)
        others = [
            {"creator": f"c{n}", "product_impressions": 4_000, "product_clicks": 60 + n}
            for n in range(40)
        ]
        export(lake, cast.shop, [*of_ada(), *others])
        in_list = {r["key"]: r for r in uplift(lake, asked(cast)).rows.to_pylist()}
        alone = uplift(lake, asked(cast, filters=Filters(creator="ada")))
        assert alone.rows.to_pylist() == [in_list["ada"]]
        assert alone.total["impressions"].to_pylist() == [50_000]


class TestByShop:
    def test_rows_carry_the_shops_name(self, cast, lake):
        export(lake, cast.shop, of_ada())
        [row] = uplift(lake, asked(cast, by=By.SHOP)).rows.to_pylist()
        assert row["name"] == "Lin Beauty US"
        assert row["key"] == str(cast.shop.number)
