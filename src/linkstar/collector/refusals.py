"""What was not taken at the door: how often, why, and the latest of each by shop and day.

Whoever sent it was told at once; this is for those whose shop it was, and quotes no value that was
sent: it may name a person, and nothing is looked for here when one is to be forgotten. A collector
keeps its tally in `refusals.json` beside its journal and writes it about once a second, so that one
that is killed forgets no more than that. Of a shop nobody can name the number is 0.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

DAYS_KEPT = 30
DETAIL_LENGTH_MAX = 200
FILE = "refusals.json"
_VALUE = re.compile(r"^(Invalid enum value) .*?(?P<at> - at `\$[\w.]*`)?$", re.DOTALL)
_NO_NAME = re.compile(r"^(Object contains unknown field) `(?![A-Za-z_]{1,40}`$).*$", re.DOTALL)
"""A field that is not called as fields are may be a name, an address or an ID put in its place."""


class Refusal(msgspec.Struct, kw_only=True):
    """So many refusals of one kind on one day (UTC).

    Attributes:
        day: on which.
        shop: whose key or link it was; 0 where that is not known.
        code: why, as the sender was told.
        times: events, where single events are refused; else requests.
        last_at: when the latest came.
        detail: what was wrong with the latest, without what was sent.
    """

    day: date
    shop: int
    code: str
    times: int
    last_at: datetime
    detail: str = ""


class Refusals:
    """The tally of one collector.

    Args:
        folder: its journal's, which nobody else writes to.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._held = {(each.day, each.shop, each.code): each for each in _read(self._path)}
        self._is_written = True

    def add(
        self, code: str, *, now: datetime, shop: int = 0, times: int = 1, detail: str = ""
    ) -> None:
        """So many more."""
        key = (now.date(), shop, code)
        held = self._held.get(key)
        if held is None:
            self._forget_before(first_day(now))
            held = Refusal(day=key[0], shop=shop, code=code, times=0, last_at=now)
            self._held[key] = held
        held.times += times
        held.last_at = now
        held.detail = without_values(detail)[:DETAIL_LENGTH_MAX]
        self._is_written = False

    def unwritten(self) -> bytes | None:
        """What `write` is to write; None where nothing came since this was asked last."""
        if self._is_written:
            return None
        self._is_written = True
        return msgspec.json.encode(list(self._held.values()))

    def write(self, data: bytes) -> None:
        """Put the tally in place of the one before.

        Raises:
            OSError: the disk refused; the one before stays.
        """
        fresh = self._path.with_suffix(".part")
        fresh.write_bytes(data)
        fresh.rename(self._path)

    def told(self) -> dict[str, int]:
        """How often each reason was met, whatever the shop and day."""
        codes = dict.fromkeys((each.code for each in self._held.values()), 0)
        for each in self._held.values():
            codes[each.code] += each.times
        return codes

    def _forget_before(self, day: date) -> None:
        self._held = {key: each for key, each in self._held.items() if each.day >= day}


def without_values(detail: str) -> str:
    """What is wrong with an event, with nothing in it that only the event said."""
    return _NO_NAME.sub(r"\1", _VALUE.sub(r"\1\g<at>", detail))


def first_day(now: datetime) -> date:
    """The first of the days that are kept."""
    return now.date() - timedelta(days=DAYS_KEPT - 1)


def refusals_in(folders: Iterable[Path], *, since: date) -> list[Refusal]:
    """What several collectors refused from that day on, by shop and reason, the most first."""
    found: dict[tuple[int, str], Refusal] = {}
    for each in (each for folder in folders for each in _read(folder / FILE)):
        if each.day < since:
            continue
        held = found.setdefault((each.shop, each.code), each)
        if held is each:
            continue
        held.times += each.times
        if each.last_at >= held.last_at:
            held.day, held.last_at, held.detail = each.day, each.last_at, each.detail
    return sorted(found.values(), key=lambda one: (one.shop, -one.times, one.code))


def _read(path: Path) -> list[Refusal]:
    """What a tally holds; one that cannot be read says nothing."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=list[Refusal])
    return []
