"""Every operation of the API times every kind of caller: what they get is written down.

`api_matrix.csv` has one row per operation. What a caller gets is one of

    in      an answer, or a refusal about the thing itself
    401     no key that works
    403     the key, its maker's role, or the side is the wrong one
    404     there is no such thing for this caller
"""

import csv
import json
import logging
from contextlib import nullcontext
from functools import cache as cache_once
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.architecture.api_bodies import bodies, uploads
from tests.architecture.test_access_matrix import things  # noqa: F401  # a fixture
from tests.tenancy import watched

from linkstar.accounts.api_keys import make_api_key
from linkstar.accounts.models import Reach
from linkstar.api.main import ROOT, api
from linkstar.api.urls import WITHOUT_KEY
from linkstar.creators.models import Creator

TABLE = Path(__file__).with_name("api_matrix.csv")
CALLERS = (
    "anonymous", "session", "viewer", "finance", "manager", "owner", "owner_reading",
    "other_owner", "creator", "other_creator", "reviewer", "operator",
)  # fmt: skip
COMPANY_CALLERS = {"viewer", "finance", "manager", "owner", "owner_reading", "other_owner"}
NOT_SCOPED = {
    "make_shop": "takes the next number of all shops, which facts carry",
    "make_link": "writes the directory of all shops anew, which only the collector reads",
    "stop_link": "the same",
    "allow_host": "the same",
    "remove_host": "the same",
    "make_collaboration_link": "the same",
    "replay_line": "loads it as all lines are loaded, by the tokens of the links they name",
    "replay_lines": "the same",
}
ANSWERS = {"in", "401", "403", "404"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


@cache_once
def operations() -> dict[str, tuple[str, str]]:
    """Every operation there is by its name: its method and its address."""
    paths = api.get_openapi_schema()["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


class TestTheTable:
    def test_has_a_row_for_every_operation(self):
        assert sorted(row["operation"] for row in rows()) == sorted(operations())

    def test_says_what_everybody_gets(self):
        unsaid = [row["operation"] for row in rows() for caller in CALLERS
                  if row[caller] not in ANSWERS]  # fmt: skip
        assert unsaid == []

    def test_lets_nobody_in_without_a_key(self):
        assert {row[caller] for row in rows() for caller in ("anonymous", "session")} == {"401"}

    def test_lets_no_other_company_and_no_other_creator_at_an_object(self):
        objects = [row for row in rows() if "{" in operations()[row["operation"]][1]]
        calls = {
            "campaign", "apply_to_campaign", "open_product", "make_open_link",
            "stop_open_promotion",
        }  # fmt: skip  # open to every creator
        assert objects
        assert {row["other_owner"] for row in objects} <= {"403", "404"}
        own = [row for row in objects if row["operation"] not in calls]
        assert {row["other_creator"] for row in own} <= {"403", "404"}

    def test_lets_staff_at_nothing_that_is_a_companys_own(self):
        """Each address is for a company and creators, or for those who run the installation."""
        shared = {"me", "notifications", "read_notifications"}
        for row in rows():
            staff = {row["reviewer"], row["operator"]}
            others = {row[name] for name in CALLERS[2:-2]}
            assert row["operation"] in shared or staff == {"403"} or others == {"403"}

    def test_lets_nobody_change_anything_with_a_key_that_reads(self):
        changing = [row for row in rows() if operations()[row["operation"]][0] != "GET"]
        asking = {"simulate_plan", "plan_invitations"}
        assert {row["operation"] for row in changing if row["owner_reading"] != "403"} <= asking

    def test_lets_no_viewer_change_anything(self):
        changing = [row for row in rows() if operations()[row["operation"]][0] != "GET"]
        asking = {"simulate_plan", "plan_invitations", "read_notifications"}
        assert {row["operation"] for row in changing if row["viewer"] != "403"} <= asking


@pytest.fixture
def keys(cast, things, monkeypatch) -> dict[str, str]:  # noqa: F811
    """A key of each caller."""
    cache.clear()
    for throttle in (api.throttle, WITHOUT_KEY):
        monkeypatch.setattr(throttle, "num_requests", 10_000)
    Creator.objects.create(
        user=cast.bo, handle="bo", state=Creator.State.VERIFIED, created_at=timezone.now()
    )

    def key(user, workspace, reach):
        made = {"user": user, "workspace": workspace, "name": "a", "now": timezone.now()}
        return make_api_key(**made, reach=reach)[1]

    def staff_key(user, reach):
        made = {"user": user, "workspace": None, "name": "a", "now": timezone.now()}
        return make_api_key(**made, reach=reach, for_installation=True)[1]

    own, other = cast.workspace, cast.other_workspace
    return {
        "viewer": key(cast.vera, own, Reach.READ),
        "finance": key(cast.finn, own, Reach.MONEY),
        "manager": key(cast.mei, own, Reach.WRITE),
        "owner": key(cast.lin, own, Reach.MONEY),
        "owner_reading": key(cast.lin, own, Reach.READ),
        "other_owner": key(cast.otto, other, Reach.MONEY),
        "creator": key(cast.ada, None, Reach.WRITE),
        "other_creator": key(cast.bo, None, Reach.WRITE),
        "reviewer": staff_key(cast.rita, Reach.WRITE),
        "operator": staff_key(cast.olga, Reach.MONEY),
    }


def outcome(client: Client, headers, operation: str, things) -> str:  # noqa: F811
    """What the caller gets."""
    method, path = operations()[operation]
    asked, body = bodies(things).get(operation, ({}, {}))
    address = path.format(**{name: things[name] for name in named(path)})
    if operation in uploads(things):
        response = client.post(address, uploads(things)[operation], headers=headers)
    else:
        response = client.generic(
            method, address, json.dumps(body), "application/json", headers=headers,
            query_params=asked,
        )  # fmt: skip
    assert response.status_code < 500, f"{operation} broke: {response.content}"
    if response.status_code == 422 and response.json()["error"]["code"] == "Invalid":
        pytest.fail(f"{operation} was not asked rightly: {response.content.decode()}")
    response.close()
    return str(response.status_code) if response.status_code in {401, 403, 404} else "in"


def named(path: str) -> list[str]:
    """The parts of an address that vary."""
    return [part.partition("}")[0] for part in path.split("{")[1:]]


@pytest.mark.parametrize("caller", CALLERS)
def test_everybody_gets_what_the_table_says(caller, cast, things, keys):  # noqa: F811
    logging.disable(logging.WARNING)
    people = {
        "viewer": cast.vera, "finance": cast.finn, "manager": cast.mei, "owner": cast.lin,
        "owner_reading": cast.lin, "other_owner": cast.otto,
    }  # fmt: skip
    client = Client()
    if caller == "session":
        client.force_login(cast.lin)
    differences, leaks = [], {}
    for number, row in enumerate(rows()):
        operation = row["operation"]
        _, path = operations()[operation]
        headers = {"Idempotency-Key": str(number)}
        if caller in keys:
            headers["Authorization"] = f"Bearer {keys[caller]}"
        given = [things[name] for name in named(path)]
        wall = watched(people[caller], given) if caller in COMPANY_CALLERS else nullcontext()
        with transaction.atomic():
            with wall as spy:
                got = outcome(client, headers, operation, things)
            transaction.set_rollback(True)
        if spy and spy.leaks and operation not in NOT_SCOPED:
            leaks[operation] = spy.leaks[0]
        if got != row[caller]:
            differences.append(f"{operation}: {got}, not {row[caller]}")
    logging.disable(logging.NOTSET)
    assert ROOT == "/api/v1/"
    assert differences == []
    assert leaks == {}
