"""Links and keys, always within one workspace."""

from django.db.models import QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.tracking.models import ShopHost, TrackedLink, WriteKey


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
