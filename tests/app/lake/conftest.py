from pathlib import Path

import pytest
from tests.app.lake.made import Facts


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(tmp_path)
