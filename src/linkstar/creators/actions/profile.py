"""A creator's own record: profile, channels, audience, prices, consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import choice

from django.db import transaction
from django.db.models import F

from linkstar.accounts.models import User
from linkstar.catalog.tree import category_path
from linkstar.creators.models import AudienceShare, Channel, Consent, Creator, RateCardItem
from linkstar.creators.rules import check_audience, handle_of, state_after, tier_of
from linkstar.money.amounts import Money

EXACT_FIGURES = "exact_figures"
"""The scope of the consent to show figures as they are rather than as ranges."""
_READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a creator says about themselves."""

    name: str
    about: str
    region: str
    languages: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """One line of a rate card."""

    kind: str
    price: Money
    videos: int = 1
    days: int | None = None
    commission_bps_min: int | None = None


@transaction.atomic
def open_profile(*, user: User, now: datetime) -> Creator:
    """The person's own record; an empty one is made the first time."""
    creator, is_new = Creator.objects.get_or_create(
        user=user, defaults={"handle": "", "created_at": now, "code": _new_code()}
    )
    if not is_new and not creator.code:
        creator.code = _new_code()
        creator.save(update_fields=["code"])
    return creator


def _new_code() -> str:
    return "LS-" + "".join(choice(_READABLE) for _ in range(6))


@transaction.atomic
def change_profile(*, creator: Creator, profile: Profile) -> Creator:
    """Replace what the creator says about themselves; the verification of channels stays."""
    creator.name = profile.name.strip()
    creator.about = profile.about.strip()
    creator.region = profile.region
    creator.languages = sorted(set(profile.languages))
    creator.categories = sorted({category_path(path) for path in profile.categories} - {""})
    creator.save(update_fields=["name", "about", "region", "languages", "categories"])
    return creator


@transaction.atomic
def bind_channel(
    *,
    creator: Creator,
    channel: str,
    stated_handle: str,
    followers: int | None,
    average_views: int | None,
    engagement_bps: int | None,
    stated_on: date,
    url: str = "",
) -> Channel:
    """Name a channel, or state its figures anew.

    The creator's handle is that of the channel with the most followers. A verified creator whose
    handle would change is looked at again before sellers can find them.

    Raises:
        HandleRefused: not a handle.
    """
    handle = handle_of(stated_handle)
    bound, _ = Channel.objects.update_or_create(
        creator=creator,
        channel=channel,
        handle=handle,
        defaults={
            "url": url,
            "followers": followers,
            "average_views": average_views,
            "engagement_bps": engagement_bps,
            "stated_on": stated_on,
        },
    )
    summarise(creator)
    return bound


@transaction.atomic
def unbind_channel(*, channel: Channel) -> None:
    """Take a channel away; see `bind_channel` for what that means for a verified creator."""
    creator = channel.creator
    channel.delete()
    summarise(creator)


def summarise(creator: Creator) -> Creator:
    """Repeat the largest channel and the rate card in the creator's own row."""
    order = F("followers").desc(nulls_last=True)
    largest = Channel.objects.filter(creator=creator).order_by(order, "pk").first()
    handle = largest.handle if largest else creator.handle if creator.workspace_id else ""
    if creator.user_id and creator.state == Creator.State.VERIFIED and handle != creator.handle:
        creator.state = state_after(creator.state, "rebind")
    creator.handle = handle
    creator.followers = largest.followers if largest else None
    creator.average_views = largest.average_views if largest else None
    creator.engagement_bps = largest.engagement_bps if largest else None
    creator.tier = tier_of(creator.followers)
    video = (
        RateCardItem.objects.filter(creator=creator, kind=RateCardItem.Kind.VIDEO)
        .order_by("-valid_from_on", "-pk")
        .first()
    )
    creator.video_price_minor = video.price_minor if video else None
    creator.currency = video.currency if video else creator.currency
    creator.commission_bps_min = video.commission_bps_min if video else None
    creator.save()
    return creator


@transaction.atomic
def set_audience(*, creator: Creator, shares: Sequence[tuple[str, str, int]]) -> None:
    """Replace the audience: (dimension, value, share in basis points).

    Raises:
        AudienceRefused: the shares of a dimension are more than everybody.
    """
    check_audience(shares)
    AudienceShare.objects.filter(creator=creator).delete()
    AudienceShare.objects.bulk_create(
        AudienceShare(creator=creator, dimension=dimension, value=value, share_bps=share_bps)
        for dimension, value, share_bps in shares
    )


@transaction.atomic
def set_rates(*, creator: Creator, prices: Sequence[Price], valid_from_on: date) -> None:
    """The rate card from a day on; what was asked for before is kept beside it."""
    RateCardItem.objects.filter(creator=creator, valid_from_on=valid_from_on).delete()
    RateCardItem.objects.bulk_create(
        RateCardItem(
            creator=creator,
            kind=price.kind,
            videos=price.videos,
            days=price.days,
            price_minor=price.price.minor,
            currency=price.price.currency,
            commission_bps_min=price.commission_bps_min,
            valid_from_on=valid_from_on,
        )
        for price in prices
    )
    summarise(creator)


@transaction.atomic
def give_consent(*, creator: Creator, is_given: bool, user: User, now: datetime) -> Creator:
    """Say whether sellers see exact figures; every word is kept, the latest counts."""
    Consent.objects.create(
        creator=creator, scope=EXACT_FIGURES, is_given=is_given, user=user, at=now
    )
    creator.shares_exact_figures = is_given
    creator.save(update_fields=["shares_exact_figures"])
    return creator
