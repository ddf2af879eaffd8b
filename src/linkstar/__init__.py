"""LinkStar in a notebook: `linkstar.load` a file or frame, ask for its `linkstar.uplift`.

    import linkstar

    videos = linkstar.load("videos.csv")
    answer = linkstar.uplift(videos, benchmark="us-market.csv", by="creator")
    answer.plot()

Importing this costs nothing: what a call needs is imported by the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from os import PathLike

    from linkstar.notebook.data import Data
    from linkstar.notebook.result import Uplift

__all__ = ["load", "uplift"]


def load(
    source: str | PathLike[str] | Sequence[str | PathLike[str]] | Any,
    *,
    mapping: Mapping[str, str] | None = None,
    zone: str = "",
    currency: str = "",
    period: tuple[date, date] | str | None = None,
) -> Data:
    """Files or a frame as something `uplift` can be asked of.

    Args:
        source: a path, several paths, or an Arrow table, pandas or polars frame.
        mapping: their column -> our field, where names do not say it.
        zone: IANA time zone of times that state none.
        currency: ISO code of amounts that state none.
        period: where the data does not say, first day and day after the last, or
            `2026-10-25..2026-11-21` with the last day included.
    """
    from linkstar.notebook.data import data_of  # noqa: PLC0415 -- importing linkstar is light

    return data_of(source, mapping=mapping, zone=zone, currency=currency, period=period)


def uplift(
    data: Data | str | PathLike[str] | Any,
    *,
    benchmark: str | PathLike[str] | Any = None,
    by: str = "creator",
    market: str = "US",
    definition: str = "product_impressions",
    segment: str | None = None,
    starts_on: date | None = None,
    ends_before: date | None = None,
    impressions_min: int = 1_000,
) -> Uplift:
    """CTR uplift against a benchmark, with its interval, one row per creator (or content, ...).

    Args:
        data: what `load` gave, or anything `load` takes.
        benchmark: a benchmark file or frame (market, category, definition, impressions, clicks, and
            optionally period, quartiles, counts, source); None leaves uplift untold.
        by: creator, content, product, category or shop.
        market: of the benchmark, and of rows that state none.
        definition: what a CTR divides clicks by.
        segment: cut every row along this line: gender, age, device, hour, weekday, ...
        starts_on: first day that counts; None is open.
        ends_before: the day after the last; None is open.
        impressions_min: rows with fewer are `not_enough_data`.
    """
    from linkstar.notebook.asking import uplift_of  # noqa: PLC0415 -- importing linkstar is light

    return uplift_of(
        data,
        benchmark=benchmark,
        by=by,
        market=market,
        definition=definition,
        segment=segment,
        starts_on=starts_on,
        ends_before=ends_before,
        impressions_min=impressions_min,
    )
