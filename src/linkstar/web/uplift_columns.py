"""The columns of the uplift table: how each is called, sorted, shown and exported."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from linkstar.accounts.models import User
from linkstar.insights.questions import By
from linkstar.web.labels import Label
from linkstar.web.models import TableView


class Kind(StrEnum):
    """How a value is written."""

    NAME = "name"
    TEXT = "text"
    STATE = "state"
    FOREST = "forest"
    INTERVAL = "interval"
    UPLIFT = "uplift"
    BOTH = "both"
    CTR = "ctr"
    COUNT = "count"
    PROBABILITY = "probability"
    NUMBER = "number"
    DAY = "day"
    CONTENT_TYPE = "content_type"
    CATEGORY = "category"


NUMBERS = frozenset(
    {
        Kind.UPLIFT,
        Kind.BOTH,
        Kind.INTERVAL,
        Kind.CTR,
        Kind.COUNT,
        Kind.PROBABILITY,
        Kind.NUMBER,
    }
)
"""Kinds that are read from the right."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: in the address and in what a person saved.
        label: what its head says, with the unit.
        kind: how it is written.
        sort: the column of the answer it is sorted by; empty where it cannot be.
        term: the anchor of its explanation in the glossary.
        is_usual: shown unless a person chose otherwise.
        only_by: the tabs that have it; empty means all.
    """

    name: str
    label: Label
    kind: Kind
    sort: str
    term: str = ""
    is_usual: bool = True
    only_by: frozenset[By] = frozenset()

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


_NOT_CATEGORY = frozenset({By.CREATOR, By.CONTENT, By.PRODUCT})
_NOT_CONTENT = frozenset({By.CREATOR, By.PRODUCT, By.CATEGORY})
COLUMNS = (
    Column("name", _("Name"), Kind.NAME, "name"),
    Column("state", _("Verdict"), Kind.STATE, "state", "state"),
    Column("forest", _("Interval against the market"), Kind.FOREST, "low", "interval"),
    Column("uplift", _("CTR uplift, 95% interval"), Kind.BOTH, "uplift", "uplift"),
    Column("low", _("95% interval"), Kind.INTERVAL, "low", "interval", is_usual=False),
    Column("ctr", _("CTR"), Kind.CTR, "ctr", "ctr"),
    Column("benchmark_ctr", _("Benchmark CTR"), Kind.CTR, "benchmark_ctr", "benchmark"),
    Column("impressions", _("Impressions"), Kind.COUNT, "impressions", "impressions"),
    Column("clicks", _("Clicks"), Kind.COUNT, "clicks", "clicks", is_usual=False),
    Column("contents", _("Contents"), Kind.COUNT, "contents", "content", only_by=_NOT_CONTENT),
    Column(
        "probability_above",
        _("Probability of being above"),
        Kind.PROBABILITY,
        "probability_above",
        "probability",
        is_usual=False,
    ),
    Column(
        "shrunken_uplift",
        _("Estimate for ranking"),
        Kind.UPLIFT,
        "shrunken_uplift",
        "shrunken",
        is_usual=False,
    ),
    Column(
        "expected_rank",
        _("Expected rank"),
        Kind.NUMBER,
        "expected_rank",
        "shrunken",
        is_usual=False,
    ),
    Column(
        "creator_name",
        _("Creator"),
        Kind.TEXT,
        "creator_name",
        "creator",
        is_usual=False,
        only_by=frozenset({By.CONTENT}),
    ),
    Column(
        "category", _("Category"), Kind.CATEGORY, "category", "benchmark", only_by=_NOT_CATEGORY
    ),
    Column(
        "benchmark_category",
        _("Category of the benchmark"),
        Kind.CATEGORY,
        "benchmark_category",
        "benchmark",
        is_usual=False,
    ),
    Column("content_type", _("Content type"), Kind.CONTENT_TYPE, "content_type", is_usual=False),
    Column(
        "posted_on",
        _("Posted"),
        Kind.DAY,
        "posted_on",
        is_usual=False,
        only_by=frozenset({By.CONTENT}),
    ),
)
ALWAYS = frozenset({"name"})


def columns_for(by: By) -> tuple[Column, ...]:
    """Every column a tab can show."""
    return tuple(c for c in COLUMNS if not c.only_by or by in c.only_by)


def chosen_columns(user: User, by: By, asked: str = "") -> tuple[Column, ...]:
    """The columns to show: those the address asks for, else those chosen before, else the usual.

    Args:
        user: who looks.
        by: the tab.
        asked: names of columns, separated by commas.
    """
    offered = columns_for(by)
    if not asked:
        saved = TableView.objects.filter(user=user, view=view_name(by)).first()
        if saved is None:
            return tuple(column for column in offered if column.is_usual)
        asked = ",".join(saved.columns)
    wanted = {*asked.split(","), *ALWAYS}
    return tuple(column for column in offered if column.name in wanted)


def save_columns(user: User, by: By, names: list[str]) -> None:
    """Remember the choice; choosing nothing goes back to the usual columns."""
    known = [column.name for column in columns_for(by) if column.name in names]
    if not known:
        TableView.objects.filter(user=user, view=view_name(by)).delete()
        return
    TableView.objects.update_or_create(user=user, view=view_name(by), defaults={"columns": known})


def view_name(by: By) -> str:
    return f"uplift.{by.value}"
