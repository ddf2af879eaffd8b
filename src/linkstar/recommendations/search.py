"""Creators that fit a search, in order, with what facts say of their CTR uplift.

Records and facts are joined once, as columns: filters run in the database, the uplift comes as one
Arrow table, and only the rows of the page are fetched as objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import F, QuerySet

from linkstar.accounts.models import Workspace
from linkstar.creators.models import Creator
from linkstar.creators.queries import NOTHING_WANTED, Wanted, wanted_creators
from linkstar.recruiting.queries import worked_with

SORTS = ("low", "uplift", "impressions", "followers", "price", "name")
PER_PAGE = 50
_BY_FACTS = {"low": "low", "uplift": "shrunken_uplift", "impressions": "impressions"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: what is wanted of records and facts, the order, and which page."""

    wanted: Wanted = NOTHING_WANTED
    worked_with: bool | None = None
    low_min: float | None = None
    has_facts: bool = False
    sort: str = "low"
    number: int = 1
    size: int = PER_PAGE


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; `uplift` holds the row of facts by handle, where there is one."""

    total: int
    creators: list[Creator]
    uplift: dict[str, dict[str, Any]]
    number: int
    pages: int


def search(workspace: Workspace, asked: Asked, rows: pa.Table) -> Found:
    """The page of creators that was asked for.

    Args:
        workspace: whose search it is.
        asked: the search.
        rows: the answer of `insights.uplift` by creator.
    """
    creators = wanted_creators(workspace, asked.wanted)
    if asked.worked_with is not None:
        condition = worked_with(workspace)
        creators = creators.filter(condition if asked.worked_with else ~condition)
    if asked.sort in _BY_FACTS or asked.low_min is not None or asked.has_facts:
        ids, total = _by_facts(creators, asked, rows)
    else:
        total = creators.count()
        ordered = creators.order_by(*_order(asked.sort)).values_list("pk", flat=True)
        ids = list(ordered[_span(asked, total)])
    return Found(
        total=total,
        creators=in_order(ids),
        uplift=facts_of(ids, rows),
        number=_number(asked, total),
        pages=_pages(asked, total),
    )


def in_order(ids: Sequence[str]) -> list[Creator]:
    """These creators in this order, with their channels."""
    found = Creator.objects.filter(pk__in=ids).prefetch_related("channels")
    by_id = {creator.pk: creator for creator in found}
    return [by_id[one] for one in ids if one in by_id]


def facts_of(ids: Sequence[str], rows: pa.Table) -> dict[str, dict[str, Any]]:
    """The rows of facts of these creators, by handle."""
    handles = Creator.objects.filter(pk__in=ids).values_list("handle", flat=True)
    wanted = rows.filter(pc.is_in(rows["key"], pa.array(list(handles), pa.string())))
    return {row["key"]: row for row in wanted.to_pylist()}


def _order(sort: str) -> tuple[Any, ...]:
    return {
        "followers": (F("followers").desc(nulls_last=True), "handle", "pk"),
        "price": (F("video_price_minor").asc(nulls_last=True), "handle", "pk"),
    }.get(sort, ("handle", "pk"))


def _by_facts(creators: QuerySet[Creator], asked: Asked, rows: pa.Table) -> tuple[list[str], int]:
    """Ids of one page, and how many there are; those without facts come last."""
    order = _order(asked.sort if asked.sort not in _BY_FACTS else "followers")
    told = list(creators.order_by(*order).values_list("pk", "handle"))
    if not told:
        return [], 0
    keys, handles = zip(*told, strict=True)
    at = pc.index_in(pa.array(handles, pa.string()), rows["key"].combine_chunks())
    place = np.asarray(pc.fill_null(at, -1))
    is_known = place >= 0
    kept = np.arange(len(keys))
    if asked.has_facts:
        kept = kept[is_known[kept]]
    if asked.low_min is not None:
        low = _column(rows, "low", place)
        kept = kept[low[kept] >= asked.low_min]
    if asked.sort in _BY_FACTS:
        values = _column(rows, _BY_FACTS[asked.sort], place)[kept]
        kept = kept[np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")]
    page = kept[_span(asked, len(kept))]
    return [keys[index] for index in page], len(kept)


def _column(rows: pa.Table, name: str, place: np.ndarray) -> np.ndarray:
    """A column of facts by creator; nan where there is none."""
    values = pc.cast(rows[name], pa.float64()).to_numpy() if rows.num_rows else np.empty(0)
    found = np.full(place.size, np.nan)
    known = place >= 0
    found[known] = values[place[known]]
    return found


def _pages(asked: Asked, total: int) -> int:
    return max(1, -(-total // asked.size))


def _number(asked: Asked, total: int) -> int:
    return min(max(asked.number, 1), _pages(asked, total))


def _span(asked: Asked, total: int) -> slice:
    first = (_number(asked, total) - 1) * asked.size
    return slice(first, first + asked.size)
