import numpy as np
import pytest

from linkstar.stats.invalid_traffic import corrected_ratio, implausible, tipping_point


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


class TestImplausible:
    def found(self, clicks: float, impressions: float = 5_000, **category: float) -> bool:
        of = {"median": 0.018, "p75": 0.027, "contents": 400} | category
        columns = {name: np.array([value]) for name, value in of.items()}
        return bool(implausible(np.array([impressions]), np.array([clicks]), **columns)[0])

    def test_is_what_lies_five_times_beyond_the_category(self) -> None:
        # p99 of the log-normal through .018 and .027: .018 x 1.5 ** 3.449 = .0729
        assert self.found(1_830)
        assert not self.found(1_815)

    def test_is_nothing_of_few_impressions(self) -> None:
        assert not self.found(120, impressions=150)

    @pytest.mark.parametrize("category", [{"median": 0.0}, {"median": np.nan}, {"contents": 20}])
    def test_is_nothing_in_a_category_that_cannot_tell(self, category: dict) -> None:
        assert not self.found(4_000, **category)
