"""Making links and keys; each change is told to the collector before the call returns."""

import secrets
from datetime import datetime
from pathlib import Path

from django.db import transaction

from linkstar.catalog.models import Shop
from linkstar.collector.registry import Link, Registry, digest_of_key, write_registry
from linkstar.collector.registry import WriteKey as CollectorKey
from linkstar.tracking.models import ShopHost, TrackedLink, WriteKey
from linkstar.tracking.rules import check_destination, check_host


@transaction.atomic
def allow_host(*, shop: Shop, host: str, now: datetime) -> ShopHost:
    """Let the shop's links lead to this host; allowing it twice changes nothing.

    Raises:
        DestinationRefused: not a host name.
    """
    allowed, _ = ShopHost.objects.get_or_create(
        shop=shop, host=check_host(host), defaults={"created_at": now}
    )
    return allowed


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
    expires_at: datetime | None = None,
) -> TrackedLink:
    """A new link; its destination never changes.

    Raises:
        DestinationRefused: the shop's links may not lead there.
    """
    hosts = frozenset(ShopHost.objects.filter(shop=shop).values_list("host", flat=True))
    link = TrackedLink.objects.create(
        shop=shop,
        destination=check_destination(destination, hosts),
        creator=creator,
        content_id=content_id,
        content_type=content_type,
        product_id=product_id,
        variant=variant,
        channel=channel,
        collaboration_id=collaboration_id,
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


def make_key(*, shop: Shop, name: str, registry: Path, now: datetime) -> tuple[WriteKey, str]:
    """A new write key and the key itself, which is never shown again."""
    key = f"ls_live_{secrets.token_urlsafe(32)}"
    made = WriteKey.objects.create(
        shop=shop, name=name, shown_start=key[:14], digest=digest_of_key(key), created_at=now
    )
    publish_registry(registry)
    return made, key


def revoke_key(*, key: WriteKey, registry: Path, now: datetime) -> WriteKey:
    """The key no longer writes."""
    key.revoked_at = key.revoked_at or now
    key.save(update_fields=["revoked_at"])
    publish_registry(registry)
    return key


def publish_registry(path: Path) -> None:
    """Write everything the collector may follow and accept into its one file."""
    links = TrackedLink.objects.filter(stopped_at=None).select_related("shop__workspace")
    keys = WriteKey.objects.filter(revoked_at=None).select_related("shop__workspace")
    write_registry(
        path,
        Registry(
            links={
                link.token: Link(
                    shop=link.shop.number,
                    workspace=link.shop.workspace.number,
                    destination=link.destination,
                    expires_at=link.expires_at.timestamp() if link.expires_at else None,
                )
                for link in links.iterator()
            },
            keys={
                key.digest: CollectorKey(shop=key.shop.number, workspace=key.shop.workspace.number)
                for key in keys.iterator()
            },
        ),
    )
