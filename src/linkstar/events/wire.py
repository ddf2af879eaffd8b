"""Events as they travel: what a client may send, and the clear word on each one that is bad.

A batch is NDJSON or a JSON array. Sound batches of lines are kept as received; anything else is
checked event by event, so that the good ones stand and the bad ones are named by their index.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

EVENTS_MAX = 10_000
EVENT_BYTES_MAX = 16_384
CONTROL_CHARACTER = b"\\u00"  # escaped; raw ones are not JSON

Identifier = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=500)]
Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class WireEvent(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that happened to a product link, as a client states it.

    `event_id` is made by the client before it first sends the event and stays the same on every
    retry, as does `occurred_at`: together they make it count once.
    """

    event_id: Identifier
    kind: Literal[
        "impression", "play", "complete", "click", "landing", "add_to_cart", "order", "refund"
    ]
    occurred_at: Instant
    link: Identifier | None = None
    creator: Text | None = None
    content_id: Identifier | None = None
    content_type: Literal["video", "live", "product_card", "showcase", "other"] | None = None
    product_id: Identifier | None = None
    category: Text | None = None
    channel: Literal["tiktok", "instagram", "youtube", "other"] | None = None
    market: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    traffic_source: Literal["organic", "ads"] | None = None
    device: Literal["phone", "tablet", "desktop", "tv", "other"] | None = None
    visitor: Identifier | None = None
    consented: bool = False
    gender: Literal["female", "male", "other"] | None = None
    age: Literal["13-17", "18-24", "25-34", "35-44", "45-54", "55+"] | None = None
    load_ms: Count | None = None
    order_id: Identifier | None = None
    line_id: Identifier | None = None
    quantity: Count | None = None
    value_minor: Count | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None


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


class BatchRefused(ValueError):
    """Nothing of the request can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_event = msgspec.json.Decoder(WireEvent)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder()


def encode_line(event: WireEvent) -> bytes:
    return _encoder.encode(event) + b"\n"


def read_batch(body: bytes) -> Batch:
    """The events of a request body, NDJSON or a JSON array.

    Raises:
        BatchRefused: `empty`, `too_many_events`, or `not_json` where not even the outline of an
            array can be read.
    """
    stripped = body.strip()
    if not stripped:
        raise BatchRefused("empty")
    return _read_array(stripped) if stripped[:1] == b"[" else _read_lines(stripped)


def _read_lines(body: bytes) -> Batch:
    lines = body.count(b"\n") + 1
    if lines > EVENTS_MAX:
        raise BatchRefused("too_many_events")
    if CONTROL_CHARACTER in body:
        return _one_by_one(body.split(b"\n"))
    try:
        events = _event.decode_lines(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _one_by_one(body.split(b"\n"))
    if (
        len(events) * EVENT_BYTES_MAX < len(body)
        and max(map(len, body.split(b"\n"))) > EVENT_BYTES_MAX
    ):
        return _one_by_one(body.split(b"\n"))
    return Batch(body + b"\n", len(events))


def _read_array(body: bytes) -> Batch:
    try:
        events = _raw_list.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BatchRefused("not_json") from error
    if len(events) > EVENTS_MAX:
        raise BatchRefused("too_many_events")
    return _one_by_one([bytes(event) for event in events])


def _one_by_one(candidates: list[bytes]) -> Batch:
    good: list[bytes] = []
    refused: list[RefusedEvent] = []
    for index, candidate in enumerate(candidates):
        if not candidate.strip():
            continue
        outcome = _checked(index, candidate)
        if isinstance(outcome, RefusedEvent):
            refused.append(outcome)
        else:
            good.append(encode_line(outcome))
    return Batch(b"".join(good), len(good), tuple(refused))


def _checked(index: int, candidate: bytes) -> WireEvent | RefusedEvent:
    if len(candidate) > EVENT_BYTES_MAX:
        return RefusedEvent(index, "too_long", f"{len(candidate)} bytes")
    if CONTROL_CHARACTER in candidate:
        return RefusedEvent(index, "control_character", "an escaped control character")
    try:
        return _event.decode(candidate)
    except msgspec.ValidationError as error:
        return RefusedEvent(index, "invalid", str(error))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        return RefusedEvent(index, "not_json", str(error))
