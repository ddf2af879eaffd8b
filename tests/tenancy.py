"""A second wall below the views: watches every statement and names those that are not scoped.

A statement about a table that belongs to tenants has to say whose rows it means. It may do so by
the workspace (or by the person's memberships), or by the key of something; but a key that came
with the request counts only once a statement has found it within the person's own workspaces.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from linkstar.accounts.models import Membership, User
from linkstar.accounts.row_security import ways_to_workspaces

_TABLES = re.compile(r'\b(?:FROM|JOIN|UPDATE)\s+"(\w+)"')
_KEY = re.compile(r'"(?:id|number|\w+_id)" (?:=|IN) ')
_OPEN_TO_ALL = re.compile(
    r'"workspace_id" IS NULL|"shares_with_benchmark"|"accounts_apikey"."digest" = '
)
"""What belongs to nobody, the shops in the pool, whose number every reader of it is told, and a
key whose secret is the proof."""
_BY_WORKSPACE = re.compile(r'"workspace_id" (?:=|IN) |"accounts_membership"\."user_id" (?:=|IN) '
                           r'|"accounts_workspace"\."id" (?:=|IN) |"book" (?:=|IN) ')  # fmt: skip


def tenant_tables() -> frozenset[str]:
    """Every table whose rows lead to a workspace by their foreign keys."""
    return frozenset(model._meta.db_table for model in ways_to_workspaces())


_BY_PERSON = re.compile(r'"user_id" = ')


@dataclass
class Spy:
    """Keeps what a person may know, and what was asked without saying whose."""

    person: str
    own: frozenset[str]
    given: frozenset[str] = frozenset()
    cleared: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    tables: frozenset[str] = field(default_factory=tenant_tables)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any
    ) -> Any:
        if not many and not sql.startswith(("INSERT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.look(sql, [str(value) for value in params or ()])
        return execute(sql, params, many, context)

    def look(self, sql: str, values: list[str]) -> None:
        if not self.tables & set(_TABLES.findall(sql)):
            return
        condition = sql.partition(" WHERE ")[2]
        if _OPEN_TO_ALL.search(condition) or self.is_own(condition, values):
            self.cleared |= set(values)
        elif _BY_WORKSPACE.search(condition):
            self.leaks.append(f"another workspace: {sql}")
        elif not _KEY.search(condition):
            self.leaks.append(f"nobody named: {sql}")
        elif unproven := (self.given - self.cleared) & set(values):
            self.leaks.append(f"{sorted(unproven)} as it was given: {sql}")

    def is_own(self, condition: str, values: list[str]) -> bool:
        """Whether it is about the person's own workspaces, or about the person."""
        if _BY_WORKSPACE.search(condition):
            return bool(self.own & set(values)) or "accounts_membership" in condition
        return bool(_BY_PERSON.search(condition)) and self.person in values


@contextmanager
def watched(user: User, given: Iterable[object] = ()) -> Iterator[Spy]:
    """Watch what is asked for this person, who sent these values."""
    memberships = Membership.objects.filter(user=user)
    own = frozenset(memberships.values_list("workspace_id", flat=True))
    spy = Spy(str(user.pk), own, given=frozenset(str(value) for value in given) - own)
    with connection.execute_wrapper(spy):
        yield spy
