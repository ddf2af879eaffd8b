"""What GrowthBook's gbstats 0.8.0 says of the same data, asked in the environment it lives in.

Where both define the same thing the tolerance is that of arithmetic. GrowthBook's interval is
linear in the lift and ours is not, so those two approach each other only as clicks grow; how close
they have to be is stated at each test, in units of the half-width of the interval.
"""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from linkstar.stats.arm_sums import independent_impressions, sums_of_units
from linkstar.stats.bayesian import believe
from linkstar.stats.cuped import adjusted_lift
from linkstar.stats.experiments import Verdict, read_out
from linkstar.stats.sample_ratio import sample_ratio
from linkstar.stats.sequential import confidence_sequence

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-gbstats" / "bin" / "python"
SCRIPT = Path(__file__).with_name("growthbook.py")
EVEN = [0.5, 0.5]


def ask(questions):
    assert PYTHON.exists(), "python3 tools/setup.py test makes .venv-gbstats"
    found = subprocess.run(
        [PYTHON, SCRIPT], input=json.dumps(questions), capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return [
        {name: np.asarray(value) for name, value in each.items()}
        for each in json.loads(found.stdout)
    ]


def viewers(random, count, lift, per_viewer):
    """Clicks and impressions of viewers who come back and differ in how readily they click."""
    shown = 1 + random.poisson(per_viewer, count)
    rate = 0.05 * (1 + lift) * random.gamma(4.0, 0.25, count)
    return random.binomial(shown, np.minimum(rate, 0.9)).astype(float), shown.astype(float)


def units_of(clicks, impressions):
    return {
        "units": len(clicks),
        "clicks": clicks.sum(),
        "impressions": impressions.sum(),
        "clicks_squared": (clicks**2).sum(),
        "impressions_squared": (impressions**2).sum(),
        "clicks_impressions": (clicks * impressions).sum(),
    }


class TestProportions:
    CLICKS = np.array([[40_000, 40_500], [40_000, 44_000], [9_000, 8_700], [2_000, 2_600]])
    SHOWN = np.array([2_000_000, 2_000_000, 450_000, 100_000])

    @pytest.fixture(scope="class")
    @classmethod
    def theirs(cls):
        questions = [
            {
                "test": "fixed",
                "statistic": "proportion",
                "arms": [{"units": int(n), "clicks": int(x)} for x in clicks],
            }
            for clicks, n in zip(cls.CLICKS, cls.SHOWN, strict=True)
        ]
        return ask(questions)

    @pytest.fixture(scope="class")
    @classmethod
    def ours(cls):
        shown = np.repeat(cls.SHOWN[:, None], 2, axis=1)
        return read_out(
            independent_impressions(cls.CLICKS, shown), shares=EVEN, days=14, impressions_min=1_000
        )

    def test_have_the_same_lift(self, ours, theirs):
        assert ours.lift[:, 0] == pytest.approx([float(each["lift"]) for each in theirs])

    def test_have_intervals_within_a_fifteenth_of_their_half_width(self, ours, theirs):
        for row, each in enumerate(theirs):
            half = (each["high"] - each["low"]) / 2
            # A linear interval and one on the log scale part by about half / 2 of the half-width.
            allowed = (0.55 * half / (1 + each["lift"]) + 0.003) * half
            assert ours.low[row, 0] == pytest.approx(each["low"], abs=allowed)
            assert ours.high[row, 0] == pytest.approx(each["high"], abs=allowed)
            assert allowed < half / 15

    def test_have_p_values_that_agree_to_three_thousandths(self, ours, theirs):
        # The score test pools the arms under "no difference", the t-test does not.
        assert ours.p[:, 0] == pytest.approx([float(each["p"]) for each in theirs], abs=3e-3)

    def test_part_at_a_handful_of_clicks_which_ours_refuses_to_read(self):
        [theirs] = ask(
            [
                {
                    "test": "fixed",
                    "statistic": "proportion",
                    "arms": [{"units": 3_000, "clicks": 6}, {"units": 3_000, "clicks": 6}],
                }
            ]
        )
        ours = read_out(
            independent_impressions([6, 6], [3_000, 3_000]), shares=EVEN, days=14, impressions_min=1
        )

        assert theirs["low"] < -1  # fewer clicks than none
        assert ours.verdict[0] is Verdict.NOT_ENOUGH_DATA


class TestReturningViewers:
    def test_have_the_same_delta_method_variance(self):
        random = np.random.default_rng(1)
        arms = [viewers(random, 30_000, lift, 4.0) for lift in (0.0, 0.02)]
        [theirs] = ask(
            [{"test": "fixed", "statistic": "ratio", "arms": [units_of(*arm) for arm in arms]}]
        )

        clicks, shown = (np.concatenate(columns) for columns in zip(*arms, strict=True))
        arm = np.repeat([0, 1], 30_000)
        sums = sums_of_units(np.zeros_like(arm), arm, clicks, shown, experiments=1, arms=2)
        found = read_out(sums, shares=EVEN, days=14, impressions_min=1_000)

        variance = sums.log_variance[0] * sums.ctr[0] ** 2 * sums.units[0]
        assert variance == pytest.approx(theirs["variances"], rel=1e-9)
        assert found.lift[0, 0] == pytest.approx(float(theirs["lift"]), rel=1e-12)
        half = float(theirs["high"] - theirs["low"]) / 2
        assert found.low[0, 0] == pytest.approx(float(theirs["low"]), abs=half / 15)
        assert found.high[0, 0] == pytest.approx(float(theirs["high"]), abs=half / 15)
        assert found.p[0, 0] == pytest.approx(float(theirs["p"]), abs=3e-3)


class TestSequential:
    @pytest.mark.parametrize("tuning", [5_000, 200_000])
    def test_is_the_same_sequence_once_given_the_same_estimate(self, tuning):
        clicks, shown = np.array([[900, 990], [4_000, 4_050], [200, 320]]), 50_000
        theirs = ask(
            [
                {
                    "test": "sequential",
                    "statistic": "proportion",
                    "arms": [{"units": shown, "clicks": int(x)} for x in row],
                    "options": {"sequential_tuning_parameter": tuning},
                }
                for row in clicks
            ]
        )
        columns = {name: np.array([[float(each[name])] for each in theirs]) for name in theirs[0]}

        # Theirs counts information in units and follows the lift itself; ours counts clicks and
        # follows its logarithm. Fed with their estimate, error and units, it is the same object.
        found = confidence_sequence(
            columns["lift"],
            columns["standard_error"],
            clicks_a=shown,
            clicks_b=shown,
            clicks_planned=tuning,
        )

        assert found.low == pytest.approx(columns["low"], rel=1e-9)
        assert found.high == pytest.approx(columns["high"], rel=1e-9)
        assert np.minimum(np.exp(-found.log_e), 1) == pytest.approx(columns["p"], rel=1e-9)


class TestSampleRatio:
    @pytest.mark.parametrize(
        ("units", "shares"),
        [
            ([10_000, 10_200], [0.5, 0.5]),
            ([10_000, 10_700], [0.5, 0.5]),
            ([5_010, 2_480, 2_510], [0.5, 0.25, 0.25]),
            ([900, 95], [0.9, 0.1]),
        ],
    )
    def test_p_is_the_same(self, units, shares):
        [theirs] = ask([{"test": "sample_ratio", "units": units, "shares": shares}])

        assert sample_ratio([units], shares).p[0] == pytest.approx(float(theirs["p"]), rel=1e-9)


class TestAdjustedByThePast:
    def test_gains_as_much_and_ends_at_the_same_lift(self):
        random = np.random.default_rng(3)
        count = 20_000
        arm = np.repeat([0, 1], count)
        habit = random.gamma(2.0, 2.0, 2 * count)
        before = random.poisson(habit).astype(float)
        clicks = random.poisson(habit * np.where(arm == 1, 1.03, 1.0)).astype(float)
        [theirs, plain] = ask(
            [
                {
                    "test": "fixed",
                    "statistic": statistic,
                    "arms": [_with_past(clicks[arm == one], before[arm == one]) for one in (0, 1)],
                }
                for statistic in ("adjusted", "ratio")
            ]
        )

        ones = np.ones(2 * count)
        found = adjusted_lift(
            np.zeros_like(arm),
            arm,
            clicks,
            ones,
            clicks_before=before,
            impressions_before=ones,
            covariate_ends_before=np.datetime64("2026-06-01"),
            exposure_starts_at=np.datetime64("2026-06-01"),
            experiments=1,
            arms=2,
        )

        kept = float(theirs["variances"].sum() / plain["variances"].sum())
        error = float(theirs["standard_error"])
        assert found.plain_lift[0, 0] == pytest.approx(float(plain["lift"]), rel=1e-9)
        assert found.variance_removed[0] == pytest.approx(1 - kept, abs=0.002)
        assert 0.4 < 1 - kept < 0.6
        assert found.lift[0, 0] == pytest.approx(float(theirs["lift"]), abs=error / 50)
        width = (found.high - found.low)[0, 0]
        assert width == pytest.approx(float(theirs["high"] - theirs["low"]), rel=0.005)


def _with_past(clicks, before):
    ones = np.ones(len(clicks))
    return units_of(clicks, ones) | {
        "before": before.sum(),
        "before_squared": (before**2).sum(),
        "clicks_before": (clicks * before).sum(),
    }


class TestBayesian:
    CLICKS = np.array([[1_000, 1_040], [1_000, 1_100], [5_000, 4_900], [5_000, 5_000]])
    SHOWN = 50_000

    def test_chance_to_win_agrees_to_a_hundredth_and_loss_to_a_fiftieth_of_the_error(self):
        theirs = ask(
            [
                {
                    "test": "bayesian",
                    "statistic": "proportion",
                    "arms": [{"units": self.SHOWN, "clicks": int(x)} for x in row],
                }
                for row in self.CLICKS
            ]
        )
        ours = believe(self.CLICKS, np.full_like(self.CLICKS, self.SHOWN))
        error = np.sqrt((1 / self.CLICKS).sum(axis=1))

        # Their flat normal on the lift against our beta on each rate.
        better = [float(each["better"]) for each in theirs]
        assert ours.better_than_control[:, 1] == pytest.approx(better, abs=0.01)
        for row, each in enumerate(theirs):
            loss = float(each["loss"])
            assert ours.expected_loss[row, 1] == pytest.approx(loss, abs=error[row] / 50)
