import numpy as np
import pytest

from linkstar.stats.invalid_traffic import corrected_ratio, tipping_point


class TestTippingPoint:
    def test_is_44_percent_for_a_lower_limit_of_80(self) -> None:
        assert float(tipping_point(0.8)) == pytest.approx(0.444, abs=5e-4)

    def test_is_nothing_where_the_uplift_is_not_sure(self) -> None:
        assert tipping_point([-0.2, np.nan]).tolist() == pytest.approx([0.0, np.nan], nan_ok=True)

    def test_brings_the_lower_limit_exactly_to_the_benchmark(self) -> None:
        low = np.array([0.1, 0.8, 4.0])
        found = corrected_ratio(
            1.0 + low, invalid_click_share=tipping_point(low), invalid_impression_share=0.0
        )

        assert found.tolist() == pytest.approx([1.0, 1.0, 1.0])
