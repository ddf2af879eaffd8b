"""Run in a process of its own over a fresh data directory: makes a shop with a link and a key."""

import sys
from datetime import UTC, datetime

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from django.conf import settings

    from linkstar.accounts.actions import open_workspace
    from linkstar.catalog.actions import open_shop
    from linkstar.tracking.actions import allow_host, make_key, make_link

    now = datetime.now(UTC)
    shop = open_shop(workspace=open_workspace(name="Lin's", now=now), name="Lin US", now=now)
    allow_host(shop=shop, host="shop.example", now=now)
    registry = settings.PLACES.collector / "registry.json"
    link = make_link(
        shop=shop, destination="https://shop.example/1", creator="@Ada", content_id="73001",
        registry=registry, now=now,
    )  # fmt: skip
    _, key = make_key(shop=shop, name="bench", registry=registry, now=now)
    sys.stdout.write(f"{link.token} {key}")


if __name__ == "__main__":
    main()
