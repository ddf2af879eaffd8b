"""The first page's figures."""

from datetime import timedelta

import pytest
from tests.app.facts import ENDS_BEFORE, STARTS_ON, export
from tests.app.insights.test_uplift import asked, published

from linkstar.insights.queries import overview


def videos(creator, number, impressions, clicks, **more):
    return [
        {"creator": creator, "product_impressions": impressions, "product_clicks": clicks, **more}
        for _ in range(number)
    ]


class TestTheOverview:
    @pytest.fixture
    def found(self, cast, lake, now):
        published(cast.workspace, now, p25=[0.012], median=[0.018], p75=[0.027])
        middling = [v for n in range(30) for v in videos(f"c{n}", 4, 5_000, 95 + n % 10)]
        export(
            lake,
            cast.shop,
            [
                *videos("small", 5, 2_000, 120, orders=2, gmv_minor=5_000, currency="USD"),
                *videos("large", 20, 20_000, 800),
                *videos("weak", 20, 20_000, 200),
                *videos("bought", 3, 5_000, 4_000),
                *middling,
            ],
        )
        day = timedelta(days=28)
        export(lake, cast.shop, videos("ada", 1, 1_000, 10),
               starts_on=STARTS_ON - day, ends_before=STARTS_ON)  # fmt: skip
        return overview(lake, asked(cast))

    def test_ranks_by_lower_limit_times_impressions(self, found):
        assert found.stands_out["key"].to_pylist()[:2] == ["large", "small"]

    def test_names_doubtful_traffic_before_weak_creators(self, found):
        assert found.needs_a_look["key"].to_pylist() == ["bought", "weak"]

    def test_gives_the_verdict_and_totals(self, found):
        total = found.answer.total.to_pylist()[0]
        assert found.now.impressions == total["impressions"]
        assert (found.before.impressions, found.before.clicks) == (1_000, 10)
        assert (found.creators, found.contents) == (34, 168)

    def test_adds_up_what_else_is_stated(self, found):
        assert found.sums["orders"] == 10
        assert found.money["USD"]["gmv_minor"] == 25_000

    def test_says_until_when_there_is_data(self, found):
        assert found.data_until == ENDS_BEFORE


class TestAnEmptyOverview:
    def test_says_nothing_it_does_not_know(self, cast, lake):
        found = overview(lake, asked(cast))
        assert found.now.ctr is None
        assert found.data_until is None
        assert found.stands_out.num_rows == found.needs_a_look.num_rows == 0
