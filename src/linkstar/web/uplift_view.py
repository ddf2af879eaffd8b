"""What the address of the uplift page asks for: the question, the order, the page, the columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from linkstar.events.vocabulary import Channel, ContentType, Segment
from linkstar.insights.questions import IMPRESSIONS_MIN, By, Filters, Question, Source
from linkstar.stats.ctr import Definition
from linkstar.stats.states import State
from linkstar.web.requests import WorkspaceRequest

PAGE_SIZES = (50, 100, 200)
SORTED_BY = "low"
"""Rows come with the highest lower limit first: who is surely good, not who was lucky."""

Named = TypeVar("Named", bound=StrEnum)
Otherwise = TypeVar("Otherwise")


@dataclass(frozen=True, slots=True)
class UpliftView:
    """One address, read.

    Attributes:
        states: verdicts to show; empty shows all.
        sort: a column's name.
        number: of the page, from 1.
    """

    question: Question
    states: frozenset[State]
    sort: str
    is_descending: bool
    number: int
    size: int


def view_of(request: WorkspaceRequest) -> UpliftView:
    """Read the address; what cannot be read is as if it were not there."""
    params = request.GET
    sort = params.get("sort") or f"-{SORTED_BY}"
    size = positive(params.get("size", ""), PAGE_SIZES[0])
    return UpliftView(
        question=question_of(request, one_of(By, params.get("by"), By.CREATOR)),
        states=frozenset(several_of(State, params.getlist("state"))),
        sort=sort.removeprefix("-"),
        is_descending=sort.startswith("-"),
        number=positive(params.get("page", ""), 1),
        size=size if size in PAGE_SIZES else PAGE_SIZES[0],
    )


COMPARED = {
    "benchmark": "",
    "definition": Definition.PRODUCT_IMPRESSIONS.value,
    "source": "",
    "min": str(IMPRESSIONS_MIN),
}
"""What a figure is worked out with, each as it is where nothing is said."""


def question_of(request: WorkspaceRequest, by: By) -> Question:
    """The question an address asks about the shops and days that were chosen."""
    params = request.GET
    period = request.period
    return Question(
        workspace=request.workspace.number,
        shops=tuple(shop.number for shop in request.shops),
        by=by,
        market=market_of(request),
        definition=one_of(Definition, params.get("definition"), Definition.PRODUCT_IMPRESSIONS),
        source=one_of(Source, params.get("source"), None),
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        benchmark_id=params.get("benchmark") or None,
        segment=one_of(Segment, params.get("segment"), None),
        impressions_min=positive(params.get("min", ""), IMPRESSIONS_MIN),
        filters=filters_of(params),
    )


def carried_on(request: WorkspaceRequest) -> str:
    """`?shop=…&benchmark=…` for a link between figures, so that both answer the same question."""
    said = {name: request.GET.get(name, "") for name in COMPARED}
    kept = [(name, value) for name, value in said.items() if value not in {"", COMPARED[name]}]
    joint = "&" if request.carried else "?"
    return request.carried + (f"{joint}{urlencode(kept)}" if kept else "")


def market_of(request: WorkspaceRequest) -> str:
    return request.shops[0].market if request.shops else "US"


def filters_of(params: QueryDict) -> Filters:
    return Filters(
        category=params.get("category", ""),
        content_type=one_of(ContentType, params.get("content_type"), None) or "",
        channel=one_of(Channel, params.get("channel"), None) or "",
        text=params.get("q", "").strip()[:200],
    )


def one_of(kind: type[Named], written: str | None, otherwise: Otherwise) -> Named | Otherwise:
    return next((member for member in kind if member.value == written), otherwise)


def several_of(kind: type[Named], written: Iterable[str]) -> list[Named]:
    wanted = set(written)
    return [member for member in kind if member.value in wanted]


def positive(written: str, otherwise: int) -> int:
    return int(written) if written.isdecimal() and 0 < int(written) < 10**9 else otherwise
