"""CTR as a ratio of counts that knows what its denominator counts, and its uplift."""

from dataclasses import dataclass
from enum import StrEnum

from linkstar.stats.interval import ratio_interval


class Definition(StrEnum):
    """What the denominator counts. The numerator: product-link clicks of the same scope."""

    PRODUCT_IMPRESSIONS = "product_impressions"
    VIDEO_VIEWS = "video_views"
    LIVE_VIEWS = "live_views"
    UNIQUE_PRODUCT_IMPRESSIONS = "unique_product_impressions"
    SHOP_TAB_IMPRESSIONS = "shop_tab_impressions"


class NegativeCount(ValueError):
    """A count below zero: no export and no event stream can mean that."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(name, count)
        self.name = name
        self.count = count


class DefinitionMismatch(ValueError):
    """A CTR and a benchmark whose denominators count different things must not be divided."""

    def __init__(self, ctr: Definition, benchmark: Definition) -> None:
        super().__init__(ctr, benchmark)
        self.ctr = ctr
        self.benchmark = benchmark


@dataclass(frozen=True, slots=True)
class NoData:
    """There were no impressions, so there is no CTR: not even zero."""


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """Too few impressions for an answer; `impressions_needed` is the total, not what is missing."""

    impressions: int
    impressions_needed: int

    @property
    def impressions_missing(self) -> int:
        return max(0, self.impressions_needed - self.impressions)


@dataclass(frozen=True, slots=True)
class BenchmarkMissing:
    """The benchmark has no impressions or no clicks, so nothing can be divided by it."""


@dataclass(frozen=True, slots=True)
class BenchmarkTooNoisy:
    """The benchmark's own error is so large that no bounded interval of the ratio exists."""

    relative_error: float


@dataclass(frozen=True, slots=True)
class Ctr:
    """Clicks per impression. More clicks than impressions is legal: one view may be clicked twice.

    Raises:
        NegativeCount: a count is below zero.
    """

    clicks: int
    impressions: int
    definition: Definition

    def __post_init__(self) -> None:
        for name, count in (("clicks", self.clicks), ("impressions", self.impressions)):
            if count < 0:
                raise NegativeCount(name, count)

    @property
    def ratio(self) -> float | NoData:
        if self.impressions == 0:
            return NoData()
        return self.clicks / self.impressions


@dataclass(frozen=True, slots=True)
class Uplift:
    """CTR against its benchmark; 1.5 reads "+150 % (2.5x)". Limits bound `uplift`."""

    ctr: float
    benchmark_ctr: float
    uplift: float
    low: float
    high: float
    confidence: float

    @property
    def ctr_ratio(self) -> float:
        return 1.0 + self.uplift


def ctr_uplift(
    ctr: Ctr,
    benchmark: Ctr,
    *,
    design_effect: float = 1.0,
    benchmark_relative_error: float | None = None,
    confidence: float = 0.95,
    impressions_min: int = 1_000,
) -> Uplift | NoData | NotEnoughData | BenchmarkMissing | BenchmarkTooNoisy:
    """Uplift of one CTR over one benchmark, with its interval.

    With the default design effect of 1 this answers the `realised` question: what did this very
    content do, given that every impression is an independent viewer. For what the next content
    will do, pass the design effect of `linkstar.stats.design_effect`.

    Args:
        ctr: the group's counts.
        benchmark: the reference counts, best without the group's own traffic.
        design_effect: how many times the variance exceeds the binomial one (>= 1).
        benchmark_relative_error: clustered standard error of log(benchmark); when not known, that
            of independent clicks, which is a lower bound.
        confidence: of the two-sided interval.
        impressions_min: below this many impressions the answer is `NotEnoughData`.

    Raises:
        DefinitionMismatch: the two denominators count different things.
    """
    if ctr.definition is not benchmark.definition:
        raise DefinitionMismatch(ctr.definition, benchmark.definition)
    ratio, reference = ctr.ratio, benchmark.ratio
    if isinstance(ratio, NoData):
        return ratio
    if ctr.impressions < impressions_min:
        return NotEnoughData(ctr.impressions, impressions_min)
    if isinstance(reference, NoData) or reference == 0.0:
        return BenchmarkMissing()
    error = benchmark_relative_error
    if error is None:
        error = float(benchmark.clicks) ** -0.5
    found = ratio_interval(
        ctr.clicks / design_effect,
        ctr.impressions / design_effect,
        benchmark_ctr=reference,
        benchmark_relative_error=error,
        confidence=confidence,
    )
    if found.unbounded:
        return BenchmarkTooNoisy(error)
    return Uplift(
        ctr=ratio,
        benchmark_ctr=reference,
        uplift=ratio / reference - 1.0,
        low=float(found.low) - 1.0,
        high=float(found.high) - 1.0,
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True)
class ViewChain:
    """Clicks per view split into its two links; their product is exact.

    clicks / views = impressions / views (how often the product link is shown) x
    clicks / impressions (CTR).
    """

    clicks_per_view: float | NoData
    impressions_per_view: float | NoData
    ctr: float | NoData


def identity(*, views: int, impressions: int, clicks: int) -> ViewChain:
    """The chain from views to clicks; a link without a denominator is `NoData`.

    Raises:
        NegativeCount: a count is below zero.
    """
    for name, count in (("views", views), ("impressions", impressions), ("clicks", clicks)):
        if count < 0:
            raise NegativeCount(name, count)
    return ViewChain(
        clicks_per_view=clicks / views if views else NoData(),
        impressions_per_view=impressions / views if views else NoData(),
        ctr=clicks / impressions if impressions else NoData(),
    )
