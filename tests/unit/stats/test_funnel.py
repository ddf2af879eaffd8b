import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.stats.funnel import LinkState, NotAChain, compare_funnels

chains = st.lists(st.integers(1, 10**6), min_size=4, max_size=4).map(
    lambda counts: sorted(counts, reverse=True)
)


class TestFunnel:
    @given(chains, chains)
    def test_links_add_up_to_the_whole(self, own, benchmark):
        found = compare_funnels(own, benchmark)

        whole = np.log(own[-1] / own[0]) - np.log(benchmark[-1] / benchmark[0])
        assert found.total == pytest.approx(whole, abs=1e-9)
        assert found.log_uplift.sum() == pytest.approx(whole, abs=1e-9)

    def test_names_the_broken_link(self):
        found = compare_funnels([[100_000, 3_000, 100, 30]], [100_000, 2_000, 400, 120])

        assert found.broken_link.tolist() == [1]
        assert found.state.tolist() == [[LinkState.BETTER, LinkState.WORSE, LinkState.CANNOT_TELL]]
        assert found.high[0, 1] < 0 < found.low[0, 0]

    def test_names_none_when_nothing_is_told_apart(self):
        found = compare_funnels([1_000, 20, 4, 1], [100_000, 2_000, 400, 120])

        assert found.broken_link == -1

    def test_limits_are_the_delta_method(self):
        found = compare_funnels([1_000, 100], [2_000, 100])
        error = np.sqrt(1 / 100 - 1 / 1_000 + 1 / 100 - 1 / 2_000)

        assert found.high[0] == pytest.approx(2 * np.exp(1.959964 * error) - 1)

    def test_says_nothing_where_a_stage_is_empty(self):
        found = compare_funnels([1_000, 100, 0], [2_000, 100, 10])

        assert np.isnan(found.log_uplift[1])
        assert np.isnan(found.total)
        assert np.isfinite(found.log_uplift[0])
        assert found.state.tolist() == [LinkState.BETTER, LinkState.NOBODY_GOT_THERE]
        assert compare_funnels([9, 0, 0], [9, 5, 2]).state[1] is LinkState.NO_DATA

    def test_refuses_more_orders_than_carts(self):
        with pytest.raises(NotAChain):
            compare_funnels([1_000, 100, 101], [2_000, 100, 10])
