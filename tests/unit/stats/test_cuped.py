import numpy as np
import pytest

from linkstar.stats.arm_sums import sums_of_units
from linkstar.stats.cuped import CovariateAfterExposure, adjusted_lift
from linkstar.stats.experiments import Verdict

STARTS = np.datetime64("2026-10-01T00:00")


def _blocks(rng, *, tests, blocks, spread, lift=0.0):
    experiment = np.repeat(np.arange(tests), 2 * blocks)
    arm = np.tile(np.repeat([0, 1], blocks), tests)
    own = 0.03 * np.exp(rng.normal(0, spread, experiment.size))
    shown, before = rng.poisson(4_000, (2, experiment.size))
    clicks = rng.binomial(shown, own * (1 + lift * arm))
    return experiment, arm, clicks, shown, rng.binomial(before, own), before


def _adjusted(data, tests, **options):
    experiment, arm, clicks, shown, clicks_before, before = data
    return adjusted_lift(
        experiment,
        arm,
        clicks,
        shown,
        clicks_before=clicks_before,
        impressions_before=before,
        covariate_ends_before=STARTS,
        exposure_starts_at=STARTS,
        experiments=tests,
        arms=2,
        **options,
    )


class TestCuped:
    def test_covers_and_narrows_when_the_past_predicts(self):
        data = _blocks(np.random.default_rng(5), tests=1_000, blocks=100, spread=0.4, lift=0.1)

        found = _adjusted(data, 1_000)

        covered = (found.low < 0.1) & (found.high > 0.1)
        assert 0.93 < covered.mean() < 0.97
        assert found.variance_removed.mean() > 0.8
        assert found.lift.std() < 0.5 * found.plain_lift.std()

    def test_changes_nothing_when_the_past_says_nothing(self):
        data = _blocks(np.random.default_rng(6), tests=50, blocks=100, spread=0.0)

        found = _adjusted(data, 50)

        assert found.variance_removed.mean() < 0.03
        assert found.lift == pytest.approx(found.plain_lift, abs=0.01)

    def test_is_the_plain_delta_method_without_a_past(self):
        data = list(_blocks(np.random.default_rng(7), tests=1, blocks=50, spread=0.3))
        data[4], data[5] = data[4] * 0, data[5] * 0
        sums = sums_of_units(*data[:4], experiments=1, arms=2)

        found = _adjusted(data, 1)

        error = np.sqrt(sums.log_variance.sum())
        assert np.log1p(found.high - 0)[0, 0] - np.log1p(found.lift)[0, 0] == pytest.approx(
            1.959964 * error, rel=1e-6
        )

    def test_names_what_is_missing(self):
        few = _adjusted(_blocks(np.random.default_rng(8), tests=1, blocks=12, spread=0.3), 1)
        data = list(_blocks(np.random.default_rng(8), tests=2, blocks=40, spread=0.1, lift=0.2))
        data[3] = np.where(data[0] == 1, 0, data[3])
        data[2] = np.where(data[0] == 1, 0, data[2])
        found = _adjusted(data, 2)

        assert few.verdict.ravel().tolist() == [Verdict.NOT_ENOUGH_DATA]
        assert few.units_missing.ravel().tolist() == [18]
        assert np.isnan(few.lift).all()
        assert found.verdict.ravel().tolist() == [Verdict.BETTER, Verdict.NO_DATA]

    def test_refuses_a_covariate_from_during_the_test(self):
        data = _blocks(np.random.default_rng(8), tests=1, blocks=10, spread=0.3)

        with pytest.raises(CovariateAfterExposure):
            adjusted_lift(
                *data[:4],
                clicks_before=data[4],
                impressions_before=data[5],
                covariate_ends_before=STARTS + np.timedelta64(1, "h"),
                exposure_starts_at=STARTS,
                experiments=1,
                arms=2,
            )
