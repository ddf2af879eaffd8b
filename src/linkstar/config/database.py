"""Where the records are kept: a SQLite file in the data directory, or a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from linkstar.config.places import Places

EVERYTHING = "*"
ROWS_SEEN = "linkstar.workspaces"
"""The variable of a PostgreSQL connection that says whose rows it sees; see `row_security`."""
CONNECTION_SECONDS = 600
_KEPT_KIB, _KEPT_AT_WORK_KIB = 32 * 1024, 256 * 1024


def database(places: Places, conninfo: str) -> dict[str, Any]:
    """What Django is to know of it; `conninfo` as libpq reads it (a URI or `host=... dbname=...`).

    Raises:
        ImportError: a server is named and LinkStar was installed without `linkstar[postgresql]`.
        psycopg.ProgrammingError: libpq cannot read it.
    """
    return _postgresql(conninfo) if conninfo else _sqlite(places)


def _sqlite(places: Places) -> dict[str, Any]:
    # WAL with synchronous=NORMAL is not durable per commit: FULL, and write locks up front.
    return {
        "ENGINE": "linkstar.config.sqlite",
        "NAME": places.database,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                # 32 MiB instead of 2, and sets that are moved whole stay in memory.
                f"PRAGMA cache_size=-{_KEPT_KIB}; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


@contextmanager
def room_for_indexes(connection: Any) -> Iterator[None]:
    """While a set is moved whole, SQLite keeps the pages of the indexes its rows move about in.

    Of a million rows they are more than it keeps otherwise, and each would be read again and again.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size=-{_KEPT_AT_WORK_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size=-{_KEPT_KIB}")


def _postgresql(conninfo: str) -> dict[str, Any]:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  # an extra

    said = conninfo_to_dict(conninfo)
    named = {key: said.pop(key, "") for key in ("dbname", "user", "password", "host", "port")}
    own = f"-c {ROWS_SEEN}={EVERYTHING}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named.pop("dbname"),
        **{key.upper(): value for key, value in named.items()},
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": said | {"options": f"{said.get('options', '')} {own}".strip()},
    }
