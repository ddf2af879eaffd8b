"""GrowthBook's own answers, as JSON on standard output to the question on standard input.

Run by the Python of `.venv-gbstats`, which holds gbstats and none of LinkStar's packages.
"""

import json
import sys

from gbstats.bayesian.tests import EffectBayesianABTest, EffectBayesianConfig
from gbstats.frequentist.tests import (
    FrequentistConfig,
    SequentialConfig,
    SequentialTwoSidedTTest,
    TwoSidedTTest,
)
from gbstats.models.statistics import (
    ProportionStatistic,
    RatioStatistic,
    RegressionAdjustedStatistic,
    SampleMeanStatistic,
)
from gbstats.utils import check_srm


def proportion(arm):
    return ProportionStatistic(n=arm["units"], sum=arm["clicks"])


def clicks_per_impression(arm):
    return RatioStatistic(
        n=arm["units"],
        m_statistic=SampleMeanStatistic(arm["units"], arm["clicks"], arm["clicks_squared"]),
        d_statistic=SampleMeanStatistic(
            arm["units"], arm["impressions"], arm["impressions_squared"]
        ),
        m_d_sum_of_products=arm["clicks_impressions"],
    )


def adjusted(arm):
    return RegressionAdjustedStatistic(
        n=arm["units"],
        post_statistic=SampleMeanStatistic(arm["units"], arm["clicks"], arm["clicks_squared"]),
        pre_statistic=SampleMeanStatistic(arm["units"], arm["before"], arm["before_squared"]),
        post_pre_sum_of_products=arm["clicks_before"],
        theta=0.0,
    )


STATISTICS = {
    "proportion": proportion,
    "ratio": clicks_per_impression,
    "adjusted": adjusted,
}


def fixed(a, b, options):
    test = TwoSidedTTest(a, b, FrequentistConfig(**options))
    found = test.compute_result()
    return {
        "lift": found.expected,
        "low": found.ci[0],
        "high": found.ci[1],
        "p": found.p_value,
        "standard_error": found.uplift.stddev,
        "variances": [test.stat_a.variance, test.stat_b.variance],
    }


def sequential(a, b, options):
    found = SequentialTwoSidedTTest(a, b, SequentialConfig(**options)).compute_result()
    return {
        "lift": found.expected,
        "low": found.ci[0],
        "high": found.ci[1],
        "p": found.p_value,
        "standard_error": found.uplift.stddev,
    }


def bayesian(a, b, options):
    found = EffectBayesianABTest(a, b, EffectBayesianConfig(**options)).compute_result()
    return {"better": found.chance_to_win, "loss": found.risk[1], "lift": found.expected}


TESTS = {"fixed": fixed, "sequential": sequential, "bayesian": bayesian}


def answer(question):
    if question["test"] == "sample_ratio":
        return {"p": float(check_srm(question["units"], question["shares"]))}
    statistic = STATISTICS[question["statistic"]]
    arms = [statistic(arm) for arm in question["arms"]]
    return TESTS[question["test"]](*arms, question.get("options", {}))


if __name__ == "__main__":
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
