"""The full judgement of many groups at once: headline, shrunken uplift, rank and state."""

from dataclasses import dataclass

import numpy as np

from linkstar.stats.arrays import Bools, Floats, Ints, Names, floats, name_by_code, ratio
from linkstar.stats.blocks import by_blocks
from linkstar.stats.design_effect import Question
from linkstar.stats.interval import ratio_interval
from linkstar.stats.judgement import Judgement, judge
from linkstar.stats.like_for_like import (
    BenchmarkCells,
    ContentCounts,
    Effective,
    GroupSums,
    like_for_like,
)
from linkstar.stats.special import ndtri
from linkstar.stats.states import State

UNSTABLE_SHARE_MAX = 0.5
"""A group leaning on unstable cells for more of its impressions gets no verdict."""
POWER = 0.8
_STATES = tuple(State)


@dataclass(frozen=True, slots=True, eq=False)
class UpliftColumns:
    """One element per group; nan where it cannot be told, never 0 in its place.

    Attributes:
        contents: contents behind the covered impressions, nan if unknown.
        impressions, clicks: of all the group's elements.
        covered_impressions: those with a benchmark; everything below rests on them.
        ctr: clicks per covered impression; per impression where nothing is covered.
        benchmark_ctr: of the group's own mix. nan if missing or withheld.
        benchmark_relative_error: standard error of its logarithm.
        uplift, ctr_ratio, low, high: the headline and the limits of `uplift`. nan for
            NOT_ENOUGH_DATA; limits are nan too where the design effect is unknown or the
            benchmark too noisy for a bounded interval.
        probability_above: posterior probability that the uplift is positive. Not for ranking.
        shrunken_uplift, shrunken_low, shrunken_high: posterior mean and limits, for leaderboards.
        expected_rank: among all groups of the call, 1 is best.
        design_effect: variance of the clicks over the binomial one.
        state: the verdict, an object array of `State`.
        impressions_needed: in total, to tell an uplift of `uplift_detectable` apart with power
            80 %, at least the minimum; nan where no number of impressions would do.
    """

    contents: Floats
    impressions: Floats
    covered_impressions: Floats
    clicks: Floats
    ctr: Floats
    benchmark_ctr: Floats
    benchmark_relative_error: Floats
    uplift: Floats
    ctr_ratio: Floats
    low: Floats
    high: Floats
    probability_above: Floats
    shrunken_uplift: Floats
    shrunken_low: Floats
    shrunken_high: Floats
    expected_rank: Floats
    design_effect: Floats
    state: Names
    impressions_needed: Floats


def assess_uplift(
    counts: ContentCounts,
    cells: BenchmarkCells,
    *,
    confidence: float = 0.95,
    impressions_min: int = 1_000,
    question: Question = "typical",
    suspicious: Bools | None = None,
    uplift_detectable: float = 0.2,
) -> UpliftColumns:
    """Judge every group against the benchmark of its own mix.

    `typical` asks what the next content of a group will do, so contents are the sampling unit and
    variances carry a design effect; `realised` asks what these very contents did, and only
    viewers are random. Where the ICC is neither given nor estimable, or the number of contents is
    unknown, a `typical` interval is withheld: limits are nan and the state is CANNOT_TELL.

    Args:
        counts: the contents.
        cells: the benchmark, best without the groups' own traffic.
        confidence: of every interval.
        impressions_min: below this many impressions the state is NOT_ENOUGH_DATA.
        question: see above.
        suspicious: shape (groups,), groups whose traffic is in doubt; they are neither shrunken nor
            ranked, and nobody else is shrunken or flagged with their help.
        uplift_detectable: the uplift `impressions_needed` is computed for.
    """
    doubted = np.zeros(counts.groups, dtype=np.bool_) if suspicious is None else suspicious
    sums = like_for_like(counts, cells, question, doubted=suspicious)
    judged = judge(sums, question, doubted=doubted, confidence=confidence)
    low, high = _limits(sums.pooled, confidence)
    ctr = np.where(
        sums.covered_impressions > 0,
        ratio(sums.covered_clicks, sums.covered_impressions),
        ratio(sums.clicks, sums.impressions),
    )
    shown = sums.impressions >= impressions_min
    headline = np.where(shown, ratio(ctr, sums.pooled.benchmark_ctr), np.nan)
    return UpliftColumns(
        contents=sums.contents,
        impressions=sums.impressions,
        covered_impressions=sums.covered_impressions,
        clicks=sums.clicks,
        ctr=ctr,
        benchmark_ctr=sums.pooled.benchmark_ctr,
        benchmark_relative_error=sums.pooled.relative_error,
        uplift=headline - 1.0,
        ctr_ratio=headline,
        low=np.where(shown, low - 1.0, np.nan),
        high=np.where(shown, high - 1.0, np.nan),
        probability_above=judged.posterior.probability_above,
        shrunken_uplift=judged.posterior.mean_ratio - 1.0,
        shrunken_low=judged.posterior.low_ratio - 1.0,
        shrunken_high=judged.posterior.high_ratio - 1.0,
        expected_rank=judged.expected_rank,
        design_effect=sums.design_effect,
        state=_states(sums, judged, (low, high), doubted, impressions_min),
        impressions_needed=_impressions_needed(
            sums, confidence, impressions_min, uplift_detectable
        ),
    )


def _limits(pooled: Effective, confidence: float) -> tuple[Floats, Floats]:
    """Of every group's rate over its benchmark."""

    def limits(rows: slice) -> tuple[Floats, Floats]:
        found = ratio_interval(
            pooled.clicks[rows],
            pooled.impressions[rows],
            benchmark_ctr=pooled.benchmark_ctr[rows],
            benchmark_relative_error=pooled.relative_error[rows],
            confidence=confidence,
        )
        return found.low, found.high

    low, high = by_blocks(limits, pooled.clicks.size)
    return low, high


def _states(
    sums: GroupSums,
    judged: Judgement,
    interval: tuple[Floats, Floats],
    doubted: Bools,
    impressions_min: int,
) -> Names:
    """The first that applies, from having nothing at all to a verdict.

    A verdict never contradicts the interval printed beside it: a flagged group whose headline
    interval holds the benchmark cannot be told.
    """
    covered = sums.covered_impressions
    low, high = interval
    choices = (
        (sums.impressions == 0, State.NO_DATA),
        (doubted, State.SUSPICIOUS),
        ((covered == 0) & (sums.withheld > 0), State.BENCHMARK_WITHHELD),
        (covered == 0, State.BENCHMARK_MISSING),
        (sums.impressions < impressions_min, State.NOT_ENOUGH_DATA),
        (sums.unstable > UNSTABLE_SHARE_MAX * covered, State.BENCHMARK_UNSTABLE),
        (judged.above & (low > 1.0), State.ABOVE),
        (judged.below & (high < 1.0), State.BELOW),
    )
    codes: Ints = np.select(
        [condition for condition, _ in choices],
        [_STATES.index(state) for _, state in choices],
        default=_STATES.index(State.CANNOT_TELL),
    ).astype(np.int64)
    return name_by_code(codes, _STATES)


def _impressions_needed(
    sums: GroupSums, confidence: float, impressions_min: int, uplift: float
) -> Floats:
    """(z + z_power)^2 phi (1 - p) / p / (log(1 + uplift)^2 - (z + z_power)^2 s_B^2).

    The one-sample form of the power rule for a log ratio, p the rate under that uplift, with the
    benchmark's variance taken off what can be told apart. With an unknown design effect the
    minimum is all that can be said.
    """
    z = float(ndtri((1.0 + confidence) / 2.0) + ndtri(POWER))
    p = np.minimum((1.0 + uplift) * sums.pooled.benchmark_ctr, 0.95)
    effect = np.where(np.isnan(sums.design_effect), 0.0, sums.design_effect)
    room = np.log1p(uplift) ** 2 - np.square(z * sums.pooled.relative_error)
    needed = ratio(z * z * effect * ratio(1.0 - p, p), room)
    return np.where(
        np.isnan(sums.pooled.benchmark_ctr),
        floats(impressions_min),
        np.maximum(np.ceil(needed), impressions_min),
    )
