"""Where Django looks for a database engine: its own for SQLite, with a shorter way for instants.

They stand in the file as Django writes them, in UTC and without saying so. Django's own way asks
the settings and the time zone for every value of a million rows.
"""

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

from django.db.backends.sqlite3 import base, operations

sqlite3.register_converter("datetime", lambda said: datetime.fromisoformat(said.decode()))
sqlite3.register_converter("date", lambda said: date.fromisoformat(said.decode()))


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, for instants whose time zone is known without asking."""

    def adapt_datetimefield_value(self, value: datetime | None) -> str | None:
        if value is not None and value.tzinfo is UTC:
            return value.isoformat(" ")[: -len("+00:00")]
        return super().adapt_datetimefield_value(value)

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return super().convert_datetimefield_value(value, expression, connection)


class DatabaseWrapper(base.DatabaseWrapper):
    """The records in a file."""

    ops_class = DatabaseOperations
