"""Writes the demo seller's figures the way TikTok Shop's own export files look.

They say what the tracked events say, so a seller who drops them on the import page sees the same
rates from both sources. Layouts are those of the platform's files; see docs/methods/import.md.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import xlsxwriter

from linkstar.sample.export_figures import Content, together
from linkstar.sample.export_layouts import (
    COMPASS_VIDEO,
    CREATOR_PERFORMANCE,
    NOTHING,
    TRANSACTION_ANALYSIS,
    VIDEO_PERFORMANCE,
    Line,
    each,
    money,
    percent,
)


def _product_cells(contents: Sequence[Content]) -> list[str]:
    total = together(contents)
    first = contents[0]
    videos = [one for one in contents if not one.is_live]
    lives = [one for one in contents if one.is_live]
    return [
        first.product_name, first.product_id, first.category.replace(" > ", "/ "),
        money(total.gmv), money(total.refunds), str(total.orders), str(total.refunded_items),
        str(total.orders), str(len(videos)), str(len(lives)), money(total.commission), "0",
        NOTHING, str(_selling(videos)), str(_selling(lives)),
        str(len({one.creator for one in contents})),
        str(len({one.creator for one in contents if one.counts.orders})), str(total.orders), "0",
        str(total.impressions), str(total.clicks), percent(total.orders, total.clicks),
        percent(total.clicks, total.impressions),
    ]  # fmt: skip


def _creator_cells(contents: Sequence[Content]) -> list[str]:
    total = together(contents)
    videos = [one for one in contents if not one.is_live]
    lives = [one for one in contents if one.is_live]
    return [
        contents[0].creator, money(total.gmv), money(total.refunds), str(total.orders),
        str(total.orders), str(total.refunded_items), each(total.gmv, total.orders),
        str(len(videos)), str(len(lives)), money(total.commission), "0", NOTHING,
        money(together(videos).gmv), money(together(lives).gmv), money(0),
        percent(total.orders, total.clicks), percent(total.clicks, total.impressions), "0",
        str(len({one.product_id for one in contents})), str(total.impressions),
        str(sum(one.views for one in contents)), str(total.orders),
        str(len({one.product_id for one in contents if one.counts.orders})),
    ]  # fmt: skip


def _selling(contents: Iterable[Content]) -> int:
    return sum(1 for one in contents if one.counts.orders)


def _by(contents: Iterable[Content], key: Callable[[Content], str]) -> list[list[Content]]:
    """Contents in groups of the same key, the group with most impressions first."""
    groups = [list(group) for _, group in groupby(sorted(contents, key=key), key=key)]
    return sorted(groups, key=lambda group: -together(group).impressions)


def _write_sheet(path: Path, rows: Iterable[Sequence[str]], *, sheet: str) -> None:
    """A workbook of text cells, as the platform writes even its numbers."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for index, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                page.write_string(index, column, cell)


def write_compass_video(
    path: Path, contents: Sequence[Content], starts_on: date, ends_before: date
) -> None:
    """Data Compass in Chinese: a banner with the window, a blank row, the header, the videos."""
    last = ends_before - timedelta(days=1)
    banner = [f"[日期范围]: {starts_on} ~ {last}"]
    header = [name for name, _ in COMPASS_VIDEO]
    rows = [[cell(one) for _, cell in COMPASS_VIDEO] for one in contents if not one.is_live]
    _write_sheet(path, [banner, [], header, *rows], sheet="Sheet1")


def write_video_performance(path: Path, contents: Sequence[Content]) -> None:
    """Video performance in English, header and description row; CSV or XLSX by the file's name."""
    header = [name for name, _, _ in VIDEO_PERFORMANCE]
    described = [text for _, text, _ in VIDEO_PERFORMANCE]
    rows = [[cell(one) for *_, cell in VIDEO_PERFORMANCE] for one in contents if not one.is_live]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, described, *rows])
    else:
        _write_sheet(path, [header, described, *rows], sheet="Sheet 1")


def write_transaction_analysis(path: Path, contents: Sequence[Content]) -> None:
    """One row per product, with its category."""
    rows = [_product_cells(group) for group in _by(contents, lambda one: one.product_id)]
    _write_described(path, TRANSACTION_ANALYSIS, rows)


def write_creator_performance(path: Path, contents: Sequence[Content]) -> None:
    """One row per creator, a rate but no clicks."""
    rows = [_creator_cells(group) for group in _by(contents, lambda one: one.creator)]
    _write_described(path, CREATOR_PERFORMANCE, rows)


def _write_described(path: Path, layout: Sequence[Line], rows: Sequence[Sequence[str]]) -> None:
    header, described = zip(*layout, strict=True)
    _write_sheet(path, [header, described, *rows], sheet="Sheet 1")
