"""Networks of data centres, from the lists their owners publish; each list keeps its date.

Lists lie in `<data>/lists/`, as published (JSON of any shape, or one network a line). Events know
only the network an address was cut to, so a range narrower than /24 or /48 cannot be used.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkstar.lake.invalid_rules import NETWORKS

_DATES = ("createDate", "creationTime", "last_updated_timestamp", "date", "updated_at", "updated")
_BITS = {4: 24, 6: 48}
Span = tuple[int, int, int]
"""IP version, first and last address."""


class ListUnknown(LookupError):
    """No list has this name; `known` are the names there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known


class ListRefused(ValueError):
    """A file that names no network that could be used; `name` is the file's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class NetworkList:
    """One published list.

    Attributes:
        name: what it is called here.
        dated: its own date as it says it, else the day it was put here.
        networks: how many ranges of it can be used.
        unusable: how many are narrower than what is kept of an address.
    """

    name: str
    dated: str
    networks: int
    unusable: int


def add_list(folder: Path, source: Path) -> NetworkList:
    """Take in a list, in place of the one of the same name.

    Raises:
        ListRefused: it names no usable network.
    """
    data = source.read_bytes()
    if not any(_spans(data.decode(errors="replace"))):
        raise ListRefused(source.name)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{source.name}"
    fresh.write_bytes(data)
    fresh.replace(folder / source.name)
    return _told(folder / source.name)


def remove_list(folder: Path, name: str) -> NetworkList:
    """Judge by a list no longer; what it said last.

    Raises:
        ListUnknown: no list of that name was taken in.
    """
    known = {path.name: path for path in _paths(folder)}
    if name not in known:
        raise ListUnknown(name, tuple(known))
    told = _told(known[name])
    known[name].unlink()
    return told


def known_lists(folder: Path) -> list[NetworkList]:
    """Every list there is, by name."""
    return [_told(path) for path in _paths(folder)]


def edition(folder: Path) -> str:
    """One short name for all lists as they are now; empty without any."""
    digests = [sha256(path.read_bytes()).hexdigest() for path in _paths(folder)]
    return sha256("\n".join(digests).encode()).hexdigest()[:16] if digests else ""


class DataCentres:
    """Says which cut networks lie in a listed range."""

    def __init__(self, folder: Path) -> None:
        spans = (span for path in _paths(folder) for span in _spans(path.read_text("utf-8")))
        self._spans = _merged(span for span in spans if span is not None)

    def among(self, networks: Sequence[str]) -> pa.Table:
        """Those of some cut networks that are data centres', as `NETWORKS`."""
        return pa.table([[each for each in networks if self._holds(each)]], schema=NETWORKS)

    def _holds(self, network: str) -> bool:
        try:
            address = ip_address(network)
        except ValueError:
            return False
        at = (address.version, int(address), 1 << 128)
        place = bisect_right(self._spans, at) - 1
        if place < 0:
            return False
        version, _, last = self._spans[place]
        return version == address.version and last >= int(address)


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("[!.]*") if path.is_file())


def _told(path: Path) -> NetworkList:
    text = path.read_text("utf-8")
    spans = list(_spans(text))
    usable = sum(span is not None for span in spans)
    added = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    return NetworkList(path.name, _date_in(text) or added, usable, len(spans) - usable)


def _date_in(text: str) -> str:
    try:
        said = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    return next((str(said[name]) for name in _DATES if said.get(name)), "")


def _spans(text: str) -> Iterator[Span | None]:
    """The ranges a list names; None for each that is too narrow."""
    for said in _words(text):
        try:
            network = ip_network(said, strict=False)
        except ValueError:
            continue
        too_narrow = network.prefixlen > _BITS[network.version]
        first, last = int(network.network_address), int(network.broadcast_address)
        yield None if too_narrow else (network.version, first, last)


def _words(text: str) -> Iterator[str]:
    """Everything in a list that may be a range: it has a slash."""
    try:
        said = json.loads(text)
    except ValueError:
        lines = (line.partition("#")[0] for line in text.splitlines())
        yield from (
            word for line in lines for word in line.replace(",", " ").split() if "/" in word
        )
        return
    yield from (word for word in _strings(said) if "/" in word)


def _strings(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list):
        for part in said.values() if isinstance(said, dict) else said:
            yield from _strings(part)


def _merged(spans: Iterator[Span]) -> list[Span]:
    """Ranges in order, those that overlap made one."""
    merged: list[Span] = []
    for version, first, last in sorted(spans):
        if merged and merged[-1][0] == version and merged[-1][2] >= first - 1:
            merged[-1] = (version, merged[-1][1], max(merged[-1][2], last))
        else:
            merged.append((version, first, last))
    return merged
