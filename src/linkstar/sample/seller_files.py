"""Lays out the demo seller's export files for people to drop on the import page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

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
from linkstar.sample.tally import Tally

DAYS = 28


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
    market: Market, labels: Labels, tally: Tally, folder: Path, *, demo_shops: Sequence[str]
) -> list[SellerFile]:
    """Files over the last 28 complete days (and one over the 28 before), with a note about them.

    Args:
        market: the marketplace.
        labels: its names.
        tally: counts of the demo seller's shops.
        folder: where to; made if it is not there.
        demo_shops: platform ids of the beauty shop and the kitchen shop.
    """
    folder.mkdir(parents=True, exist_ok=True)
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
    write_compass_video(compass, beauty, starts_on, ends_before)
    write_creator_performance(creators, beauty)
    write_transaction_analysis(beauty_products, beauty)
    write_video_performance(videos, kitchen)
    write_video_performance(earlier_videos, earlier)
    write_transaction_analysis(kitchen_products, kitchen)
    files = [
        *(SellerFile(p, DEMO_SHOPS[0], starts_on, ends_before)
          for p in (compass, creators, beauty_products)),
        *(SellerFile(p, DEMO_SHOPS[1], starts_on, ends_before)
          for p in (videos, kitchen_products)),
        SellerFile(earlier_videos, DEMO_SHOPS[1], before, starts_on),
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
