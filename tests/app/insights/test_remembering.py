"""Answers that are kept: found again as they were, and never after anything changed."""

from dataclasses import replace

import pytest
from tests.app.facts import export
from tests.app.insights.test_overview import videos
from tests.app.insights.test_uplift import asked, published

from linkstar.catalog.models import Product
from linkstar.insights import queries, remembering
from linkstar.insights.queries import overview, uplift
from linkstar.insights.questions import By, Filters
from linkstar.lake.upkeep import remove_import
from linkstar.lake.verify import rows_by_import

CREATORS = {"ada": 300, "bo": 90, "cleo": 160}


@pytest.fixture
def kept(cast, lake, now, monkeypatch):
    """A shop whose answers are all worth keeping; how often somebody was judged."""
    monkeypatch.setattr(remembering, "ROWS_MIN", 0)
    published(cast.workspace, now)
    export(lake, cast.shop, [v for name, n in CREATORS.items() for v in videos(name, 4, 9_000, n)])
    judged = []
    judge = queries.judged_counts
    monkeypatch.setattr(
        queries, "judged_counts", lambda *given: judged.append(given) or judge(*given)
    )
    return judged


def assert_the_same(found, other):
    assert found.rows.equals(other.rows)
    assert found.total.equals(other.total)
    assert (found.notes, found.source, found.sql) == (other.notes, other.source, other.sql)


class TestAnAnswer:
    @pytest.mark.parametrize("by", By)
    @pytest.mark.parametrize(
        "filters", [Filters(), Filters(text="ad"), Filters(creator="bo"), Filters(category="Home")]
    )
    def test_is_the_same_when_it_is_remembered(self, cast, lake, kept, monkeypatch, *, by, filters):
        question = replace(asked(cast), by=by, filters=filters)
        first, second = uplift(lake, question), uplift(lake, question)
        assert len(kept) == 1
        assert_the_same(second, first)
        monkeypatch.setattr(remembering, "ROWS_MIN", 10**9)
        assert_the_same(uplift(lake, question), first)
        assert len(kept) == 2

    def test_is_filtered_without_judging_again(self, cast, lake, kept):
        question = replace(asked(cast), by=By.CONTENT)
        uplift(lake, question)
        found = uplift(lake, replace(question, filters=Filters(creator="bo", text="bo")))
        assert found.rows["creator"].to_pylist() == ["bo"] * 4
        assert len(kept) == 1

    def test_serves_the_overview_too(self, cast, lake, kept):
        uplift(lake, asked(cast))
        found = overview(lake, asked(cast))
        assert (found.creators, found.contents, len(kept)) == (3, 12, 1)

    def test_is_judged_anew_once_a_file_comes_or_goes(self, cast, lake, kept, now):
        before = uplift(lake, asked(cast))
        export(lake, cast.shop, videos("dan", 4, 9_000, 200))
        after = uplift(lake, asked(cast))
        assert after.rows["key"].to_pylist() != before.rows["key"].to_pylist()
        remove_import(lake, max(rows_by_import(lake)["import_id"].to_pylist()), now=now)
        assert_the_same(uplift(lake, asked(cast)), before)

    def test_is_judged_anew_once_the_catalog_or_the_benchmark_changes(self, cast, lake, kept, now):
        uplift(lake, asked(cast))
        Product.objects.create(shop=cast.shop, external_id="1", category="Home", seen_at=now)
        uplift(lake, asked(cast))
        published(cast.workspace, now, clicks=[1_000])
        uplift(lake, asked(cast))
        assert len(kept) == 3

    def test_that_was_cut_off_is_judged_anew(self, cast, lake, kept):
        first = uplift(lake, asked(cast))
        for path in lake.root.glob("answers/*/*/*.arrow"):
            path.write_bytes(path.read_bytes()[:50])
        assert_the_same(uplift(lake, asked(cast)), first)
        assert len(kept) == 2

    def test_makes_room_for_another(self, cast, lake, kept, monkeypatch):
        monkeypatch.setattr(remembering, "BYTES_MAX", 0)
        uplift(lake, asked(cast))
        assert list(lake.root.glob("answers/*/*/*.arrow")) == []
