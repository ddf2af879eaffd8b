"""The quick way and the careful way through a batch take the same events."""

import json

import pytest

from linkstar.events.wire import EVENT_BYTES_MAX, EVENTS_MAX, BatchRefused, read_batch

EVENT = {"event_id": "e", "kind": "click", "occurred_at": "2026-01-05T20:00:00Z"}
LINE = json.dumps(EVENT).encode()


def line_of(length: int) -> bytes:
    """A sound event, blown up by spaces between two members."""
    return LINE[:-1] + b" " * (length - len(LINE)) + b"}"


def taken(*lines: bytes) -> tuple[int, list[tuple[int, str]]]:
    batch = read_batch(b"\n".join(lines))
    return batch.events, [(bad.index, bad.code) for bad in batch.refused]


class TestLines:
    @pytest.mark.parametrize("before", [0, 1, 200])
    def test_may_be_as_long_as_an_event_may_be_wherever_they_stand(self, before: int) -> None:
        assert taken(*[LINE] * before, line_of(EVENT_BYTES_MAX), LINE) == (before + 2, [])

    @pytest.mark.parametrize("before", [0, 1, 200])
    def test_one_byte_longer_are_refused_by_their_index(self, before: int) -> None:
        long = line_of(EVENT_BYTES_MAX + 1)
        assert taken(*[LINE] * before, long, LINE) == (before + 1, [(before, "too_long")])
        assert taken(*[LINE] * before, long) == (before, [(before, "too_long")])

    def test_with_a_backslash_are_taken_and_with_a_control_character_are_not(self) -> None:
        quoted = json.dumps(EVENT | {"creator": 'a"b'}).encode()
        control = json.dumps(EVENT | {"creator": "a\x07b"}).encode()
        assert taken(quoted, LINE) == (2, [])
        assert taken(quoted, control) == (1, [(1, "control_character")])

    def test_are_taken_up_to_the_most_there_may_be(self) -> None:
        assert taken(*[LINE] * EVENTS_MAX) == (EVENTS_MAX, [])
        with pytest.raises(BatchRefused, match="too_many_events"):
            read_batch(b"\n".join([LINE] * (EVENTS_MAX + 1)))
