"""How much less a click count knows than its size says, because videos differ.

Impressions of one video share its luck, so the variance of a CTR is the design effect times the
binomial variance (Rao & Scott 1992). The luck comes from the category, not from the few videos of
one creator, and it *multiplies*: a video does half or double what its creator usually does. So
what categories share is the squared coefficient of variation kappa of content CTRs around their
creator's, and a creator with rate p has the intra-class correlation rho = kappa p / (1 - p). One
rho for all would leave the intervals of the best creators too narrow.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from linkstar.stats.arrays import Floats, Ints, ratio
from linkstar.stats.grouped import count_by, number_pairs, sum_by
from linkstar.stats.special import chdtri

CREATORS_MIN = 50
"""Creators with two or more contents a category needs for an ICC of its own."""
DEGREES_MIN = 10
"""Contents beyond the first of each creator that any ICC needs."""
EFFECTIVE_CONTENTS_FOR_OWN_VARIANCE = 100.0
"""Below this the sandwich variance of a creator's own contents is anti-conservative."""
IMPRESSIONS_CV_SQUARED = float(np.expm1(1.2**2))
"""Squared CV of impressions over contents when it cannot be measured: log-normal, sigma 1.2."""

Question = Literal["typical", "realised"]


@dataclass(frozen=True, slots=True, eq=False)
class ContentLuck:
    """Squared CV of content CTRs around their creator's, per category; nan if not estimable.

    `creators` counts those with at least two contents, `degrees` their contents beyond the first.
    """

    cv_squared: Floats
    creators: Ints
    degrees: Ints


def content_luck(
    group: Ints, category: Ints, impressions: Floats, clicks: Floats, *, categories: int
) -> ContentLuck:
    """Kappa by moments, per category.

    kappa = max(0, sum_g [S_g - q_g (k_g - 1)] / sum_g m_g [N_g - sum_j n_j^2 / N_g - (k_g - 1)])
    with S_g = sum_j n_j (p_j - p_g)^2 and q_g = p_g (1 - p_g), over creators g with k_g >= 2
    contents in the category: the moment estimator of an ICC (Fleiss, Levin & Paik 2003, section
    15.2) with p_g^2 in place of q_g below the line, estimated without bias across contents by
    m_g = (X_g^2 - sum_j x_j^2) / (N_g^2 - sum_j n_j^2).

    Args:
        group: shape (m,), the creator of each content.
        category: shape (m,), 0 .. categories - 1.
        impressions: shape (m,); contents without impressions are left out.
        clicks: shape (m,).
        categories: how many there are.
    """
    used = impressions > 0
    n, x = impressions[used], clicks[used]
    pair, _, of_pair = number_pairs(group[used], category[used])
    pairs = len(of_pair)
    k = count_by(pair, pairs).astype(np.float64)
    total, clicked = sum_by(pair, n, pairs), sum_by(pair, x, pairs)
    p = clicked / total
    q = np.maximum(p * (1.0 - p), 0.0)
    spread = sum_by(pair, n * np.square(x / n - p[pair]), pairs)
    squares = sum_by(pair, n * n, pairs)
    size = total - squares / total - (k - 1.0)
    squared_rate = ratio(
        np.square(clicked) - sum_by(pair, x * x, pairs), np.square(total) - squares
    )
    several = k >= 2
    where = of_pair[several]
    excess = sum_by(where, (spread - q * (k - 1.0))[several], categories)
    scale = sum_by(where, (squared_rate * size)[several], categories)
    degrees = sum_by(where, k[several] - 1.0, categories).astype(np.int64)
    cv_squared = np.maximum(ratio(excess, scale), 0.0)
    return ContentLuck(
        np.where(degrees >= DEGREES_MIN, cv_squared, np.nan),
        count_by(where, categories),
        degrees,
    )


def luck_or_parent(
    group: Ints, category: Ints, impressions: Floats, clicks: Floats, *, categories: int
) -> Floats:
    """Kappa per category, the parent's (all categories together) where creators are too few.

    With fewer than `CREATORS_MIN` creators even in all, the estimate is raised to its upper
    quartile, because too little luck makes intervals too narrow; with fewer than `DEGREES_MIN`
    degrees of freedom it is nan.
    """
    own = content_luck(group, category, impressions, clicks, categories=categories)
    parent = content_luck(group, np.zeros_like(category), impressions, clicks, categories=1)
    cv_squared, degrees = float(parent.cv_squared[0]), int(parent.degrees[0])
    if parent.creators[0] < CREATORS_MIN and degrees >= DEGREES_MIN:
        cv_squared *= degrees / float(chdtri(degrees, 0.75))
    return np.where(own.creators >= CREATORS_MIN, own.cv_squared, cv_squared)


def icc_at(cv_squared: Floats, rate: Floats) -> Floats:
    """Intra-class correlation of contents with this squared CV around this rate, at most 1."""
    return np.minimum(cv_squared * ratio(rate, 1.0 - rate), 1.0)


def luck_at(icc: Floats, rate: Floats) -> Floats:
    """Squared CV of contents with this intra-class correlation around this rate."""
    return icc * ratio(1.0 - rate, rate)


def sum_of_squares(
    impressions: Floats, contents: Floats, *, cv_squared: float = IMPRESSIONS_CV_SQUARED
) -> Floats:
    """Sum of n_j^2 over the contents an element stands for.

    Exact for one content. For a row that lumps k contents it is the expected value under the
    squared CV of impressions: n^2 (1 + cv^2) / (k + cv^2). Unknown k gives nan.
    """
    return np.square(impressions) * (1.0 + cv_squared) / (contents + cv_squared)


def impressions_cv_squared(impressions: Floats, contents: Floats) -> float:
    """Squared CV of impressions over single contents, or the default under 50 of them."""
    single = impressions[(contents == 1.0) & (impressions > 0)]
    if single.size < CREATORS_MIN:
        return IMPRESSIONS_CV_SQUARED
    return float(single.var() / single.mean() ** 2)


def element_design_effect(impressions: Floats, squares: Floats, icc: Floats) -> Floats:
    """1 + rho (sum n_j^2 / n - 1) for one element (one content, or a row lumping several)."""
    return 1.0 + icc * np.maximum(ratio(squares, impressions) - 1.0, 0.0)


def own_design_effect(
    group: Ints, impressions: Floats, clicks: Floats, *, groups: int
) -> tuple[Floats, Floats]:
    """Design effect from the linearised variance of a group's own contents, and their number.

    Var(log p) = k / (k - 1) sum_j (x_j - p n_j)^2 / X^2, divided by the binomial (1 - p) / X. Never
    below 1. The number returned beside it is the effective one, N^2 / sum n_j^2: use the estimate
    only from `EFFECTIVE_CONTENTS_FOR_OWN_VARIANCE` on.
    """
    total, x = sum_by(group, impressions, groups), sum_by(group, clicks, groups)
    k = count_by(group[impressions > 0], groups)
    p = ratio(x, total)
    residual = sum_by(group, np.square(clicks - p[group] * impressions), groups)
    variance = ratio(k, k - 1.0) * ratio(residual, np.square(x))
    effect = np.maximum(variance * ratio(x, np.maximum(1.0 - p, 1e-12)), 1.0)
    return effect, ratio(np.square(total), sum_by(group, np.square(impressions), groups))
