"""What the sample marketplace sells: its categories, and how each behaves."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

VIDEO: Final = "video"
LIVE: Final = "live"


@dataclass(frozen=True, slots=True)
class Line:
    """One category of the marketplace.

    `ctr_video` and `ctr_live` are the rates an average impression has there (a ratio, invented),
    `price_minor` a typical price in cents, `female_share` the share of impressions seen by women,
    `peak_hour` the local hour at which most people watch.
    """

    category: str
    shops: int
    ctr_video: float
    ctr_live: float
    price_minor: int
    female_share: float
    peak_hour: int
    subcategories: tuple[str, ...]
    nouns: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The category paths its products carry."""
        return tuple(f"{self.category} > {name}" for name in self.subcategories) or (self.category,)


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def lines() -> list[Line]:
    """The categories the marketplace trades in; their shops add up to 300."""
    return [
        Line(
            category=row["category"],
            shops=int(row["shops"]),
            ctr_video=float(row["ctr_video"]),
            ctr_live=float(row["ctr_live"]),
            price_minor=int(row["price_minor"]),
            female_share=float(row["female_share"]),
            peak_hour=int(row["peak_hour"]),
            subcategories=_listed(row["subcategories"]),
            nouns=_listed(row["nouns"]),
        )
        for row in _rows("assortment.csv")
    ]
