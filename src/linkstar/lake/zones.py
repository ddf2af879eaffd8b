"""Local time without a time-zone library in the engine: the offsets of one zone over a span."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_STEP = timedelta(hours=12)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Offset:
    """From this instant on, local time is UTC plus so many seconds."""

    since: datetime
    seconds: int


def offsets(zone: str, first: datetime, last: datetime) -> list[Offset]:
    """The offsets of a zone from `first` to `last` (both UTC), to the second, in order."""
    local = ZoneInfo(zone)
    found = [Offset(first, _seconds(local, first))]
    at = first
    while at < last:
        following = min(at + _STEP, last)
        if _seconds(local, following) != found[-1].seconds:
            change = _first_change(local, at, following)
            found.append(Offset(change, _seconds(local, change)))
            at = change
        else:
            at = following
    return found


def local_microseconds(column: str, over: list[Offset]) -> str:
    """SQL for a UTC instant column as microseconds of local wall-clock time."""
    cases = " ".join(
        f"WHEN {column} >= TIMESTAMPTZ '{offset.since.isoformat()}' THEN {offset.seconds}"
        for offset in reversed(over[1:])
    )
    seconds = f"CASE {cases} ELSE {over[0].seconds} END" if cases else str(over[0].seconds)
    return f"(epoch_us({column}) + 1000000 * ({seconds})::BIGINT)"


def _first_change(local: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second after `before` that has another offset; `after` has one."""
    held = _seconds(local, before)
    low, high = before.replace(microsecond=0), after
    while high - low > _SECOND:
        middle = low + max(_SECOND, timedelta(seconds=int((high - low).total_seconds()) // 2))
        low, high = (middle, high) if _seconds(local, middle) == held else (low, middle)
    return high.replace(microsecond=0)


def _seconds(local: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(UTC).astimezone(local).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
