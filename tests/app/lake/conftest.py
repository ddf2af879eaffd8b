from pathlib import Path

import pytest
from tests.app.lake.made import NOW, Facts
from tests.app.lake.test_counts_of_events import many

from linkstar.lake.rollups import refresh_rollups


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(tmp_path)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Fifty days of events and their roll-ups; nobody adds to them."""
    facts = Facts(tmp_path_factory.mktemp("season"))
    facts.track("imp_1", *many(1))
    refresh_rollups(facts.lake, now=NOW)
    return facts


@pytest.fixture
def rolled(facts: Facts) -> Facts:
    facts.track("imp_1", *many(1))
    refresh_rollups(facts.lake, now=NOW)
    return facts
