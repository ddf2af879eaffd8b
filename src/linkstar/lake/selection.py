"""What may be asked of the facts, and the form of the answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pyarrow as pa

from linkstar.events.vocabulary import Segment
from linkstar.stats.ctr import Definition

PRODUCTS = pa.schema([("shop", pa.int32()), ("product_id", pa.string()), ("category", pa.string())])
"""The catalog's word on products: it wins over what a row itself says."""

COUNTS = pa.schema(
    [
        ("shop", pa.int32()),
        ("level", pa.string()),  # of the rows counted: creator, content, product, shop
        ("creator", pa.string()),
        ("creator_name", pa.string()),
        ("content_id", pa.string()),
        ("content_title", pa.string()),
        ("content_url", pa.string()),
        ("content_type", pa.string()),
        ("channel", pa.string()),
        ("product_ids", pa.list_(pa.string())),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("posted_on", pa.date32()),
        ("contents", pa.int32()),  # null: unknown
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("clicks_derived", pa.bool_()),
        ("segment", pa.string()),
        ("week_starts_on", pa.date32()),  # Monday
    ]
)
"""One row per content (or per creator or product that is not split by content), and, where asked
for, per segment value and week."""

TOTALS = """coalesce(sum(impressions), 0)::BIGINT AS impressions,
    coalesce(sum(clicks), 0)::BIGINT AS clicks"""
"""SQL for the sums of all rows of `COUNTS`."""


class Source(StrEnum):
    """Which facts are counted; never both in one figure."""

    EXPORTS = "exports"
    TRACKED = "tracked"


class Level(StrEnum):
    """What the rows of an answer will be gathered by."""

    CREATOR = "creator"
    CONTENT = "content"
    PRODUCT = "product"
    CATEGORY = "category"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose facts: some shops of one workspace."""

    workspace: int
    shops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PoolScope:
    """Shops of any workspace that lend their counts to a benchmark; for building one, no more."""

    shops: tuple[int, ...]


@dataclass(frozen=True)
class Selection:
    """Which counts.

    Attributes:
        source: exports or tracked events.
        level: what they will be gathered by; decides which levels of rows are taken.
        definition: which two columns.
        market: for example `US`.
        starts_on: first day, in the shop's zone; None is the beginning.
        ends_before: day after the last; None is the end.
        segment: split by it, if any.
        week: split by ISO week.
        creator: only this handle, if any.
        content: only this content id, if any.
        product: only this product id, if any.
        category: only this category path and all below it, if any.
        products: the catalog's categories, as `PRODUCTS`.
        titles: whether titles and days of publication are wanted; without them tracked events are
            read faster.
        rollups: whether roll-ups may be read; the answer is the same either way.
    """

    source: Source
    level: Level
    definition: Definition = Definition.PRODUCT_IMPRESSIONS
    market: str = "US"
    starts_on: date | None = None
    ends_before: date | None = None
    segment: Segment | None = None
    week: bool = False
    creator: str | None = None
    content: str | None = None
    product: str | None = None
    category: str | None = None
    products: pa.Table = field(default_factory=PRODUCTS.empty_table)
    titles: bool = True
    rollups: bool = True


class LeftOutReason(StrEnum):
    """Why a window of an export was not counted."""

    OUTSIDE_PERIOD = "outside_period"
    CROSSES_PERIOD = "crosses_period"
    OVERLAPS = "overlaps"
    LONGER_THAN_WEEK = "longer_than_week"
    OTHER_SPLIT = "other_split"
    OTHER_LEVEL = "other_level"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days some rows of one shop cover together, half-open.

    `split` names the segments the rows are cut by (empty: whole), in the order of their columns.
    """

    shop: int
    level: str
    starts_on: date
    ends_before: date
    stated_on: date
    import_id: str
    split: tuple[str, ...] = ()
    rows: int = 0
    impressions: int = 0

    @property
    def days(self) -> int:
        return (self.ends_before - self.starts_on).days


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A window that was not counted."""

    window: Window
    reason: LeftOutReason


@dataclass(frozen=True)
class Counts:
    """The counts behind a figure, and how they were come by.

    Attributes:
        table: columns of `COUNTS`, in no promised order.
        windows: windows of exports that were counted; empty for tracked events.
        left_out: windows that were not, and why.
        sql: a text that tells these counts from the files: of events, the very one that was run;
            roll-ups are added up without it where no titles are wanted.
        parameters: what was bound to it.
    """

    table: pa.Table
    windows: tuple[Window, ...]
    left_out: tuple[LeftOut, ...]
    sql: str
    parameters: Mapping[str, Any]


def owned(scope: Scope | PoolScope) -> str:
    """SQL for the rows of the shops and the market asked about."""
    shops = ", ".join(str(int(shop)) for shop in scope.shops)
    whose = "workspace = $workspace AND " if isinstance(scope, Scope) else ""
    return f"{whose}shop IN ({shops}) AND market = $market"


def bound_by(scope: Scope | PoolScope, selection: Selection) -> dict[str, Any]:
    """The parameters a scope and the filters of a selection bind."""
    filters = {
        "creator": selection.creator,
        "content": selection.content,
        "product": selection.product,
        "category": selection.category,
    }
    owner = {"workspace": scope.workspace} if isinstance(scope, Scope) else {}
    given = {name: value for name, value in filters.items() if value is not None}
    return {"market": selection.market, **owner, **given}


def named_in(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a text names; engines refuse any others."""
    names = set(re.findall(r"\$([a-z_]+)", sql))
    return {name: value for name, value in parameters.items() if name in names}
