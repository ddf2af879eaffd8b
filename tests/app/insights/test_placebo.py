"""A shop against itself: no uplift may come of it."""

from dataclasses import replace

import pytest
from tests.app.benchmarks.markets import FIRST_WEEK, open_shops, sell, weeks
from tests.app.benchmarks.test_building import END, build

from linkstar.benchmarks.actions import own_history_benchmark, publish
from linkstar.insights.answers import NoteKind
from linkstar.insights.queries import trend, uplift
from linkstar.insights.questions import By, Question

CATEGORIES = ("Beauty", "Home > Kitchen")
TYPES = ("video", "live")


def asked(shop, by):
    return Question(
        workspace=shop.workspace.number,
        shops=(shop.number,),
        by=by,
        starts_on=FIRST_WEEK,
        ends_before=END,
    )


class TestAShopAgainstItsOwnHistory:
    @pytest.fixture
    def shop(self, db, lake, now):
        [shop] = open_shops(1, shares=False)
        sell(lake, [shop], of_weeks=weeks(4), seed=4, categories=CATEGORIES, content_types=TYPES)
        draft = own_history_benchmark(
            lake,
            workspace=shop.workspace,
            market="US",
            starts_on=FIRST_WEEK,
            ends_before=END,
            user=None,
            now=now,
        )
        publish(draft, user=None, now=now)
        return shop

    @pytest.mark.parametrize("by", [By.SHOP, By.CATEGORY])
    def test_has_no_uplift(self, shop, lake, by):
        rows = uplift(lake, asked(shop, by)).rows.to_pylist()
        assert rows
        for row in rows:
            assert row["uplift"] == pytest.approx(0.0, abs=1e-12)
            assert row["state"] not in {"above", "below"}

    def test_has_none_in_any_week(self, shop, lake):
        for point in trend(lake, asked(shop, By.SHOP)).to_pylist():
            assert point["ctr"] == pytest.approx(point["benchmark_ctr"])

    def test_is_told_that_this_is_its_own_history(self, shop, lake):
        answer = uplift(lake, asked(shop, By.CREATOR))
        assert NoteKind.OWN_HISTORY in {note.kind for note in answer.notes}


class TestShopsOfOneMarketWithoutDifferences:
    def test_are_seldom_called_better_or_worse(self, db, lake, now):
        """Fourteen shops with the same true CTR, each against the others."""
        shops = open_shops(14)
        sell(lake, shops, of_weeks=weeks(4), seed=8, spread=0.0, contents=12)
        publish(build(lake, now), user=None, now=now)
        answers = [uplift(lake, replace(asked(shop, By.SHOP))) for shop in shops]
        rows = [answer.rows.to_pylist()[0] for answer in answers]
        assert all(abs(row["uplift"]) < 0.15 for row in rows)
        assert sum(row["state"] in {"above", "below"} for row in rows) == 0
        inside = sum(row["low"] <= 0.0 <= row["high"] for row in rows)
        assert inside >= 12
