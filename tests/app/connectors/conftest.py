"""A lake and an import folder of its own for every test."""

import pytest

from linkstar.config.places import Places
from linkstar.lake.store import Lake


@pytest.fixture(autouse=True)
def lake(settings, tmp_path) -> Lake:
    settings.PLACES = Places(tmp_path / "data")
    return Lake(settings.PLACES.lake)
