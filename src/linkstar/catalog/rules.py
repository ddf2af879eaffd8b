"""Category paths and zones: how they are spelled, and what contains what."""

import re
from zoneinfo import available_timezones

SEPARATOR = " > "
_SPLIT = re.compile(r"\s*(?:>|›|»|/(?=\s)|(?<=\s)/)\s*")


class ZoneUnknown(ValueError):
    """Not the name of a time zone such as `America/Los_Angeles`."""


def is_zone(name: str) -> bool:
    return name in available_timezones()


def category_path(stated: str) -> str:
    """One spelling for a category path: names from the root joined by ` > `.

    `Beauty & Personal Care/ Skincare`, `Beauty & Personal Care>Skincare` and
    `Beauty & Personal Care > Skincare` are the same path. A bare slash inside a name stays.
    """
    names = [" ".join(name.split()) for name in _SPLIT.split(stated.strip())]
    return SEPARATOR.join(name for name in names if name)


def parent(path: str) -> str:
    """The category above; the root of everything is the empty path."""
    return path.rpartition(SEPARATOR)[0]


def ancestry(path: str) -> list[str]:
    """The path itself, then every category above it, ending with the empty path."""
    steps = [path]
    while steps[-1]:
        steps.append(parent(steps[-1]))
    return steps
