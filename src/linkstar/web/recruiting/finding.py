"""Searching creators, and putting a few of them side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.models import SavedView
from linkstar.creators.models import AudienceShare, Creator
from linkstar.creators.queries import Wanted, lists_of
from linkstar.creators.rules import may_see_exactly, told_count, told_share
from linkstar.insights.answers import ROWS
from linkstar.insights.questions import By, Question
from linkstar.recommendations.actions import learn_from_facts
from linkstar.recommendations.search import PER_PAGE, SORTS, Asked, facts_of, search
from linkstar.recruiting.queries import known_creators
from linkstar.web.access import writers_only
from linkstar.web.category_names import CategoryNames, categories_sold
from linkstar.web.facts import lake
from linkstar.web.forest import axis_of, mark_of
from linkstar.web.middleware import now
from linkstar.web.recruiting.regions import language_choices, region_choices
from linkstar.web.recruiting.words import TIERS
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.saved_views import saved_views
from linkstar.web.uplift_page import asked as answered
from linkstar.web.uplift_table import estimate, limits_of
from linkstar.web.uplift_view import market_of

COMPARED_MAX = 5
NO_FACTS: Mapping[str, None] = dict.fromkeys(ROWS.names)
"""Of a creator without facts nothing is told, which is not the same as zero."""
SEARCH_PARTS = ("q", "min", "max", "category", "lang", "region", "tier", "engagement", "price",
                "audience", "share", "list", "worked", "low", "facts", "sort")  # fmt: skip
AUDIENCES = (("gender", "female"), ("gender", "male"), ("age", "18-24"), ("age", "25-34"),
             ("age", "35-44"), ("age", "45-54"), ("age", "55+"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One creator on a page, with figures as this workspace may see them."""

    creator: Creator
    facts: Mapping[str, Any]
    has_facts: bool
    limits: str
    mark: Any
    average_views: Any
    engagement: Any
    audience: tuple[tuple[str, str, Any], ...] = ()
    is_own: bool = False


@require_GET
def find(request: WorkspaceRequest) -> HttpResponse:
    question = question_for(request)
    asked = asked_for(request.GET, lists={kept.pk for kept in lists_of(request.workspace)})
    rows = facts(question)
    found = search(request.workspace, asked, rows)
    lines, axis = lines_of(request, found.creators, found.uplift)
    names = CategoryNames(get_language() or "en")
    sold = categories_sold(request.all_shops)
    names.learn(sold)
    context = {
        "found": found,
        "lines": lines,
        "axis": axis,
        "asked": asked,
        "has_facts": rows.num_rows > 0,
        "is_narrowed": any(request.GET.get(name) for name in SEARCH_PARTS if name != "sort"),
        "own_records": Creator.objects.filter(workspace=request.workspace).exists(),
        "categories": [(path, names.full(path)) for path in sold],
        "languages": language_choices(),
        "regions": region_choices(),
        "tiers": TIERS.items(),
        "audiences": [(f"{d}:{v}", d, v) for d, v in AUDIENCES],
        "lists": lists_of(request.workspace),
        "sorts": SORTS,
        "saved": saved_views(request, SavedView.Page.CREATORS, search_parts(request.GET)),
        "previous": found.number - 1 if found.number > 1 else None,
        "following": found.number + 1 if found.number < found.pages else None,
        "shows_dates": True,
    }
    return render(request, "web/recruiting/find.html", context)


def question_for(request: WorkspaceRequest) -> Question:
    """Creators' uplift on the chosen shops and days, whatever else the address narrows."""
    period = request.period
    return Question(
        workspace=request.workspace.number,
        shops=tuple(shop.number for shop in request.shops),
        by=By.CREATOR,
        market=market_of(request),
        starts_on=period.starts_on,
        ends_before=period.ends_before,
    )


def facts(question: Question) -> pa.Table:
    """The rows of the answer about everybody the workspace has facts of."""
    return answered(question).rows


def search_parts(params: QueryDict) -> dict[str, list[str]]:
    """The part of an address that is a search; a saved search is this and no more."""
    return {name: [str(params[name])] for name in SEARCH_PARTS if params.get(name)}


def asked_for(params: QueryDict, *, lists: set[int]) -> Asked:
    """Read the address; what cannot be read is as if it were not there."""
    dimension, _between, value = params.get("audience", "").partition(":")
    share = whole(params.get("share", ""))
    is_audience = (dimension, value) in AUDIENCES and share is not None
    list_id = whole(params.get("list", ""))
    worked = {"yes": True, "no": False}.get(params.get("worked", ""))
    sort = params.get("sort", "")
    return Asked(
        wanted=Wanted(
            text=params.get("q", "").strip()[:120],
            followers_min=whole(params.get("min", "")),
            followers_max=whole(params.get("max", "")),
            category=params.get("category", "")[:300],
            language=params.get("lang", "")[:10],
            region=params.get("region", "")[:10],
            tier=params.get("tier", "")[:10],
            engagement_bps_min=hundredths(params.get("engagement", "")),
            price_minor_max=hundredths(params.get("price", "")),
            audience=(dimension, value, 100 * (share or 0)) if is_audience else None,
            list_id=list_id if list_id in lists else None,
        ),
        worked_with=worked,
        low_min=None if (low := percent(params.get("low", ""))) is None else low,
        has_facts=params.get("facts") == "yes",
        sort=sort if sort in SORTS else "low",
        number=whole(params.get("page", "")) or 1,
        size=PER_PAGE,
    )


def whole(written: str) -> int | None:
    """12500, 12,500, 12.5k, 1.2万 as a count."""
    text = written.strip().lower().replace(",", "")
    for unit, times in (("万", 10_000), ("w", 10_000), ("k", 1_000), ("m", 1_000_000)):
        if text.endswith(unit):
            return _times(text.removesuffix(unit), times)
    return _times(text, 1)


def hundredths(written: str) -> int | None:
    """4.5 as 450: a percentage in basis points, an amount in minor units."""
    return _times(written.strip().removesuffix("%").replace(",", ""), 100)


def percent(written: str) -> float | None:
    """-20 or 15% as a ratio."""
    text = written.strip().removesuffix("%").replace("−", "-")
    negative = text.startswith("-")
    found = _times(text.removeprefix("-").removeprefix("+"), 100)
    return None if found is None else (-1 if negative else 1) * found / 10_000


def _times(text: str, times: int) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return round(number * times) if 0 <= number < 1e12 else None


def lines_of(
    request: WorkspaceRequest,
    creators: Sequence[Creator],
    uplift: Mapping[str, Mapping[str, Any]],
    *,
    with_audience: bool = False,
) -> tuple[list[Line], Any]:
    """Creators as this workspace may see them, on one axis of uplift."""
    estimates = {handle: estimate(row) for handle, row in uplift.items()}
    axis = axis_of(list(estimates.values()))
    most = max((row["impressions"] or 0 for row in uplift.values()), default=0)
    shares = audience_of(creators) if with_audience else {}
    language = get_language() or "en"
    lines = []
    for creator in creators:
        row = uplift.get(creator.handle)
        exactly = sees_exactly(request, creator)
        lines.append(
            Line(
                creator=creator,
                facts=row or NO_FACTS,
                has_facts=row is not None,
                limits=limits_of(row, language) if row else "",
                mark=mark_of(estimates[creator.handle], axis, impressions_max=most)
                if row
                else None,
                average_views=told_count(creator.average_views, exactly=exactly),
                engagement=told_count(creator.engagement_bps, exactly=exactly),
                audience=tuple(
                    (one.dimension, one.value, told_share(one.share_bps, exactly=exactly))
                    for one in shares.get(creator.pk, ())
                ),
                is_own=creator.workspace_id is not None,
            )
        )
    return lines, axis


def audience_of(creators: Sequence[Creator]) -> dict[str, list[AudienceShare]]:
    shares: dict[str, list[AudienceShare]] = {}
    found = AudienceShare.objects.filter(creator__in=creators)
    for share in found.order_by("dimension", "-share_bps"):
        shares.setdefault(share.creator_id, []).append(share)
    return shares


def sees_exactly(request: WorkspaceRequest, creator: Creator) -> bool:
    owner = creator.workspace.number if creator.workspace else None
    return may_see_exactly(
        owner=owner, viewer=request.workspace.number, has_consent=creator.shares_exact_figures
    )


@require_GET
def compare(request: WorkspaceRequest) -> HttpResponse:
    """Up to five creators side by side."""
    chosen = list(dict.fromkeys(request.GET.getlist("creator")))[:COMPARED_MAX]
    found = known_creators(request.workspace).filter(pk__in=chosen).select_related("workspace")
    by_id = {creator.pk: creator for creator in found}
    creators = [by_id[pk] for pk in chosen if pk in by_id]
    rows = facts_of([c.pk for c in creators], facts(question_for(request)))
    lines, axis = lines_of(request, creators, rows, with_audience=True)
    context = {
        "lines": lines,
        "axis": axis,
        "too_many": len(set(request.GET.getlist("creator"))) > COMPARED_MAX,
        "most": COMPARED_MAX,
        "shows_dates": True,
    }
    return render(request, "web/recruiting/compare.html", context)


@writers_only
@require_POST
def learn(request: WorkspaceRequest) -> HttpResponse:
    """Add the creators that exports and links name on the chosen days."""
    learnt = learn_from_facts(
        lake(), question=question_for(request), workspace=request.workspace, now=now()
    )
    messages.success(request, _("%(n)s creators were added from your files.") % {"n": learnt})
    return redirect("find_creators")
