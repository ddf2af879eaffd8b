"""What a creator's record may do, what of its figures is shown, and how handles are spelled."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

STATE_MOVES: Mapping[tuple[str, str], str] = {
    ("draft", "submit"): "pending",
    ("pending", "withdraw"): "draft",
    ("pending", "verify"): "verified",
    ("pending", "return"): "returned",
    ("returned", "submit"): "pending",
    ("verified", "rebind"): "draft",
    ("verified", "suspend"): "suspended",
    ("suspended", "reinstate"): "verified",
}
"""The whole machine: what is not here cannot happen."""

NEEDED_TO_SUBMIT = ("name", "region", "languages", "categories", "channel")
_ADDRESS = re.compile(
    r"^(?:https?://)?(?:www\.|m\.)?[a-z]+\.com/@?(?P<handle>[^/?#]+).*$", re.IGNORECASE
)
_HANDLE = re.compile(r"[\w.\-]{1,120}")
_DECADES = tuple(lead * 10**power for power in range(2, 10) for lead in (1, 2, 5))
_TIERS = ((1_000_000, "mega"), (500_000, "macro"), (100_000, "mid"), (10_000, "micro"), (0, "nano"))


class NotNow(ValueError):
    """This cannot happen to a creator in this state; somebody else may have acted first."""

    def __init__(self, event: str, state: str) -> None:
        super().__init__(event, state)
        self.event, self.state = event, state


class HandleRefused(ValueError):
    """Not a handle: letters, digits, dots, underscores and hyphens."""

    def __init__(self, stated: str) -> None:
        super().__init__(stated)
        self.stated = stated


class AudienceRefused(ValueError):
    """The shares of one dimension are more than everybody."""

    def __init__(self, dimension: str, total_bps: int) -> None:
        super().__init__(dimension, total_bps)
        self.dimension, self.total_bps = dimension, total_bps


class ProfileIncomplete(ValueError):
    """What has to be filled in before anybody looks at it."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(missing)
        self.missing = tuple(missing)


class HowVerified(StrEnum):
    """What a person saw before they said yes."""

    BIO_CODE = "bio_code"
    BY_HAND = "by_hand"


def state_after(state: str, event: str) -> str:
    """The state after an event.

    Raises:
        NotNow: it cannot happen in this state.
    """
    after = STATE_MOVES.get((state, event))
    if after is None:
        raise NotNow(event, state)
    return after


def handle_of(stated: str) -> str:
    """The handle in `@Ada.Lee`, `https://www.tiktok.com/@ada.lee?lang=en` or `ada.lee`.

    Raises:
        HandleRefused: there is none.
    """
    text = stated.strip()
    if address := _ADDRESS.match(text):
        text = address["handle"]
    handle = text.lstrip("@＠").casefold()
    if not _HANDLE.fullmatch(handle):
        raise HandleRefused(stated)
    return handle


def tier_of(followers: int | None) -> str:
    """nano, micro, mid, macro, mega by followers; empty when unknown."""
    if followers is None:
        return ""
    return next(name for least, name in _TIERS if followers >= least)


@dataclass(frozen=True, slots=True)
class Range:
    """A figure told in rough: at least `low`, less than `high`."""

    low: int
    high: int


def range_of(figure: int) -> Range:
    """The range of the 1-2-5 series a count lies in."""
    edges = (0, *_DECADES)
    low = max(edge for edge in edges if edge <= figure)
    above = [edge for edge in edges if edge > figure]
    return Range(low, above[0] if above else 10 * low)


def tenth_of(share_bps: int) -> Range:
    """The tenth of the whole a share lies in, in basis points; the last one holds 100 %."""
    low = min(share_bps // 1_000, 9) * 1_000
    return Range(low, low + 1_000)


def told_count(figure: int | None, *, exactly: bool) -> int | Range | None:
    """A count as a seller may see it: exact with the creator's consent, else a range."""
    if figure is None or exactly:
        return figure
    return range_of(figure)


def told_share(share_bps: int | None, *, exactly: bool) -> int | Range | None:
    """A share as a seller may see it: exact with the creator's consent, else its tenth."""
    if share_bps is None or exactly:
        return share_bps
    return tenth_of(share_bps)


def may_see_exactly(*, owner: int | None, viewer: int, has_consent: bool) -> bool:
    """Whether a workspace sees the exact figures of a record.

    Its own record it filled in itself; of a creator who signed up it needs their consent.
    """
    return owner == viewer or (owner is None and has_consent)


def check_audience(shares: Iterable[tuple[str, str, int]]) -> None:
    """Shares of one dimension add up to the whole at most.

    Raises:
        AudienceRefused: they are more.
    """
    totals: dict[str, int] = {}
    for dimension, _value, share_bps in shares:
        totals[dimension] = totals.get(dimension, 0) + share_bps
    for dimension, total in totals.items():
        if total > 10_000:
            raise AudienceRefused(dimension, total)


def missing_to_submit(
    *, name: str, region: str, languages: Sequence[str], categories: Sequence[str], channels: int
) -> tuple[str, ...]:
    """What a profile still lacks before it can be looked at."""
    there = {
        "name": bool(name.strip()),
        "region": bool(region),
        "languages": bool(languages),
        "categories": bool(categories),
        "channel": channels > 0,
    }
    return tuple(field for field in NEEDED_TO_SUBMIT if not there[field])
