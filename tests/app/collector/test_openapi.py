"""The document for machines says what really happens: no status more, none less."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.collector.desk import EVENT, PAGE_KEY, TOKEN, Answered, Desk
from tests.app.collector.test_postbacks import ORDER, send

from linkstar.collector.app import Limits
from linkstar.collector.openapi import DOCUMENT

BODY = json.dumps(EVENT).encode()
WRONG = EVENT | {"kind": "clik"}
TOO_LARGE = b"x" * ((1 << 20) + 1)
PAGE = f"/v1/events?key={PAGE_KEY}"
LINK, PIXEL, EVENTS, POSTBACK = (
    "/r/{token}",
    "/p/{token}.gif",
    "/v1/events",
    "/v1/postback/{key_id}",
)
RARE = Limits(events_per_second=0.05)
NO_ROOM = Limits(free_ratio_min=1.0)
USUAL = Limits()
Ask = Callable[[Desk], Answered]


def often(ask: Ask) -> Ask:
    """The answer to the last of many."""
    return lambda desk: [ask(desk) for _ in range(40)][-1]


def on_a_full_disk(ask: Ask) -> Ask:
    def refused(desk: Desk) -> Answered:
        desk.collector._look_at_disk()
        return ask(desk)

    return refused


def bare(method: str, path: str, **headers: str) -> Ask:
    return lambda desk: desk.ask(method, path, body=BODY, **headers)


def events(body: bytes = BODY) -> Ask:
    return lambda desk: desk.send_events(body)


def posted(*orders: dict, key: str = "key_orders", **changed: str) -> Ask:
    return lambda desk: send(desk, *orders, key=key, **changed)


ASKED: list[tuple[str, int, Ask, Limits]] = [
    (LINK, 302, bare("GET", f"/r/{TOKEN}"), USUAL),
    (LINK, 404, bare("GET", "/r/nothing0"), USUAL),
    (LINK, 429, often(bare("GET", "/r/nothing0")), USUAL),
    (PIXEL, 200, bare("GET", f"/p/{TOKEN}.gif"), USUAL),
    (PIXEL, 404, bare("GET", "/p/nothing0.gif"), USUAL),
    (PIXEL, 429, often(bare("GET", "/p/nothing0.gif")), USUAL),
    (PIXEL, 503, on_a_full_disk(bare("GET", f"/p/{TOKEN}.gif")), NO_ROOM),
    (EVENTS, 202, events(), USUAL),
    (EVENTS, 204, bare("POST", PAGE, origin="https://shop.example", sec_gpc="1"), USUAL),
    (EVENTS, 400, events(b"[1,"), USUAL),
    (EVENTS, 401, bare("POST", "/v1/events"), USUAL),
    (EVENTS, 403, bare("POST", PAGE, origin="https://evil.example"), USUAL),
    (EVENTS, 413, events(TOO_LARGE), USUAL),
    (EVENTS, 422, events(json.dumps(WRONG).encode()), USUAL),
    (EVENTS, 429, often(events()), RARE),
    (EVENTS, 503, on_a_full_disk(events()), NO_ROOM),
    (POSTBACK, 202, posted(ORDER), USUAL),
    (POSTBACK, 400, posted(), USUAL),
    (POSTBACK, 401, posted(ORDER, key="another"), USUAL),
    (POSTBACK, 413, posted(ORDER | {"creator": "x" * (1 << 20)}), USUAL),
    (POSTBACK, 422, posted(WRONG), USUAL),
    (POSTBACK, 429, often(posted(ORDER)), RARE),
    (POSTBACK, 503, on_a_full_disk(posted(ORDER)), NO_ROOM),
]


def responses(path: str) -> dict[str, dict]:
    [operation] = DOCUMENT["paths"][path].values()
    return operation["responses"]


@pytest.mark.parametrize(
    ("path", "status", "ask", "limits"),
    ASKED,
    ids=[f"{path} {status}" for path, status, *_ in ASKED],
)
class TestAnAnswer:
    def test_is_as_the_document_says(
        self, tmp_path: Path, path: str, status: int, ask: Ask, limits: Limits
    ) -> None:
        desk = Desk(tmp_path, limits)
        answer = ask(desk)
        desk.journal.close()
        assert answer.status == status
        documented = responses(path)[str(status)]
        if "Retry-After" in documented.get("headers", {}):
            assert int(answer.headers["retry-after"]) >= 1
        if content := documented.get("content"):
            media = answer.headers["content-type"]
            assert media in content
            if media == "application/json":
                [name] = content[media]["schema"].values()
                schema = DOCUMENT["components"]["schemas"][name.rpartition("/")[2]]
                assert set(json.loads(answer.body)) == set(schema["required"])


class TestTheDocument:
    def test_names_every_status_that_is_reached_and_no_other(self) -> None:
        stated = {(path, int(status)) for path in DOCUMENT["paths"] for status in responses(path)}
        assert stated == {(path, status) for path, status, *_ in ASKED}
