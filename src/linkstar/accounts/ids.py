"""Prefixed, time-sortable ids: `wsp_01J...` says what it names and when it was made."""

from hashlib import sha256

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id such as `imp_01J9Z...`: the prefix, an underscore, a ULID."""
    return f"{prefix}_{ULID()}"


def digest_of(secret: str) -> str:
    """What is kept of a secret with enough chance in it: enough to know it again."""
    return sha256(secret.encode()).hexdigest()
