"""The experiment statistics on public data: headline tests, shop tests and a logged bandit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linkstar.stats.allocation import PolicyValue, policy_value
from linkstar.stats.arm_sums import independent_impressions
from linkstar.stats.back_test import Calibration, back_test
from linkstar.stats.experiments import Verdict, read_out
from linkstar.stats.group_sequential import group_sequential
from linkstar.stats.multiplicity import benjamini_hochberg
from linkstar.stats.sample_ratio import Pattern, diagnose, sample_ratio
from linkstar.stats.sequential import confidence_sequence, first_true

DATA = Path(__file__).parents[3] / "shared" / "data"


class TestHeadlineTests:
    """Upworthy: every test's packages were meant to be shown equally often."""

    @pytest.fixture(scope="class")
    @classmethod
    def tests(cls):
        rows = pd.read_csv(DATA / "upworthy_dev.csv").dropna(subset=["impressions"])
        rows["arm"] = rows.groupby("clickability_test_id").cumcount()
        wide = rows.pivot_table(
            index="clickability_test_id", columns="arm", values=["impressions", "clicks"]
        )
        week = rows.groupby("clickability_test_id").test_week.min()
        return wide["impressions"].to_numpy(), wide["clicks"].to_numpy(), week.to_numpy()

    def test_sample_ratio_faults_concentrate_in_the_known_weeks(self, tests):
        shown, _, week = tests
        known = (week >= 201325) & (week <= 201401)

        fault = sample_ratio(shown, np.ones(shown.shape[1])).fault

        assert fault[known].mean() > 0.5
        assert fault[~known].mean() < 0.01
        assert fault[known].sum() / fault.sum() > 0.95

    def test_diagnosis_by_week_says_that_only_some_are_faulty(self, tests):
        shown, _, week = tests
        four = np.isfinite(shown).sum(axis=1) == 4
        weeks, where = np.unique(week[four], return_inverse=True)
        by_week = np.zeros((weeks.size, 4))
        # Faults of single tests point at any arm: compare each test's largest with its other arms.
        ordered = -np.sort(-shown[four][:, :4], axis=1)
        np.add.at(by_week, where, ordered)
        calm = ordered[(week[four] > 201401)].sum(axis=0)

        found = diagnose(by_week, calm / calm.sum())

        assert found.pattern in (Pattern.SOME_STRATA, Pattern.THROUGHOUT_UNEVENLY)
        faulty = weeks[found.faulty_strata]
        assert np.mean((faulty >= 201325) & (faulty <= 201401)) > 0.6

    def test_no_faulty_test_is_read_and_discoveries_are_controlled(self, tests):
        shown, clicks, _ = tests
        two = np.isfinite(shown).sum(axis=1) >= 2
        sums = independent_impressions(clicks[two][:, :2], shown[two][:, :2])

        found = read_out(sums, shares=[0.5, 0.5], days=14, impressions_min=1_000)

        verdicts = found.verdict[:, 0]
        faulty = verdicts == Verdict.SAMPLE_RATIO_FAULT
        q = benjamini_hochberg(found.p[:, 0])
        assert np.isnan(found.lift[faulty]).all()
        assert faulty.sum() > 100
        assert 0 < np.sum(q < 0.05) < np.sum(found.p[:, 0] < 0.05)


class TestShopTests:
    """ASOS: 216 streams of means and variances over time."""

    @pytest.fixture(scope="class")
    @classmethod
    def streams(cls):
        rows = pd.read_csv(DATA / "asos_dev.csv").sort_values("time_since_start")
        keys = ["experiment_id", "variant_id", "metric_id"]
        rows["look"] = rows.groupby(keys).cumcount()
        rows["error"] = np.sqrt(rows.variance_c / rows.count_c + rows.variance_t / rows.count_t)
        rows["gap"] = rows.mean_t - rows.mean_c
        rows["units"] = rows.count_c + rows.count_t
        wide = rows.pivot_table(index=keys, columns="look", values=["gap", "error", "units"])
        return tuple(wide[name].to_numpy() for name in ("gap", "error", "units"))

    def test_peeking_doubles_the_winners_and_the_sequence_does_not(self, streams):
        gap, error, units = streams
        z = gap / error
        planned = np.nanmax(units, axis=1, keepdims=True)

        at_the_end = np.abs(_last(z)) > 1.96
        at_some_look = np.nan_to_num(np.abs(z)).max(axis=1) > 1.96
        always_valid = confidence_sequence(
            gap, error, clicks_a=units / 2, clicks_b=units / 2, clicks_planned=planned
        ).excludes_zero.any(axis=1)

        assert at_the_end.sum() == 59
        assert at_some_look.sum() == 121
        assert 20 < always_valid.sum() < at_the_end.sum()
        assert not (always_valid & ~at_some_look).any()

    def test_planned_looks_keep_almost_all_that_the_end_finds(self, streams):
        gap, error, units = streams
        fraction = np.nan_to_num(units / np.nanmax(units, axis=1, keepdims=True), nan=1.0)
        z = np.where(np.isnan(gap), np.nan, gap / error)

        found = group_sequential(z, fraction, planned_looks=28).decided_look >= 0

        # Winners called early that the last look takes back again are the price of looking.
        end = np.abs(_last(z)) > 1.96
        assert np.sum(found & end) > 0.85 * end.sum()
        assert found.sum() < 0.65 * 121

    def test_sequence_decisions_hold_at_the_look_they_are_made(self, streams):
        gap, error, units = streams
        found = confidence_sequence(
            gap, error, clicks_a=units / 2, clicks_b=units / 2, clicks_planned=200_000
        )
        decided = first_true(found.excludes_zero)
        rows = np.flatnonzero(decided >= 0)

        assert (np.abs(gap / error)[rows, decided[rows]] > 2.5).all()


def _last(values):
    count = np.isfinite(values).sum(axis=1)
    return values[np.arange(len(values)), count - 1]


class TestLoggedBandit:
    """Open Bandit, men's campaign: 34 items, 10,000 impressions under each policy."""

    @pytest.fixture(scope="class")
    @classmethod
    def logs(cls):
        return tuple(
            pd.read_csv(DATA / f"open_bandit_{name}_men.csv.gz") for name in ("random", "bts")
        )

    def test_declares_no_winner_where_the_data_cannot_tell(self, logs):
        random, _ = logs
        clicks = np.bincount(random.item_id, random.click, minlength=34)[None, :]
        shown = np.bincount(random.item_id, minlength=34)[None, :]

        found = read_out(
            independent_impressions(clicks, shown),
            shares=np.full(34, 1 / 34),
            days=14,
            impressions_min=200,
        )

        said = set(found.verdict.ravel())
        assert Verdict.BETTER not in said
        assert Verdict.WORSE not in said

    def test_value_of_the_random_policy_from_the_other_log_covers_its_own(self, logs):
        random, bts = logs

        found = policy_value(bts.click, bts.propensity_score, np.full(len(bts), 1 / 34))

        assert isinstance(found, PolicyValue)
        assert found.low < random.click.mean() < found.high
        assert found.effective_impressions < 1_000

    def test_value_of_the_learnt_policy_from_the_random_log_covers_its_own(self, logs):
        random, bts = logs
        shown = bts.groupby(["position", "item_id"]).size()
        share = shown / bts.groupby("position").size()
        slots = pd.MultiIndex.from_frame(random[["position", "item_id"]])

        found = policy_value(
            random.click, random.propensity_score, share.reindex(slots).fillna(0).to_numpy()
        )

        assert isinstance(found, PolicyValue)
        assert found.low < bts.click.mean() < found.high


class TestRealSales:
    """Online retail, December 2010: what each article sells on a day, in shuffled order."""

    def test_ranges_of_heavy_tailed_sales_come_out_nearly_as_promised(self):
        rows = pd.read_csv(DATA / "online_retail_2010-12.csv")
        rows = rows[(rows.Quantity > 0) & (rows.UnitPrice > 0)]
        rows["minor"] = (rows.Quantity * rows.UnitPrice * 100).round()
        rows["day"] = rows.InvoiceDate.str[:10]
        sold = rows.pivot_table(
            index="StockCode", columns="day", values="minor", aggfunc="sum", fill_value=0
        ).to_numpy()
        days = np.random.default_rng(1).permuted(sold, axis=1)
        article = np.repeat(np.arange(len(days)), days.shape[1])

        found = back_test(article, days.ravel(), creators=len(days), rng=np.random.default_rng(2))

        assert found.calibration is Calibration.CALIBRATED
        assert found.loss < found.loss_of_market
