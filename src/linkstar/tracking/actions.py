"""Making links and keys; each change is told to the collector before the call returns."""

import secrets
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from linkstar.accounts.row_security import everything_in_sight
from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.collector.registry import Link, PostbackKey, Registry, digest_of_key, write_registry
from linkstar.collector.registry import WriteKey as CollectorKey
from linkstar.collector.sub_ids import sign_sub_id
from linkstar.tracking.models import KeyKind, ShopHost, TrackedLink, WriteKey
from linkstar.tracking.queries import links_resting_on
from linkstar.tracking.rules import HostInUse, LinkOver, check_destination, check_host
from linkstar.tracking.secrets import postback_secrets, sub_id_keys

LINKS_AT_ONCE = 10_000


def allow_host(*, shop: Shop, host: str, now: datetime, registry: Path | None = None) -> ShopHost:
    """Let the shop's links lead to this host; allowing it twice changes nothing.

    Given the registry, landing pages on it may use the shop's page keys at once.

    Raises:
        DestinationRefused: not a host name.
    """
    allowed, _ = ShopHost.objects.get_or_create(
        shop=shop, host=check_host(host), defaults={"created_at": now}
    )
    if registry:
        publish_registry(registry)
    return allowed


def take_off_host(
    *, allowed: ShopHost, links: int, registry: Path, now: datetime
) -> list[TrackedLink]:
    """Let nothing of the shop lead to this host any more, and stop the links that do.

    What another host on the list covers goes on. Landing pages on the host may use the shop's page
    keys no longer.

    Args:
        allowed: the host on the shop's list.
        links: how many running links whoever asks was told of, and wants stopped.
        registry: through which the collector learns of it.
        now: the instant.

    Returns:
        The links that were stopped.

    Raises:
        HostInUse: it is another number of links; nothing was done.
    """
    with transaction.atomic():
        _hosts_held(allowed.shop)
        stopped = links_resting_on(allowed, now=now)
        if len(stopped) != links:
            raise HostInUse(len(stopped))
        for some in batched(stopped, LINKS_AT_ONCE):
            ids = [link.id for link in some]
            TrackedLink.objects.filter(id__in=ids).update(stopped_at=now)
        allowed.delete()
    publish_registry(registry)
    return stopped


def _hosts_held(shop: Shop) -> frozenset[str]:
    """The shop's hosts, none of which is taken off before the transaction is done."""
    held = ShopHost.objects.select_for_update().filter(shop=shop)
    return frozenset(held.values_list("host", flat=True))


def make_link(
    *,
    shop: Shop,
    destination: str,
    registry: Path,
    now: datetime,
    creator: str = "",
    content_id: str = "",
    content_type: str = "video",
    product_id: str = "",
    variant: str = "",
    channel: str = "tiktok",
    collaboration_id: str = "",
    passes_click: bool = False,
    expires_at: datetime | None = None,
) -> TrackedLink:
    """A new link; its destination never changes.

    Raises:
        DestinationRefused: the shop's links may not lead there.
        LinkOver: it would have ended by now.
    """
    if expires_at is not None and expires_at <= now:
        raise LinkOver(expires_at)
    with transaction.atomic():
        link = TrackedLink.objects.create(
            shop=shop,
            destination=check_destination(destination, _hosts_held(shop)),
            creator=creator,
            content_id=content_id,
            content_type=content_type,
            product_id=product_id,
            variant=variant,
            channel=channel,
            collaboration_id=collaboration_id,
            passes_click=passes_click,
            expires_at=expires_at,
            created_at=now,
        )
    publish_registry(registry)
    return link


def stop_link(*, link: TrackedLink, registry: Path, now: datetime) -> TrackedLink:
    """The link no longer leads anywhere; what it counted stays."""
    link.stopped_at = link.stopped_at or now
    link.save(update_fields=["stopped_at"])
    publish_registry(registry)
    return link


def make_key(
    *, shop: Shop, name: str, registry: Path, now: datetime, kind: str = KeyKind.SERVER
) -> tuple[WriteKey, str]:
    """A new key, and the secret to show now: afterwards only a page's key can be looked up."""
    if kind == KeyKind.POSTBACK:
        return _make_postback_key(shop=shop, name=name, registry=registry, now=now)
    is_public = kind == KeyKind.PAGE
    key = f"{'ls_page' if is_public else 'ls_live'}_{secrets.token_urlsafe(32)}"
    made = WriteKey.objects.create(
        shop=shop,
        name=name,
        kind=kind,
        shown_start=key[:14],
        public_key=key if is_public else "",
        digest=digest_of_key(key),
        created_at=now,
    )
    publish_registry(registry)
    return made, key


def _make_postback_key(
    *, shop: Shop, name: str, registry: Path, now: datetime
) -> tuple[WriteKey, str]:
    made = WriteKey(shop=shop, name=name, kind=KeyKind.POSTBACK, created_at=now)
    secret = postback_secrets(made.id)[0]
    made.shown_start = secret[:10]
    made.digest = digest_of_key(secret)
    made.save()
    publish_registry(registry)
    return made, secret


def sub_id_for(link: TrackedLink, text: str, *, expires_at: datetime) -> str:
    """A signed sub-id of this link, to stand behind `?s=`."""
    key_id, key = next(iter(sub_id_keys().items()))
    until = int(expires_at.timestamp())
    return sign_sub_id(text, token=link.token, expires_at=until, key=key, key_id=key_id)


def revoke_key(*, key: WriteKey, registry: Path, now: datetime) -> WriteKey:
    """The key no longer writes."""
    key.revoked_at = key.revoked_at or now
    key.save(update_fields=["revoked_at"])
    publish_registry(registry)
    return key


@everything_in_sight()
def publish_registry(path: Path) -> None:
    """Write everything the collector may follow and accept into its one file."""
    keys = WriteKey.objects.filter(revoked_at=None).select_related("shop__workspace")
    write_registry(
        path,
        Registry(
            links=_links(),
            keys=_keys(keys.exclude(kind=KeyKind.POSTBACK)),
            postback_keys={
                key.id: PostbackKey(
                    shop=key.shop.number,
                    workspace=key.shop.workspace.number,
                    secrets=postback_secrets(key.id),
                )
                for key in keys.filter(kind=KeyKind.POSTBACK)
            },
            sub_id_keys={name: key.hex() for name, key in sub_id_keys().items()},
        ),
    )


def _links() -> dict[str, Link]:
    links = TrackedLink.objects.filter(stopped_at=None).select_related("shop__workspace")
    return {
        link.token: Link(
            shop=link.shop.number,
            workspace=link.shop.workspace.number,
            destination=link.destination,
            expires_at=link.expires_at.timestamp() if link.expires_at else None,
            passes_click=link.passes_click,
        )
        for link in links.iterator()
    }


def _keys(keys: QuerySet[WriteKey]) -> dict[str, CollectorKey]:
    hosts: defaultdict[int, list[str]] = defaultdict(list)
    for shop, host in ShopHost.objects.order_by("host").values_list("shop__number", "host"):
        hosts[shop].append(host)
    return {
        key.digest: CollectorKey(
            shop=key.shop.number,
            workspace=key.shop.workspace.number,
            is_public=key.kind == KeyKind.PAGE,
            hosts=tuple(hosts[key.shop.number]) if key.kind == KeyKind.PAGE else (),
        )
        for key in keys
    }
