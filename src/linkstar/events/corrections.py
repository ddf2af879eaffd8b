"""What a line that was set aside may be corrected to: an event of the sender it came from."""

import json
from typing import Any

import msgspec

from linkstar.events.wire import EVENT_BYTES_MAX, WireEvent, holds_control_character

SENDER = ("shop", "workspace", "network", "agent", "sub_id")
"""What the collector saw of whoever sent a line; only who runs the installation may change it."""


class KeptEvent(WireEvent, kw_only=True, omit_defaults=True):
    """An event as a journal keeps it; with its sender, where the collector saw it itself."""

    shop: int | None = None
    workspace: int | None = None
    network: str | None = None
    agent: str | None = None
    sub_id: str | None = None


class CorrectionRefused(ValueError):
    """Not a line that can be loaded; `code` says why, `detail` where."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


_decode = msgspec.json.Decoder(KeptEvent).decode


def corrected(text: str, *, received: str, may_name_sender: bool = False) -> str:
    """The line to load instead of the one that was received.

    Args:
        text: as a person wrote it, over as many lines as they like.
        received: the line as it came.
        may_name_sender: whether shop and workspace may be others than the received ones.

    Raises:
        CorrectionRefused: `too_long`, `control_character`, `not_json`, `key_twice`, `invalid`, or
            `sender_changed`.
    """
    data = text.strip().encode()
    if len(data) > EVENT_BYTES_MAX:
        raise CorrectionRefused("too_long", str(len(data)))
    if holds_control_character(data):
        raise CorrectionRefused("control_character", "\\u00")
    said = _object(text)
    if not may_name_sender:
        came = _read(received)
        for name in SENDER:
            if said.get(name) != came.get(name):
                raise CorrectionRefused("sender_changed", name)
    try:
        event = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CorrectionRefused("invalid", str(error)) from error
    return msgspec.json.encode(event).decode()


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text, object_pairs_hook=_once)
    except CorrectionRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise CorrectionRefused("not_json", str(error)) from error
    if not isinstance(said, dict):
        raise CorrectionRefused("not_json", type(said).__name__)
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands there twice: whoever reads it next may take the other one."""
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        raise CorrectionRefused("key_twice", next(n for n in names if names.count(n) > 1))
    return said


def _read(line: str) -> dict[str, Any]:
    """What a received line says, as far as it can be read."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
