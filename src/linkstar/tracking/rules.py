"""What a tracked link may be: its token, and where it may lead."""

import secrets
import string
from datetime import datetime
from urllib.parse import urlsplit

TOKEN_ALPHABET = string.ascii_letters + string.digits
TOKEN_LENGTH = 12
"""62**12 is more than 71 bits: a link is looked up, never guessed, and carries nothing."""
DESTINATION_LENGTH_MAX = 2_000


class DestinationRefused(ValueError):
    """The address is not one a link of this shop may lead to; `code` says why."""

    def __init__(self, destination: str, code: str) -> None:
        super().__init__(destination, code)
        self.destination = destination
        self.code = code


class LinkOver(ValueError):
    """A link that is to end before it is made."""

    def __init__(self, expires_at: datetime) -> None:
        super().__init__(expires_at)
        self.expires_at = expires_at


class HostInUse(ValueError):
    """Running links lead to the host, not as many as were to be stopped; `links` is how many."""

    def __init__(self, links: int) -> None:
        super().__init__(links)
        self.links = links


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
    if not is_allowed(parts.hostname or "", hosts):
        raise DestinationRefused(destination, "host")
    return destination


def host_in(destination: str) -> str:
    """The host an address names; empty where it names none."""
    return urlsplit(destination).hostname or ""


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


def is_allowed(host: str, hosts: frozenset[str]) -> bool:
    """Whether a host is on the list, or below one that is."""
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
