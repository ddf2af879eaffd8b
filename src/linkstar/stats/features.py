"""What in a content moves CTR, told apart from who made it.

Good creators use other hooks and better products, so a plain comparison credits the feature with
the creator. Here every creator is compared with himself only: a creator effect of his own is part
of the model, and only what varies within creators can speak.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, Names, floats, name_by_code, ratio
from linkstar.stats.design_effect import content_luck, icc_at
from linkstar.stats.multiplicity import benjamini_hochberg
from linkstar.stats.special import stdtr, stdtrit

CREATORS_MIN = 8.0
"""Effective number of creators in which a feature varies, below which nothing is said."""
_TOLERANCE = 1e-8


class FeatureState(StrEnum):
    """What can be said of one feature."""

    RAISES = "raises"
    LOWERS = "lowers"
    CANNOT_TELL = "cannot_tell"
    NOT_ENOUGH_CREATORS = "not_enough_creators"
    NEVER_VARIES_WITHIN_A_CREATOR = "never_varies_within_a_creator"
    SAME_AS_OTHERS = "same_as_others"
    """Within creators it is a combination of the features before it."""


_STATES = tuple(FeatureState)


@dataclass(frozen=True, eq=False, slots=True)
class FeatureEffects:
    """One element per feature; nan where the state is a refusal.

    Attributes:
        effect: CTR with one unit more of the feature over CTR without, minus 1; others held.
        low: lower limit, for this feature alone.
        high: upper limit.
        low_all: lower limit that holds for all features together (Sidak).
        high_all: upper limit likewise.
        p: two-sided.
        p_adjusted: Benjamini-Hochberg over the features that can be told.
        creators: effective number of creators in which the feature varies.
        state: members of ``FeatureState``; raises or lowers at false-discovery rate 5 %.
    """

    effect: Floats
    low: Floats
    high: Floats
    low_all: Floats
    high_all: Floats
    p: Floats
    p_adjusted: Floats
    creators: Floats
    state: Names


class NoContrast(ValueError):
    """No creator has two contents with clicks between them: nothing to compare within."""


def feature_effects(
    features: ArrayLike,
    creator: Ints,
    clicks: ArrayLike,
    impressions: ArrayLike,
    *,
    icc: float | None = None,
    confidence: float = 0.95,
    false_discovery_rate: float = 0.05,
) -> FeatureEffects:
    """Multiplicative effects on CTR with creator effects conditioned away.

    Conditional (fixed-effects) Poisson regression of clicks on features with impressions as
    exposure (Hausman, Hall & Griliches 1984, section 2), contents weighted by 1/(1+(n-1) icc) so
    that one viral video does not speak for a creator, variance clustered by creator (Wooldridge
    1999) with t quantiles on the effective number of creators less one. With creator numbers that
    combine creator and product, product effects are conditioned away as well.

    Args:
        features: shape (contents, features); 0/1 or numbers.
        creator: shape (contents,), 0-based.
        clicks: shape (contents,).
        impressions: shape (contents,), contents with 0 are left out.
        icc: correlation within contents; estimated within creators when not given.
        confidence: of the intervals.
        false_discovery_rate: for raises/lowers.

    Raises:
        NoContrast: there is nothing to compare within creators.
    """
    z, x, n = floats(features), floats(clicks), floats(impressions)
    used = n > 0
    z, x, n, group = z[used], x[used], n[used], np.asarray(creator, dtype=np.int64)[used]
    groups = int(group.max(initial=-1)) + 1
    if icc is None:
        luck = content_luck(group, np.zeros_like(group), n, x, categories=1).cv_squared
        icc = float(np.nan_to_num(icc_at(luck, ratio(x.sum(), n.sum())))[0])
    weight = 1 / (1 + np.maximum(n - 1, 0) * icc)
    x, n = x * weight, n * weight
    varies, independent = _identified(z, group, groups, x, n)
    kept = np.flatnonzero(varies & independent)
    if kept.size == 0 and not varies.any():
        raise NoContrast
    beta, error, creators = _fit(z[:, kept], group, groups, x, n)
    return _told(
        features=z.shape[1],
        kept=kept,
        varies=varies,
        beta=beta,
        error=error,
        creators=creators,
        confidence=confidence,
        rate=false_discovery_rate,
    )


def _identified(z: Floats, group: Ints, groups: int, x: Floats, n: Floats) -> tuple[Bools, Bools]:
    """Which features vary within creators, and which are not combinations of earlier ones."""
    expected = np.nan_to_num(ratio(_sum(x, group, groups), _sum(n, group, groups)))[group] * n
    inner = _centred(z, expected, group, groups) * np.sqrt(expected)[:, None]
    spread = (inner**2).sum(axis=0)
    varies = spread > _TOLERANCE * np.maximum((expected[:, None] * z**2).sum(axis=0), 1e-300)
    independent = np.zeros(z.shape[1], dtype=np.bool_)
    basis = np.zeros((z.shape[0], 0))
    for column in np.flatnonzero(varies):
        rest = inner[:, column] - basis @ (basis.T @ inner[:, column])
        length = float(np.sqrt((rest**2).sum()))
        independent[column] = length**2 > _TOLERANCE * spread[column]
        if independent[column]:
            basis = np.column_stack([basis, rest / length])
    return np.asarray(varies, dtype=np.bool_), independent


def _fit(
    z: Floats, group: Ints, groups: int, x: Floats, n: Floats
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, clustered standard errors and effective creators of each feature."""
    beta = np.zeros(z.shape[1])
    total = _sum(x, group, groups)
    for _ in range(100):
        weight = n * np.exp(np.clip(z @ beta, -30, 30))
        expected = (np.nan_to_num(ratio(total, _sum(weight, group, groups))))[group] * weight
        inner = _centred(z, expected, group, groups)
        information = inner.T @ (inner * expected[:, None])
        step = np.linalg.solve(information, inner.T @ (x - expected))
        beta = beta + np.clip(step, -1.0, 1.0)
        if float(np.max(np.abs(step), initial=0.0)) < 1e-10:
            break
    score = np.stack([_sum(column * (x - expected), group, groups) for column in inner.T], axis=1)
    weight_of = np.stack([_sum(column**2 * expected, group, groups) for column in inner.T], axis=1)
    creators = ratio(weight_of.sum(axis=0) ** 2, (weight_of**2).sum(axis=0))
    bread = np.linalg.inv(information)
    covariance = bread @ (score.T @ score) @ bread
    correction = np.nan_to_num(ratio(creators, creators - 1), nan=1.0)
    return beta, np.sqrt(np.diag(covariance) * correction), creators


def _told(
    *,
    features: int,
    kept: Ints,
    varies: Bools,
    beta: Floats,
    error: Floats,
    creators: Floats,
    confidence: float,
    rate: float,
) -> FeatureEffects:
    """One answer per feature, refused ones included."""
    enough = creators >= CREATORS_MIN
    freedom = np.maximum(creators - 1, 1.0)
    asked = max(int(enough.sum()), 1)
    alone = stdtrit(freedom, (1 + confidence) / 2)
    together = stdtrit(freedom, 1 - (1 - confidence ** (1 / asked)) / 2)
    p = np.where(enough, 2 * stdtr(freedom, -np.abs(ratio(beta, error))), np.nan)
    adjusted = benjamini_hochberg(p)
    told = np.select([~enough, (adjusted < rate) & (beta > 0), adjusted < rate], [3, 0, 1], 2)
    codes = np.where(varies, 5, 4)
    codes[kept] = told

    def spread(values: Floats) -> Floats:
        full = np.full(features, np.nan)
        full[kept] = np.where(enough, values, np.nan)
        return full

    counted = np.full(features, np.nan)
    counted[kept] = creators
    return FeatureEffects(
        spread(np.expm1(beta)),
        spread(np.expm1(beta - alone * error)),
        spread(np.expm1(beta + alone * error)),
        spread(np.expm1(beta - together * error)),
        spread(np.expm1(beta + together * error)),
        spread(p),
        spread(adjusted),
        counted,
        name_by_code(codes.astype(np.int64), _STATES),
    )


def _sum(values: Floats, group: Ints, groups: int) -> Floats:
    return floats(np.bincount(group, values, minlength=groups))


def _centred(z: Floats, weight: Floats, group: Ints, groups: int) -> Floats:
    """Features less their creator's weighted mean."""
    mass = _sum(weight, group, groups)
    means = np.stack(
        [np.nan_to_num(ratio(_sum(c * weight, group, groups), mass)) for c in z.T], axis=1
    )
    return floats(z - means[group])
