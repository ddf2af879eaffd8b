"""A corrected line is an event, of the sender it came from, and means one thing only."""

import json

import pytest

from linkstar.events.corrections import CorrectionRefused, corrected

RECEIVED = {
    "event_id": "e1", "kind": "click", "occurred_at": "yesterday", "shop": 1, "workspace": 1,
    "network": "203.0.113.0", "agent": "Phone",
}  # fmt: skip
FIXED = {**RECEIVED, "occurred_at": "2026-01-05T12:00:00Z"}


def tried(said: object, *, received: object = RECEIVED, **more: bool) -> str:
    text = said if isinstance(said, str) else json.dumps(said)
    came = received if isinstance(received, str) else json.dumps(received)
    return corrected(text, received=came, **more)


class TestACorrectedLine:
    def test_is_one_line_and_says_what_was_written(self) -> None:
        text = corrected(json.dumps(FIXED, indent=2), received=json.dumps(RECEIVED))
        assert "\n" not in text
        assert json.loads(text) == FIXED

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({**FIXED, "shop": 2}, "sender_changed"),
            ({k: v for k, v in FIXED.items() if k != "workspace"}, "sender_changed"),
            ({**FIXED, "network": "198.51.100.0"}, "sender_changed"),
            (RECEIVED, "invalid"),
            ({**FIXED, "kind": "explosion"}, "invalid"),
            ({**FIXED, "filtered": None}, "invalid"),
            ({**FIXED, "creator": "x\x00"}, "control_character"),
            ({**FIXED, "creator": "x" * 20_000}, "too_long"),
            ("[1]", "not_json"),
            ("{", "not_json"),
            ("[" * 5_000, "not_json"),
            (json.dumps(FIXED)[:-1] + ', "kind": "order"}', "key_twice"),
        ],
    )
    def test_is_refused_by_name(self, said: object, code: str) -> None:
        with pytest.raises(CorrectionRefused) as refused:
            tried(said)
        assert refused.value.code == code

    def test_of_something_nobody_could_read_names_no_sender(self) -> None:
        plain = {k: FIXED[k] for k in ("event_id", "kind", "occurred_at")}
        assert json.loads(tried(plain, received="gibberish")) == plain
        with pytest.raises(CorrectionRefused):
            tried(FIXED, received="gibberish")

    def test_may_be_given_to_a_shop_by_whoever_runs_the_installation(self) -> None:
        moved = {**FIXED, "shop": 2}
        assert json.loads(tried(moved, may_name_sender=True)) == moved
