"""What can be said about a group's uplift, one name per answer."""

from enum import StrEnum


class State(StrEnum):
    """The verdict on one figure. Each member is a value, never a number that looks like one."""

    ABOVE = "above"
    """Flagged above the benchmark under false-discovery control, and by at least 10 %."""
    BELOW = "below"
    """Flagged below the benchmark under false-discovery control, and by at least 10 %."""
    CANNOT_TELL = "cannot_tell"
    """Enough impressions to show, but the benchmark lies within what is plausible."""
    NOT_ENOUGH_DATA = "not_enough_data"
    """Fewer impressions than the minimum; how many are needed is said beside it."""
    BENCHMARK_WITHHELD = "benchmark_withheld"
    """The benchmark's cells stand on too few shops to be shown (privacy floor)."""
    BENCHMARK_UNSTABLE = "benchmark_unstable"
    """The benchmark itself is too uncertain to be judged against."""
    BENCHMARK_MISSING = "benchmark_missing"
    """No benchmark cell covers the group's content."""
    SUSPICIOUS = "suspicious"
    """The traffic shows signs of being invalid; no verdict until that is settled."""
    NO_DATA = "no_data"
    """No impressions at all."""
