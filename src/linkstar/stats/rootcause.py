"""Where a change of CTR sits: mix or rate, and which element of which dimension.

Every element and every combination of elements is asked one question: does "this one changed by
its own factor" explain the leaf cells better than "everything changed alike"? Cells are compared
with themselves before and after, so a shift of mix between them cannot pass for a cause.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Bools, Floats, Ints, floats, ratio
from linkstar.stats.special import betainc, betaincc, chdtrc, expit, xlogy

LIKELIHOOD_RATIO_MIN = 12.0
"""2 log L needed before an element is called a cause; p = .0005 for one question."""
ERROR_RATE = 0.05
"""Of naming any cause where everything changed alike, over all questions together (Holm)."""
CLICKS_MIN = 50
ELEMENT_CLICKS_MIN = 10.0
"""Effective clicks an element or combination needs, both periods together, to be asked about."""
_FACTOR_LIMIT = 12.0


@dataclass(frozen=True, slots=True)
class Cause:
    """One element (or combination of elements) that changed by a factor of its own.

    Attributes:
        dimensions: indexes of the dimensions, one or several.
        elements: their codes.
        factor: change of its CTR relative to everything else (0.5 = halved).
        likelihood_ratio: twice the log likelihood gained, per effective click.
        p: of it, Bonferroni over every element and combination asked.
        share_explained: of the whole rate change in clicks; may exceed 1 when others offset it.
    """

    dimensions: tuple[int, ...]
    elements: tuple[int, ...]
    factor: float
    likelihood_ratio: float
    p: float
    share_explained: float


@dataclass(frozen=True, slots=True)
class RootCause:
    """A change of CTR taken apart; ctr_after - ctr_before = mix + rate exactly (Kitagawa 1955).

    Attributes:
        ctr_before: clicks / impressions.
        ctr_after: likewise.
        mix: change of CTR because cells weigh differently.
        rate: change because cells click differently.
        causes: greedy, strongest first; empty when nothing stands out from the common change.
        common_factor: change shared by all cells outside the causes.
        common_share: of the rate change in clicks, explained by the common factor.
        uncompared_impressions_share: impressions in cells that exist on one side only.
    """

    ctr_before: float
    ctr_after: float
    mix: float
    rate: float
    causes: tuple[Cause, ...]
    common_factor: float
    common_share: float
    uncompared_impressions_share: float


@dataclass(frozen=True, slots=True)
class TooFewClicks:
    """Not enough clicks on both sides to look for a cause."""

    clicks: int
    clicks_needed: int


@dataclass(frozen=True, eq=False, slots=True)
class _Cells:
    codes: Ints
    together: Floats  # clicks before + after
    after: Floats
    logit: Floats  # log of impressions after / before, plus the log factors of causes found


def root_cause(
    codes: Ints,
    clicks_before: ArrayLike,
    impressions_before: ArrayLike,
    clicks_after: ArrayLike,
    impressions_after: ArrayLike,
    *,
    design_effect: ArrayLike = 1.0,
    dimensions_max: int = 2,
    causes_max: int = 5,
    likelihood_ratio_min: float = LIKELIHOOD_RATIO_MIN,
    error_rate: float = ERROR_RATE,
) -> RootCause | TooFewClicks:
    """Search one drop (or rise) over all elements and combinations of elements.

    Given the clicks of a cell in both periods together, those after are binomial with probability
    n1 m / (n0 + n1 m), m the factor of the cell (conditional Poisson comparison, Przyborowski &
    Wilenski 1940): the cell's own CTR drops out. The likelihood of an element's own factor is
    exact; that of the rest is taken to second order.

    Args:
        codes: shape (cells, dimensions), element of each leaf cell in each dimension, 0-based.
        clicks_before: shape (cells,).
        impressions_before: shape (cells,).
        clicks_after: shape (cells,).
        impressions_after: shape (cells,).
        design_effect: of clicks; scalar or (cells,). From history, or causes are found in noise.
        dimensions_max: how many dimensions a cause may combine: 2 asks for pairs, 3 for triples as
            well. Each step asks many more questions, so a cause has to stand out further.
        causes_max: stop after so many.
        likelihood_ratio_min: stop when the best remaining element gains less.
        error_rate: stop when the best remaining p, Bonferroni over what was asked, is not below it.
            Dimensions of many elements need it: among thousands of pairs one gains 12 by chance.
    """
    x0, n0, x1, n1 = map(
        floats, (clicks_before, impressions_before, clicks_after, impressions_after)
    )
    fewest = int(min(x0.sum(), x1.sum()))
    if fewest < CLICKS_MIN:
        return TooFewClicks(fewest, CLICKS_MIN)
    both = (n0 > 0) & (n1 > 0)
    effect = np.broadcast_to(floats(design_effect), x0.shape)[both]
    cells = _Cells(
        codes[both], (x0 + x1)[both] / effect, x1[both] / effect, np.log(n1[both] / n0[both])
    )
    found, factors = _greedy(
        cells,
        deepest=dimensions_max,
        causes_max=causes_max,
        least=likelihood_ratio_min,
        error_rate=error_rate,
    )
    common = _common(cells, cells.logit + factors.sum(axis=0))
    parts = np.vstack([factors, np.full(cells.after.shape, common)])
    shares = _shares(parts, cells.together * effect, n0[both], n1[both])
    causes = tuple(
        Cause(*where, float(np.exp(size)), gain, p, share)
        for (where, size, gain, p), share in zip(found, shares[:-1], strict=True)
    )
    mix, rate = _kitagawa(x0, n0, x1, n1)
    return RootCause(
        float(x0.sum() / n0.sum()),
        float(x1.sum() / n1.sum()),
        mix,
        rate,
        causes,
        float(np.exp(common)),
        shares[-1],
        float((n0 + n1)[~both].sum() / (n0 + n1).sum()),
    )


_Where = tuple[tuple[int, ...], tuple[int, ...]]
_Found = tuple[_Where, float, float, float]


@dataclass(frozen=True, eq=False, slots=True)
class _Candidates:
    """The combinations asked about in one choice of dimensions; p is of each question alone."""

    dimensions: tuple[int, ...]
    members: list[tuple[int, ...]]
    gains: Floats
    p: Floats


def _greedy(
    cells: _Cells, *, deepest: int, causes_max: int, least: float, error_rate: float
) -> tuple[list[_Found], Floats]:
    """Causes found, and the log factor each puts on each cell."""
    found: list[_Found] = []
    factors = np.zeros((0, cells.after.size))
    while len(found) < causes_max:
        offset = cells.logit + factors.sum(axis=0)
        candidates = list(_candidates(cells, offset, deepest=deepest))
        questions = sum(each.gains.size for each in candidates)
        taken = {where for where, *_ in found}
        best = max(
            (
                (gain - 2 * np.log(each.gains.size), gain, p, (each.dimensions, member))
                for each in candidates
                for gain, p, member in zip(each.gains, each.p, each.members, strict=True)
                if gain >= least
                and p * questions < error_rate
                and (each.dimensions, member) not in taken
            ),
            default=None,
        )
        if best is None:
            break
        _, gain, p, (dimensions, member) = best
        inside = np.all(cells.codes[:, list(dimensions)] == np.asarray(member), axis=1)
        size = _own_factor(cells, offset, inside)
        adjusted = min(1.0, float(p) * questions)
        found.append(((dimensions, member), size, float(gain), adjusted))
        factors = np.vstack([factors, np.where(inside, size, 0.0)])
    return found, factors


def _candidates(cells: _Cells, offset: Floats, *, deepest: int) -> Iterator[_Candidates]:
    """Likelihood gain of every element of every dimension, then of every pair, and so on.

    The chi-square tail of a gain is many times too short for a dozen clicks; the binomial tail of
    an element's clicks knows that, but not that the others' factor is estimated. The longer counts.
    """
    dimensions = cells.codes.shape[1]
    common = _common(cells, offset)
    share = expit(offset + common)
    score, information = cells.after - cells.together * share, cells.together * share * (1 - share)
    for order in range(1, min(deepest, dimensions) + 1):
        for chosen in combinations(range(dimensions), order):
            members, group = np.unique(cells.codes[:, chosen], axis=0, return_inverse=True)
            count = len(members)
            u = floats(np.bincount(group.ravel(), score, minlength=count))
            info = np.bincount(group.ravel(), information, minlength=count)
            own = _fit(cells, offset, group.ravel(), count, common)
            gain = _log_likelihood(cells, offset, own, group.ravel(), count)
            gain -= _log_likelihood(cells, offset, np.full(count, common), group.ravel(), count)
            rest = np.nan_to_num(ratio(u**2, information.sum() - info))
            clicks = floats(np.bincount(group.ravel(), cells.together, minlength=count))
            asked = np.flatnonzero(
                (clicks >= ELEMENT_CLICKS_MIN) & (info < information.sum() * (1 - 1e-9))
            )
            if asked.size == 0:
                continue
            gains = np.maximum(2 * gain + rest, 0.0)[asked]
            after = floats(np.bincount(group.ravel(), cells.after, minlength=count))[asked]
            p = _binomial_p(after, clicks[asked], after - u[asked])
            named = [tuple(member) for member in members[asked].tolist()]
            yield _Candidates(chosen, named, gains, np.maximum(chdtrc(1, gains), p))


def _binomial_p(after: Floats, together: Floats, expected: Floats) -> Floats:
    """Two-sided exact p of clicks after, given those of both periods and the share expected."""
    share, others = expected / together, together - after
    at_least = np.where(after > 0, betainc(np.maximum(after, 1e-9), others + 1, share), 1.0)
    at_most = np.where(others > 0, betaincc(after + 1, np.maximum(others, 1e-9), share), 1.0)
    return floats(np.minimum(2 * np.minimum(at_least, at_most), 1.0))


def _common(cells: _Cells, offset: Floats) -> float:
    return float(_fit(cells, offset, np.zeros(offset.size, dtype=np.int64), 1, 0.0)[0])


def _own_factor(cells: _Cells, offset: Floats, inside: Bools) -> float:
    """Log factor of the cells inside relative to the others."""
    outside_then_in = _fit(cells, offset, inside.astype(np.int64), 2, 0.0)
    return float(outside_then_in[1] - outside_then_in[0])


def _fit(cells: _Cells, offset: Floats, group: Ints, groups: int, start: float) -> Floats:
    """Maximum-likelihood log factor of every group, Newton with bounded steps."""
    factor = np.full(groups, start)
    observed = np.bincount(group, cells.after, minlength=groups)
    for _ in range(50):
        share = expit(offset + factor[group])
        gap = observed - np.bincount(group, cells.together * share, minlength=groups)
        slope = np.bincount(group, cells.together * share * (1 - share), minlength=groups)
        step = np.clip(np.nan_to_num(ratio(gap, slope)), -1.0, 1.0)
        factor = np.clip(factor + step, -_FACTOR_LIMIT, _FACTOR_LIMIT)
        if float(np.max(np.abs(step), initial=0.0)) < 1e-9:
            break
    return factor


def _log_likelihood(
    cells: _Cells, offset: Floats, factor: Floats, group: Ints, groups: int
) -> Floats:
    share = expit(offset + factor[group])
    leaf = xlogy(cells.after, share) + xlogy(cells.together - cells.after, 1 - share)
    return floats(np.bincount(group, leaf, minlength=groups))


def _shares(parts: Floats, together: Floats, n0: Floats, n1: Floats) -> list[float]:
    """Share of the rate change in clicks per log factor; the shares add up to 1."""
    whole = parts.sum(axis=0)
    at_old_rates = together * n1 / (n0 + n1 * np.exp(whole))
    # (e^w - 1) / w, continued through w = 0, splits each cell's change by its log factors.
    slope = np.divide(np.expm1(whole), whole, out=np.ones_like(whole), where=np.abs(whole) > 1e-12)
    lost = (parts * slope * at_old_rates).sum(axis=1)
    return (
        [float(part) for part in ratio(lost, 1.0) / lost.sum()]
        if lost.sum()
        else [np.nan] * len(parts)
    )


def _kitagawa(x0: Floats, n0: Floats, x1: Floats, n1: Floats) -> tuple[float, float]:
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    r0, r1 = ratio(x0, n0), ratio(x1, n1)
    # A cell present on one side only has no rate change: all of it is mix.
    r0, r1 = np.where(np.isnan(r0), r1, r0), np.where(np.isnan(r1), r0, r1)
    r0, r1 = np.nan_to_num(r0), np.nan_to_num(r1)
    rate = float(((r1 - r0) * (w0 + w1) / 2).sum())
    mix = float(((w1 - w0) * (r0 + r1) / 2).sum())
    return mix, rate
