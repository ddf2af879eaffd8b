"""A product file from upload to the shop's catalogue; every row is accounted for."""

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.catalog.products import ProductStated, SkuStated
from linkstar.catalog.taking import Became, Outcome, RowStated, take_products
from linkstar.catalog.tree import path_named
from linkstar.connectors import error_files
from linkstar.connectors.models import ProductImport
from linkstar.connectors.reading.detected import Answers, Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.parsing import PROBLEMS, parse
from linkstar.connectors.registry import PRODUCT_LAYOUTS
from linkstar.money.amounts import Money

PROBLEMS_SHOWN = 200
_APART = re.compile(r"[,;，；、|\n]+")
_ADDRESSES = ("image_url", "landing_page")
_is_address = URLValidator(schemes=["http", "https"])
_COLUMN_OF = {"name": "product_name", "price": "price_minor"}
"""The column a field of the catalogue comes from, where they are called differently."""


@transaction.atomic
def import_products(
    *,
    shop: Shop,
    user: User,
    path: Path,
    name: str,
    now: datetime,
    words: Mapping[str, str] = error_files.NO_WORDS,
) -> ProductImport:
    """Read a file and put its products into the shop's catalogue.

    Good rows are kept; the others come back in the file's own format with a last column of
    reasons, and the file can be corrected and uploaded as it is. Prices that name no currency
    are in the shop's.

    Raises:
        Refusal: the file as a whole cannot be read.
    """
    made = ProductImport(shop=shop, user=user, name=name[:255], at=now)
    with tempfile.TemporaryDirectory(prefix="linkstar-") as folder:
        scratch = Path(folder)
        hints = Hints(name=name, currency=shop.currency)
        found = detect(path, scratch=scratch, layouts=PRODUCT_LAYOUTS, hints=hints)
        parsed = parse(
            found,
            Answers(currency=shop.currency, market=shop.market),
            staged=scratch / "staged.parquet",
            problems=scratch / "problems.parquet",
            scratch=scratch,
        )
        headers = {match.field: match.header for match in found.columns}
        outcomes = _taken(shop, pq.read_table(parsed.staged), source=made.name, now=now)
        wrong = [_problem(one, headers) for one in outcomes if one.became is Became.REJECTED]
        table = pa.Table.from_pylist(wrong, schema=PROBLEMS)
        problems = pa.concat_tables([pq.read_table(parsed.problems), table]).sort_by("row")
        counted = Counter(one.became for one in outcomes)
        made.rows, made.loaded = parsed.rows, counted[Became.LOADED]
        made.duplicates = counted[Became.DUPLICATE]
        made.rejected = parsed.rejected + counted[Became.REJECTED]
        made.problems = problems.slice(0, PROBLEMS_SHOWN).to_pylist()
        if made.rejected:
            pq.write_table(problems, parsed.problems)
            made.errors = error_files.write(
                found, parsed.cells, parsed.problems, folder_of(made), name=name, words=words
            ).name
        made.save()
    assert made.rows == made.loaded + made.duplicates + made.rejected, made.pk
    record(
        workspace=shop.workspace,
        user=user,
        verb="products.imported",
        target=made.pk,
        now=now,
        name=made.name,
        rows=made.rows,
    )
    return made


def folder_of(made: ProductImport) -> Path:
    """Where the file of an import's errors lies."""
    return Path(settings.PLACES.data) / "product_imports" / str(made.pk)


def _taken(shop: Shop, staged: pa.Table, *, source: str, now: datetime) -> list[Outcome]:
    """What became of every row that could be read."""
    rows = staged.to_pylist()
    wrong = {row["row"]: problem for row in rows if (problem := _wrong_address(row))}
    named = {row["category"] for row in rows} - {None}
    paths = {stated: path_named(stated) for stated in named}
    good = [_stated(row, paths) for row in rows if row["row"] not in wrong]
    return [*wrong.values(), *take_products(shop=shop, rows=good, source=source, now=now)]


def _wrong_address(row: Mapping[str, Any]) -> Outcome | None:
    for field in _ADDRESSES:
        if row[field] is None:
            continue
        try:
            _is_address(row[field])
        except ValidationError:
            return Outcome(row["row"], Became.REJECTED, field, "url.format", row[field])
    return None


def _stated(row: Mapping[str, Any], paths: Mapping[str, str]) -> RowStated:
    price = None if row["price_minor"] is None else Money(row["price_minor"], row["currency"])
    tags = None if row["tags"] is None else tuple(_APART.split(row["tags"]))
    has_sku = row["sku_id"] is not None
    product = ProductStated(
        name=row["product_name"],
        category=paths.get(row["category"]),
        brand=row["brand"],
        price=None if has_sku else price,
        tags=tags,
        image_url=row["image_url"],
        landing_page=row["landing_page"],
    )
    sku = SkuStated(row["sku_id"], row["seller_sku"], row["sku_name"], price) if has_sku else None
    return RowStated(row["row"], row["product_id"], product, sku)


def _problem(outcome: Outcome, headers: Mapping[str, str]) -> dict[str, object]:
    column = _COLUMN_OF.get(outcome.field, outcome.field)
    return {
        "row": outcome.row,
        "column": headers.get(column, column),
        "code": outcome.code,
        "value": outcome.value[:200],
        "expected": "",
    }
