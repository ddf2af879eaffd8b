"""Rows of the demand table about intervals, shrinkage, flags, ranking and mix."""

from functools import cache

from tests.simulation import coverage, flagging, mixing, shrinkage
from tests.simulation.registry import Demand, Finding, Scale


@cache
def _independent(scale: Scale) -> tuple[Finding, Finding]:
    return coverage.independent_clicks(scale)


@cache
def _ranking(scale: Scale) -> tuple[Finding, Finding]:
    return shrinkage.ranking(scale)


ROWS: tuple[Demand, ...] = (
    Demand(
        "interval-independent",
        "S1",
        "95% interval of uplift, independent clicks, at least 5 expected",
        "93.5-96.5% on average, 92% at every point, each tail 1.5-3.5%",
        "MOVER-R with Jeffreys limits",
        "linear delta method",
        lambda scale: _independent(scale)[0],
    ),
    Demand(
        "interval-rare-clicks",
        "S1",
        "95% interval, 1 to 4 expected clicks",
        "at least 93%, upper limit finite without clicks",
        "MOVER-R with Jeffreys limits",
        "Katz log interval",
        lambda scale: _independent(scale)[1],
    ),
    Demand(
        "interval-clustered",
        "S2",
        "95% interval, 3 to 100 videos per creator",
        "93.5-97.5% at every point",
        "the same on effective counts",
        "binomial variance",
        coverage.clustered,
    ),
    Demand(
        "interval-far-from-benchmark",
        "S2",
        "95% interval at 0.5 / 1 / 2.5 times the benchmark, luck multiplying",
        "93.5-97.5% at each",
        "ICC at the creator's own rate",
        "one ICC for the category",
        coverage.far_from_the_benchmark,
    ),
    Demand(
        "shrunken-interval",
        "S3",
        "shrunken 95% interval, 20 to 2,000 creators, four truths",
        "93.5-96.5%",
        "beta prior by marginal likelihood; mixture from 200 creators",
        "the same on unclustered counts",
        shrinkage.intervals,
    ),
    Demand(
        "shrunken-interval-few",
        "S3",
        "shrunken 95% interval in categories of 5 and 10 creators",
        "93-97%",
        "parent's spread, mean pulled to the parent",
        "moment prior of the few alone",
        shrinkage.few_creators,
    ),
    Demand(
        "calibration",
        "S3",
        "P(above): gap to observed share, worst of ten bins, four truths",
        "at most .05",
        "mixture prior, benchmark error integrated",
        "unclustered counts",
        shrinkage.calibration,
    ),
    Demand(
        "informative-size",
        "S3",
        "P(above) between .2 and .8 when large creators are better",
        "bias at most .04",
        "prior within cells of size",
        "one prior",
        shrinkage.informative_size,
    ),
    Demand(
        "flags",
        "S4",
        "false discoveries among flags at 5%, eight truths",
        "at most 6%",
        "spike and mixture, Bayes FDR",
        "BH on binomial p-values",
        flagging.discoveries,
    ),
    Demand(
        "global-null",
        "S4",
        "1,000 identical clustered creators against their own market",
        "at most .3 false flags, P(any) at most 10%",
        "the same, benchmark without the creator",
        "BH on binomial p-values",
        flagging.global_null,
    ),
    Demand(
        "ranking",
        "S3",
        "precision of the top 5%, clustered",
        "raw + .08",
        "expected rank of the precision-weighted effect",
        "rank by P(above)",
        lambda scale: _ranking(scale)[0],
    ),
    Demand(
        "claims",
        "S3",
        "claimed minus true uplift of the top 50",
        "within 20 points",
        "posterior mean",
        "raw uplift",
        lambda scale: _ranking(scale)[1],
    ),
    Demand(
        "mix-interval",
        "S9",
        "mix-adjusted 95% interval under a confounding mix",
        "93.5-96.5%",
        "Mantel-Haenszel, Greenland-Robins",
        "ratio of totals",
        mixing.mantel_haenszel_intervals,
    ),
    Demand(
        "simpson",
        "S9",
        "reversals found, and none invented",
        "at least 99% found, at most .5% false",
        "crude against adjusted, mix beyond chance",
        "totals alone",
        mixing.reversals,
    ),
)
