"""Who is told what: the people of a shop, and the person behind a creator's record."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from linkstar.accounts.models import User
from linkstar.accounts.notifying import notify, writers_of
from linkstar.catalog.models import Product, Shop
from linkstar.creators.models import Creator
from linkstar.recruiting.queries import public_creator


def people_of(creator: Creator) -> list[User]:
    """Who stands behind the record: nobody, as long as the creator has not signed up."""
    found = public_creator(creator)
    return [found.user] if found is not None and found.user is not None else []


def tell_seller(shop: Shop, code: str, *, now: datetime, address: str, **params: str) -> None:
    notify(
        users=writers_of(shop.workspace),
        code=code,
        now=now,
        address=address,
        workspace=shop.workspace,
        shop=shop.name,
        **params,
    )


def tell_creator(
    creator: Creator, code: str, *, now: datetime, address: str, **params: str
) -> None:
    notify(users=people_of(creator), code=code, now=now, address=address, workspace=None, **params)


def named(products: Sequence[Product]) -> str:
    """The first product by name, and how many more."""
    if not products:
        return "–"
    more = f" +{len(products) - 1}" if len(products) > 1 else ""
    return f"{products[0]}{more}"


def until(at: datetime, zone: str) -> str:
    """An instant as a day and time in a zone, the same in every language."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
