"""Priors, posteriors, ranks and flags of all groups, from their effective counts."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from linkstar.stats.arrays import Bools, Floats, Ints
from linkstar.stats.design_effect import Question
from linkstar.stats.flags import bayes_fdr, benjamini_hochberg, one_sided_p
from linkstar.stats.grouped import count_by
from linkstar.stats.like_for_like import PULLING_CLICKS, GroupSums
from linkstar.stats.mixture import (
    GROUPS_MIN,
    Counts,
    Mixture,
    fit_mixture,
    mixture_posterior,
    sign_rates,
)
from linkstar.stats.posterior import Posterior, beta_posterior, empty_posterior, log_moments
from linkstar.stats.prior import Prior, fit_prior, prior_cells
from linkstar.stats.ranking import expected_rank

CONTENTS_MIN, CLICKS_MIN = 3, 10
"""A group with fewer contents, or fewer clicks, is never flagged."""
GUARD_FACTOR_BELOW = 1.2
"""Effective counts of "below" are divided by this: a creator whose few large videos were unlucky
looks steadier than he is. "Above" needs no guard, because luck is taken at the rate reached."""
UPLIFT_MATTERS = 0.10
"""A flag also needs a posterior mean at least this far from the benchmark."""
DISCOVERY_RATE = 0.05
LUCK_MAX = 0.2
"""Largest correction of clicks for multiplying luck; see `judge`."""
_GRID_REACH = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Of each group, shape (groups,); nan and False where its counts are unknown or doubted."""

    posterior: Posterior
    expected_rank: Floats
    above: Bools
    below: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """The groups of one category that is large enough for a mixture prior."""

    rows: Ints
    counts: Counts
    lowest_ratio: float
    highest_ratio: float

    def mixture(self, counts: Counts, *, with_spike: bool) -> Mixture:
        return fit_mixture(
            counts,
            lowest_ratio=self.lowest_ratio,
            highest_ratio=self.highest_ratio,
            with_spike=with_spike,
        )


def judge(
    sums: GroupSums, question: Question, *, doubted: Bools, confidence: float = 0.95
) -> Judgement:
    """Shrink, rank and flag every group whose effective counts and benchmark are known.

    Groups whose traffic is doubted stay out: they would teach the prior what bought clicks look
    like, take ranks, and as sure discoveries make room for doubtful ones among the flags.

    Binomial likelihoods take all noise as that of rare clicks, whose logarithm leans left. The
    luck of contents multiplies, and with that noise (gamma errors of a given CV, an inverse-gamma
    likelihood) the rate's log is larger by the CV squared. So for shrinking, clicks are raised by
    the part of their squared relative error that is luck, as far as the group's own rate (not the
    benchmark it is pulled to) set its design effect: it brings P(above) back to what is observed.
    Flags do without, on the quiet side.
    """
    effective = sums.precise
    known = np.isfinite(effective.clicks) & (effective.impressions > 0) & ~doubted
    n = effective.impressions[known]
    benchmark, error = effective.benchmark_ctr[known], effective.relative_error[known]
    clicks = effective.clicks[known]
    plain = Counts(np.minimum(clicks, n), n, benchmark, benchmark, error)
    own_share = clicks / (clicks + PULLING_CLICKS)
    luck = 1.0 + own_share * np.clip(np.nan_to_num(effective.luck[known]), 0.0, LUCK_MAX)
    counts = replace(plain, clicks=np.minimum(clicks * luck, n))
    category = sums.category[known]
    prior, cell = _prior(counts, category, sums.covered_impressions[known])
    families = list(_large_families(counts, category, prior, cell))
    posterior = _posterior(counts, prior, cell, families, confidence)
    above, below = _flags(plain, category, _gates(sums, known, question), families, question)
    ranks = expected_rank(posterior.log_mean, posterior.log_sd, posterior.log_skew)
    return Judgement(
        posterior=Posterior(*(_on(known, getattr(posterior, f.name)) for f in fields(posterior))),
        expected_rank=_on(known, ranks),
        above=_mark(known, above & (posterior.mean_ratio >= 1.0 + UPLIFT_MATTERS)),
        below=_mark(known, below & (posterior.mean_ratio <= 1.0 - UPLIFT_MATTERS)),
    )


def _prior(counts: Counts, category: Ints, size: Floats) -> tuple[Prior, Ints]:
    """The prior of every cell and the cell of every group.

    Cells are the categories, split by size where those tell about the rate.
    """
    x, n, benchmark = counts.clicks, counts.impressions, counts.benchmark_ctr
    categories = int(category.max(initial=0)) + 1
    prior = fit_prior(x, n, category, categories=categories, reference=benchmark)
    cell, cells = prior_cells(x, n, category, prior, reference=benchmark, size=size)
    if cells > categories:
        prior = fit_prior(x, n, cell, categories=cells, reference=benchmark)
    return prior, cell


def _posterior(
    counts: Counts, prior: Prior, cell: Ints, families: list[_Family], confidence: float
) -> Posterior:
    """Of every group: under the mixture of its large family, else under the prior of its cell."""
    posterior = empty_posterior(counts.clicks.size)
    for family in families:
        mixture = family.mixture(family.counts, with_spike=False)
        found = mixture_posterior(family.counts, mixture, confidence=confidence)
        _place(found, posterior, family.rows)
    small = _outside(families, counts.clicks.size)
    if small.size:
        found = _plain(counts.rows(small), prior, cell[small], confidence)
        _place(found, posterior, small)
    return posterior


def _place(found: Posterior, posterior: Posterior, rows: Ints) -> None:
    for field in fields(posterior):
        getattr(posterior, field.name)[rows] = getattr(found, field.name)


def _outside(families: list[_Family], groups: int) -> Ints:
    """The groups of no large family."""
    small = np.ones(groups, dtype=np.bool_)
    for family in families:
        small[family.rows] = False
    return np.flatnonzero(small)


def _plain(counts: Counts, prior: Prior, cell: Ints, confidence: float) -> Posterior:
    a, b = prior.beta(cell, counts.benchmark_ctr)
    x, n = counts.clicks, counts.impressions
    leaning = a / (a + x) * prior.mean_error[cell]
    error = np.hypot(counts.relative_error, leaning)
    return beta_posterior(a + x, b + n - x, counts.benchmark_ctr, error, confidence=confidence)


def _large_families(counts: Counts, category: Ints, prior: Prior, cell: Ints) -> Iterator[_Family]:
    """Categories with enough groups for a mixture, its grid spanned by the beta posteriors."""
    size = count_by(category, int(category.max(initial=0)) + 1)
    order = np.argsort(category, kind="stable")
    first = np.cumsum(size) - size
    for number in np.flatnonzero(size >= GROUPS_MIN):
        rows = order[first[number] : first[number] + size[number]]
        own = counts.rows(rows)
        a, b = prior.beta(cell[rows], own.benchmark_ctr)
        mean, sd, _ = log_moments(a + own.clicks, b + own.impressions - own.clicks)
        location = own.benchmark_ctr * prior.mean_ratio[cell[rows]]
        around, reach = mean - np.log(location), 1.5 * sd
        # Groups that are known as well and are alike lie together: a block has few components.
        like = np.lexsort((around, np.floor(2.0 * np.log(sd))))
        yield _Family(
            rows[like],
            replace(own, location=location).rows(like),
            float(max(np.exp((around - reach).min()), 1.0 / _GRID_REACH)),
            float(min(np.exp((around + reach).max()), _GRID_REACH)),
        )


def is_enough(contents: Floats, clicks: Floats, question: Question) -> Bools:
    """Whether a group may be flagged: above by the clicks it had, below by those expected of it."""
    contents_min = CONTENTS_MIN if question == "typical" else 1
    return (contents >= contents_min) & (clicks >= CLICKS_MIN)


def _gates(sums: GroupSums, known: Bools, question: Question) -> tuple[Bools, Bools]:
    """Who may be flagged above, and below: enough contents, and clicks had or expected."""
    contents = sums.contents[known]
    expected = sums.covered_impressions[known] * sums.pooled.benchmark_ctr[known]
    return (
        is_enough(contents, sums.covered_clicks[known], question),
        is_enough(contents, expected, question),
    )


def _flags(
    counts: Counts,
    category: Ints,
    gates: tuple[Bools, Bools],
    families: list[_Family],
    question: Question,
) -> tuple[Bools, Bools]:
    """Bayes-FDR on local false sign rates in large families, BH on exact p-values in the others."""
    evidence = above = _evidence(counts, families)
    if question == "typical":
        guarded = replace(
            counts,
            clicks=counts.clicks / GUARD_FACTOR_BELOW,
            impressions=counts.impressions / GUARD_FACTOR_BELOW,
        )
        evidence = _evidence(guarded, families)
    return (
        _selected(above.of_above, gates[0], category),
        _selected(evidence.of_below, gates[1], category),
    )


class _Evidence(NamedTuple):
    """Local false sign rates in large families beside p-values in the others, nan elsewhere."""

    of_above: tuple[Floats, Floats]
    of_below: tuple[Floats, Floats]


def _evidence(counts: Counts, families: list[_Family]) -> _Evidence:
    nothing = np.full(counts.clicks.shape, np.nan)
    found = _Evidence((nothing, nothing.copy()), (nothing.copy(), nothing.copy()))
    for family in families:
        own = replace(
            family.counts,
            clicks=counts.clicks[family.rows],
            impressions=counts.impressions[family.rows],
        )
        both = sign_rates(own, family.mixture(own, with_spike=True))
        for side, rates in zip(found, both, strict=True):
            side[0][family.rows] = rates
    small = _outside(families, counts.clicks.size)
    tails = one_sided_p(
        counts.clicks[small],
        counts.impressions[small],
        counts.benchmark_ctr[small],
        counts.relative_error[small],
    )
    for side, p in zip(found, tails, strict=True):
        side[1][small] = p
    return found


def _selected(evidence: tuple[Floats, Floats], gate: Bools, category: Ints) -> Bools:
    rates, p = evidence
    families = int(category.max(initial=0)) + 1
    by_rate = bayes_fdr(
        np.where(gate, rates, np.nan), category, families=families, rate=DISCOVERY_RATE
    )
    by_p = benjamini_hochberg(
        np.where(gate, p, np.nan), category, families=families, rate=DISCOVERY_RATE
    )
    return by_rate | by_p


def _on(known: Bools, values: Floats) -> Floats:
    full = np.full(known.shape, np.nan)
    full[known] = values
    return full


def _mark(known: Bools, chosen: Bools) -> Bools:
    full = np.zeros(known.shape, dtype=np.bool_)
    full[known] = chosen
    return full
