"""The cast that plays in every test, and the rule that nothing is skipped."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Cast:
    """Lin owns a shop, Mei works for her, Finn does the money, Vera may only look; Otto belongs to
    another workspace and must see nothing; Ada and Bo are creators and belong to none; Rita
    reviews qualifications; Olga operates the installation."""

    lin: object
    mei: object
    finn: object
    vera: object
    otto: object
    ada: object
    bo: object
    rita: object
    olga: object
    workspace: object
    shop: object
    other_workspace: object
    other_shop: object


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def cast(db) -> Cast:
    from linkstar.accounts.actions import add_user, join_workspace, open_workspace
    from linkstar.accounts.models import Role
    from linkstar.catalog.actions import open_shop

    def person(name: str, **fields: object) -> object:
        return add_user(email=f"{name}@example.com", password=PASSWORD, language="en", **fields)

    workspace = open_workspace(name="Lin's brand", now=NOW)
    other = open_workspace(name="Otto's brand", now=NOW)
    lin, mei, finn, vera, otto = map(person, ("lin", "mei", "finn", "vera", "otto"))
    join_workspace(user=lin, workspace=workspace, role=Role.OWNER)
    join_workspace(user=mei, workspace=workspace, role=Role.MANAGER)
    join_workspace(user=finn, workspace=workspace, role=Role.FINANCE)
    join_workspace(user=vera, workspace=workspace, role=Role.VIEWER)
    join_workspace(user=otto, workspace=other, role=Role.OWNER)
    return Cast(
        lin=lin,
        mei=mei,
        finn=finn,
        vera=vera,
        otto=otto,
        ada=person("ada", is_creator=True),
        bo=person("bo", is_creator=True),
        rita=person("rita", is_reviewer=True),
        olga=person("olga", is_operator=True),
        workspace=workspace,
        shop=open_shop(workspace=workspace, name="Lin Beauty US", now=NOW),
        other_workspace=other,
        other_shop=open_shop(workspace=other, name="Otto Home US", now=NOW),
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped or expected failure is a failure: the test did not run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and exitstatus == pytest.ExitCode.OK:
        hidden = [*reporter.stats.get("skipped", []), *reporter.stats.get("xfailed", [])]
        if hidden:
            reporter.write_line(f"{len(hidden)} tests were skipped; in CI that is a failure")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
