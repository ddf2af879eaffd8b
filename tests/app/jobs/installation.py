"""Run in a process of its own over a fresh data directory: makes a shop and a link in it."""

import sys
from datetime import UTC, datetime

import django

DESTINATION = "https://shop.example/product/1"


def main() -> None:
    django.setup()
    from django.conf import settings

    from linkstar.accounts.actions import open_workspace
    from linkstar.catalog.actions import open_shop
    from linkstar.tracking.actions import allow_host, make_link

    now = datetime.now(UTC)
    shop = open_shop(workspace=open_workspace(name="Lin's", now=now), name="Lin US", now=now)
    allow_host(shop=shop, host="shop.example", now=now)
    registry = settings.PLACES.collector / "registry.json"
    link = make_link(
        shop=shop, destination=DESTINATION, creator="@Ada", content_id="73001", registry=registry,
        now=now,
    )  # fmt: skip
    sys.stdout.write(link.token)


if __name__ == "__main__":
    main()
