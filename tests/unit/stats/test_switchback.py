import numpy as np
import pytest
from scipy.stats import permutation_test

from linkstar.stats.switchback import (
    NoClicks,
    SwitchbackReadOut,
    TooFewBlocks,
    read_switchback,
)


def _blocks(rng, *, blocks=60, lift=0.0, spread=0.3, pairs=False):
    """Blocks of one content, half with the new title, CTR wandering from block to block."""
    lots = rng.random(blocks // 2) < 0.5
    arm = np.c_[lots, ~lots].ravel().astype(int) if pairs else rng.permutation(blocks) % 2
    own = 0.03 * np.exp(
        rng.normal(0, spread, blocks // 2).repeat(2) if pairs else rng.normal(0, spread, blocks)
    )
    shown = rng.poisson(2_000, blocks)
    return arm, rng.binomial(shown, own * (1 + lift * arm)), shown


class TestSwitchback:
    def test_p_agrees_with_scipy(self):
        arm, clicks, shown = _blocks(np.random.default_rng(1), lift=0.15)

        def log_ratio(labels):
            one, zero = labels == 1, labels == 0
            return np.log(clicks[one].sum() / shown[one].sum()) - np.log(
                clicks[zero].sum() / shown[zero].sum()
            )

        other = permutation_test(
            (arm,), log_ratio, permutation_type="pairings", n_resamples=5_000, rng=2
        )
        found = read_switchback(arm, clicks, shown, rng=np.random.default_rng(3))

        assert found.p == pytest.approx(other.pvalue, abs=0.02)

    def test_interval_covers_the_lift(self):
        rng, covered = np.random.default_rng(4), []
        for _ in range(60):
            found = read_switchback(*_blocks(rng, lift=0.2), rng=rng)
            covered.append(found.low < 0.2 < found.high)

        assert np.mean(covered) > 0.88

    def test_rarely_finds_what_is_not_there(self):
        rng = np.random.default_rng(5)
        p = [read_switchback(*_blocks(rng), rng=rng).p for _ in range(100)]

        assert np.mean(np.array(p) < 0.05) < 0.12

    def test_interval_and_p_agree(self):
        found = read_switchback(
            *_blocks(np.random.default_rng(6), lift=0.5), rng=np.random.default_rng(7)
        )

        assert found.low > 0
        assert found.p < 0.05

    def test_pairs_that_share_their_luck_narrow_the_interval(self):
        rng = np.random.default_rng(8)
        arm, clicks, shown = _blocks(rng, spread=0.6, pairs=True)

        paired = read_switchback(
            arm, clicks, shown, rng=np.random.default_rng(9), stratum=np.arange(60) // 2
        )
        unpaired = read_switchback(arm, clicks, shown, rng=np.random.default_rng(9))

        assert isinstance(paired, SwitchbackReadOut)
        assert paired.high - paired.low < 0.6 * (unpaired.high - unpaired.low)

    def test_needs_twenty_blocks_per_arm(self):
        arm, clicks, shown = _blocks(np.random.default_rng(10), blocks=38)

        assert read_switchback(arm, clicks, shown, rng=np.random.default_rng(1)) == TooFewBlocks(
            19, 20
        )

    def test_without_clicks_there_is_no_ratio(self):
        arm, _, shown = _blocks(np.random.default_rng(11))

        found = read_switchback(arm, np.zeros(60), shown, rng=np.random.default_rng(1))

        assert found == NoClicks()
