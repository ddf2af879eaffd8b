"""Events a buyer's browser sends from a landing page, with the key that stands there."""

import json
from pathlib import Path

import pytest
from tests.app.collector.desk import KEY, NOW, PAGE_KEY, TOKEN, Desk

LANDING = {
    "event_id": "e-1",
    "kind": "landing",
    "occurred_at": "2026-10-22T10:09:00Z",
    "product_id": "p-1",
    "load_ms": 1234,
}
PAGE = "https://www.shop.example"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


def send(desk: Desk, *events: dict, key: str = PAGE_KEY, origin: str = PAGE, **headers: str):
    body = json.dumps(events).encode()
    path = f"/v1/events?key={key}"
    return desk.ask("POST", path, body=body, origin=origin, content_type="text/plain", **headers)


class TestALandingPage:
    def test_tells_how_long_it_took_and_the_viewer_is_seen_from_our_side(self, desk: Desk) -> None:
        answer = send(desk, LANDING | {"visitor": "made up"}, agent="Phone")
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (202, "*")
        (event,) = desk.stored()
        assert (event["kind"], event["load_ms"], event["shop"]) == ("landing", 1234, 3)
        assert (event["agent"], event["network"]) == ("Phone", "203.0.113.0")
        assert len(event["visitor"]) == 32

    @pytest.mark.parametrize("kind", ["order", "refund"])
    def test_cannot_say_that_money_moved(self, desk: Desk, kind: str) -> None:
        answer = json.loads(send(desk, LANDING, LANDING | {"kind": kind}).body)
        assert answer["accepted"] == 1
        assert [(bad["index"], bad["code"]) for bad in answer["refused"]] == [
            (1, "kind_not_allowed")
        ]

    @pytest.mark.parametrize("origin", ["", "https://evil.com", "https://evilshop.example", "[x"])
    def test_is_one_of_the_shops_own(self, desk: Desk, origin: str) -> None:
        assert send(desk, LANDING, origin=origin).status == 403
        assert desk.stored() == []

    def test_of_a_viewer_who_asks_for_privacy_leaves_nothing(self, desk: Desk) -> None:
        assert send(desk, LANDING, sec_gpc="1").status == 204
        assert desk.stored() == []

    def test_without_consent_leaves_nothing_about_the_person(self, desk: Desk) -> None:
        personal = {"gender": "female", "age": "18-24", "click_id": "c-1"}
        send(desk, LANDING | personal, LANDING | personal | {"event_id": "2", "consented": True})
        first, second = desk.stored()
        assert not personal.keys() & first.keys()
        assert personal.items() <= second.items()

    def test_is_not_believed_when_its_clock_is_wrong(self, desk: Desk) -> None:
        for stated in ("2026-10-22T10:16:00Z", "2020-01-01T00:00:00Z", "2027-01-01T00:00:00+08:00"):
            send(desk, LANDING | {"occurred_at": stated})
        assert {event["occurred_at"] for event in desk.stored()} == {
            NOW.isoformat().replace("+00:00", "Z")
        }

    def test_may_ask_first_as_browsers_do(self, desk: Desk) -> None:
        answer = desk.ask("OPTIONS", "/v1/events", origin=PAGE)
        assert answer.status == 204
        assert "authorization" in answer.headers["access-control-allow-headers"]


class TestAServersKey:
    def test_is_never_taken_from_an_address(self, desk: Desk) -> None:
        assert send(desk, LANDING, key=KEY).status == 401

    def test_does_not_open_the_postbacks(self, desk: Desk) -> None:
        answer = desk.ask("POST", f"/v1/postback/{TOKEN}", authorization=f"Bearer {KEY}")
        assert answer.status == 401
