"""How often somebody may ask: a bucket that fills steadily and empties with each request."""

import math
from dataclasses import dataclass
from itertools import islice

NAMES_MAX = 100_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RateLimit:
    """At most `burst` at once and `per_second` in the long run, for each name.

    What costs more than the burst may pass after a quiet time, and is made up for by a longer wait.

    Args:
        per_second: the steady rate.
        burst: what may come at once after a quiet time.
    """

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[str, _Bucket] = {}

    def allows(self, name: str, seconds: float, cost: float = 1.0) -> bool:
        """Whether this request may pass, `seconds` being a monotonic clock."""
        if len(self._buckets) > NAMES_MAX:
            self._forget(seconds)
        bucket = self._buckets.setdefault(name, _Bucket(self._burst, seconds))
        filled = bucket.left + (seconds - bucket.at) * self._per_second
        bucket.left, bucket.at = min(self._burst, filled), seconds
        if bucket.left < min(cost, self._burst):
            return False
        bucket.left -= cost
        return True

    def seconds_until(self, name: str, cost: float = 1.0) -> int:
        """How long to wait, just after `allows` said no, until `cost` may pass."""
        missing = min(cost, self._burst) - self._buckets[name].left
        return math.ceil(missing / self._per_second)

    def _forget(self, seconds: float) -> None:
        """Names that were quiet long enough to be new again; if too few were, the older half."""
        refill = self._burst / self._per_second
        kept = {n: b for n, b in self._buckets.items() if seconds - b.at < refill}
        if len(kept) > NAMES_MAX // 2:
            kept = dict(islice(kept.items(), len(kept) - NAMES_MAX // 2, None))
        self._buckets = kept
