"""What can be asked: whose figures, by what, where, when and against which benchmark."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from linkstar.events.vocabulary import Segment
from linkstar.lake.selection import Level, Source
from linkstar.stats.ctr import Definition

IMPRESSIONS_MIN = 1_000
ALL_DAYS_MAX = 90
"""As long as there are facts for so many days, all of them are the usual period."""
__all__ = [
    "ALL_DAYS_MAX",
    "IMPRESSIONS_MIN",
    "NO_FILTERS",
    "TABS",
    "By",
    "Filters",
    "Question",
    "Source",
]


By = Level
"""What one row of an answer is about: creator, content, product, category or shop."""
TABS = (By.CREATOR, By.CONTENT, By.PRODUCT, By.CATEGORY)
"""What the uplift page has a list of, the first one shown first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrow what is counted; empty strings narrow nothing.

    `category` keeps what lies inside it. `text` is looked for in names and titles, whatever the
    case.
    """

    creator: str = ""
    content: str = ""
    product: str = ""
    category: str = ""
    content_type: str = ""
    channel: str = ""
    text: str = ""


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Question:
    """One question about CTR uplift.

    Attributes:
        workspace: number of the workspace that asks.
        shops: numbers of its shops that are meant.
        source: None takes the one with more impressions in the period; the answer names it.
        starts_on, ends_before: the period, half-open, in shop zones; None is open.
        benchmark_id: None takes the default one for market and period.
        segment: cut every row along this line.
        impressions_min: below it a row is `not_enough_data`.
        confidence: of every interval.
    """

    workspace: int
    shops: tuple[int, ...]
    by: By = By.CREATOR
    market: str = "US"
    definition: Definition = Definition.PRODUCT_IMPRESSIONS
    source: Source | None = None
    starts_on: date | None = None
    ends_before: date | None = None
    benchmark_id: str | None = None
    segment: Segment | None = None
    impressions_min: int = IMPRESSIONS_MIN
    confidence: float = 0.95
    filters: Filters = NO_FILTERS

    def about(self, by: By, key: str) -> "Question":
        """The same question about one creator, content, product, category or shop."""
        if by is By.SHOP:
            return replace(self, by=By.SHOP, shops=(int(key),))
        return replace(self, by=by, filters=replace(self.filters, **{by.value: key}))


def usual_days(starts_on: date, ends_before: date) -> tuple[date, date]:
    """The period meant where none is said: all known days, or the last 28 if they are many."""
    if (ends_before - starts_on).days <= ALL_DAYS_MAX:
        return starts_on, ends_before
    return ends_before - timedelta(days=28), ends_before
