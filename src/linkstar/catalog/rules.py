"""Category paths and zones: what contains what."""

from functools import cache
from zoneinfo import available_timezones

SEPARATOR = " > "


class ZoneUnknown(ValueError):
    """Not the name of a time zone such as `America/Los_Angeles`."""


@cache
def zones() -> frozenset[str]:
    """Every name of a time zone; Python opens hundreds of files each time it is asked."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in zones()


def parent(path: str) -> str:
    """The category above; the root of everything is the empty path."""
    return path.rpartition(SEPARATOR)[0]


def ancestry(path: str) -> list[str]:
    """The path itself, then every category above it, ending with the empty path."""
    steps = [path]
    while steps[-1]:
        steps.append(parent(steps[-1]))
    return steps
