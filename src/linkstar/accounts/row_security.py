"""The second wall: PostgreSQL itself hands out no row of a workspace that was not named.

Every table whose rows lead to a workspace gets a policy after each migration. A connection begins
with every row in sight, for jobs and commands; a request of a company narrows it to the
workspaces of whoever sent it (`see_only`) before a page or an operation asks anything.
SQLite knows no such wall: there the same rule is watched in the tests only.
Source of the mechanism: PostgreSQL documentation, "Row Security Policies".
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, transaction
from django.db.models import CharField, Field, ForeignKey, Model

from linkstar.accounts.models import User, Workspace
from linkstar.config.database import EVERYTHING, ROWS_SEEN

Key: TypeAlias = "Field[Any, Any]"
POLICY = "own_workspaces"
_SEES = f"""
    CREATE OR REPLACE FUNCTION linkstar_sees(workspace varchar) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT current_setting('{ROWS_SEEN}', true) = '{EVERYTHING}'
            OR workspace = ANY (string_to_array(current_setting('{ROWS_SEEN}', true), ','))
    $$
"""


def see_only(workspaces: Iterable[str]) -> None:
    """From now on this connection finds rows of these workspaces, and of none, only."""
    if connection.vendor == "postgresql":  # elsewhere not even asked which they are
        _see(",".join(sorted(workspaces)))


def see_everything() -> None:
    if connection.vendor == "postgresql":
        _see(EVERYTHING)


@contextmanager
def everything_in_sight() -> Iterator[None]:
    """For what a request does on behalf of all: numbering shops, publishing the links of all.

    A transaction, so that what fails inside takes the wider sight back with it. Questions have to
    be answered inside; what is handed out unasked is asked under the narrow sight again.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        before = _seen()
        see_everything()
        yield
        _see(before)


def walls_stand() -> bool:
    """Whether the server holds this connection to the policies: superusers see past them."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        return not cursor.fetchone()[0]


def _see(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [ROWS_SEEN, what])


def _seen() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [ROWS_SEEN])
        return str(cursor.fetchone()[0])


def ways_to_workspaces() -> dict[type[Model], list[Key]]:
    """Each model whose rows lead to a workspace, with the columns that lead there.

    Where a row must belong to somebody, the shortest way decides. Where it may belong to nobody
    (a creator by his own name, a benchmark of the installation), all that it refers to counts.
    """
    keys = _keys()
    ways: dict[type[Model], list[Key]] = {Workspace: []}
    while found := _next([key for key in keys if not key.null], ways):
        ways |= {model: leading[:1] for model, leading in found.items()}
    while found := _next(keys, ways):
        ways |= found
    return ways


def _keys() -> list[Key]:
    return [
        key
        for model in apps.get_models()
        if model is not User
        for key in _meta(model).fields
        if isinstance(key, ForeignKey) or _names_a_book(key)
    ]


def _names_a_book(field: Key) -> bool:
    """The ledger refers to no other table: its books bear the ids of workspaces."""
    return isinstance(field, CharField) and field.name == "book"


def _next(keys: list[Key], ways: dict[type[Model], list[Key]]) -> dict[type[Model], list[Key]]:
    """The models one step further, with the columns by which they lead to what is known."""
    found: dict[type[Model], list[Key]] = {}
    for key in keys:
        if key.model not in ways and _led_to(key) in ways:
            found.setdefault(key.model, []).append(key)
    return found


def _led_to(key: Key) -> type[Model] | None:
    return Workspace if _names_a_book(key) else key.related_model


def raise_walls(**_signal: Any) -> None:
    """Put the policy on every such table, whatever stood there before."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_SEES)
        for model, keys in ways_to_workspaces().items():
            table = _meta(model).db_table
            for statement in (
                f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
                f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
                f'DROP POLICY IF EXISTS {POLICY} ON "{table}"',
                f'CREATE POLICY {POLICY} ON "{table}" USING ({_rule(keys)})',
            ):
                cursor.execute(statement)


def _rule(keys: list[Key]) -> str:
    """Which rows are in sight, where these keys lead nearer to the workspace."""
    return " AND ".join(map(_near, keys)) or 'linkstar_sees("id")'


def _near(key: Key) -> str:
    parent = _led_to(key)
    near = f'linkstar_sees("{key.column}")'
    if parent is not None and parent is not Workspace:
        # The parent's own policy decides which of its rows this finds.
        table = _meta(parent)
        key_of_it = f'"{table.pk.column}" FROM "{table.db_table}"'
        near = f'"{key.column}" IN (SELECT {key_of_it})'  # names of our own tables
    return f'("{key.column}" IS NULL OR {near})' if key.null else near


def _meta(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001  # documented: Django's "Model _meta API"
