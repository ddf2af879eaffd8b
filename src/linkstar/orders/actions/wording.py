"""What programs state by key, kept word for word, so that it stands when an import is taken back.

What files and shops' own pages state lies in the facts and is read there again.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from operator import attrgetter

import msgspec
from django.db import connection

from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.orders.models import LineStatement
from linkstar.orders.rules import StatedLine

NAMES_AT_ONCE = 500
_UNSAID = {field.name: field.default for field in fields(StatedLine)}
_words = attrgetter(*_UNSAID)
_written = msgspec.json.Encoder().encode
_KEEP = """INSERT INTO orders_linestatement (shop_id, order_id, line_id, digest, said, stated_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (shop_id, order_id, line_id, digest) DO UPDATE SET stated_at =
        CASE WHEN excluded.stated_at > orders_linestatement.stated_at
        THEN excluded.stated_at ELSE orders_linestatement.stated_at END"""


def line_id_of(line: StatedLine) -> str:
    """The number of the line; the SKU, else the product, where it has none."""
    return line.line_id or line.sku_id or line.product_id


def keep_words(shop: Shop, lines: Sequence[StatedLine], stated_at: datetime) -> None:
    """Keep what is stated; of the same words stated again only that they are stated later."""
    at = connection.ops.adapt_datetimefield_value(stated_at)
    rows = []
    for line in lines:
        said = _said(line)
        digest = sha256(said).hexdigest()
        rows.append((shop.pk, line.order_id, line_id_of(line), digest, said.decode(), at))
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, rows)


def words_about(shop: Shop, orders: Collection[str]) -> Mapping[datetime, Sequence[StatedLine]]:
    """What was stated of these orders, by the instant it was stated, the earliest first."""
    found: dict[datetime, list[StatedLine]] = defaultdict(list)
    for part in batched(sorted(orders), NAMES_AT_ONCE):
        for row in LineStatement.objects.filter(shop=shop, order_id__in=part):
            found[row.stated_at].append(msgspec.json.decode(row.said, type=StatedLine))
    return dict(sorted(found.items()))


def _said(line: StatedLine) -> bytes:
    """What of the line is stated; the order of the words is that of the fields."""
    said = {
        name: value
        for (name, unsaid), value in zip(_UNSAID.items(), _words(line), strict=True)
        if value != unsaid
    }
    return _written(said)
