"""Callers with keys: what a program sends, and what it is answered."""

import json
from dataclasses import dataclass, field
from itertools import count

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from linkstar.accounts.api_keys import make_api_key
from linkstar.accounts.models import Reach
from linkstar.creators.models import Creator

_names = count(1)


@dataclass
class Caller:
    """A program with a key; each change it asks for has a name of its own unless one is given."""

    key: str
    language: str = "en"
    client: Client = field(default_factory=Client)

    def get(self, path: str, **asked):
        return self.client.get(f"/api/v1/{path}", asked, headers=self.headers())

    def send(self, method: str, path: str, body: object = None, name: str | None = None):
        named = {"Idempotency-Key": name or f"call-{next(_names)}"}
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body or {}), "application/json",
            headers=self.headers() | named,
        )  # fmt: skip

    def post(self, path: str, body: object = None, name: str | None = None):
        return self.send("POST", path, body, name)

    def patch(self, path: str, body: object):
        return self.send("PATCH", path, body)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language}


def caller(user, workspace, reach=Reach.MONEY, **fields) -> Caller:
    _, key = make_api_key(
        user=user, workspace=workspace, name="program", reach=reach, now=timezone.now(), **fields
    )
    return Caller(key)


@pytest.fixture(autouse=True)
def _fresh_counts():
    """Nobody called before."""
    cache.clear()


@pytest.fixture
def lins(cast) -> Caller:
    """Lin's program: everything an owner may do."""
    return caller(cast.lin, cast.workspace)


@pytest.fixture
def veras(cast) -> Caller:
    """Vera's program: looks only."""
    return caller(cast.vera, cast.workspace, Reach.READ)


@pytest.fixture
def ottos(cast) -> Caller:
    """A program of another company."""
    return caller(cast.otto, cast.other_workspace)


@pytest.fixture
def ada(cast, now) -> Creator:
    return Creator.objects.create(
        user=cast.ada, handle="ada", name="Ada", state=Creator.State.VERIFIED, created_at=now
    )


@pytest.fixture
def adas(cast, ada) -> Caller:
    """Ada's program: acts for her as a creator."""
    return caller(cast.ada, None, Reach.WRITE)


def error(response) -> dict:
    """What a refusal says."""
    return response.json()["error"]
