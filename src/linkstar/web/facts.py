"""The lake as pages use it: one per process."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from linkstar.lake.store import Lake


def lake() -> Lake:
    return _lake_at(settings.PLACES.lake)


@lru_cache(maxsize=1)
def _lake_at(folder: Path) -> Lake:
    return Lake(folder)
