"""Computing an edition from opted-in shops."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.app.benchmarks.markets import FIRST_WEEK, open_shops, sell, weeks

from linkstar.benchmarks.actions import (
    EditionOutdated,
    NothingToPublish,
    PoolEmpty,
    build_benchmark,
    discard,
    own_history_benchmark,
    publish,
)
from linkstar.benchmarks.models import Benchmark, BenchmarkCell, BenchmarkFrozen
from linkstar.benchmarks.queries import (
    benchmarks_for,
    cell_book,
    cells,
    default_benchmark,
    drafts_of_the_pool,
)
from linkstar.benchmarks.rules import (
    BenchmarkSource,
    FloorTooLow,
    NotWholeWeeks,
    Place,
    WeekNotOver,
)
from linkstar.stats.ctr import Definition

IMPRESSIONS = Definition.PRODUCT_IMPRESSIONS
FOUR = weeks(4)
END = FIRST_WEEK + timedelta(weeks=4)


def build(lake, now, *, starts_on=FIRST_WEEK, ends_before=END, **more):
    return build_benchmark(
        lake, market="US", starts_on=starts_on, ends_before=ends_before, user=None, now=now, **more
    )


VIDEOS = Place("Beauty", "video", "tiktok")


def figure(book, place=VIDEOS, **more):
    at = book.find(place, IMPRESSIONS, **more)
    return book.cells.slice(at, 1).to_pylist()[0]


class TestAnEditionOfFourteenShops:
    @pytest.fixture
    def market(self, db, lake):
        shops = open_shops(14)
        return shops, sell(lake, shops, of_weeks=FOUR, seed=1)

    def test_holds_the_pooled_ctr_of_everybody(self, market, lake, now, cast):
        _, truth = market
        book = cell_book(build(lake, now), cast.workspace)
        found = figure(book)
        assert found["impressions"] == sum(n for n, _ in truth.values())
        assert found["clicks"] == sum(x for _, x in truth.values())
        assert (found["shops"], found["creators"], found["withheld"]) == (14, 56, "")
        assert found["p25"] < found["median"] < found["p75"]

    def test_has_a_cell_per_week_and_for_all_categories(self, market, lake, now, cast):
        _, truth = market
        book = cell_book(build(lake, now), cast.workspace)
        week = FOUR[1]
        found = figure(book, Place("", "", ""), week_starts_on=week)
        assert found["impressions"] == sum(n for key, (n, _) in truth.items() if key[3] == week)

    def test_leaves_the_readers_own_shops_out(self, market, lake, now):
        shops, truth = market
        edition = build(lake, now)
        mine = shops[3]
        book = cell_book(edition, mine.workspace)
        found = figure(book)
        others = [counts for key, counts in truth.items() if key[0] != mine.number]
        assert book.own_shops_left_out
        assert found["impressions"] == sum(n for n, _ in others)
        assert found["clicks"] == sum(x for _, x in others)
        assert found["shops"] == 13

    def test_is_a_draft_nobody_but_the_operator_sees(self, market, lake, now, cast):
        draft = build(lake, now)
        assert list(benchmarks_for(cast.workspace, "US")) == []
        assert list(drafts_of_the_pool("US")) == [draft]
        assert default_benchmark(cast.workspace, "US", None, None) is None

    def test_once_published_is_what_everybody_is_compared_with(self, market, lake, now, cast):
        edition = publish(build(lake, now), user=cast.olga, now=now)
        assert default_benchmark(cast.workspace, "US", FIRST_WEEK, END) == edition
        assert list(benchmarks_for(cast.workspace, "US")) == [edition]

    def test_gets_the_next_version_when_built_again(self, market, lake, now):
        assert [build(lake, now).version, build(lake, now).version] == [1, 2]


class TestWithoutEnoughShops:
    def test_every_cell_is_withheld_and_nothing_can_be_published(self, db, lake, now):
        sell(lake, open_shops(9), of_weeks=FOUR, seed=1, contents=20)
        draft = build(lake, now)
        assert set(cells(draft)["withheld"].to_pylist()) == {"few_shops"}
        with pytest.raises(NothingToPublish):
            publish(draft, user=None, now=now)

    def test_a_reader_among_exactly_ten_is_left_with_nine_and_sees_nothing(self, db, lake, now):
        shops = open_shops(10)
        sell(lake, shops, of_weeks=FOUR, seed=1, contents=20)
        edition = build(lake, now)
        stranger = open_shops(1, shares=False)[0].workspace
        assert figure(cell_book(edition, stranger))["withheld"] == ""
        assert figure(cell_book(edition, shops[0].workspace))["withheld"] == "few_shops"

    def test_one_shop_that_dominates_is_protected(self, db, lake, now, cast):
        shops = open_shops(14)
        sell(lake, shops, of_weeks=FOUR, seed=1, weights={shops[0].number: 8.0})
        book = cell_book(build(lake, now), cast.workspace)
        assert figure(book)["withheld"] == "largest_shop"

    def test_shops_that_did_not_agree_are_not_counted(self, db, lake, now):
        sell(lake, open_shops(12, shares=False), of_weeks=FOUR, seed=1)
        with pytest.raises(PoolEmpty):
            build(lake, now)


class TestAWindow:
    def test_must_be_whole_weeks(self, db, lake, now):
        with pytest.raises(NotWholeWeeks):
            build(lake, now, starts_on=date(2026, 9, 22))

    def test_must_be_over_for_two_days(self, db, lake, now):
        with pytest.raises(WeekNotOver):
            build(lake, now, ends_before=date(2026, 10, 26))

    def test_may_not_lower_the_floor_under_five_shops(self, db, lake, now):
        with pytest.raises(FloorTooLow):
            build(lake, now, shops_min=4)


class TestAPublishedEdition:
    @pytest.fixture
    def edition(self, db, lake, now):
        sell(lake, open_shops(12), of_weeks=FOUR, seed=1, contents=12)
        return publish(build(lake, now), user=None, now=now)

    def test_is_not_saved_again(self, edition):
        edition.licence = "another"
        with pytest.raises(BenchmarkFrozen):
            edition.save()
        with pytest.raises(BenchmarkFrozen):
            edition.cells.first().save()

    def test_is_not_discarded(self, edition):
        with pytest.raises(BenchmarkFrozen):
            discard(edition)

    @pytest.mark.parametrize(
        "change",
        [
            lambda: Benchmark.objects.update(licence="another"),
            lambda: BenchmarkCell.objects.update(clicks=0),
            lambda: BenchmarkCell.objects.all().delete(),
            lambda: connection.cursor().execute("UPDATE benchmarks_workspaceview SET cells = ''"),
            lambda: connection.cursor().execute("DELETE FROM benchmarks_shopcontribution"),
            lambda: connection.cursor().execute("DELETE FROM benchmarks_poolfacts"),
        ],
        ids=["edition", "cells", "delete cells", "views", "contributions", "pool"],
    )
    def test_is_kept_by_the_database_itself(self, edition, change):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            change()

    def test_published_again_stays_as_it_is(self, edition, now):
        before = edition.published_at
        assert publish(edition, user=None, now=now + timedelta(days=1)).published_at == before


class TestALaterEdition:
    @pytest.fixture
    def first(self, db, lake, now):
        shops = open_shops(14)
        sell(lake, shops, of_weeks=weeks(4, FIRST_WEEK - timedelta(weeks=1)), seed=1, contents=12)
        earlier = FIRST_WEEK - timedelta(weeks=1)
        built = build(lake, now, starts_on=earlier, ends_before=earlier + timedelta(weeks=3))
        return shops, publish(built, user=None, now=now)

    def test_keeps_released_weeks_as_they_were_released(self, first, lake, now, cast):
        _, released = first
        newcomer = open_shops(1)
        sell(lake, newcomer, of_weeks=weeks(2), seed=9, contents=12)
        later = build(lake, now + timedelta(hours=1), ends_before=FIRST_WEEK + timedelta(weeks=3))
        week = FOUR[0]
        old = figure(cell_book(released, cast.workspace), week_starts_on=week)
        new = figure(cell_book(later, cast.workspace), week_starts_on=week)
        assert new == old

    def test_counts_a_newcomer_from_the_first_unreleased_week_on(self, first, lake, now):
        newcomer = open_shops(1)
        sell(lake, newcomer, of_weeks=FOUR, seed=9, contents=12)
        later = build(lake, now + timedelta(hours=1), ends_before=FIRST_WEEK + timedelta(weeks=3))
        kept = later.contributions.filter(shop=newcomer[0])
        assert kept.count() == 1
        weeks_of = set(cells(later).filter(_in(later, newcomer[0]))["week_starts_on"].to_pylist())
        assert weeks_of == {None, FOUR[2]}

    def test_built_before_another_was_published_is_outdated(self, first, lake, now):
        later = FIRST_WEEK + timedelta(weeks=3)
        one = build(lake, now + timedelta(hours=1), ends_before=later)
        two = build(lake, now + timedelta(hours=2), ends_before=later)
        publish(one, user=None, now=now + timedelta(hours=3))
        with pytest.raises(EditionOutdated):
            publish(two, user=None, now=now + timedelta(hours=4))


def _in(edition, shop):
    import numpy as np
    import pyarrow as pa

    from linkstar.benchmarks.packing import unpacked

    mask = np.zeros(edition.cells.count(), dtype=bool)
    mask[unpacked(edition.contributions.get(shop=shop).cells)["cell"].to_numpy()] = True
    return pa.array(mask)


class TestOwnHistory:
    def test_is_read_by_its_workspace_alone_and_named_so(self, db, lake, now, cast):
        shops = open_shops(1, shares=False)
        truth = sell(lake, shops, of_weeks=FOUR, seed=1)
        draft = own_history_benchmark(
            lake,
            workspace=shops[0].workspace,
            market="US",
            starts_on=FIRST_WEEK,
            ends_before=END,
            user=None,
            now=now,
        )
        edition = publish(draft, user=None, now=now)
        assert edition.source == BenchmarkSource.OWN_HISTORY
        assert list(benchmarks_for(cast.workspace, "US")) == []
        found = figure(cell_book(edition, shops[0].workspace))
        assert found["impressions"] == sum(n for n, _ in truth.values())
        assert found["withheld"] == ""
