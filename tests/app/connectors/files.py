"""Small files that people hand in, and what is in the lake afterwards."""

from datetime import date
from pathlib import Path

import pyarrow as pa
from tests.conftest import NOW
from tests.golden.exports import FOLDER

from linkstar.connectors.actions import import_path
from linkstar.lake.queries import content_counts
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.lake.store import Lake

JULY = (date(2026, 7, 1), date(2026, 7, 29))
VIDEOS = FOLDER / "Acme_Video_Data_20260822.csv"
COMPASS = FOLDER / "罗盘_视频明细.xlsx"
CREATORS = FOLDER / "Acme_Creator_Data_20260722.xlsx"
TRANSACTIONS = FOLDER / "Acme_Transaction_Analysis_20260722.xlsx"
ORDER_LIST = FOLDER / "OrderSKUList.xlsx"


def bring_in(cast, path: Path, **how: object) -> dict:
    """Import a file as Lin does, on behalf of her shop."""
    usual = {"workspace": cast.workspace, "user": cast.lin, "shop": cast.shop, "now": NOW}
    return import_path(path, **{**usual, **how})


def text_file(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def counted(lake: Lake, cast, source: Source = Source.EXPORTS) -> pa.Table:
    """Impressions and clicks per content, as every figure is made of."""
    scope = Scope(workspace=cast.workspace.number, shops=(cast.shop.number,))
    selection = Selection(source=source, level=Level.CONTENT)
    return content_counts(lake, scope, selection).table


def totals(lake: Lake, cast, source: Source = Source.EXPORTS) -> tuple[int, int]:
    table = counted(lake, cast, source).to_pylist()
    return sum(r["impressions"] for r in table), sum(r["clicks"] for r in table)
