"""Creators a company can find: search, one record, lists, notes, and whom to ask for a product."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.api.calling import READS, WRITES, Seller, log, now, seller_of
from linkstar.api.figures import Asking, Row, row_told
from linkstar.api.paging import AskedPiece, page_of, page_of_things
from linkstar.api.products import own_product
from linkstar.api.repeating import once
from linkstar.api.shapes import Amount, Asked, Bps, Forgotten, Minor, Name, Number, Page, Text
from linkstar.catalog.queries import day_of
from linkstar.creators.actions import (
    add_to_list,
    delete_list,
    make_list,
    remove_from_list,
    write_note,
)
from linkstar.creators.models import Creator, CreatorList, CreatorNote
from linkstar.creators.queries import Wanted, lists_of
from linkstar.creators.rules import Range, may_see_exactly, told_count, told_share
from linkstar.insights.queries import uplift
from linkstar.insights.questions import By
from linkstar.recommendations.actions import recommend_for
from linkstar.recommendations.models import Recommendation, RecommendationPlace
from linkstar.recommendations.queries import latest_for, places_of
from linkstar.recommendations.search import Asked as AskedSearch
from linkstar.recommendations.search import facts_of, search
from linkstar.recruiting.queries import known_creators
from linkstar.web.facts import lake

router = Router()
EVERYBODY = 10**6
"""As many as one search may find; the pieces are cut from it."""
CreatorIds = Annotated[tuple[Text, ...], Field(min_length=1, max_length=500)]
Few = Annotated[Text, Field(max_length=10)]


class Told(Schema):
    """A figure: exact, or a range where the creator shows no more; null when not stated."""

    exactly: int | None
    at_least: int | None
    less_than: int | None

    @classmethod
    def of(cls, figure: int | Range | None) -> "Told":
        if isinstance(figure, Range):
            return cls(exactly=None, at_least=figure.low, less_than=figure.high)
        return cls(exactly=figure, at_least=figure, less_than=None)


class ShareTold(Schema):
    """What share of followers is of one gender, age or place, in basis points."""

    dimension: str
    value: str
    share_bps: Told


class CreatorTold(Schema):
    """One creator as this company may see them; `uplift` is what its own facts say.

    `is_own` is a record of the company's own; others signed up themselves.
    """

    id: str
    handle: str
    name: str
    is_own: bool
    state: str
    tier: str
    region: str
    languages: list[str]
    categories: list[str]
    followers: int | None
    average_views: Told
    engagement_bps: Told
    video_price: Amount | None
    commission_bps_min: int | None
    uplift: Row | None


class ChannelTold(Schema):
    """Where a creator publishes."""

    channel: str
    handle: str
    url: str
    followers: int | None
    stated_on: date | None
    verified_at: datetime | None


class PriceTold(Schema):
    """What a creator asks for one video, one LIVE or one package."""

    kind: str
    videos: int
    days: int | None
    price: Amount
    commission_bps_min: int | None
    valid_from_on: date


class CreatorInFull(CreatorTold):
    """One creator with channels, audience and rate card."""

    about: str
    channels: list[ChannelTold]
    audience: list[ShareTold]
    rate_card: list[PriceTold]


class CreatorsWanted(Asking):
    """What is wanted of a creator, and over which days and shops their uplift is told.

    A record that does not state a figure is not found by a filter on it.
    """

    by: Literal[By.CREATOR] = By.CREATOR
    q: Annotated[Text, Field(max_length=120)] = ""
    followers_min: Minor | None = None
    followers_max: Minor | None = None
    in_category: Annotated[Text, Field(max_length=300)] = ""
    language: Few = ""
    region: Few = ""
    tier: Few = ""
    engagement_bps_min: Bps | None = None
    price_minor_max: Minor | None = None
    list_id: Number | None = None
    worked_with: bool | None = None
    has_facts: bool = False
    uplift_low_min: Annotated[float, Field(ge=-1, le=1_000)] | None = None
    sort: Literal["low", "uplift", "impressions", "followers", "price", "name"] = "low"


class NoteTold(Schema):
    """What the company wrote down about a creator; nobody else sees it."""

    id: int
    text: str
    by: str | None
    at: datetime


class NewNote(Asked):
    """Something to write down."""

    text: Annotated[Text, Field(min_length=1, max_length=4_000)]


class ListTold(Schema):
    """A list of creators the company keeps."""

    id: int
    name: str
    creators: int
    created_at: datetime


class NewList(Asked):
    """A list to begin."""

    name: Name


class Chosen(Asked):
    """Creators by their ids."""

    creator_ids: CreatorIds


class PlaceTold(Schema):
    """One creator on the list, with the numbers behind the place and the reasons, as codes."""

    position: int
    creator_id: str
    handle: str
    name: str
    score: float
    is_exploration: bool
    probability: float
    reasons: list[str]
    figures: dict[str, float | int | str | None]
    used_at: datetime | None


class RecommendationTold(Schema):
    """Whom to ask for a product, as the day's list says."""

    id: str
    product_id: int
    on: date
    number: int
    rules_version: int
    candidates: int
    with_facts: int
    benchmark_id: str | None
    created_at: datetime
    places: list[PlaceTold]


class _Facts:
    """What the company's own facts say of its creators."""

    def __init__(self, seller: Seller, asked: Asking) -> None:
        self.seller, self.confidence = seller, asked.confidence
        self.answer = uplift(lake(), asked.question(seller))

    def told(self, row: dict[str, Any] | None) -> Row | None:
        return None if row is None else row_told(row, self.answer, self.seller, self.confidence)


def _told(creator: Creator, seller: Seller, row: Row | None) -> CreatorTold:
    exactly = _sees_exactly(creator, seller)
    return CreatorTold(
        id=creator.id,
        handle=creator.handle,
        name=creator.name,
        is_own=creator.workspace_id is not None,
        state=creator.state,
        tier=creator.tier,
        region=creator.region,
        languages=creator.languages,
        categories=creator.categories,
        followers=creator.followers,
        average_views=Told.of(told_count(creator.average_views, exactly=exactly)),
        engagement_bps=Told.of(told_count(creator.engagement_bps, exactly=exactly)),
        video_price=Amount.stated(creator.video_price_minor, creator.currency),
        commission_bps_min=creator.commission_bps_min,
        uplift=row,
    )


def _sees_exactly(creator: Creator, seller: Seller) -> bool:
    viewer = seller.workspace.number
    return may_see_exactly(
        owner=viewer if creator.workspace_id else None,  # others' records are never found
        viewer=viewer,
        has_consent=creator.shares_exact_figures,
    )


def known_creator(seller: Seller, creator_id: str) -> Creator:
    """A creator whose record the company may open.

    Raises:
        Http404: it may not.
    """
    return get_object_or_404(known_creators(seller.workspace), pk=creator_id)


def known_creators_named(seller: Seller, creator_ids: tuple[str, ...]) -> list[Creator]:
    """Creators the company may open, in the order they are named.

    Raises:
        Http404: one of them it may not.
    """
    found = {one.pk: one for one in known_creators(seller.workspace).filter(pk__in=creator_ids)}
    if len(found) < len(set(creator_ids)):
        raise Http404
    return [found[one] for one in dict.fromkeys(creator_ids)]


@router.get("creators", response=Page[CreatorTold], auth=READS)
def creators(
    request: HttpRequest, piece: AskedPiece, wanted: Query[CreatorsWanted]
) -> Page[CreatorTold]:
    """Creators the company can find: those who signed up and are verified, and its own records."""
    seller = seller_of(request)
    if wanted.list_id:
        own_list(seller, wanted.list_id)
    facts = _Facts(seller, wanted)
    asked = AskedSearch(
        wanted=Wanted(
            text=wanted.q,
            category=wanted.in_category,
            **{
                name: getattr(wanted, name)
                for name in (
                    "followers_min", "followers_max", "language", "region", "tier",
                    "engagement_bps_min", "price_minor_max", "list_id",
                )
            },
        ),
        worked_with=wanted.worked_with,
        low_min=wanted.uplift_low_min,
        has_facts=wanted.has_facts,
        sort=wanted.sort,
        size=EVERYBODY,
    )  # fmt: skip
    found = search(seller.workspace, asked, facts.answer.rows)
    return page_of_things(
        found.creators,
        piece,
        lambda one: _told(one, seller, facts.told(found.uplift.get(one.handle))),
    )


@router.get("creators/{creator_id}", response=CreatorInFull, auth=READS)
def creator(request: HttpRequest, creator_id: str) -> CreatorInFull:
    """One creator with channels, audience and rate card."""
    seller = seller_of(request)
    found = known_creator(seller, creator_id)
    facts = _Facts(seller, Asking())
    row = facts_of([found.pk], facts.answer.rows).get(found.handle)
    exactly = _sees_exactly(found, seller)
    return CreatorInFull(
        **_told(found, seller, facts.told(row)).dict(),
        about=found.about,
        channels=[
            ChannelTold(
                channel=one.channel,
                handle=one.handle,
                url=one.url,
                followers=one.followers,
                stated_on=one.stated_on,
                verified_at=one.verified_at,
            )
            for one in found.channels.order_by("pk")
        ],
        audience=[
            ShareTold(
                dimension=one.dimension,
                value=one.value,
                share_bps=Told.of(told_share(one.share_bps, exactly=exactly)),
            )
            for one in found.audience.order_by("dimension", "-share_bps", "pk")
        ],
        rate_card=[
            PriceTold(
                kind=one.kind,
                videos=one.videos,
                days=one.days,
                price=Amount(minor=one.price_minor, currency=one.currency),
                commission_bps_min=one.commission_bps_min,
                valid_from_on=one.valid_from_on,
            )
            for one in found.rate_card.order_by("-valid_from_on", "kind", "videos", "pk")
        ],
    )


@router.get("creators/{creator_id}/notes", response=Page[NoteTold], auth=READS)
def creator_notes(request: HttpRequest, creator_id: str, piece: AskedPiece) -> Page[NoteTold]:
    """What the company wrote down about the creator, the latest first."""
    seller = seller_of(request)
    found = known_creator(seller, creator_id)
    notes = CreatorNote.objects.filter(
        workspace=seller.workspace, creator__handle=found.handle
    ).select_related("user")
    return page_of(notes, piece, _note_told, by=("-at", "-pk"))


@router.post("creators/{creator_id}/notes", response={201: NoteTold}, auth=WRITES)
@once
def note_creator(request: HttpRequest, creator_id: str, asked: NewNote) -> NoteTold:
    """Write something down that only the company reads."""
    seller = seller_of(request)
    found = known_creator(seller, creator_id)
    note = write_note(
        workspace=seller.workspace, creator=found, user=seller.user, text=asked.text, now=now()
    )
    return _note_told(note)


def _note_told(note: CreatorNote) -> NoteTold:
    return NoteTold(
        id=note.pk, text=note.text, by=note.user.email if note.user else None, at=note.at
    )


def own_list(seller: Seller, list_id: int) -> CreatorList:
    """A list of the company's.

    Raises:
        Http404: it has none of this number.
    """
    return get_object_or_404(lists_of(seller.workspace), pk=list_id)


def _list_told(kept: CreatorList) -> ListTold:
    return ListTold(
        id=kept.pk, name=kept.name, creators=kept.creators.count(), created_at=kept.created_at
    )


@router.get("creator-lists", response=Page[ListTold], auth=READS)
def creator_lists(request: HttpRequest, piece: AskedPiece) -> Page[ListTold]:
    """The company's lists, by name."""
    return page_of(lists_of(seller_of(request).workspace), piece, _list_told, by=("name", "pk"))


@router.post("creator-lists", response={201: ListTold}, auth=WRITES)
@once
def make_creator_list(request: HttpRequest, asked: NewList) -> ListTold:
    """Begin a list."""
    made = make_list(workspace=seller_of(request).workspace, name=asked.name, now=now())
    return _list_told(made)


@router.post("creator-lists/{list_id}/add", response=ListTold, auth=WRITES)
@once
def add_creators(request: HttpRequest, list_id: Number, asked: Chosen) -> ListTold:
    """Put creators on a list; those on it stay once."""
    seller = seller_of(request)
    kept = own_list(seller, list_id)
    add_to_list(kept=kept, creators=known_creators_named(seller, asked.creator_ids))
    return _list_told(kept)


@router.post("creator-lists/{list_id}/remove", response=ListTold, auth=WRITES)
@once
def remove_creators(request: HttpRequest, list_id: Number, asked: Chosen) -> ListTold:
    """Take creators off a list."""
    seller = seller_of(request)
    kept = own_list(seller, list_id)
    remove_from_list(kept=kept, creators=known_creators_named(seller, asked.creator_ids))
    return _list_told(kept)


@router.post("creator-lists/{list_id}/delete", response=Forgotten, auth=WRITES)
@once
def delete_creator_list(request: HttpRequest, list_id: Number) -> Forgotten:
    """Keep a list no more; the creators on it stay."""
    delete_list(kept=own_list(seller_of(request), list_id))
    return Forgotten(id=list_id)


@router.get("products/{product_id}/recommendation", response=RecommendationTold, auth=READS)
def recommendation(request: HttpRequest, product_id: Number) -> RecommendationTold:
    """The day's newest list for a product; not there before it was made."""
    seller = seller_of(request)
    product = own_product(seller, product_id)
    found = latest_for(product, on=day_of(product.shop, now()))
    if found is None:
        raise Http404
    return _recommendation_told(found, seller)


@router.post(
    "products/{product_id}/recommendation", response={201: RecommendationTold}, auth=WRITES
)
@once
def make_recommendation(request: HttpRequest, product_id: Number) -> RecommendationTold:
    """Make the day's list, or make it again after new facts came in."""
    seller = seller_of(request)
    product = own_product(seller, product_id)
    at = now()
    made = recommend_for(lake(), product=product, on=day_of(product.shop, at), now=at)
    log(request, "recommendation.made", made.id, product=product.external_id)
    return _recommendation_told(made, seller)


def _recommendation_told(found: Recommendation, seller: Seller) -> RecommendationTold:
    return RecommendationTold(
        id=found.id,
        product_id=found.product_id,
        on=found.on,
        number=found.number,
        rules_version=found.rules_version,
        candidates=found.candidates,
        with_facts=found.with_facts,
        benchmark_id=found.benchmark_id or None,
        created_at=found.created_at,
        places=[_place_told(place) for place in places_of(found, seller.workspace)],
    )


def _place_told(place: RecommendationPlace) -> PlaceTold:
    return PlaceTold(
        position=place.position,
        creator_id=place.creator_id,
        handle=place.creator.handle,
        name=place.creator.name,
        score=place.score,
        is_exploration=place.is_exploration,
        probability=place.probability,
        reasons=place.reasons,
        figures=place.figures,
        used_at=place.used_at,
    )
