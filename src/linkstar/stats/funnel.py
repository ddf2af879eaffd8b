"""Impressions to clicks to carts to orders: which link of the chain loses against the benchmark.

The log uplifts of the conditional rates add up exactly to the log uplift of the whole. Completion
of a video is not a link (people click before the end), so it has no place here.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from linkstar.stats.arrays import Floats, Ints, Names, floats, log, name_by_code, ratio
from linkstar.stats.multiplicity import holm
from linkstar.stats.special import ndtr, ndtri


class LinkState(StrEnum):
    """What may be said of one link of a funnel against its benchmark's."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot_tell"
    NOBODY_GOT_THERE = "nobody_got_there"
    """Nobody passed this link on one of the sides: its rate is 0 and has no logarithm."""
    NO_DATA = "no_data"
    """Nobody reached the stage before it on one of the sides."""


_STATES = tuple(LinkState)


class NotAChain(ValueError):
    """A later stage counts more than an earlier one, so it cannot be a part of it."""


@dataclass(frozen=True, eq=False, slots=True)
class Funnel:
    """Arrays of shape (..., stages - 1), one per conditional rate; nan where a side has no counts.

    Attributes:
        rate: of the group.
        benchmark_rate: likewise.
        log_uplift: log(rate / benchmark_rate); these add up to ``total``.
        low: lower limit of the link's uplift (ratio minus 1).
        high: upper limit.
        p: two-sided.
        p_adjusted: Holm over the links of one funnel.
        total: shape (...,), log uplift of last stage per first stage.
        broken_link: shape (...,), the most negative link with p_adjusted < .05; -1 for none.
        state: members of ``LinkState``; better or worse need p_adjusted < .05.
    """

    rate: Floats
    benchmark_rate: Floats
    log_uplift: Floats
    low: Floats
    high: Floats
    p: Floats
    p_adjusted: Floats
    total: Floats
    broken_link: Ints
    state: Names


def compare_funnels(
    counts: ArrayLike,
    benchmark: ArrayLike,
    *,
    design_effect: ArrayLike = 1.0,
    benchmark_design_effect: ArrayLike = 1.0,
    confidence: float = 0.95,
) -> Funnel:
    """Compare funnels with their benchmarks, link by link.

    Given the stage before, links are independent binomials: variance of a log rate is
    deff (1/next - 1/before) (delta method), and the links' estimates are uncorrelated.

    Args:
        counts: shape (..., stages), people (or events) per stage, not increasing.
        benchmark: broadcastable to counts.
        design_effect: per link, broadcastable to (..., stages - 1); from contents' clustering.
        benchmark_design_effect: likewise.
        confidence: of each link's interval.

    Raises:
        NotAChain: some stage exceeds the one before it.
    """
    own, reference = np.broadcast_arrays(floats(counts), floats(benchmark))
    for chain in (own, reference):
        if np.any(np.diff(chain, axis=-1) > 0):
            raise NotAChain
    rate, expected = (ratio(c[..., 1:], c[..., :-1]) for c in (own, reference))
    uplift = log(rate) - log(expected)
    variance = floats(design_effect) * _variance(own) + floats(benchmark_design_effect) * _variance(
        reference
    )
    error = np.sqrt(variance)
    p = np.where(error > 0, 2 * ndtr(-np.abs(ratio(uplift, error))), np.nan)
    adjusted = holm(p)
    loss = np.where((adjusted < 0.05) & (uplift < 0), uplift, np.inf)
    worst = np.where(np.isfinite(loss.min(axis=-1)), loss.argmin(axis=-1), -1)
    half = ndtri((1 + confidence) / 2) * error
    surely = np.nan_to_num(adjusted, nan=1.0) < 0.05
    codes = np.select(
        [
            (own[..., :-1] == 0) | (reference[..., :-1] == 0),
            (own[..., 1:] == 0) | (reference[..., 1:] == 0),
            surely & (uplift > 0),
            surely & (uplift < 0),
        ],
        [4, 3, 0, 1],
        default=2,
    )
    return Funnel(
        rate,
        expected,
        uplift,
        np.expm1(uplift - half),
        np.expm1(uplift + half),
        p,
        adjusted,
        uplift.sum(axis=-1),
        worst.astype(np.int64),
        name_by_code(codes, _STATES),
    )


def _variance(chain: Floats) -> Floats:
    return ratio(1.0, chain[..., 1:]) - ratio(1.0, chain[..., :-1])
