"""Whatever is sent, each event is accepted or refused by its index, and nothing falls over."""

import gzip
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.collector.desk import EVENT, PAGE_KEY, Answered, Desk

from linkstar.collector.app import Limits
from linkstar.collector.openapi import DOCUMENT

CODES = set(DOCUMENT["components"]["schemas"]["RefusedEvent"]["properties"]["code"]["enum"])
WHOLE = {"empty", "not_json", "not_gzip", "too_many_events", "body_too_large"}
NEEDED = {"event_id", "kind", "occurred_at"}
"""What every kept event has; any other member may have been said again as null."""
UNLIMITED = Limits(events_per_second=1e12)

nasty_numbers = st.sampled_from(
    [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"9223372036854775808", b"-0",
     b"18446744073709551616", b"9007199254740993", b"1.5", b"9" * 5_000]
)  # fmt: skip
nasty_words = st.sampled_from(
    [b'"\\u0000"', b'"\x00"', b'"\\ud800"', b'"\\udfff\\ud800"', b'"\xed\xa0\x80"', b'"\xff"',
     b'"' + b"x" * 20_000 + b'"', b'""', b'"\xf0\x9f\x98\x80"', b"null", b"true", b'"\\']
)  # fmt: skip
nested = st.builds(
    lambda sign, depth: sign * depth,
    st.sampled_from([b"[", b'{"a":', b'[{"a":']), st.sampled_from([1, 1_000, 10_000]),
)  # fmt: skip
values = st.one_of(
    nasty_numbers, nasty_words, nested,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip
sound = st.integers(0, 10**9).map(lambda n: json.dumps(EVENT | {"event_id": f"e{n}"}).encode())


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A sound event with one member added, often a second time under the same name."""
    name = draw(st.sampled_from([*EVENT, "load_ms", "value_minor", "visitor", "creator", "else"]))
    return json.dumps(EVENT).encode()[:-1] + b',"' + name.encode() + b'":' + draw(values) + b"}"


events = st.one_of(sound, changed(), values, st.binary(max_size=60))
bodies = st.one_of(
    st.lists(events, max_size=6).map(b"\n".join),
    st.lists(events, max_size=6).map(lambda parts: b"[" + b",".join(parts) + b"]"),
    st.binary(max_size=200),
)


@contextmanager
def fresh_desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), UNLIMITED)
        try:
            yield desk
        finally:
            desk.journal.close()


def check(answer: Answered) -> int:
    """How many events were accepted; the answer is one the document knows."""
    said = json.loads(answer.body)
    assert str(answer.status) in DOCUMENT["paths"]["/v1/events"]["post"]["responses"]
    assert answer.status < 500
    if answer.status in {400, 413}:
        assert said["error"] in WHOLE
        return 0
    assert answer.status == (202 if said["accepted"] else 422)
    indices = [each["index"] for each in said["refused"]]
    assert indices == sorted(set(indices))
    assert all(each["code"] in CODES and each["detail"] for each in said["refused"])
    assert said["accepted"] + len(indices) > 0
    return said["accepted"]


class TestAnyBody:
    @pytest.mark.parametrize("is_packed", [False, True])
    def test_is_answered_by_event_and_exactly_what_was_accepted_is_kept(
        self, *, is_packed: bool
    ) -> None:
        with fresh_desk() as desk:
            accepted = 0

            @settings(max_examples=250, deadline=None)
            @given(body=bodies)
            def ask(body: bytes) -> None:
                nonlocal accepted
                if is_packed:
                    answer = desk.send_events(gzip.compress(body, 1), content_encoding="gzip")
                else:
                    answer = desk.send_events(body)
                accepted += check(answer)

            ask()
            kept = [line for line in desk.stored() if "envelope" not in line]
            assert len(kept) == accepted
            assert all(set(line) >= NEEDED for line in kept)
            assert all(math.isfinite(line.get("load_ms") or 0) for line in kept)
            assert "\x00" not in json.dumps(kept, ensure_ascii=False)

    def test_from_a_page_is_answered_the_same_way(self) -> None:
        with fresh_desk() as desk:
            accepted = 0

            @settings(max_examples=150, deadline=None)
            @given(body=bodies)
            def ask(body: bytes) -> None:
                nonlocal accepted
                answer = desk.ask(
                    "POST", f"/v1/events?key={PAGE_KEY}", body=body, origin="https://shop.example"
                )
                accepted += check(answer)

            ask()
            assert len(desk.stored()) == accepted

    @settings(max_examples=100, deadline=None)
    @given(body=st.binary(max_size=200), cut=st.integers(0, 30))
    def test_said_to_be_gzip_and_torn_is_refused_whole(self, body: bytes, cut: int) -> None:
        with fresh_desk() as desk:
            torn = gzip.compress(body)[: -cut - 1]
            answer = desk.send_events(torn, content_encoding="gzip")
            assert (answer.status, json.loads(answer.body)) == (400, {"error": "not_gzip"})
            assert desk.stored() == []
