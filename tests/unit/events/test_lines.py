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

    @pytest.mark.parametrize("text", ['a"b', "José", "a\x84b", "a\tb\n", "\\u0001", "丽", "\x7f"])
    def test_may_hold_any_text_however_it_is_escaped(self, text: str) -> None:
        event = EVENT | {"creator": text}
        for line in (json.dumps(event), json.dumps(event, ensure_ascii=False)):
            assert taken(line.encode(), LINE) == (2, [])
            assert taken(b"[%s]" % line.encode()) == (1, [])

    @pytest.mark.parametrize("text", ["\x00", "a\x07b", "\x0b", "\x1f", "\\\x01"])
    def test_hold_no_control_character(self, text: str) -> None:
        control = json.dumps(EVENT | {"creator": text}).encode()
        assert taken(LINE, control) == (1, [(1, "control_character")])
        assert taken(LINE, control.replace(b"\\u001f", b"\\u001F")) == (
            1,
            [(1, "control_character")],
        )

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b" \n "])
    def test_end_however_text_files_end_them(self, end: bytes) -> None:
        assert taken(end.join([LINE] * 3)) == (3, [])

    def test_hold_one_whole_event_each(self) -> None:
        torn = LINE[:-1] + b"\n}"
        assert taken(torn + LINE) == (0, [(0, "not_json"), (1, "not_json")])
        assert taken(torn + LINE, LINE) == (1, [(0, "not_json"), (1, "not_json")])

    def test_are_taken_up_to_the_most_there_may_be(self) -> None:
        assert taken(*[LINE] * EVENTS_MAX) == (EVENTS_MAX, [])
        with pytest.raises(BatchRefused, match="too_many_events"):
            read_batch(b"\n".join([LINE] * (EVENTS_MAX + 1)))
