"""Secrets that sign: made from the installation's own, kept in no table, told to the collector.

Each follows from `SECRET_KEY`; while that is being replaced (`SECRET_KEY_FALLBACKS`), what was
signed with the one before still holds.
"""

import base64
import hashlib
import hmac

from django.conf import settings

from linkstar.collector.postbacks import SECRET_PREFIX


def sub_id_keys() -> dict[str, bytes]:
    """Keys for sub-ids by their id, the one to sign with first."""
    made = [_derived(secret, "sub-id") for secret in _secrets()]
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in made}


def postback_secrets(key_id: str) -> tuple[str, ...]:
    """What a postback key may be signed with, the current secret first."""
    made = (_derived(secret, f"postback.{key_id}") for secret in _secrets())
    return tuple(SECRET_PREFIX + base64.b64encode(key).decode() for key in made)


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"linkstar.{purpose}".encode(), hashlib.sha256).digest()
