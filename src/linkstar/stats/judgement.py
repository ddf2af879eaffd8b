"""Priors, posteriors, ranks and flags of all groups, from their effective counts."""

from dataclasses import dataclass, fields

import numpy as np

from linkstar.stats.arrays import Bools, Floats
from linkstar.stats.design_effect import Question
from linkstar.stats.flags import benjamini_hochberg, one_sided_p
from linkstar.stats.like_for_like import GroupSums
from linkstar.stats.posterior import Posterior, beta_posterior
from linkstar.stats.prior import fit_prior
from linkstar.stats.ranking import expected_rank

CONTENTS_MIN, CLICKS_MIN = 3, 10
"""A group with fewer contents or clicks is never flagged."""
GUARD_FACTOR = 1.2
"""Effective counts of flags are divided by this, against a design effect estimated too low."""
UPLIFT_MATTERS = 0.10
"""A flag also needs a posterior mean at least this far from the benchmark."""
DISCOVERY_RATE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Of each group, shape (groups,); nan and False where its effective counts are unknown."""

    posterior: Posterior
    expected_rank: Floats
    above: Bools
    below: Bools


def judge(sums: GroupSums, question: Question, *, confidence: float = 0.95) -> Judgement:
    """Shrink, rank and flag every group whose effective counts and benchmark are known."""
    effective = sums.precise
    known = np.isfinite(effective.clicks) & (effective.impressions > 0)
    category = sums.category[known]
    categories = int(category.max(initial=0)) + 1
    n = effective.impressions[known]
    x = np.minimum(effective.clicks[known], n)
    benchmark, error = effective.benchmark_ctr[known], effective.relative_error[known]
    prior = fit_prior(x, n, category, categories=categories, reference=benchmark)
    a, b = prior.beta(category, benchmark)
    posterior = beta_posterior(a + x, b + n - x, benchmark, error, confidence=confidence)
    ranks = expected_rank(posterior.log_mean, posterior.log_sd, posterior.log_skew)

    guard = GUARD_FACTOR if question == "typical" else 1.0
    at_least, at_most = one_sided_p(x / guard, n / guard, benchmark, error)
    shown = sums.contents[known] >= (CONTENTS_MIN if question == "typical" else 1)
    clicks = sums.covered_clicks[known]
    expected = sums.covered_impressions[known] * sums.pooled.benchmark_ctr[known]
    p_above = np.where(shown & (clicks >= CLICKS_MIN), at_least, np.nan)
    p_below = np.where(shown & (expected >= CLICKS_MIN), at_most, np.nan)
    above = benjamini_hochberg(p_above, category, families=categories, rate=DISCOVERY_RATE)
    below = benjamini_hochberg(p_below, category, families=categories, rate=DISCOVERY_RATE)
    return Judgement(
        posterior=_spread(posterior, known),
        expected_rank=_on(known, ranks),
        above=_mark(known, above & (posterior.mean_ratio >= 1.0 + UPLIFT_MATTERS)),
        below=_mark(known, below & (posterior.mean_ratio <= 1.0 - UPLIFT_MATTERS)),
    )


def _on(known: Bools, values: Floats) -> Floats:
    full = np.full(known.shape, np.nan)
    full[known] = values
    return full


def _mark(known: Bools, chosen: Bools) -> Bools:
    full = np.zeros(known.shape, dtype=np.bool_)
    full[known] = chosen
    return full


def _spread(posterior: Posterior, known: Bools) -> Posterior:
    return Posterior(**{f.name: _on(known, getattr(posterior, f.name)) for f in fields(posterior)})
