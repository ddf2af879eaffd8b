import numpy as np
import pytest
from scipy.stats import betabinom, binom

from linkstar.stats.drift import cusum
from linkstar.stats.series import Expected, Reading, expect, judge, limits

WEEKDAY = np.arange(56) % 7


def _known(ctr, *, icc=0.0, weeks=8, error=0.0, degrees=np.inf):
    one = np.ones(1)
    return Expected(
        np.array([[ctr]]), np.array([[error]]), icc * one, degrees * one, weeks * one, 500 * one
    )


def _fitted(clicks, shown, category=None):
    series = len(clicks)
    where = np.zeros(series, dtype=np.int64) if category is None else category
    return expect(
        clicks, shown, slot=WEEKDAY, slots=7, category=where, categories=int(where.max()) + 1
    )


class TestExpectation:
    def test_finds_level_and_weekly_season(self):
        season = np.array([0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.0])
        shown = np.full((3, 56), 1_000_000)
        rate = np.array([0.01, 0.02, 0.03])[:, None] * season[WEEKDAY]

        found = _fitted((shown * rate).round(), shown)

        assert found.ctr == pytest.approx(np.array([[0.01], [0.02], [0.03]]) * season, rel=1e-3)

    def test_borrows_the_season_of_the_category_when_a_series_is_thin(self):
        rng = np.random.default_rng(1)
        season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(7) / 7)
        shown = np.r_[np.full((40, 56), 50_000), np.full((1, 56), 300)]
        found = _fitted(rng.binomial(shown, 0.02 * season[WEEKDAY]), shown)

        thin = found.ctr[-1] / found.ctr[-1].mean()

        assert thin == pytest.approx(season / season.mean(), rel=0.15)

    def test_keeps_a_season_of_ones_own_when_the_data_insist(self):
        rng = np.random.default_rng(2)
        season = 1 + 0.3 * rng.standard_normal((20, 7)).clip(-2, 2)
        shown = np.full((20, 56), 100_000)
        found = _fitted(rng.binomial(shown, 0.02 * season[:, WEEKDAY]), shown)

        assert found.ctr == pytest.approx(0.02 * season, rel=0.06)

    def test_learns_the_spread_from_day_to_day(self):
        rng = np.random.default_rng(3)
        shown = np.full((100, 56), 20_000)
        rate = rng.beta(0.02 / 0.0012, 0.98 / 0.0012, shown.shape)

        found = _fitted(rng.binomial(shown, rate), shown)

        assert found.icc.mean() == pytest.approx(0.0012 / 1.0012, rel=0.1)


class TestJudgement:
    @pytest.mark.parametrize("clicks", [330, 345, 380, 430, 460, 480])
    def test_agrees_with_the_binomial_mid_p_when_all_is_known(self, clicks):
        mid = binom(20_000, 0.02).cdf(clicks - 1) + binom(20_000, 0.02).pmf(clicks) / 2

        found = judge(_known(0.02), [clicks], [20_000], slot=0)

        assert found.p[0] == pytest.approx(2 * min(mid, 1 - mid), rel=1e-6)

    @pytest.mark.parametrize(("ctr", "icc"), [(0.02, 0.0006), (0.02, 0.003), (0.05, 0.003)])
    @pytest.mark.parametrize("place", [0.002, 0.02, 0.98, 0.998])
    def test_agrees_with_the_beta_binomial_within_twelve_percent(self, ctr, icc, place):
        weight = 1 / icc - 1
        reference = betabinom(5_000, ctr * weight, (1 - ctr) * weight)
        clicks = int(reference.ppf(place))
        mid = reference.cdf(clicks - 1) + reference.pmf(clicks) / 2

        found = judge(_known(ctr, icc=icc), [clicks], [5_000], slot=0)

        assert found.p[0] == pytest.approx(2 * min(mid, 1 - mid), rel=0.12)

    def test_names_drops_and_rises(self):
        readings = [judge(_known(0.02), [x], [20_000], slot=0).reading[0] for x in (300, 400, 500)]

        assert readings == [Reading.DROP, Reading.AS_EXPECTED, Reading.RISE]

    def test_is_slower_to_alarm_when_the_expectation_is_unsure(self):
        sure = judge(_known(0.02), [330], [20_000], slot=0)
        unsure = judge(_known(0.02, error=0.01), [330], [20_000], slot=0)
        few = judge(_known(0.02, degrees=5), [330], [20_000], slot=0)

        assert sure.reading[0] == Reading.DROP
        assert unsure.p[0] > sure.p[0]
        assert few.p[0] > sure.p[0]

    def test_allows_for_how_many_series_are_watched(self):
        many = Expected(*(np.repeat(v, 100, axis=0) for v in (
            np.array([[0.02]]), np.array([[0.0]]), np.zeros(1), np.full(1, np.inf), np.full(1, 8.0),
            np.full(1, 500.0),
        )))  # fmt: skip
        clicks = np.full(100, 400.0)
        clicks[0] = 338

        found = judge(many, clicks, np.full(100, 20_000), slot=0)

        assert found.p[0] < 0.0027
        assert found.reading[0] == Reading.AS_EXPECTED

    def test_says_when_the_history_is_too_short(self):
        found = judge(_known(0.02, weeks=3), [1], [20_000], slot=0)

        assert found.reading[0] == Reading.NOT_ENOUGH_HISTORY
        assert np.isnan(found.p[0])
        assert np.isnan(found.score[0])

    def test_says_when_nothing_arrived(self):
        assert judge(_known(0.02), [0], [0], slot=0).reading[0] == Reading.NO_DATA

    def test_band_is_where_the_alarm_begins(self):
        low, high = limits(_known(0.02, icc=0.001), [20_000], slot=0)
        inside = [round(low[0] * 20_000), round(high[0] * 20_000)]

        for clicks, outside in ((inside[0], inside[0] - 1), (inside[1], inside[1] + 1)):
            assert judge(_known(0.02, icc=0.001), [clicks], [20_000], slot=0).p[0] >= 0.0027
            assert judge(_known(0.02, icc=0.001), [outside], [20_000], slot=0).p[0] < 0.0027


class TestCusum:
    def test_follows_the_textbook_recursion(self):
        # Montgomery, SQC, example 9.1, first ten standardised observations are below the decision.
        z = [-0.55, -2.01, -0.71, 1.66, 2.16, 0.18, -1.96, 1.46, -0.8, 0.45]
        up, expected = 0.0, []
        for value in z:
            up = max(0.0, up + value - 0.5)
            expected.append(up)

        assert cusum([z]).upper[0] == pytest.approx(expected)

    def test_dates_the_beginning_of_a_drop(self):
        scores = np.r_[np.zeros(30), np.full(20, -1.5)]

        found = cusum([scores])

        first = int(found.drop[0].argmax())
        assert first == 35
        assert found.onset[0, first] == 30
        assert not found.rise.any()

    def test_starts_anew_after_an_alarm(self):
        found = cusum([np.full(40, 2.0)])

        assert found.rise[0].sum() == 10

    def test_stands_still_when_nothing_arrives(self):
        found = cusum([[2.0, np.nan, 2.0]])

        assert found.upper[0] == pytest.approx([1.5, 1.5, 3.0])
