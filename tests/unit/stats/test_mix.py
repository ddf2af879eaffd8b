import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.oaxaca import OaxacaBlinder

from linkstar.stats.mix import (
    Segments,
    fisher_split,
    kitagawa,
    lmdi_split,
    mantel_haenszel,
    segments,
    simpson,
    standardised_ratio,
)

# Bickel, Hammel & O'Connell (1975): admissions to the six largest departments of Berkeley, 1973.
WOMEN = segments([89, 17, 202, 131, 94, 24], [108, 25, 593, 375, 393, 341])
MEN = segments([512, 353, 120, 138, 53, 22], [825, 560, 325, 417, 191, 373])
# Charig et al. (1986): open surgery and percutaneous removal of small and large kidney stones.
SURGERY = segments([81, 192], [87, 263])
PERCUTANEOUS = segments([234, 55], [270, 80])


@st.composite
def sides(draw: st.DrawFn, clicks_min: int = 0) -> Segments:
    impressions = draw(arrays(np.int64, 4, elements=st.integers(10, 5_000)))
    clicks = [draw(st.integers(clicks_min, int(n))) for n in impressions]
    return segments(clicks, impressions)


class TestKitagawa:
    @given(sides(), sides())
    def test_adds_up_to_the_difference(self, a: Segments, b: Segments) -> None:
        found = kitagawa(a, b)

        assert float(found.rate.sum() + found.mix.sum()) == pytest.approx(
            float(a.ctr - b.ctr), abs=1e-12
        )

    def test_equals_oaxaca_blinder_with_equal_weights(self) -> None:
        a, b = segments([30, 90], [400, 600]), segments([20, 300], [700, 2_300])
        outcome, design, side = [], [], []
        for number, one in enumerate((a, b)):
            for segment in range(2):
                x, n = int(one.clicks[segment]), int(one.impressions[segment])
                outcome += [1.0] * x + [0.0] * (n - x)
                design += [float(segment)] * n
                side += [float(number == 0)] * n
        exog = np.column_stack([design, side])
        model = OaxacaBlinder(np.array(outcome), exog, 1, hasconst=False)
        unexplained, explained, _ = model.two_fold(
            two_fold_type="self_submitted", submitted_weight=0.5
        ).params
        found = kitagawa(a, b)

        assert float(found.rate.sum()) == pytest.approx(unexplained, abs=1e-10)
        assert float(found.mix.sum()) == pytest.approx(explained, abs=1e-10)

    def test_counts_a_segment_only_one_side_has_as_mix(self) -> None:
        found = kitagawa(segments([5, 0], [100, 0]), segments([5, 40], [100, 100]))

        assert float(found.rate.sum()) == pytest.approx(0.0)
        assert float(found.mix.sum()) == pytest.approx(0.05 - 0.225)


class TestMultiplicativeSplits:
    @given(sides(1), sides(1))
    def test_fisher_multiplies_to_the_ratio(self, a: Segments, b: Segments) -> None:
        found = fisher_split(a, b)

        assert float(found.rate_index * found.mix_index) == pytest.approx(float(a.ctr / b.ctr))

    @given(sides(1), sides(1))
    def test_lmdi_adds_up_to_the_log_of_the_ratio(self, a: Segments, b: Segments) -> None:
        found = lmdi_split(a, b)

        assert float(found.rate.sum() + found.mix.sum()) == pytest.approx(
            float(np.log(a.ctr / b.ctr)), abs=1e-9
        )

    def test_lmdi_says_nan_where_a_segment_has_no_clicks(self) -> None:
        found = lmdi_split(segments([0, 5], [100, 100]), segments([3, 5], [100, 100]))

        assert np.isnan(found.rate[0])

    def test_mix_alone_leaves_the_rate_index_at_one(self) -> None:
        found = fisher_split(segments([10, 90], [1_000, 3_000]), segments([30, 30], [3_000, 1_000]))

        assert float(found.rate_index) == pytest.approx(1.0)
        assert float(found.mix_index) == pytest.approx(0.025 / 0.015)


class TestStandardisedRatio:
    def test_against_ones_own_mix_is_the_plain_ratio_with_exact_poisson_limits(self) -> None:
        found = standardised_ratio(segments([12], [400]), segments([200], [10_000]))

        assert float(found.ratio) == pytest.approx(0.03 / 0.02)
        assert float(found.low) == pytest.approx(stats.chi2.ppf(0.025, 24) / 2 / 400 / 0.02)
        assert float(found.high) == pytest.approx(stats.chi2.ppf(0.975, 26) / 2 / 400 / 0.02)

    def test_follows_the_gamma_formula_of_fay_and_feuer(self) -> None:
        a, b = segments([3, 20, 4], [50, 900, 60]), segments([40, 10, 90], [900, 400, 700])
        weight = np.array([0.45, 0.20, 0.35]) / a.impressions
        y, v = float((weight * a.clicks).sum()), float((weight**2 * a.clicks).sum())
        w = float(weight.max())
        standard = float(b.ctr)
        found = standardised_ratio(a, b)

        low = v / (2 * y) * stats.chi2.ppf(0.025, 2 * y**2 / v)
        high = (v + w**2) / (2 * (y + w)) * stats.chi2.ppf(0.975, 2 * (y + w) ** 2 / (v + w**2))
        assert [float(found.ratio), float(found.low), float(found.high)] == pytest.approx(
            [y / standard, low / standard, high / standard]
        )

    def test_is_refused_without_support_for_the_mix(self) -> None:
        found = standardised_ratio(segments([5, 0], [100, 0]), segments([50, 20], [800, 200]))

        assert float(found.unsupported_weight) == pytest.approx(0.2)
        assert np.isnan([found.ratio, found.low, found.high]).all()

    def test_without_clicks_has_a_finite_upper_limit(self) -> None:
        found = standardised_ratio(segments([0, 0], [100, 100]), segments([5, 5], [200, 200]))

        assert (float(found.ratio), float(found.low)) == (0.0, 0.0)
        assert 0.0 < float(found.high) < np.inf


class TestMantelHaenszel:
    def test_point_agrees_with_statsmodels(self) -> None:
        tables = [
            np.array([[x_a, n_a - x_a], [x_b, n_b - x_b]])
            for x_a, n_a, x_b, n_b in zip(
                WOMEN.clicks, WOMEN.impressions, MEN.clicks, MEN.impressions, strict=True
            )
        ]

        assert float(mantel_haenszel(WOMEN, MEN).ratio) == pytest.approx(
            StratifiedTable(tables).riskratio_pooled
        )

    def test_of_one_segment_is_the_log_interval_of_katz(self) -> None:
        found = mantel_haenszel(segments([30], [500]), segments([200], [8_000]))

        assert float(found.ratio) == pytest.approx(0.06 / 0.025)
        assert float(found.log_error) == pytest.approx(
            np.sqrt(1 / 30 - 1 / 500 + 1 / 200 - 1 / 8_000)
        )

    def test_says_when_segments_differ_too_much_for_one_number(self) -> None:
        assert bool(mantel_haenszel(WOMEN, MEN).heterogeneous)
        assert not bool(mantel_haenszel(SURGERY, PERCUTANEOUS).heterogeneous)

    def test_widens_with_the_design_effect(self) -> None:
        plain = mantel_haenszel(SURGERY, PERCUTANEOUS)
        wide = mantel_haenszel(SURGERY, PERCUTANEOUS, design_effect_a=4.0, design_effect_b=4.0)

        assert float(wide.log_error) == pytest.approx(2.0 * float(plain.log_error))

    def test_of_many_groups_is_that_of_each_alone(self) -> None:
        random = np.random.default_rng(1)
        n = random.integers(50, 900, (40, 3))
        a = segments(random.binomial(n, 0.1), n)
        b = segments(np.broadcast_to([50, 60, 70], (40, 3)), np.full((40, 3), 1_000))
        together = mantel_haenszel(a, b)
        alone = [
            float(mantel_haenszel(segments(x, m), segments([50, 60, 70], [1_000] * 3)).high)
            for x, m in zip(a.clicks, a.impressions, strict=True)
        ]

        assert together.high.tolist() == pytest.approx(alone)


class TestSimpson:
    @pytest.mark.parametrize(("a", "b"), [(WOMEN, MEN), (SURGERY, PERCUTANEOUS)])
    def test_is_found_in_the_two_famous_cases(self, a: Segments, b: Segments) -> None:
        found = simpson(a, b)

        assert float(found.crude_ratio) < 1.0 < float(found.adjusted_ratio)
        assert bool(found.flagged)

    def test_every_stone_size_disagrees_with_the_total(self) -> None:
        assert bool(simpson(SURGERY, PERCUTANEOUS).every_segment_disagrees)

    def test_is_not_seen_where_total_and_parts_agree(self) -> None:
        found = simpson(segments([30, 60], [500, 800]), segments([20, 40], [500, 800]))

        assert not bool(found.flagged)

    def test_is_not_seen_with_one_segment(self) -> None:
        assert not bool(simpson(segments([30], [500]), segments([20], [500])).flagged)


class TestSegments:
    def test_refuse_negative_counts_and_unlike_shapes(self) -> None:
        with pytest.raises(ValueError):
            segments([-1], [5])
        with pytest.raises(ValueError):
            segments([1, 2], [5])
