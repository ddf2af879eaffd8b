"""A first ranking of creators for one product: what is expected of each, and why.

Expected is the shrunken uplift (the posterior mean of statistics 1b), never the raw one. A creator
without facts is shrunk all the way: the market's own rate is expected of them. A share of the
places goes to creators nobody has tried, drawn with known probabilities, so that they get seen and
so that what comes of it can be judged later without bias.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from linkstar.catalog.rules import SEPARATOR

RULES_VERSION = 1
PLACES = 20
EXPLORATION_SHARE = 0.2
"""One place in five is for creators without enough facts."""
KNOWN_IMPRESSIONS_MIN = 1_000
"""Below, a creator counts as not tried."""
GOOD_PRICE_QUANTILE = 0.25


class Fit(StrEnum):
    """How a creator's categories go with the product's."""

    SAME = "same"
    NEAR = "near"
    UNKNOWN = "unknown"
    OTHER = "other"


FIT_WEIGHT = {Fit.SAME: 1.0, Fit.NEAR: 0.8, Fit.UNKNOWN: 0.5, Fit.OTHER: 0.2}


class Reason(StrEnum):
    """Why somebody stands where they stand, or what to know about them."""

    SURELY_ABOVE = "surely_above"
    LIKELY_ABOVE = "likely_above"
    LIKELY_BELOW = "likely_below"
    NO_FACTS = "no_facts"
    SAME_CATEGORY = "same_category"
    NEAR_CATEGORY = "near_category"
    OTHER_CATEGORY = "other_category"
    UNKNOWN_CATEGORY = "unknown_category"
    GOOD_PRICE = "good_price"
    MID_SIZE = "mid_size"
    WORKED_WITH = "worked_with"
    TO_TRY = "to_try"


@dataclass(frozen=True, slots=True)
class Facts:
    """What exports and links say of a creator in the product's category.

    Attributes:
        shrunken: uplift to expect of the next content; with its interval.
        benchmark_ctr: what the creator's contents are compared with.
    """

    impressions: int
    contents: int
    shrunken: float
    low: float
    high: float
    benchmark_ctr: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be recommended."""

    creator: str
    fit: Fit
    facts: Facts | None = None
    followers: int | None = None
    tier: str = ""
    price_minor: int | None = None
    has_worked: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What a thousand expected clicks cost by the price of one video, commission not counted."""

    per_thousand_clicks_minor: float
    low_minor: float
    high_minor: float


@dataclass(frozen=True, slots=True)
class Recommended:
    """One place of the list. `probability` is that of being shown at all."""

    position: int
    candidate: Candidate
    score: float
    is_exploration: bool
    probability: float
    price: Price | None
    reasons: tuple[Reason, ...]


def fit_of(product_category: str, categories: Sequence[str]) -> Fit:
    """SAME when one lies inside the other, NEAR when they share their first step."""
    if not product_category or not categories:
        return Fit.UNKNOWN
    if any(_touch(product_category, one) for one in categories):
        return Fit.SAME
    first = product_category.split(SEPARATOR, maxsplit=1)[0]
    if any(one.split(SEPARATOR)[0] == first for one in categories):
        return Fit.NEAR
    return Fit.OTHER


def proven(fit: Fit, facts: Facts | None) -> Fit:
    """The fit after facts.

    Who was shown enough in the product's main category is near it at least, whatever is stated.
    """
    is_shown = facts is not None and facts.impressions >= KNOWN_IMPRESSIONS_MIN
    return Fit.NEAR if is_shown and fit in {Fit.UNKNOWN, Fit.OTHER} else fit


def _touch(one: str, other: str) -> bool:
    return f"{one}{SEPARATOR}".startswith(
        f"{other}{SEPARATOR}"
    ) or f"{other}{SEPARATOR}".startswith(f"{one}{SEPARATOR}")


def score(candidate: Candidate) -> float:
    """Expected CTR ratio to the market, weighed by how the categories go together."""
    expected = candidate.facts.shrunken if candidate.facts else 0.0
    return FIT_WEIGHT[candidate.fit] * (1.0 + expected)


def is_tried(candidate: Candidate) -> bool:
    return candidate.facts is not None and candidate.facts.impressions >= KNOWN_IMPRESSIONS_MIN


def price_of(candidate: Candidate) -> Price | None:
    """Price over expected clicks of one content; None where one of them is not known.

    Clicks of a content are expected from how often the creator's contents were shown so far and
    the shrunken uplift with its limits.
    """
    facts, price = candidate.facts, candidate.price_minor
    if facts is None or price is None or facts.contents <= 0 or facts.benchmark_ctr <= 0:
        return None
    shown = facts.impressions / facts.contents

    def per_thousand(uplift: float) -> float:
        clicks = shown * facts.benchmark_ctr * (1.0 + uplift)
        return math.inf if clicks <= 0 else 1_000 * price / clicks

    best = per_thousand(facts.shrunken)
    if math.isinf(best):
        return None
    return Price(best, per_thousand(facts.high), per_thousand(facts.low))


def seed_of(shop: str, product: str, on: date) -> int:
    """The same shop, product and day draw the same creators."""
    text = f"{RULES_VERSION}|{shop}|{product}|{on.isoformat()}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def recommend(
    candidates: Sequence[Candidate],
    *,
    seed: int,
    places: int = PLACES,
    exploration_share: float = EXPLORATION_SHARE,
) -> list[Recommended]:
    """The list: the best by score, and every fifth place for somebody to try.

    The order does not depend on the order of the candidates. When nobody was tried yet, the list
    is by fit alone and nothing is drawn: there is nothing to explore beside.
    """
    ordered = sorted(candidates, key=_order)
    tried_any = any(is_tried(candidate) for candidate in ordered)
    wanted = round(places * exploration_share) if tried_any else 0
    best = ordered[: places - wanted]
    rest = [one for one in ordered[places - wanted :] if _may_try(one)]
    drawn = draw(rest, wanted, seed=seed)
    spare = wanted - len(drawn)
    if spare:
        taken = {one.creator for one, _ in drawn}
        best += [one for one in ordered[places - wanted :] if one.creator not in taken][:spare]
    return _laid_out(best, drawn)


def _order(candidate: Candidate) -> tuple[float, float, int, str]:
    low = candidate.facts.low if candidate.facts else -1.0
    return (-score(candidate), -low, -(candidate.followers or 0), candidate.creator)


def _may_try(candidate: Candidate) -> bool:
    return not is_tried(candidate) and candidate.fit is not Fit.OTHER


def inclusion_probabilities(weights: Sequence[float], draws: int) -> np.ndarray:
    """Probabilities in proportion to the weights that sum to the number of draws, none above 1."""
    weight = np.asarray(weights, dtype=np.float64)
    if draws >= weight.size:
        return np.ones(weight.size)
    probability = np.zeros(weight.size)
    is_sure = np.zeros(weight.size, dtype=bool)
    while True:
        left = draws - is_sure.sum()
        share = left * weight / weight[~is_sure].sum()
        fresh = ~is_sure & (share >= 1.0)
        if not fresh.any():
            probability[~is_sure] = share[~is_sure]
            probability[is_sure] = 1.0
            return probability
        is_sure |= fresh


def draw(
    candidates: Sequence[Candidate], draws: int, *, seed: int
) -> list[tuple[Candidate, float]]:
    """A systematic sample (Madow 1949): each is drawn with exactly its inclusion probability."""
    if not candidates or draws <= 0:
        return []
    random = np.random.default_rng(seed)
    shuffled = [candidates[at] for at in random.permutation(len(candidates))]
    probability = inclusion_probabilities([FIT_WEIGHT[one.fit] for one in shuffled], draws)
    steps = np.floor(np.cumsum(probability) + random.random() + 1e-12)
    is_drawn = np.diff(steps, prepend=0.0) >= 1.0
    return [
        (one, float(chance))
        for one, chance, drawn in zip(shuffled, probability, is_drawn, strict=True)
        if drawn
    ][:draws]


def _laid_out(
    best: Sequence[Candidate], drawn: Sequence[tuple[Candidate, float]]
) -> list[Recommended]:
    """Every fifth place is somebody to try, as long as there are any."""
    good = _good_price(best)
    ranked, tries = list(best), list(drawn)
    listed: list[Recommended] = []
    while ranked or tries:
        position = len(listed) + 1
        if tries and (position % 5 == 0 or not ranked):
            candidate, chance = tries.pop(0)
            listed.append(_place(position, candidate, good, chance=chance))
        else:
            listed.append(_place(position, ranked.pop(0), good))
    return listed


def _good_price(candidates: Sequence[Candidate]) -> float:
    """The price per thousand clicks that the best quarter stays below."""
    prices = [p.per_thousand_clicks_minor for c in candidates if (p := price_of(c))]
    return float(np.quantile(prices, GOOD_PRICE_QUANTILE)) if len(prices) >= 4 else -1.0


def _place(
    position: int, candidate: Candidate, good: float, *, chance: float | None = None
) -> Recommended:
    price = price_of(candidate)
    placed = Recommended(
        position=position,
        candidate=candidate,
        score=score(candidate),
        is_exploration=chance is not None,
        probability=1.0 if chance is None else chance,
        price=price,
        reasons=(),
    )
    is_good = price is not None and price.per_thousand_clicks_minor <= good
    return replace(placed, reasons=tuple(_reasons(placed, is_good_price=is_good)))


def _reasons(placed: Recommended, *, is_good_price: bool) -> list[Reason]:
    candidate = placed.candidate
    told = [Reason.TO_TRY] if placed.is_exploration else []
    told.append(_uplift_reason(candidate.facts))
    told.append(
        {
            Fit.SAME: Reason.SAME_CATEGORY,
            Fit.NEAR: Reason.NEAR_CATEGORY,
            Fit.UNKNOWN: Reason.UNKNOWN_CATEGORY,
            Fit.OTHER: Reason.OTHER_CATEGORY,
        }[candidate.fit]
    )
    if is_good_price:
        told.append(Reason.GOOD_PRICE)
    if candidate.tier in {"micro", "mid"} and is_good_price:
        told.append(Reason.MID_SIZE)
    if candidate.has_worked:
        told.append(Reason.WORKED_WITH)
    return told


def _uplift_reason(facts: Facts | None) -> Reason:
    if facts is None:
        return Reason.NO_FACTS
    if facts.low > 0:
        return Reason.SURELY_ABOVE
    return Reason.LIKELY_ABOVE if facts.shrunken >= 0 else Reason.LIKELY_BELOW
