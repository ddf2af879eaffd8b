"""What is kept of a batch is what was understood, whoever reads it."""

import json

import duckdb
import pytest

from linkstar.events.wire import read_batch, read_events

TWICE = (
    b'{"event_id":"e1","kind":"click","occurred_at":"2026-01-05T12:00:00Z","creator":"ada",'
    b'"value_minor":1,"creator":"bo","value_minor":2}'
)

USUAL = (
    b'{"event_id":"e1","kind":"click","occurred_at":"2026-01-05T12:00:00Z","link":"aB3dE5fG7h12"}'
)


def read_by_the_loader(line: str) -> tuple[str, int]:
    shape = '{"creator": "VARCHAR", "value_minor": "BIGINT"}'
    said = f"SELECT from_json($line, '{shape}') AS e"
    [found] = duckdb.execute(
        f"SELECT e.creator, e.value_minor FROM ({said})", {"line": line}
    ).fetchall()
    return found


class TestAKeyThatStandsTwice:
    @pytest.mark.parametrize(
        "body", [TWICE, TWICE + b"\n", b"[" + TWICE + b"]", TWICE + b"\n\n" + TWICE]
    )
    def test_means_the_same_at_the_door_and_to_the_loader(self, body: bytes) -> None:
        for line in read_batch(body).payload.decode().splitlines():
            said = json.loads(line)
            assert read_by_the_loader(line) == (said["creator"], said["value_minor"]) == ("bo", 2)
            assert line.count('"creator"') == 1


class TestASoundBatch:
    def test_keeps_every_field_of_every_event(self) -> None:
        event = {
            "event_id": "e1", "kind": "order", "occurred_at": "2026-01-05T12:00:00.250000Z",
            "creator": "@Ada", "consented": True, "value_minor": 0, "currency": "USD",
        }  # fmt: skip
        body = b"\n".join(json.dumps({**event, "event_id": f"e{n}"}).encode() for n in range(3))
        batch = read_batch(body)
        kept = [json.loads(line) for line in batch.payload.splitlines()]
        assert kept == [{**event, "event_id": f"e{n}"} for n in range(3)]
        assert batch.payload.endswith(b"\n")
        assert batch.events == 3

    def test_may_say_more_of_one_event_than_of_those_before_it(self) -> None:
        usual = {
            "event_id": "e1", "kind": "click", "occurred_at": "2026-01-05T12:00:00Z",
            "link": "aB3dE5fG7h12", "visitor": "v1",
        }  # fmt: skip
        events = [usual, {**usual, "event_id": "e2"}, {**usual, "event_id": "e3", "device": "tv"}]
        batch = read_batch(b"\n".join(json.dumps(event).encode() for event in events))
        assert [json.loads(line) for line in batch.payload.splitlines()] == events
        assert batch.refused == ()

    @pytest.mark.parametrize(
        "wrong",
        [USUAL + b" " + USUAL + b"\n" + USUAL.replace(b",", b",\n", 1),
         USUAL.replace(b",", b",\n", 1) + USUAL,
         USUAL + b"\n" + USUAL.replace(b"e1", b"{"),
         USUAL + b"\n" + USUAL.replace(b"click", b"clack")],
    )  # fmt: skip
    def test_is_the_same_read_at_once_or_one_by_one(self, wrong: bytes) -> None:
        batch, found = read_batch(wrong), read_events(wrong)
        assert batch.refused == found.refused
        kept = [json.loads(line)["event_id"] for line in batch.payload.splitlines()]
        assert kept == [event.event_id for _, event in found.events]
