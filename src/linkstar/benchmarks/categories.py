"""The catalog's word on categories, in the form the lake takes it."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from linkstar.catalog.models import Product, Shop
from linkstar.lake.selection import PRODUCTS


def known_products(shops: Sequence[int]) -> pa.Table:
    """What the catalog knows of the categories of those shops' products (shops by number)."""
    rows = Product.objects.filter(shop__number__in=shops).exclude(category="")
    columns = list(zip(*rows.values_list("shop__number", "external_id", "category"), strict=True))
    if not columns:
        return PRODUCTS.empty_table()
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(columns, PRODUCTS, strict=True)], schema=PRODUCTS
    )


def with_main_categories(counts: pa.Table, shops: Sequence[int]) -> pa.Table:
    """The counts, with the shop's main category wherever nothing says a product's."""
    stated = Shop.objects.filter(number__in=shops).exclude(category="")
    main = list(stated.values_list("number", "category"))
    unknown = pc.is_null(counts["category"])
    if not main or not pc.any(unknown).as_py():
        return counts
    numbers, categories = zip(*main, strict=True)
    place = pc.index_in(counts["shop"], pa.array(numbers, pa.int32()))
    filled = pc.coalesce(counts["category"], pa.chunked_array([pa.array(categories)]).take(place))
    return counts.set_column(counts.schema.get_field_index("category"), "category", filled)
