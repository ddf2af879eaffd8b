"""A seller's own records of creators: learnt from facts, or read from a file."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from linkstar.accounts.models import Workspace
from linkstar.batches import batched
from linkstar.catalog.tree import category_path
from linkstar.creators.models import AudienceShare, Channel, Creator, RateCardItem, creator_ids
from linkstar.creators.rules import tier_of

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CreatorSeen:
    """What a file of facts says about one creator."""

    handle: str
    name: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class CreatorRow:
    """What a creator file says about one creator; what it leaves empty says nothing."""

    handle: str
    name: str = ""
    channel: str = "tiktok"
    url: str = ""
    region: str = ""
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    followers: int | None = None
    average_views: int | None = None
    engagement_bps: int | None = None
    video_price_minor: int | None = None
    currency: str = "USD"
    commission_bps_min: int | None = None
    audience: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the rows: added + changed + same = rows."""

    added: int
    changed: int
    same: int
    creators: tuple[Creator, ...]


@transaction.atomic
def learn_creators(*, workspace: Workspace, seen: Iterable[CreatorSeen], now: datetime) -> int:
    """Add creators that facts name to the workspace's own records; how many were new.

    A name or category somebody stated stays; an empty one is filled in.
    """
    stated = {one.handle: one for one in seen if one.handle}
    known = set(Creator.objects.filter(workspace=workspace).values_list("handle", flat=True))
    fresh = [one for handle, one in stated.items() if handle[:120] not in known]
    _insert(workspace, fresh, now)
    names = {handle: one.name for handle, one in stated.items() if one.name and handle in known}
    unnamed = Creator.objects.filter(workspace=workspace, name="") if names else ()
    named = [
        _with_name(creator, names[creator.handle]) for creator in unnamed if creator.handle in names
    ]
    Creator.objects.bulk_update(named, ["name"], batch_size=_AT_ONCE)
    return len(fresh)


def _insert(workspace: Workspace, fresh: Sequence[CreatorSeen], now: datetime) -> None:
    """By hand and in bulk: the instances of thousands would cost ten times as much as the rows.

    Whoever was added meanwhile stays as he is.
    """
    paths = {stated: category_path(stated) for stated in {one.category for one in fresh}}
    categories = {stated: json.dumps([path] if path else []) for stated, path in paths.items()}
    created_at = connection.ops.adapt_datetimefield_value(now)
    owner, verified = workspace.pk, Creator.State.VERIFIED.value
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO creators_creator (id, workspace_id, handle, name, about, region,"
            " languages, categories, tier, state, state_reason, code, currency,"
            " shares_exact_figures, created_at)"
            " VALUES (%s, %s, %s, %s, '', '', '[]', %s, '', %s, '', '', 'USD', %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                (
                    own_id,
                    owner,
                    one.handle[:120],
                    one.name[:200],
                    categories[one.category],
                    verified,
                    False,
                    created_at,
                )
                for own_id, one in zip(creator_ids(len(fresh)), fresh, strict=True)
            ],
        )


def _with_name(creator: Creator, name: str) -> Creator:
    creator.name = name[:200]
    return creator


@transaction.atomic
def save_creators(
    *, workspace: Workspace, rows: Sequence[CreatorRow], on: date, now: datetime
) -> Saved:
    """Add or change the workspace's own records; what a row leaves empty stays as it was.

    Meant for some thousand rows at a time. The same handle twice counts as said again: the later
    row wins field by field.
    """
    handles = {row.handle for row in rows}
    own = Creator.objects.filter(workspace=workspace, handle__in=handles)
    known = {creator.handle: creator for creator in own}
    fresh: dict[str, Creator] = {}
    changed: dict[str, Creator] = {}
    outcomes = Counter(
        _take(row, known, fresh, changed, workspace=workspace, now=now) for row in rows
    )
    Creator.objects.bulk_create(fresh.values(), batch_size=_AT_ONCE)
    Creator.objects.bulk_update(changed.values(), _FIELDS, batch_size=_AT_ONCE)
    _save_parts([(known[row.handle], row) for row in rows], on=on)
    return Saved(outcomes["added"], outcomes["changed"], outcomes["same"], tuple(known.values()))


_SAID = (
    "name", "region", "languages", "categories", "followers", "average_views", "engagement_bps",
    "video_price_minor", "currency", "commission_bps_min",
)  # fmt: skip
_FIELDS = (*_SAID, "tier")


def _take(
    row: CreatorRow,
    known: dict[str, Creator],
    fresh: dict[str, Creator],
    changed: dict[str, Creator],
    *,
    workspace: Workspace,
    now: datetime,
) -> str:
    """Lay one row over what is known; says what that did."""
    creator = known.get(row.handle)
    if creator is None:
        creator = Creator(
            workspace=workspace, handle=row.handle, state=Creator.State.VERIFIED, created_at=now
        )
        known[row.handle] = fresh[row.handle] = creator
        _lay(row, creator)
        return "added"
    before = [getattr(creator, name) for name in _SAID]
    _lay(row, creator)
    if before == [getattr(creator, name) for name in _SAID] and not row.audience:
        return "same"
    if row.handle not in fresh:
        changed[row.handle] = creator
    return "changed"


def _lay(row: CreatorRow, creator: Creator) -> None:
    for name in _SAID:
        stated = getattr(row, name)
        stated = sorted(set(stated)) if isinstance(stated, tuple) else stated
        is_about_money = name == "currency" and row.video_price_minor is None
        if stated not in (None, "", []) and not is_about_money:
            setattr(creator, name, stated)
    creator.tier = tier_of(creator.followers)


def _save_parts(rows: Sequence[tuple[Creator, CreatorRow]], *, on: date) -> None:
    """Channels, prices and audiences of creators whose own rows are saved."""
    channels = {(creator.pk, row.channel): _channel(creator, row, on) for creator, row in rows}
    Channel.objects.bulk_create(
        channels.values(),
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["creator", "channel", "handle"],
        update_fields=["followers", "average_views", "engagement_bps", "stated_on"],
    )
    priced = {
        creator.pk: (creator, row.video_price_minor)
        for creator, row in rows
        if row.video_price_minor is not None
    }
    video = RateCardItem.Kind.VIDEO
    for some in batched(priced, _AT_ONCE):
        RateCardItem.objects.filter(creator__in=some, kind=video, valid_from_on=on).delete()
    RateCardItem.objects.bulk_create(
        (
            RateCardItem(
                creator=creator,
                kind=video,
                price_minor=price_minor,
                currency=creator.currency,
                commission_bps_min=creator.commission_bps_min,
                valid_from_on=on,
            )
            for creator, price_minor in priced.values()
        ),
        batch_size=_AT_ONCE,
    )
    shares = {
        (creator.pk, dimension, value): AudienceShare(
            creator=creator, dimension=dimension, value=value, share_bps=share_bps
        )
        for creator, row in rows
        for dimension, value, share_bps in row.audience
    }
    AudienceShare.objects.bulk_create(
        shares.values(),
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["creator", "dimension", "value"],
        update_fields=["share_bps"],
    )


def _channel(creator: Creator, row: CreatorRow, on: date) -> Channel:
    return Channel(
        creator=creator,
        channel=row.channel,
        handle=row.handle,
        url=row.url,
        followers=creator.followers,
        average_views=creator.average_views,
        engagement_bps=creator.engagement_bps,
        stated_on=on,
    )
