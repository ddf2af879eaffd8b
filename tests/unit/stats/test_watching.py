import numpy as np
import pytest

from linkstar.stats.sequential import (
    click_label_sequence,
    confidence_sequence,
    log_ratio_of_counts,
)
from linkstar.stats.watching import Standing, watched


def looked_at(clicks_a, clicks_b, *, shown=100_000):
    x_a, x_b = np.atleast_2d(clicks_a), np.atleast_2d(clicks_b)
    point, error = log_ratio_of_counts(x_a, shown, x_b, shown)
    found = confidence_sequence(point, error, clicks_a=x_a, clicks_b=x_b, clicks_planned=1_000)
    return watched(found, clicks_a=x_a, clicks_b=x_b)


class TestWatched:
    @pytest.mark.parametrize(
        ("clicks_a", "clicks_b", "standing", "missing"),
        [
            ([0], [0], Standing.NO_DATA, 50),
            ([0], [12], Standing.TOO_FEW_CLICKS, 50),
            ([200], [38], Standing.TOO_FEW_CLICKS, 12),
            ([400], [420], Standing.KEEP_GOING, 0),
            ([400], [700], Standing.BETTER, 0),
            ([700], [400], Standing.WORSE, 0),
        ],
    )
    def test_names_where_the_test_stands_and_what_is_missing(
        self, clicks_a, clicks_b, standing, missing
    ):
        found = looked_at(clicks_a, clicks_b)

        assert found.standing.tolist() == [standing]
        assert found.clicks_missing.tolist() == [missing]

    def test_gives_no_number_before_the_start(self):
        found = looked_at([200], [38])

        assert np.isnan([found.lift, found.low, found.high]).all()

    def test_gives_the_lift_with_its_limits_from_then_on(self):
        found = looked_at([400], [420])

        assert found.lift[0] == pytest.approx(0.05)
        assert found.low[0] < 0 < found.high[0]

    def test_keeps_a_decision_that_later_looks_would_not_make(self):
        found = looked_at([400, 1_000], [700, 1_050])

        assert found.decided_look.tolist() == [0]
        assert found.standing.tolist() == [Standing.BETTER]

    def test_names_every_stream_of_many(self):
        found = looked_at([[100, 400], [100, 400]], [[110, 420], [180, 800]])

        assert found.standing.tolist() == [Standing.KEEP_GOING, Standing.BETTER]

    @pytest.mark.parametrize(("a", "b", "standing"), [(0, 40, "better"), (40, 0, "worse")])
    def test_decides_by_labels_even_where_an_arm_has_no_click_at_all(self, a, b, standing):
        labels = click_label_sequence([[a]], [[b]])

        found = watched(labels, clicks_a=[[a]], clicks_b=[[b]], clicks_min=0)

        assert found.standing.tolist() == [standing]
        assert np.isnan(found.lift).all()
