"""Signed sub-ids: a word of the seller's that rides on a link and cannot be made up by others.

`https://go.example.com/r/<token>?s=<key id>.<expiry>.<text>.<tag>`; the tag is the first 128 bits
of an HMAC-SHA256 over the link's token and all that stands before it, so that a sub-id of one link
is worth nothing on another. It only ever labels a click; it never says where the click leads.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

TAG_BYTES = 16
TEXT_LENGTH_MAX = 64
SIGNED_LENGTH_MAX = 500


class SubIdRefused(ValueError):
    """The sub-id was not signed by this installation for this link, or has run out."""


@dataclass(frozen=True, slots=True)
class SubId:
    """What a signed sub-id says: free text of the seller's, and until when it holds."""

    text: str
    expires_at: int


def sign_sub_id(text: str, *, token: str, expires_at: int, key: bytes, key_id: str) -> str:
    """`key id.expiry.text.tag`, safe in an address."""
    body = f"{key_id}.{expires_at}.{_packed(text.encode())}"
    return f"{body}.{_packed(_tag(token, body, key))}"


def read_sub_id(signed: str, *, token: str, keys: Mapping[str, bytes], now: float) -> SubId:
    """What a signed sub-id says.

    Raises:
        SubIdRefused: it is not one of ours for this link, was changed, or has run out.
    """
    body, _, tag = signed[:SIGNED_LENGTH_MAX].rpartition(".")
    parts = body.split(".")
    key = keys.get(parts[0])
    if len(parts) != 3 or key is None:
        raise SubIdRefused(signed)
    if not hmac.compare_digest(_packed(_tag(token, body, key)).encode(), tag.encode()):
        raise SubIdRefused(signed)
    expires_at = int(parts[1])
    if now >= expires_at:
        raise SubIdRefused(signed)
    return SubId(_unpacked(parts[2]).decode(), expires_at)


def sub_id_in(query: str) -> str | None:
    """The `s` of a query string as sent, None where there is none."""
    if "s=" not in query:
        return None
    try:
        fields = parse_qsl(query[:4_000], keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return ""
    return next((value for name, value in fields if name == "s"), None)


def _tag(token: str, body: str, key: bytes) -> bytes:
    return hmac.new(key, f"{token}.{body}".encode(), hashlib.sha256).digest()[:TAG_BYTES]


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise SubIdRefused(text) from error
