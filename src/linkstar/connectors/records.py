"""What was found out and answered, as the JSON an import's record keeps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from linkstar.connectors.reading.detected import Answers, Detected, Notice, ShopName
from linkstar.connectors.reading.parsing import Parsed


def as_json(value: object) -> Any:
    """A frozen value as plain JSON types."""
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError


def detected_in(stored: object) -> Detected:
    return msgspec.convert(stored, Detected)


def answers_in(stored: object, shops: tuple[ShopName, ...] = ()) -> Answers:
    """The answers, with the shops a `shop` column may name; those are never stored."""
    known: dict[str, Any] = dict(stored) if isinstance(stored, Mapping) else {}
    return msgspec.convert(known | {"shops": as_json(shops)}, Answers)


def notices_in(stored: object) -> list[Notice]:
    return msgspec.convert(stored, list[Notice])


def parsed_in(stored: object) -> Parsed:
    return msgspec.convert(stored, Parsed, dec_hook=_path)


def _path(kind: type, value: Any) -> Any:
    return Path(value) if issubclass(kind, Path) else value
