"""Who earned an order line: claims are heard in a published order, the first valid one wins.

Described with a worked example in docs/methods/attribution.md.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

import msgspec


class Method(StrEnum):
    """By which kind of claim a line was earned."""

    PLATFORM = "platform"
    PROMO_CODE = "promo_code"
    LIVE = "live"
    LAST_CLICK = "last_click"
    BY_HAND = "by_hand"
    NOBODY = "nobody"


class Verdict(StrEnum):
    """What became of a claim."""

    WON = "won"
    EARLIER_CLICK = "earlier_click"
    TIE_LOST = "tie_lost"
    HEARD_LATER = "heard_later"
    OUTSIDE_WINDOW = "outside_window"
    AFTER_THE_ORDER = "after_the_order"
    FILTERED = "filtered"
    PAID_FOR = "paid_for"
    CODE_UNKNOWN = "code_unknown"
    CODE_NOT_VALID = "code_not_valid"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class Windows:
    """What holds for orders of one market from a day on."""

    version: str
    in_force_from: date
    click_window_days: int
    ads_click_window_days: int
    claims: tuple[Method, ...]
    source: str


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A reason why a creator may have earned a line.

    Attributes:
        method: which kind.
        creator: handle; empty where the claim names nobody (an unknown promo code).
        content_id: the content it came through, if any.
        content_type: of that content.
        product_id: the product that was clicked, if any.
        at: when it arose: the click, else the order.
        evidence: the event's id, the code, the platform's own words.
        link: the token of the tracked link that was clicked, if any.
        is_ad: it came through an ad.
        invalid: why it does not count, where that is known beforehand.
    """

    method: Method
    creator: str
    content_id: str = ""
    content_type: str = ""
    product_id: str = ""
    at: datetime | None = None
    evidence: str = ""
    link: str = ""
    is_ad: bool = False
    invalid: Verdict | None = None


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A claim and what became of it."""

    claim: Claim
    verdict: Verdict


class Decision(msgspec.Struct, frozen=True, gc=False):
    """Who earned a line, and the whole hearing.

    Attributes:
        method: how.
        claim: the one that won; None for nobody.
        is_ad: an ad of this same creator led to the order: the rate for ads applies.
        ads_creator: whose content the last valid ad showed, whoever earned the line.
        heard: every claim in the order in which it was heard.
    """

    method: Method
    claim: Claim | None
    is_ad: bool
    ads_creator: str
    heard: tuple[Heard, ...]


def decide(
    claims: Sequence[Claim], *, ordered_at: datetime, product_id: str, windows: Windows
) -> Decision:
    """The first valid claim, in the order of `windows.claims`; among clicks the latest.

    Clicks of the same instant: on the product ordered before others, then by content and creator
    in the order of their letters. Ads never win by themselves: an ad that shows the winner's own
    content within its window brings the rate for ads.
    """
    ranked = claims
    if len(claims) > 1:
        ranked = sorted(claims, key=lambda claim: _rank(claim, product_id, windows))
    heard: list[Heard] = []
    winner: Claim | None = None
    for claim in ranked:
        verdict = _verdict(claim, winner, ordered_at, windows)
        winner = claim if verdict is Verdict.WON else winner
        heard.append(Heard(claim, verdict))
    ads = _last_ad(ranked, ordered_at, windows)
    ads_creator = ads.creator if ads else ""
    return Decision(
        method=winner.method if winner else Method.NOBODY,
        claim=winner,
        is_ad=winner is not None and (winner.is_ad or ads_creator == winner.creator),
        ads_creator=ads_creator,
        heard=tuple(heard),
    )


def _rank(claim: Claim, product_id: str, windows: Windows) -> tuple[object, ...]:
    moment = -claim.at.timestamp() if claim.at else 0.0
    is_other_product = claim.product_id != product_id
    place = windows.claims.index(claim.method)
    return (place, moment, is_other_product, claim.content_id, claim.creator, claim.evidence)


def _verdict(claim: Claim, winner: Claim | None, ordered_at: datetime, windows: Windows) -> Verdict:
    invalid = _invalid(claim, ordered_at, windows)
    if invalid:
        return invalid
    if winner is None:
        return Verdict.WON
    if claim.method is not winner.method:
        return Verdict.HEARD_LATER
    return Verdict.TIE_LOST if claim.at == winner.at else Verdict.EARLIER_CLICK


def _invalid(claim: Claim, ordered_at: datetime, windows: Windows) -> Verdict | None:
    if claim.invalid:
        return claim.invalid
    if claim.method is not Method.LAST_CLICK or claim.at is None:
        return None
    if claim.is_ad:
        return Verdict.PAID_FOR
    return _outside(claim.at, ordered_at, windows.click_window_days)


def _outside(at: datetime, ordered_at: datetime, days: int) -> Verdict | None:
    if at > ordered_at:
        return Verdict.AFTER_THE_ORDER
    return Verdict.OUTSIDE_WINDOW if ordered_at - at > timedelta(days=days) else None


def _last_ad(ranked: Sequence[Claim], ordered_at: datetime, windows: Windows) -> Claim | None:
    """The latest ad click that counts; `ranked` has the latest first."""
    for claim in ranked:
        if not claim.is_ad or claim.invalid or claim.method is not Method.LAST_CLICK:
            continue
        days = windows.ads_click_window_days
        if claim.at and _outside(claim.at, ordered_at, days) is None:
            return claim
    return None


@cache
def _all_windows() -> dict[str, tuple[Windows, ...]]:
    text = files("linkstar.attribution").joinpath("data/windows.toml").read_text("utf-8")
    return {
        market: tuple(
            Windows(
                version=row["version"],
                in_force_from=row["in_force_from"],
                click_window_days=row["click_window_days"],
                ads_click_window_days=row["ads_click_window_days"],
                claims=tuple(map(Method, row["claims"])),
                source=row["source"],
            )
            for row in rows
        )
        for market, rows in tomllib.loads(text).items()
    }


@lru_cache(maxsize=10_000)  # of some days in some markets, asked for with every line
def windows_on(market: str, day: date) -> Windows:
    """What holds in a market for orders of a day; the first rule also holds before its day."""
    known = _all_windows().get(market) or _all_windows()["any"]
    return next((w for w in reversed(known) if w.in_force_from <= day), known[0])


def longest_window_days() -> int:
    """How far back clicks can ever matter."""
    return max(w.click_window_days for rows in _all_windows().values() for w in rows)
