"""Lays out the demo seller's export files for people to drop on the import page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from linkstar.sample.export_figures import contents_of
from linkstar.sample.export_files import (
    write_compass_video,
    write_creator_performance,
    write_transaction_analysis,
    write_video_performance,
)
from linkstar.sample.labels import DEMO_SHOPS, Labels
from linkstar.sample.market import Market
from linkstar.sample.plan import ZONE
from linkstar.sample.sales import Sale, write_affiliate_orders
from linkstar.sample.tally import Tally

DAYS = 28
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SellerFile:
    """One export file: where it lies, whose it is, the days it covers (half-open)."""

    path: Path
    shop: str
    starts_on: date
    ends_before: date

    @property
    def described(self) -> str:
        last = self.ends_before - timedelta(days=1)
        return f"{self.path.name}: {self.shop}, {self.starts_on}..{last}"


def write_seller_files(
    market: Market,
    labels: Labels,
    tally: Tally,
    folder: Path,
    *,
    demo_shops: Sequence[str],
    sold: Sequence[Sale],
    told_at: Sequence[datetime],
) -> list[SellerFile]:
    """Files over the last 28 complete days, one over the 28 before, all orders, and a note.

    Args:
        market: the marketplace.
        labels: its names.
        tally: counts of the demo seller's shops.
        folder: where to; made if it is not there.
        demo_shops: platform ids of the beauty shop and the kitchen shop.
        sold: everything the beauty shop sold.
        told_at: the instants its orders are told as of, a file each; these files come last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    zone = ZoneInfo(ZONE)
    ends_before = market.ends_before - timedelta(days=1)  # the last day is not complete
    starts_on = ends_before - timedelta(days=DAYS)
    before = starts_on - timedelta(days=DAYS)
    stamp = f"{ends_before:%Y%m%d}"
    beauty, kitchen = (
        contents_of(market, labels, tally.window(starts_on, ends_before), shop)
        for shop in demo_shops
    )
    earlier = contents_of(market, labels, tally.window(before, starts_on), demo_shops[1])

    def path(name: str) -> Path:
        return folder / name

    compass = path(f"罗盘视频_{stamp}.xlsx")
    creators = path(f"Starlane_Creator_Data_{stamp}.xlsx")
    beauty_products = path(f"Starlane_Transaction_Analysis_{stamp}.xlsx")
    videos = path(f"Nestora_Video_Data_{stamp}.xlsx")
    earlier_videos = path(f"Nestora_Video_Data_{starts_on:%Y%m%d}.csv")
    kitchen_products = path(f"Nestora_Transaction_Analysis_{stamp}.xlsx")
    orders = [path(f"Starlane_Affiliate_Orders_{at.astimezone(zone):%Y%m%d}.csv") for at in told_at]
    write_compass_video(compass, beauty, starts_on, ends_before)
    write_creator_performance(creators, beauty)
    write_transaction_analysis(beauty_products, beauty)
    write_video_performance(videos, kitchen)
    write_video_performance(earlier_videos, earlier)
    write_transaction_analysis(kitchen_products, kitchen)
    for file, at in zip(orders, told_at, strict=True):
        write_affiliate_orders(file, sold, zone=zone, now=at)
    files = [
        *(SellerFile(p, DEMO_SHOPS[0], starts_on, ends_before)
          for p in (compass, creators, beauty_products)),
        *(SellerFile(p, DEMO_SHOPS[1], starts_on, ends_before)
          for p in (videos, kitchen_products)),
        SellerFile(earlier_videos, DEMO_SHOPS[1], before, starts_on),
        *(SellerFile(p, DEMO_SHOPS[0], market.starts_on, at.astimezone(zone).date() + DAY)
          for p, at in zip(orders, told_at, strict=True)),
    ]  # fmt: skip
    _note(folder, files)
    return files


def _note(folder: Path, files: Sequence[SellerFile]) -> None:
    lines = [
        "Invented export files of the demo seller. Drop them on the import page.",
        "演示商家的虚构导出文件，可拖入导入页。",
        f"Zone · 时区: {ZONE}    Currency · 货币: USD",
        "",
        *(one.described for one in files),
    ]
    (folder / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
