"""The lake as pages use it: one per process."""

from functools import lru_cache

from django.conf import settings

from linkstar.lake.store import Lake


@lru_cache
def lake() -> Lake:
    return Lake(settings.PLACES.lake)
