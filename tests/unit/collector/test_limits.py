"""How often somebody may ask."""

from linkstar.collector.limits import RateLimit


class TestARateLimit:
    def test_lets_a_burst_through_and_then_the_steady_rate(self) -> None:
        limit = RateLimit(per_second=2.0, burst=4.0)
        assert [limit.allows("lin", 0.0) for _ in range(5)] == [True] * 4 + [False]
        assert [limit.allows("lin", 0.5), limit.allows("lin", 0.5)] == [True, False]

    def test_keeps_names_apart(self) -> None:
        limit = RateLimit(per_second=1.0, burst=1.0)
        assert limit.allows("lin", 0.0)
        assert limit.allows("otto", 0.0)

    def test_tells_how_long_to_wait(self) -> None:
        limit = RateLimit(per_second=2.0, burst=4.0)
        assert limit.allows("lin", 0.0, 4.0)
        assert not limit.allows("lin", 0.0, 3.0)
        assert limit.seconds_until("lin", 3.0) == 2
        assert limit.allows("lin", 2.0, 3.0)

    def test_lets_more_than_a_burst_through_after_a_quiet_time_and_has_it_made_up_for(self) -> None:
        limit = RateLimit(per_second=2.0, burst=4.0)
        assert limit.allows("lin", 0.0, 10.0)
        assert not limit.allows("lin", 3.0)
        assert limit.seconds_until("lin") == 1
        assert limit.allows("lin", 4.0)
