"""The cast that plays in every test, and the rule that nothing is skipped."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from tests import prepared

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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database in memory begins with what the migrations make."""
    from django.db.backends.signals import connection_created

    connection_created.connect(prepared.fill)


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


def let_promote(shop, *, user, now: datetime, default_rate_bps: int = 1_500) -> None:
    """Qualify a shop and switch LinkStar on, without the papers that lead there.

    The tests of qualification walk the whole way; here only its end is needed.
    """
    from linkstar.catalog.models import AffiliateService, Qualification

    approved = Qualification.State.APPROVED
    qualification = Qualification.objects.create(
        shop=shop, state=approved, steps_taken=1, licence_valid_until=date(2030, 1, 1),
        created_at=now,
    )  # fmt: skip
    qualification.steps.create(number=1, verb="approve", state=approved, at=now)
    AffiliateService.objects.create(
        shop=shop,
        enabled_at=now,
        accepted_by=user,
        accepted_at=now,
        default_rate_bps=default_rate_bps,
    )


@pytest.fixture
def promoting(cast) -> Cast:
    """The cast, with both shops qualified and switched on: they may offer and agree."""
    let_promote(cast.shop, user=cast.lin, now=NOW)
    let_promote(cast.other_shop, user=cast.otto, now=NOW)
    return cast


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped or expected failure is a failure: the test did not run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and exitstatus == pytest.ExitCode.OK:
        hidden = [*reporter.stats.get("skipped", []), *reporter.stats.get("xfailed", [])]
        if hidden:
            reporter.write_line(f"{len(hidden)} tests were skipped; in CI that is a failure")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
