"""Prefixed, time-sortable ids: `wsp_01J...` says what it names and when it was made."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice, product
from secrets import choice

from ulid import ULID

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_OF_ULID, _OF_MOMENT = 26, 10
_COUNTED = 6
"""The last letters of ids made together: room for 32 ** 6, a thousand million."""


def new_id(prefix: str) -> str:
    """A fresh id such as `imp_01J9Z...`: the prefix, an underscore, a ULID."""
    return f"{prefix}_{ULID()}"


def new_ids(prefix: str, count: int) -> Iterator[str]:
    """So many fresh ids in their order: ULIDs of one moment, whose last letters count from nothing.

    The letters between are by chance for each call: ULIDs of a moment made one by one differ in
    the last letter alone.
    """
    moment = str(ULID())[:_OF_MOMENT]
    chance = "".join(choice(_LETTERS) for _ in range(_OF_ULID - _OF_MOMENT - _COUNTED))
    counted = islice(product(_LETTERS, repeat=_COUNTED), count)
    return (f"{prefix}_{moment}{chance}{''.join(letters)}" for letters in counted)


def digest_of(secret: str) -> str:
    """What is kept of a secret with enough chance in it: enough to know it again."""
    return sha256(secret.encode()).hexdigest()
