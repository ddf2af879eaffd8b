"""What is kept of a batch is what was understood, whoever reads it."""

import json

import duckdb
import pytest

from linkstar.events.wire import read_batch

TWICE = (
    b'{"event_id":"e1","kind":"click","occurred_at":"2026-01-05T12:00:00Z","creator":"ada",'
    b'"value_minor":1,"creator":"bo","value_minor":2}'
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
