"""A text that is sealed before it is written to the database and opened when it is read.

What is in the database, or in a copy of it, says nothing without the installation's own key. See
docs/decisions/0007.
"""

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

_PURPOSE = b"linkstar bank accounts 1"


class SealBroken(ValueError):
    """A sealed text was written under a key this installation does not have (any more)."""


class SealedField(models.TextField):  # type: ignore[type-arg]  # as all fields of ours
    """A text that cannot be searched for, for the same text is sealed differently each time."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(str(value))

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> Any:
        return None if value is None else opened(value)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def seal(text: str) -> str:
    """The text under the newest key; nothing stays nothing."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def opened(sealed: str) -> str:
    """What was sealed, under whichever key of the installation.

    Raises:
        SealBroken: none of its keys opens it.
    """
    try:
        return _keys().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as broken:
        message = "LINKSTAR_SECRET_KEY is not the one bank accounts were sealed under"
        raise SealBroken(message) from broken


def _keys() -> MultiFernet:
    return _derived((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _derived(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    """A key for this purpose alone, from the secret everything else is signed with."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
