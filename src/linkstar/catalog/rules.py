"""Category paths and zones: what contains what."""

from zoneinfo import available_timezones

SEPARATOR = " > "


class ZoneUnknown(ValueError):
    """Not the name of a time zone such as `America/Los_Angeles`."""


def is_zone(name: str) -> bool:
    return name in available_timezones()


def parent(path: str) -> str:
    """The category above; the root of everything is the empty path."""
    return path.rpartition(SEPARATOR)[0]


def ancestry(path: str) -> list[str]:
    """The path itself, then every category above it, ending with the empty path."""
    steps = [path]
    while steps[-1]:
        steps.append(parent(steps[-1]))
    return steps
