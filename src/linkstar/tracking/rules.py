"""What a tracked link may be: its token, where it may lead, how its sub-id is signed."""

import base64
import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from urllib.parse import urlsplit

TOKEN_ALPHABET = string.ascii_letters + string.digits
TOKEN_LENGTH = 12
"""62**12 is more than 71 bits: a link is looked up, never guessed, and carries nothing."""
SIGNATURE_BYTES = 16
DESTINATION_LENGTH_MAX = 2_000


class DestinationRefused(ValueError):
    """The address is not one a link of this shop may lead to; `code` says why."""

    def __init__(self, destination: str, code: str) -> None:
        super().__init__(destination, code)
        self.destination = destination
        self.code = code


class SubIdRefused(ValueError):
    """The sub-id was not signed by this installation, or has run out."""


@dataclass(frozen=True, slots=True)
class SubId:
    """What a signed sub-id says: free text of the seller's, and until when it holds."""

    text: str
    expires_at: int


def new_token() -> str:
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def check_destination(destination: str, hosts: frozenset[str]) -> str:
    """The destination itself, if a link may lead there.

    Only plain https addresses on one of the shop's hosts (or below one) are let through; an
    address with a user, an odd port, a control character or a backslash is refused, because
    browsers and servers read those differently.

    Raises:
        DestinationRefused: `length`, `character`, `scheme`, `user`, `port` or `host`.
    """
    if not 0 < len(destination) <= DESTINATION_LENGTH_MAX:
        raise DestinationRefused(destination[:100], "length")
    if not destination.isascii() or any(c <= " " or c in '\\"<>`{|}^\x7f' for c in destination):
        raise DestinationRefused(destination, "character")
    if not destination.startswith("https://"):
        raise DestinationRefused(destination, "scheme")
    try:
        parts = urlsplit(destination)
        port = parts.port
    except ValueError as error:
        raise DestinationRefused(destination, "host") from error
    if "@" in parts.netloc:
        raise DestinationRefused(destination, "user")
    if port not in {None, 443}:
        raise DestinationRefused(destination, "port")
    if not _is_allowed(parts.hostname or "", hosts):
        raise DestinationRefused(destination, "host")
    return destination


def check_host(host: str) -> str:
    """A host name in lower case, as it may stand on a shop's list.

    Raises:
        DestinationRefused: `host`, for anything that is not a dotted name of letters and digits.
    """
    name = host.strip().lower().rstrip(".")
    labels = name.split(".")
    allowed = set(string.ascii_lowercase + string.digits + "-")
    sound = all(label and set(label) <= allowed and label.strip("-") == label for label in labels)
    if len(labels) < 2 or not sound or labels[-1].isdigit() or len(name) > 253:
        raise DestinationRefused(host, "host")
    return name


def _is_allowed(host: str, hosts: frozenset[str]) -> bool:
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)


def sign_sub_id(text: str, *, expires_at: int, key: bytes, key_id: str) -> str:
    """`key id.expiry.text.tag`, the tag a 128-bit HMAC-SHA256; safe in an address."""
    body = f"{key_id}.{expires_at}.{_packed(text.encode())}"
    return f"{body}.{_packed(_tag(body, key))}"


def read_sub_id(signed: str, *, keys: dict[str, bytes], now: int) -> SubId:
    """What a signed sub-id says.

    Raises:
        SubIdRefused: it is not one of ours, was changed, or has run out.
    """
    body, _, tag = signed.rpartition(".")
    parts = body.split(".")
    key = keys.get(parts[0])
    if len(parts) != 3 or key is None:
        raise SubIdRefused(signed)
    if not hmac.compare_digest(_packed(_tag(body, key)).encode(), tag.encode()):
        raise SubIdRefused(signed)
    expires_at = int(parts[1])
    if now >= expires_at:
        raise SubIdRefused(signed)
    return SubId(_unpacked(parts[2]).decode(), expires_at)


def _tag(body: str, key: bytes) -> bytes:
    return hmac.new(key, body.encode(), hashlib.sha256).digest()[:SIGNATURE_BYTES]


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
