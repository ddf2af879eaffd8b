"""Links and keys, always within one workspace."""

from datetime import datetime

from django.db.models import Q, QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.tracking.models import KeyKind, ShopHost, TrackedLink, WriteKey
from linkstar.tracking.rules import host_in, is_allowed


def links_of(workspace: Workspace) -> QuerySet[TrackedLink]:
    """The newest first."""
    links = TrackedLink.objects.filter(shop__workspace=workspace)
    return links.select_related("shop").order_by("-created_at")


def keys_of(workspace: Workspace) -> QuerySet[WriteKey]:
    keys = WriteKey.objects.filter(shop__workspace=workspace)
    return keys.select_related("shop").order_by("-created_at")


def hosts_of(shop: Shop) -> list[str]:
    """Where links of the shop may lead, in the order of the alphabet."""
    return list(ShopHost.objects.filter(shop=shop).order_by("host").values_list("host", flat=True))


def allowed_hosts_of(workspace: Workspace) -> QuerySet[ShopHost]:
    """What is on the lists of the workspace's shops, in the order of the alphabet."""
    hosts = ShopHost.objects.filter(shop__workspace=workspace)
    return hosts.select_related("shop").order_by("host")


def running_links(*, now: datetime) -> QuerySet[TrackedLink]:
    """Those that lead somewhere at that moment, whosever they are."""
    not_over = Q(expires_at=None) | Q(expires_at__gt=now)
    return TrackedLink.objects.filter(not_over, stopped_at=None)


def links_resting_on(allowed: ShopHost, *, now: datetime) -> list[TrackedLink]:
    """Running links that may lead where they do because this host is on the list; newest first."""
    others = frozenset(hosts_of(allowed.shop)) - {allowed.host}
    near = running_links(now=now).filter(shop=allowed.shop, destination__icontains=allowed.host)
    return [
        link
        for link in near.order_by("-created_at")
        if is_allowed(host_in(link.destination), frozenset({allowed.host}))
        and not is_allowed(host_in(link.destination), others)
    ]


def has_page_keys(shop: Shop) -> bool:
    """Whether landing pages of the shop may send events."""
    return WriteKey.objects.filter(shop=shop, kind=KeyKind.PAGE, revoked_at=None).exists()
