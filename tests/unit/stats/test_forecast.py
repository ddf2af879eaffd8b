import numpy as np
import pytest

from linkstar.stats.back_test import BackTest, Calibration, back_test
from linkstar.stats.forecast import NotEnoughHistory, expected_outcome, forecast, learn
from linkstar.stats.variances import shrink_variances


def _history(rng, *, creators=300, spread=1.2):
    contents = rng.integers(1, 12, creators)
    creator = np.repeat(np.arange(creators), contents)
    sells, location = rng.beta(3, 3, creators), rng.normal(6, 1, creators)
    size = np.exp(location[creator] + spread * rng.standard_normal(creator.size))
    return creator, np.where(rng.random(creator.size) < sells[creator], size, 0.0)


class TestForecast:
    def test_range_of_many_contents_is_computed_again_from_the_same_seed(self):
        outlook = learn(*_history(np.random.default_rng(1)), creators=300)
        contents = np.full(300, 5)

        one, other = (forecast(outlook, contents, rng=np.random.default_rng(9)) for _ in range(2))

        assert one.low.tolist() == other.low.tolist()
        assert (one.low <= one.median).all()
        assert (one.median <= one.high).all()

    def test_a_new_creator_gets_the_wide_range_of_the_market(self):
        creator, outcome = _history(np.random.default_rng(2))
        outlook = learn(creator, outcome, creators=301)

        found = forecast(outlook, np.full(301, 3), rng=np.random.default_rng(3))

        width = np.log(found.high) - np.log(np.maximum(found.median, 1))
        assert found.outcomes[300] == 0
        assert width[300] > np.median(width[:300])

    def test_total_is_narrower_than_the_sum_of_the_ranges(self):
        outlook = learn(*_history(np.random.default_rng(4)), creators=300)

        found = forecast(outlook, np.full(300, 2), rng=np.random.default_rng(5))

        assert found.low.sum() < found.total_low < found.total_expected
        assert found.total_high < found.high.sum()
        assert found.expected.sum() == pytest.approx(found.total_expected)

    def test_expected_is_the_mean_of_what_comes(self):
        rng = np.random.default_rng(6)
        creator = np.repeat(np.arange(400), 200)
        outcome = np.where(rng.random(creator.size) < 0.5, rng.lognormal(5, 1, creator.size), 0)

        outlook = learn(creator, outcome, creators=400)

        assert expected_outcome(outlook).mean() == pytest.approx(0.5 * np.exp(5.5), rel=0.03)

    def test_no_contents_bring_nothing(self):
        outlook = learn(*_history(np.random.default_rng(7)), creators=300)

        found = forecast(outlook, np.zeros(300, dtype=np.int64), rng=np.random.default_rng(8))

        assert found.total_high == 0
        assert found.probability_any.max() == 0

    def test_names_what_is_missing(self):
        assert learn(np.arange(5), np.ones(5), creators=5) == NotEnoughHistory(5, 20, 5, 50)

    def test_refuses_negative_outcomes(self):
        with pytest.raises(ValueError, match="negative"):
            learn(np.zeros(1, dtype=np.int64), [-1.0], creators=1)


class TestBackTest:
    def test_finds_the_ranges_calibrated_and_better_than_the_market(self):
        found = back_test(
            *_history(np.random.default_rng(10), creators=2_000),
            creators=2_000,
            rng=np.random.default_rng(11),
        )

        assert isinstance(found, BackTest)
        assert found.calibration is Calibration.CALIBRATED
        assert found.loss < found.loss_of_market

    def test_notices_a_market_that_changed(self):
        creator, outcome = _history(np.random.default_rng(12), creators=800)
        last = np.r_[creator[1:] != creator[:-1], True]
        outcome[last] *= 20

        found = back_test(creator, outcome, creators=800, rng=np.random.default_rng(13))

        assert found.calibration is Calibration.TOO_NARROW
        assert found.above > found.below


class TestVariances:
    def test_are_pulled_together_as_much_as_they_ought(self):
        rng = np.random.default_rng(14)
        true = 2.0 * 10 / rng.chisquare(10, 5_000)
        seen = true * rng.chisquare(4, 5_000) / 4

        found = shrink_variances(seen, np.full(5_000, 4.0))

        assert found.centre == pytest.approx(2.0, rel=0.05)
        assert found.prior_degrees == pytest.approx(10, rel=0.25)
        assert np.mean((found.variance - true) ** 2) < 0.5 * np.mean((seen - true) ** 2)

    def test_become_one_when_they_do_not_differ(self):
        seen = 3.0 * np.random.default_rng(15).chisquare(90, 200) / 90

        found = shrink_variances(seen, np.full(200, 60.0))

        assert np.isinf(found.prior_degrees)
        assert np.ptp(found.variance) == 0

    def test_of_an_unknown_one_is_the_centre(self):
        found = shrink_variances([1.0, 9.0, 0.2, np.nan], [5, 5, 5, 0])

        assert found.variance[3] == pytest.approx(found.centre)
