"""Orders and refunds a shop's server sends, signed."""

import json
from pathlib import Path

import pytest
from tests.app.collector.desk import NOW, POSTBACK_KEY, POSTBACK_SECRET, Desk

from linkstar.collector.postbacks import sign

ORDER = {
    "event_id": "order-1001",
    "kind": "order",
    "occurred_at": "2026-10-22T10:09:00Z",
    "order_id": "1001",
    "value_minor": 2599,
    "currency": "USD",
}
STAMP = int(NOW.timestamp())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


def send(desk: Desk, *events: dict, key: str = POSTBACK_KEY, stamp: int = STAMP, **changed: str):
    body = json.dumps(events).encode()
    signature = sign(POSTBACK_SECRET, message_id="msg-1", timestamp=stamp, body=body)
    headers = {
        "webhook_id": "msg-1",
        "webhook_timestamp": str(stamp),
        "webhook_signature": signature,
        **changed,
    }
    return desk.ask("POST", f"/v1/postback/{key}", body=body, **headers)


class TestAPostback:
    def test_is_on_disk_when_it_is_answered(self, desk: Desk) -> None:
        answer = send(desk, ORDER, ORDER | {"event_id": "refund-1001", "kind": "refund"})
        assert (answer.status, json.loads(answer.body)["accepted"]) == (202, 2)
        envelope, order, refund = desk.stored()
        assert envelope["envelope"]["shop"] == 3
        assert (order, refund["kind"]) == (ORDER, "refund")

    @pytest.mark.parametrize("seconds", [-301, 301, -100_000, 100_000])
    def test_from_another_time_is_refused_on_both_sides(self, desk: Desk, seconds: int) -> None:
        answer = send(desk, ORDER, stamp=STAMP + seconds)
        assert (answer.status, json.loads(answer.body)["error"]) == (401, "timestamp_out_of_range")
        assert desk.stored() == []

    @pytest.mark.parametrize("seconds", [-300, 300])
    def test_within_five_minutes_is_let_through(self, desk: Desk, seconds: int) -> None:
        assert send(desk, ORDER, stamp=STAMP + seconds).status == 202

    @pytest.mark.parametrize(
        "changed",
        [
            {"webhook_signature": "v1,AAAA"},
            {"webhook_signature": ""},
            {"webhook_id": "msg-2"},
            {"webhook_timestamp": str(STAMP + 1)},
            {"webhook_timestamp": "soon"},
            {"webhook_timestamp": "١٢٣"},
            {"key": "key_unknown"},
        ],
        ids=str,
    )
    def test_that_is_not_the_shops_is_refused(self, desk: Desk, changed: dict) -> None:
        assert send(desk, ORDER, **changed).status == 401
        assert desk.stored() == []

    def test_agrees_with_the_standard_it_follows(self) -> None:
        # The worked example of the Standard Webhooks specification.
        body = b'{"test": 2432232314}'
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        made = sign(
            secret, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body
        )
        assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_says_what_each_event_lacks_and_keeps_the_others(self, desk: Desk) -> None:
        without = {name: value for name, value in ORDER.items() if name != "currency"}
        answer = send(desk, without, ORDER, ORDER | {"kind": "click"}, {"kind": "order"})
        said = json.loads(answer.body)
        assert said["accepted"] == 1
        assert [(bad["index"], bad["code"]) for bad in said["refused"]] == [
            (0, "incomplete"),
            (2, "kind_not_allowed"),
            (3, "invalid"),
        ]
        assert "currency" in said["refused"][0]["detail"]
