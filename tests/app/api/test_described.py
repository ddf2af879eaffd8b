"""The API answers as its description says, whatever it is asked: no fault, no other form."""

import logging

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.architecture.test_access_matrix import things  # noqa: F401  # one of everything

from linkstar.accounts.api_keys import make_api_key
from linkstar.accounts.models import Reach
from linkstar.api.main import api
from linkstar.api.urls import WITHOUT_KEY

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 6
ASKED = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def keys(cast, things, monkeypatch):  # noqa: F811
    """An owner's key and a creator's: between them they may do everything."""
    cache.clear()
    for throttle in (api.throttle, WITHOUT_KEY):
        monkeypatch.setattr(throttle, "num_requests", 100_000)
    made = {"name": "a", "now": timezone.now()}
    return [
        make_api_key(user=cast.lin, workspace=cast.workspace, reach=Reach.MONEY, **made)[1],
        make_api_key(user=cast.ada, workspace=None, reach=Reach.WRITE, **made)[1],
    ]


def served(app):
    """Each answer is read whole and closed, as servers do; uploads are closed with it."""

    def called(environ, start_response):
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return called


def test_every_operation_answers_as_described(keys, things):  # noqa: F811
    logging.disable(logging.WARNING)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served(get_wsgi_application()))
    answered = set()

    def ask(operation):
        @ASKED
        @given(case=operation.as_strategy())
        def asked(case):
            """Things that are there are asked about as often as things that are not."""
            sent = str(case.path_parameters)
            if len(sent) % 2:
                case.path_parameters |= {
                    name: things[name] for name in case.path_parameters if name in things
                }
            for key in keys:
                with transaction.atomic():
                    response = case.call(
                        headers={"Authorization": f"Bearer {key}", "Host": "localhost"}
                    )
                    transaction.set_rollback(True)
                case.validate_response(response, checks=CHECKS)
                if response.status_code < 300:
                    answered.add(operation.label)

        asked()

    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        ask(operation)
    logging.disable(logging.NOTSET)
    assert len(operations) > 100
    assert len(answered) > 40  # most of what only reads, and more


def test_the_description_is_there_without_a_key_and_names_no_page(client):
    described = client.get("/api/v1/openapi.json")
    assert described.status_code == 200
    assert described.json()["components"]["securitySchemes"]["KeyAuth"]["scheme"] == "bearer"
    assert client.get("/api/v1/docs").status_code == 404
