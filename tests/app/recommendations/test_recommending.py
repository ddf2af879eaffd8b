from datetime import date

import pytest
from tests.app.web.conftest import BEAUTY

from linkstar.catalog.models import Product
from linkstar.creators.actions import CreatorRow, save_creators
from linkstar.creators.models import Creator
from linkstar.insights.queries import uplift
from linkstar.insights.questions import Question
from linkstar.recommendations.actions import (
    learn_from_facts,
    mark_used,
    recommend_for,
)
from linkstar.recommendations.queries import latest_for, places_of
from linkstar.recommendations.search import Asked, search

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)


@pytest.fixture
def serum(cast, now) -> Product:
    return Product.objects.create(
        shop=cast.shop, external_id="serum", name="Serum", category=BEAUTY, seen_at=now
    )


def everything(cast) -> Question:
    return Question(workspace=cast.workspace.number, shops=(cast.shop.number,))


@pytest.fixture
def people(cast, lake, shop_with_facts, now):
    """Ada is far above the market, Bo below, Cy hardly seen; Dee and Eve nobody has tried."""
    learn_from_facts(lake, question=everything(cast), workspace=cast.workspace, now=now)
    rows = [
        CreatorRow("ada", "Ada", followers=40_000, video_price_minor=20_000),
        CreatorRow("dee", "Dee", categories=(BEAUTY,), followers=5_000),
        CreatorRow("eve", "Eve", categories=("Home",)),
    ]
    save_creators(workspace=cast.workspace, rows=rows, on=TODAY, now=now)


class TestLearning:
    def test_adds_who_facts_name_to_own_records_and_nobody_elses(self, people, cast) -> None:
        own = Creator.objects.filter(workspace=cast.workspace).values_list("handle", flat=True)
        assert set(own) == {"ada", "bo", "cy", "dee", "eve"}
        assert not Creator.objects.filter(workspace=cast.other_workspace).exists()


class TestAList:
    def test_ranks_by_what_is_expected_and_says_why(self, people, lake, serum, now):
        made = recommend_for(lake, product=serum, on=TODAY, now=now)
        places = places_of(made, serum.shop.workspace)
        assert [p.creator.handle for p in places] == ["ada", "dee", "cy", "bo", "eve"]
        first = places[0]
        assert "surely_above" in first.reasons
        assert first.figures["low"] > 0
        assert first.figures["price_minor"] > 0
        assert (made.candidates, latest_for(serum, on=TODAY)) == (5, made)

    def test_is_the_same_again_under_a_new_number(self, people, lake, serum, now):
        one, two = (recommend_for(lake, product=serum, on=TODAY, now=now) for _ in range(2))
        assert (one.number, two.number, one.seed == two.seed) == (1, 2, True)
        workspace = serum.shop.workspace
        order = [[p.creator_id for p in places_of(each, workspace)] for each in (one, two)]
        assert order[0] == order[1]

    def test_without_facts_says_so_of_everybody(self, cast, lake, serum, now):
        rows = [CreatorRow("dee", categories=("Home",)), CreatorRow("eve", categories=(BEAUTY,))]
        save_creators(workspace=cast.workspace, rows=rows, on=TODAY, now=now)
        made = recommend_for(lake, product=serum, on=TODAY, now=now)
        places = places_of(made, cast.workspace)
        assert [p.creator.handle for p in places] == ["eve", "dee"]
        assert made.with_facts == 0
        assert all("no_facts" in p.reasons for p in places)

    def test_remembers_who_was_used(self, people, lake, serum, now):
        made = recommend_for(lake, product=serum, on=TODAY, now=now)
        ada = Creator.objects.get(handle="ada")
        used = {"product_ids": [serum.pk], "creators": [ada], "on": TODAY, "now": now}
        assert mark_used(**used) == 1
        assert mark_used(**used) == 0
        assert made.places.get(creator=ada).used_at == now


class TestASearch:
    def rows(self, cast, lake):
        return uplift(lake, everything(cast)).rows

    def test_is_by_the_lower_limit_with_the_unknown_last(self, people, cast, lake):
        found = search(cast.workspace, Asked(), self.rows(cast, lake))
        handles = [creator.handle for creator in found.creators]
        assert handles == ["ada", "bo", "dee", "cy", "eve"]
        assert found.uplift["ada"]["low"] > 0

    def test_keeps_only_who_is_surely_above(self, people, cast, lake):
        found = search(cast.workspace, Asked(low_min=0.0), self.rows(cast, lake))
        assert [creator.handle for creator in found.creators] == ["ada"]

    def test_pages(self, people, cast, lake):
        rows = self.rows(cast, lake)
        shown = [
            creator.handle
            for number in (1, 2, 3)
            for creator in search(cast.workspace, Asked(number=number, size=2), rows).creators
        ]
        assert sorted(shown) == ["ada", "bo", "cy", "dee", "eve"]
        assert search(cast.workspace, Asked(number=99, size=2), rows).number == 3

    def test_of_who_has_worked_with_us_is_empty_before_anybody_did(self, people, cast, lake):
        rows = self.rows(cast, lake)
        assert search(cast.workspace, Asked(worked_with=True), rows).total == 0
        assert search(cast.workspace, Asked(worked_with=False), rows).total == 5

    def test_asks_the_database_as_often_for_many_as_for_few(
        self,
        people,
        cast,
        lake,
        now,
        django_assert_max_num_queries,
    ) -> None:
        rows = [CreatorRow(f"c{n}", followers=n) for n in range(200)]
        save_creators(workspace=cast.workspace, rows=rows, on=TODAY, now=now)
        told = self.rows(cast, lake)
        with django_assert_max_num_queries(4):
            search(cast.workspace, Asked(), told)
        with django_assert_max_num_queries(5):
            search(cast.workspace, Asked(sort="followers"), told)
