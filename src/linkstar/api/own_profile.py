"""A creator's own profile: channels, audience, rate card, consent, and handing it in."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import PROMOTER_READS, PROMOTER_WRITES, promoter_of
from linkstar.api.moves import BY_USER, Kind, Move, offer_moves
from linkstar.api.shapes import Amount, Asked, AskedAmount, Bps, Text, Url, Written
from linkstar.connectors.creator_import import LANGUAGES, REGIONS
from linkstar.creators import actions
from linkstar.creators.actions import Profile
from linkstar.creators.actions.profile import Price
from linkstar.creators.models import Channel, Creator
from linkstar.events.vocabulary import Channel as ChannelName

router = Router()
LANGUAGE_CODES, REGION_CODES = ("|".join(sorted(set(e.values()))) for e in (LANGUAGES, REGIONS))
Language = Annotated[str, Field(pattern=rf"^({LANGUAGE_CODES})$")]
Region = Annotated[str, Field(pattern=rf"^({REGION_CODES})?$")]
Category = Annotated[Text, Field(min_length=1, max_length=300)]
Many = Annotated[int, Field(ge=0, le=10**12)]


class OwnChannelTold(Schema):
    """A channel with its figures as they were stated."""

    id: int
    channel: str
    handle: str
    url: str
    followers: int | None
    average_views: int | None
    engagement_bps: int | None
    stated_on: date | None
    verified_at: datetime | None


class OwnShareTold(Schema):
    """The share of one part of the audience."""

    dimension: str
    value: str
    share_bps: int


class OwnPriceTold(Schema):
    """One line of the rate card."""

    kind: str
    price: Amount
    videos: int
    days: int | None
    commission_bps_min: int | None
    valid_from_on: date


class OwnProfileTold(Schema):
    """The creator's record as they see it; `code` goes into a channel's bio to verify it.

    `shares_exact_figures` says whether sellers see figures as they are, rather than ranges.
    """

    id: str
    handle: str
    state: str
    state_reason: str
    code: str
    name: str
    about: str
    region: str
    languages: list[str]
    categories: list[str]
    tier: str
    shares_exact_figures: bool
    channels: list[OwnChannelTold]
    audience: list[OwnShareTold]
    rate_card: list[OwnPriceTold]


class ProfileAsked(Asked):
    """What the creator says about themselves; it replaces what was said before."""

    name: Annotated[Text, Field(min_length=1, max_length=200)]
    about: Annotated[Written, Field(max_length=2_000)] = ""
    region: Region = ""
    languages: Annotated[tuple[Language, ...], Field(max_length=50)] = ()
    categories: Annotated[tuple[Category, ...], Field(max_length=50)] = ()

    def facts(self) -> dict[str, Any]:
        return {"profile": Profile(**self.dict())}


class ChannelAsked(Asked):
    """A channel by its handle or address, with its figures as of today."""

    channel: ChannelName
    stated_handle: Annotated[Text, Field(min_length=1, max_length=200)]
    url: Annotated[Url, Field(max_length=500)] | Literal[""] = ""
    followers: Many | None = None
    average_views: Many | None = None
    engagement_bps: Bps | None = None


class ChannelNamed(Asked):
    """Which channel, by its id here."""

    channel_id: Annotated[int, Field(ge=1, le=2**53)]


class ShareAsked(Asked):
    """The share of one part of the audience."""

    dimension: Literal["gender", "age"]
    value: Literal["female", "male", "18-24", "25-34", "35-44", "45-54", "55+"]
    share_bps: Bps


class AudienceAsked(Asked):
    """The whole audience; what is left out is not stated any more."""

    shares: Annotated[tuple[ShareAsked, ...], Field(max_length=7)]

    def facts(self) -> dict[str, Any]:
        said = {(one.dimension, one.value): one.share_bps for one in self.shares}
        return {"shares": [(*about, share) for about, share in said.items()]}


class PriceAsked(Asked):
    """One line of the rate card."""

    kind: Literal["video", "live", "package"]
    price: AskedAmount
    videos: Annotated[int, Field(ge=1, le=1_000)] = 1
    days: Annotated[int, Field(ge=1, le=1_000)] | None = None
    commission_bps_min: Bps | None = None

    def facts(self) -> dict[str, Any]:
        return self.dict() | {"price": self.price.money()}


class RatesAsked(Asked):
    """The rate card from today on; what was asked for before is kept beside it."""

    prices: Annotated[tuple[PriceAsked, ...], Field(min_length=1, max_length=20)]

    def facts(self) -> dict[str, Any]:
        return {"prices": [Price(**one.facts()) for one in self.prices]}


class ConsentAsked(Asked):
    """Whether sellers may see exact figures; every word is kept, the latest counts."""

    is_given: bool


def told(one: Creator) -> OwnProfileTold:
    names = (
        "id", "handle", "state", "state_reason", "code", "name", "about", "region", "languages",
        "categories", "tier", "shares_exact_figures",
    )  # fmt: skip
    of_channel = (
        "id", "channel", "handle", "url", "followers", "average_views", "engagement_bps",
        "stated_on", "verified_at",
    )  # fmt: skip
    of_price = ("kind", "videos", "days", "commission_bps_min", "valid_from_on")
    return OwnProfileTold(
        channels=[
            OwnChannelTold(**{name: getattr(channel, name) for name in of_channel})
            for channel in one.channels.order_by("pk")
        ],
        audience=[
            OwnShareTold(dimension=each.dimension, value=each.value, share_bps=each.share_bps)
            for each in one.audience.order_by("pk")
        ],
        rate_card=[
            OwnPriceTold(
                price=Amount(minor=each.price_minor, currency=each.currency),
                **{name: getattr(each, name) for name in of_price},
            )
            for each in one.rate_card.order_by("-valid_from_on", "pk")
        ],
        **{name: getattr(one, name) for name in names},
    )


def _own(request: HttpRequest, _: object) -> Creator:
    """The caller's record as it is now."""
    return Creator.objects.get(pk=promoter_of(request).creator.pk)


@router.get("me/profile", response=OwnProfileTold, auth=PROMOTER_READS)
def own_profile(request: HttpRequest) -> OwnProfileTold:
    """The creator's own record."""
    return told(_own(request, ""))


def _change(*, creator: Creator, profile: Profile, now: datetime) -> None:
    del now
    actions.change_profile(creator=creator, profile=profile)


def _bind(*, creator: Creator, now: datetime, **said: Any) -> None:
    actions.bind_channel(creator=creator, stated_on=now.date(), **said)


def _unbind(*, creator: Creator, channel_id: int, now: datetime) -> None:
    del now
    actions.unbind_channel(channel=get_object_or_404(Channel, creator=creator, pk=channel_id))


def _set_audience(*, creator: Creator, shares: list[tuple[str, str, int]], now: datetime) -> None:
    del now
    actions.set_audience(creator=creator, shares=shares)


def _set_rates(*, creator: Creator, prices: list[Price], now: datetime) -> None:
    actions.set_rates(creator=creator, prices=prices, valid_from_on=now.date())


offer_moves(
    router,
    Kind("profile", "me/profile", _own, lambda _, one: told(one), OwnProfileTold, "creator"),
    (
        Move(
            "change", "Say anew who one is; the verification of channels stays.", _change,
            PROMOTER_WRITES, ProfileAsked, hands={}, logs="profile.changed",
        ),
        Move(
            "bind-channel", "Name a channel, or state its figures anew.", _bind, PROMOTER_WRITES,
            ChannelAsked, hands={}, logs="profile.channel_bound",
        ),
        Move(
            "unbind-channel", "Take a channel away.", _unbind, PROMOTER_WRITES, ChannelNamed,
            hands={}, logs="profile.channel_unbound",
        ),
        Move(
            "audience", "State the audience anew.", _set_audience, PROMOTER_WRITES,
            AudienceAsked, hands={}, logs="profile.audience",
        ),
        Move(
            "rates", "State the rate card from today on.", _set_rates, PROMOTER_WRITES,
            RatesAsked, hands={}, logs="profile.rates",
        ),
        Move(
            "consent", "Say whether sellers see exact figures.", actions.give_consent,
            PROMOTER_WRITES, ConsentAsked, hands=BY_USER, logs="profile.consent",
        ),
        Move(
            "submit", "Hand the profile in; a person looks at it.", actions.submit,
            PROMOTER_WRITES, hands={}, logs="profile.submit",
        ),
    ),
)  # fmt: skip
