"""Signed postbacks: a shop's server says that an order was placed or given back.

Signed as Standard Webhooks are: `webhook-id`, `webhook-timestamp`, and `webhook-signature` with
`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`. A stamp more than 300 seconds away on
either side is refused, so what was overheard cannot be sent again later; sent again at once it
carries the same event ids and counts once.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace

from linkstar.events.wire import Batch, RefusedEvent, WireEvent, encode_line, read_events

TOLERANCE_SECONDS = 300
SECRET_PREFIX = "whsec_"  # noqa: S105  # the prefix every such secret has
ID_LENGTH_MAX = 128
KINDS = frozenset({"order", "refund"})
_NEEDED = ("order_id", "value_minor", "currency")


class PostbackRefused(ValueError):
    """Not from the shop, or not from now; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature header of a message."""
    said = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), said, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def check(
    secrets: Iterable[str],
    *,
    message_id: str,
    timestamp: str,
    signature: str,
    body: bytes,
    now: float,
) -> None:
    """Let a message through whose signature one of the secrets makes.

    Raises:
        PostbackRefused: `signature_missing`, `timestamp_wrong`, `timestamp_out_of_range` or
            `signature_wrong`.
    """
    if not (message_id and timestamp and signature) or len(message_id) > ID_LENGTH_MAX:
        raise PostbackRefused("signature_missing")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise PostbackRefused("timestamp_wrong")
    stamped = int(timestamp)
    if abs(now - stamped) > TOLERANCE_SECONDS:
        raise PostbackRefused("timestamp_out_of_range")
    given = [one.encode() for one in signature.split(" ")[:10]]
    made = [sign(s, message_id=message_id, timestamp=stamped, body=body).encode() for s in secrets]
    if not any(hmac.compare_digest(ours, theirs) for ours in made for theirs in given):
        raise PostbackRefused("signature_wrong")


def read_postback(body: bytes) -> Batch:
    """The orders and refunds of a body; each needs its order, amount and currency.

    Raises:
        BatchRefused: as `read_events` does.
    """
    found = read_events(body)
    kept: list[WireEvent] = []
    wrong: list[RefusedEvent] = []
    for index, event in found.events:
        problem = problem_of(event)
        if problem:
            wrong.append(replace(problem, index=index))
        else:
            kept.append(event)
    payload = b"".join(map(encode_line, kept))
    refused = sorted([*found.refused, *wrong], key=lambda one: one.index)
    return Batch(payload, len(kept), tuple(refused))


def problem_of(event: WireEvent) -> RefusedEvent | None:
    """What keeps an event from being a postback's."""
    if event.kind not in KINDS:
        return RefusedEvent(
            0, "kind_not_allowed", f"`order` or `refund` expected, not `{event.kind}`"
        )
    missing = [name for name in _NEEDED if getattr(event, name) is None]
    if missing:
        return RefusedEvent(0, "incomplete", f"missing: {', '.join(missing)}")
    return None


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    except binascii.Error as error:
        raise PostbackRefused("signature_wrong") from error
