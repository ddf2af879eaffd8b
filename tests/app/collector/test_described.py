"""A running collector, asked by schemathesis with whatever its document allows, and with more."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis import Case, HookContext, SerializationContext
from schemathesis.checks import CHECKS
from schemathesis.core.parameters import ParameterLocation
from tests.app.collector.desk import KEY, POSTBACK_KEY, POSTBACK_SECRET, TOKEN
from tests.faults.collectors import Running, running

from linkstar.collector.openapi import DOCUMENT
from linkstar.collector.postbacks import sign

EXAMPLES, EXAMPLES_LONG = 25, 2_000
schema = schemathesis.openapi.from_dict(DOCUMENT)


@schema.hook
def map_body(context: HookContext, body: object) -> object:
    """Whole numbers as programs write them: to a schema 1.0 is an integer, to us it is none."""
    if isinstance(body, list):
        return [map_body(context, each) for each in body]
    if isinstance(body, dict):
        return {name: map_body(context, each) for name, each in body.items()}
    return int(body) if isinstance(body, float) and body.is_integer() else body


links = schema.include(path_regex="^/(r|p)/")
postbacks = schema.include(path_regex="^/v1/postback/")


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: SerializationContext, value: object) -> bytes:
    each = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(one).encode() for one in each)


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("described")
    with running(folder, LINKSTAR_COLLECTOR_MISSES_PER_MINUTE="1000000000") as one:
        yield one
        assert one.process.poll() is None, "it is still there"


def named(*names: str) -> list:
    return CHECKS.get_by_names(names)


def check(case: Case, collector: Running) -> None:
    """What is wrong in a body is refused event by event, so that is looked at here."""
    answer = case.call_and_validate(
        base_url=f"http://127.0.0.1:{collector.port}",
        headers={"Authorization": f"Bearer {KEY}"},
        excluded_checks=named("negative_data_rejection"),
    )
    body = case.meta.components.get(ParameterLocation.BODY)
    if answer.status_code == 202 and body and body.mode.is_negative:
        assert answer.json()["refused"]


def check_known_link(case: Case, collector: Running) -> None:
    """A link is right; whatever else is asked, its buyer is sent on."""
    case.path_parameters = {"token": TOKEN}
    check(case, collector)


def check_signed(case: Case, collector: Running) -> None:
    """The body as it is sent, with a signature that is right."""
    assume(case.method == "POST")
    case.path_parameters = {"key_id": POSTBACK_KEY}
    asked = case.as_transport_kwargs(base_url=f"http://127.0.0.1:{collector.port}")
    asked.pop("cookies", None)
    prepared = requests.Request(**asked).prepare()
    body = prepared.body or b""
    stamp = int(time.time())
    prepared.headers["webhook-id"] = "m"
    prepared.headers["webhook-timestamp"] = str(stamp)
    prepared.headers["webhook-signature"] = sign(
        POSTBACK_SECRET,
        message_id="m",
        timestamp=stamp,
        body=body if isinstance(body, bytes) else body.encode(),
    )
    with requests.Session() as session:
        answer = session.send(prepared)
    assert answer.status_code in {202, 400, 413, 422}, answer.text
    signed = named("negative_data_rejection", "missing_required_header", "ignored_auth")
    case.validate_response(answer, excluded_checks=signed)


def sweep(examples: int) -> Callable:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@schema.parametrize()
@sweep(EXAMPLES)
def test_answers_as_the_document_says(case: Case, collector: Running) -> None:
    check(case, collector)


@links.parametrize()
@sweep(EXAMPLES)
def test_knows_its_links_whatever_stands_around_them(case: Case, collector: Running) -> None:
    check_known_link(case, collector)


@postbacks.parametrize()
@sweep(EXAMPLES)
def test_reads_signed_orders_or_says_why_not(case: Case, collector: Running) -> None:
    check_signed(case, collector)


@pytest.mark.long
@schema.parametrize()
@sweep(EXAMPLES_LONG)
def test_answers_as_the_document_says_for_long(case: Case, collector: Running) -> None:
    check(case, collector)


@pytest.mark.long
@postbacks.parametrize()
@sweep(EXAMPLES_LONG)
def test_reads_signed_orders_for_long(case: Case, collector: Running) -> None:
    check_signed(case, collector)
