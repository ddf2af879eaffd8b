"""The time zones people can choose from."""

from functools import lru_cache

from linkstar.catalog.rules import zones

USUAL = ("America/Los_Angeles", "America/New_York", "America/Chicago", "Asia/Shanghai", "UTC")
"""Those that sellers on the US market meet first."""


@lru_cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """Every IANA zone with a place in its name, the usual ones first."""
    others = sorted(name for name in zones() if "/" in name and name not in USUAL)
    return tuple((name, name) for name in (*USUAL, *others))
