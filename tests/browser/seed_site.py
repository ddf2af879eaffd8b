"""What is in the browser tests' installation: Lin's shop with ten weeks of facts, and a benchmark.

Besides: Mia and Min, whose companies have nothing yet; Rosa, who reviews; verified creators.

Run as a program of its own, because the data directory is read when Django starts.
"""

import sys
from datetime import UTC, date, datetime, timedelta

import django

django.setup()

import pyarrow as pa  # noqa: E402
from django.conf import settings  # noqa: E402
from tests.app.facts import export, income_lines, order_lines  # noqa: E402
from tests.prepared import migrated  # noqa: E402

from linkstar.accounts.actions import add_user, join_workspace, open_workspace  # noqa: E402
from linkstar.accounts.models import Role  # noqa: E402
from linkstar.benchmarks.actions import import_benchmark, publish  # noqa: E402
from linkstar.catalog.actions import open_shop  # noqa: E402
from linkstar.commissions.actions import work_through  # noqa: E402
from linkstar.creators.models import Creator  # noqa: E402
from linkstar.lake.store import Lake  # noqa: E402
from linkstar.orders.actions import record_lines  # noqa: E402
from linkstar.orders.rules import Source, State, StatedLine  # noqa: E402

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
FIRST_DAY, WEEKS = date(2026, 8, 10), 10
CREATORS = {"ada": 520, "bo": 90, "cleo": 205, "dan": 190, "eve": 330}
"""Clicks in 10,000 impressions of a video; the benchmark has 200."""
COMPANIES = {"mia": ("ada", "bo", "cleo"), "min": ("ai", "bei", "chen")}
"""Who begins a programme, in each language, and whom they find."""


def main(password: str) -> None:
    migrated()
    lin = add_user(email="lin@example.com", password=password, language="en", is_operator=True)
    vera = add_user(email="vera@example.com", password=password, language="en")
    otto = add_user(email="otto@example.com", password=password, language="en")
    workspace = open_workspace(name="Lin's brand", now=NOW)
    other = open_workspace(name="Otto's brand", now=NOW)
    join_workspace(user=lin, workspace=workspace, role=Role.OWNER)
    join_workspace(user=vera, workspace=workspace, role=Role.VIEWER)
    join_workspace(user=otto, workspace=other, role=Role.OWNER)
    beauty = "Beauty & Personal Care"
    shop = open_shop(workspace=workspace, name="Lin Beauty US", now=NOW, category=beauty)
    open_shop(workspace=other, name="Otto Home US", now=NOW)
    lake = Lake(settings.PLACES.lake)
    for week in range(WEEKS):
        starts_on = FIRST_DAY + timedelta(weeks=week)
        ends_before = starts_on + timedelta(weeks=1)
        export(lake, shop, videos(week), starts_on=starts_on, ends_before=ends_before)
    state_sides(lake, shop)
    draft = import_benchmark(
        pa.table(
            {
                "category": ["", beauty],
                "definition": ["product_impressions"] * 2,
                "impressions": [9_000_000, 4_000_000],
                "clicks": [180_000, 80_000],
                "p25": [0.012, 0.012],
                "median": [0.018, 0.018],
                "p75": [0.028, 0.028],
            }
        ),
        workspace=workspace,
        market="US",
        starts_on=FIRST_DAY,
        ends_before=FIRST_DAY + timedelta(weeks=WEEKS),
        source_name="Agency report",
        licence="CC BY 4.0",
        user=lin,
        now=NOW,
    )
    publish(draft, user=lin, now=NOW)
    sell(shop)
    programme(password)


def programme(password: str) -> None:
    """Who takes part in a programme from its first day."""
    for name, creators in COMPANIES.items():
        owner = add_user(email=f"{name}@example.com", password=password, language="en")
        company = open_workspace(name=f"{name.title()}'s company", now=NOW)
        join_workspace(user=owner, workspace=company, role=Role.OWNER)
        for handle in creators:
            signed_up(handle, password)
    add_user(email="rosa@example.com", password=password, language="en", is_reviewer=True)


def signed_up(handle: str, password: str) -> None:
    user = add_user(
        email=f"{handle}@example.com", password=password, language="en", is_creator=True
    )
    Creator.objects.create(
        user=user, handle=handle, name=handle.title(), followers=120_000,
        state=Creator.State.VERIFIED, created_at=NOW,
    )  # fmt: skip


def sell(shop) -> None:
    """One order of three through Ada's video, one of them given back."""
    line = StatedLine(
        order_id="577012345678901234", line_id="1", product_id="serum", channel="tiktok",
        creator="ada", content_id="ada-0-0", promo_code="nobody10", state=State.DELIVERED,
        ordered_at=NOW, items=3, items_returned=1, currency="USD", price_micros=19_995_000,
        stated_rate_bps=1_500,
    )  # fmt: skip
    record_lines(shop=shop, lines=[line], source=Source.API, stated_at=NOW, now=NOW)
    work_through(shop=shop, lake=None, now=NOW)


def state_sides(lake: Lake, shop) -> None:
    """Two orders and a statement that do not add up."""
    day = NOW.date()
    rows = [
        {"order_id": f"57701234567890123{n}", "sku_id": "red", "ordered_on": day,
         "paid_minor": 1_999 * n, "status": "Completed"}
        for n in (4, 5)
    ]  # fmt: skip
    order_lines(lake, shop, [row | {"layout": "tiktok.order_list"} for row in rows])
    order_lines(lake, shop, [rows[0] | {"creator": "ada", "paid_minor": 7_000}])
    income_lines(
        lake, shop,
        [{"line_id": rows[0]["order_id"], "revenue_minor": 7_996, "fees_minor": -480,
          "settlement_minor": 7_516, "settled_on": day}],
    )  # fmt: skip


def videos(week: int) -> list[dict]:
    """Three videos of each creator in a week, and one that hardly anybody saw."""
    rows = [
        {
            "content_id": f"{creator}-{week}-{place}",
            "creator": creator,
            "creator_name": creator.title(),
            "content_title": f"{creator.title()} tries the serum, part {3 * week + place}",
            "category": "Beauty & Personal Care",
            "product_impressions": 4_000 + 900 * place,
            "product_clicks": clicks * (40 + 9 * place) * (8 + (week + place) % 5) // 1_000,
        }
        for creator, clicks in CREATORS.items()
        for place in range(3)
    ]
    unseen = {"content_id": f"fay-{week}", "creator": "fay", "creator_name": "Fay"}
    return [*rows, {**unseen, "product_impressions": 60, "product_clicks": 1}]


if __name__ == "__main__":
    main(sys.argv[1])
