"""Shops and products, always within one workspace."""

from django.db.models import QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product, Shop


def shops_of(workspace: Workspace) -> QuerySet[Shop]:
    return Shop.objects.filter(workspace=workspace).order_by("number")


def products_of(workspace: Workspace) -> QuerySet[Product]:
    return Product.objects.filter(shop__workspace=workspace).select_related("shop")


def benchmark_shops(market: str) -> QuerySet[Shop]:
    """Shops of every workspace that agreed to take part in the market's benchmark."""
    return Shop.objects.filter(market=market, shares_with_benchmark=True).order_by("number")
