"""Events as they travel: what a client may send, and the clear word on each one that is bad.

A batch is NDJSON or a JSON array. Sound batches of lines are read at once; anything else is
checked event by event, so that the good ones stand and the bad ones are named by their index. What
is kept is what was understood, written anew: of a key that stands there twice the last counts, and
nobody who reads the line later can take the first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

EVENTS_MAX = 10_000
EVENT_BYTES_MAX = 16_384
CONTROL_CHARACTERS = r"\u0000-\u0007\u000b\u000e-\u001f"
"""All below the space but those that have an escape of one letter, as a tab and a new line have."""

Identifier = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=500)]
Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


Kind = Literal[
    "impression", "play", "complete", "click", "landing", "add_to_cart", "order", "refund"
]


class FollowedEvent(
    msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """All that an event of a tracked link has to say: the link tells the rest.

    Most events of large batches say no more. Read by itself this takes a quarter less than an event
    of which twenty other fields could have been said. Events hold no other objects, so that
    Python's collector of garbage need not look through a batch of them.
    """

    event_id: Identifier
    kind: Kind
    occurred_at: Instant
    link: Identifier | None = None
    visitor: Identifier | None = None


class WireEvent(FollowedEvent, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One thing that happened to a product link, as a client states it.

    `event_id` is made by the client before it first sends the event and stays the same on every
    retry, as does `occurred_at`: together they make it count once.
    """

    creator: Text | None = None
    content_id: Identifier | None = None
    content_type: Literal["video", "live", "product_card", "showcase", "other"] | None = None
    product_id: Identifier | None = None
    category: Text | None = None
    channel: Literal["tiktok", "instagram", "youtube", "other"] | None = None
    market: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    traffic_source: Literal["organic", "ads"] | None = None
    device: Literal["phone", "tablet", "desktop", "tv", "other"] | None = None
    consented: bool = False
    gender: Literal["female", "male", "other"] | None = None
    age: Literal["13-17", "18-24", "25-34", "35-44", "45-54", "55+"] | None = None
    load_ms: Count | None = None
    order_id: Identifier | None = None
    line_id: Identifier | None = None
    quantity: Count | None = None
    value_minor: Count | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    click_id: Identifier | None = None
    promo_code: Identifier | None = None


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """One bad event of a batch: where it stood, what is wrong with it, in which field."""

    index: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What of a request can be kept: whole NDJSON lines, and the refused events by index."""

    payload: bytes
    events: int
    refused: tuple[RefusedEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The events of a request with their places in it, and the refused ones."""

    events: tuple[tuple[int, WireEvent], ...]
    refused: tuple[RefusedEvent, ...] = ()


class BatchRefused(ValueError):
    """Nothing of the request can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_event = msgspec.json.Decoder(WireEvent)
_followed_event = msgspec.json.Decoder(FollowedEvent)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder()
_escaped = re.compile(rb"(?<!\\)(?:\\\\)*\\u00(?:0[0-7BEFbef]|1)")
_NO_OUTLINE = bytes(set(range(256)) - set(b"{}\n"))
_OUTLINE = b"{}\n" * EVENTS_MAX
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def encode_line(event: WireEvent) -> bytes:
    return _encoder.encode(event) + b"\n"


def read_batch(body: bytes) -> Batch:
    """What of a request body, NDJSON or a JSON array, can be kept.

    Raises:
        BatchRefused: `empty`, `too_many_events`, or `not_json` where not even the outline of an
            array can be read.
    """
    stripped = body.strip()
    if whole := _whole_lines(stripped):
        return whole
    found = read_events(stripped)
    payload = b"".join(encode_line(event) for _, event in found.events)
    return Batch(payload, len(found.events), found.refused)


def read_events(body: bytes) -> Found:
    """The events of a request body one by one; raises as `read_batch` does."""
    stripped = body.strip()
    if not stripped:
        raise BatchRefused("empty")
    candidates = _array(stripped) if stripped[:1] == b"[" else stripped.split(b"\n")
    if not candidates:
        raise BatchRefused("empty")
    if len(candidates) > EVENTS_MAX:
        raise BatchRefused("too_many_events")
    outcomes = [
        (index, _checked(index, bytes(candidate)))
        for index, candidate in enumerate(candidates)
        if bytes(candidate).strip()
    ]
    return Found(
        tuple((index, one) for index, one in outcomes if isinstance(one, WireEvent)),
        tuple(one for _, one in outcomes if isinstance(one, RefusedEvent)),
    )


def _whole_lines(body: bytes) -> Batch | None:
    """The whole body, where each of its lines is a sound event; the quick way for most."""
    outline = body.translate(None, _NO_OUTLINE)
    if not outline or outline != _OUTLINE[: len(outline)]:
        return None  # also where an object goes on in the next line, before another of that line
    if body[:1] != b"{" or holds_control_character(body):
        return None
    try:
        events = _decoded(body)
    except _UNREADABLE:
        return None
    lines = len(outline) // 3 + 1
    if len(events) != lines or _has_long_line(body):  # blank lines are no events
        return None
    return Batch(_encoder.encode_lines(events), lines)


def _decoded(lines: bytes) -> Sequence[FollowedEvent]:
    """Most say nothing but the usual; the first that says more sends all the other way."""
    try:
        return _followed_event.decode_lines(lines)
    except msgspec.ValidationError:
        return _event.decode_lines(lines)


def holds_control_character(body: bytes) -> bool:
    """Escaped ones; as they are they would not be JSON. The byte is found much faster than four."""
    return b"\\" in body and b"\\u00" in body and _escaped.search(body) is not None


def _has_long_line(body: bytes) -> bool:
    """Looks at the end of each longest line there could be, and so at few bytes."""
    start = 0
    while len(body) - start > EVENT_BYTES_MAX:
        end = body.rfind(b"\n", start, start + EVENT_BYTES_MAX + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _array(body: bytes) -> list[msgspec.Raw]:
    try:
        return _raw_list.decode(body)
    except _UNREADABLE as error:
        raise BatchRefused("not_json") from error


def _checked(index: int, candidate: bytes) -> WireEvent | RefusedEvent:
    if len(candidate) > EVENT_BYTES_MAX:
        return RefusedEvent(index, "too_long", f"{len(candidate)} bytes")
    if holds_control_character(candidate):
        return RefusedEvent(index, "control_character", "an escaped control character")
    try:
        return _event.decode(candidate)
    except msgspec.ValidationError as error:
        return RefusedEvent(index, "invalid", str(error))
    except _UNREADABLE as error:
        return RefusedEvent(index, "not_json", str(error))
