"""From counts per content and product to one row per content.

The engine hands rows out in order, so that a content's rows stand together; what is left to do is
cheaper here than grouping a second time there.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.lake.categories import SEPARATOR, shared_path
from linkstar.lake.selection import COUNTS, Level, Selection
from linkstar.stats.arrays import Bools, Ints

_SUMS = ("impressions", "clicks")


def contents_of(parts: pa.Table, keys: Sequence[str], selection: Selection) -> pa.Table:
    """One row of `COUNTS` per content; by product or category, per content and that.

    Args:
        parts: counts per content and product, sorted by `keys` and then by product.
        keys: the columns that tell contents apart.
        selection: whose catalog, level, and filters on product and category are meant.
    """
    parts = _with_catalog(parts.combine_chunks(), selection.products)
    paths, path = _numbered(parts["category"])
    split = ("product_id",) if selection.level is Level.PRODUCT else ()
    content: Ints = np.cumsum(_differs(parts, (*keys, *split)), dtype=np.int64)
    if selection.level is Level.CATEGORY:
        content = content * (len(paths) + 1) + path
        order = np.argsort(content, kind="stable")
        parts, content, path = parts.take(order), content[order], path[order]
    starts = np.flatnonzero(np.diff(content, prepend=-1))
    rows = _rows(parts, starts, _shared(paths, path, starts))
    if selection.product is not None:
        shows = np.asarray(_is(parts["product_id"], selection.product))
        rows = rows.filter(pa.array(np.logical_or.reduceat(shows, starts)))
    return rows if selection.category is None else _within(rows, selection.category)


def _rows(parts: pa.Table, starts: Ints, category: pa.Array) -> pa.Table:
    """Each run of rows as one row of `COUNTS`."""
    made = {
        **{name: pa.array(np.add.reduceat(parts[name].to_numpy(), starts)) for name in _SUMS},
        "category": category,
        "product_ids": _lists(parts["product_id"], starts),
        "level": pa.repeat("content", len(starts)),
        "contents": pa.repeat(1, len(starts)),
        "clicks_derived": pa.repeat(False, len(starts)),  # noqa: FBT003
    }
    told = {name: _first_told(parts[name], starts) for name in {*parts.column_names} - {*made}}
    columns = {**told, **made}
    return pa.table(
        [columns.get(f.name, pa.nulls(len(starts), f.type)).cast(f.type) for f in COUNTS],
        schema=COUNTS,
    )


def _with_catalog(parts: pa.Table, products: pa.Table) -> pa.Table:
    """The catalog's word on the category of each product, else what the facts say, if anything."""
    said = pc.if_else(_is(parts["category"], ""), None, parts["category"])
    products = products.filter(pc.invert(_is(products["category"], "")))
    if products.num_rows:
        at = pc.index_in(_named(parts), _named(products).combine_chunks())
        said = pc.coalesce(products["category"].take(at), said)
    return parts.set_column(parts.schema.get_field_index("category"), "category", said)


def _named(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["shop"].cast(pa.string()), table["product_id"], " ")


def _numbered(category: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """The paths that occur, what is inside one right behind it, and each row's place among them.

    A row without a path has the place after the last.
    """
    encoded = category.combine_chunks().dictionary_encode()
    found = encoded.dictionary.to_pylist()
    order = sorted(range(len(found)), key=lambda at: found[at].split(SEPARATOR))
    place = np.full(len(found) + 1, len(found), dtype=np.int64)
    place[order] = np.arange(len(found))
    at = np.asarray(encoded.indices.fill_null(len(found)), dtype=np.int64)
    return [found[each] for each in order], place[at]


def _differs(parts: pa.Table, keys: Sequence[str]) -> Bools:
    """Whether each row differs from the one before in any of the keys."""
    differs = np.zeros(parts.num_rows, dtype=np.bool_)
    for name in keys:
        now, before = parts[name][1:], parts[name][:-1]
        same = pc.equal(now, before)
        if same.null_count:
            both_empty = pc.and_(pc.is_null(now), pc.is_null(before))
            same = pc.if_else(both_empty, True, pc.fill_null(same, fill_value=False))  # noqa: FBT003
        differs[1:] |= ~np.asarray(same)
    return differs


def _lists(products: pa.ChunkedArray, starts: Ints) -> pa.Array:
    """The products of each run of rows that begins at `starts`."""
    told = np.concatenate([[0], np.cumsum(products.is_valid())])
    offsets = told[np.append(starts, len(products))]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), products.drop_null().combine_chunks()
    )


def _shared(paths: list[str], path: Ints, starts: Ints) -> pa.Array:
    """The deepest path that all rows of a run share; empty if none, null where none was told.

    Between the least and the greatest of them nothing shares less.
    """
    low = np.minimum.reduceat(path, starts)
    high = np.maximum.reduceat(np.where(path < len(paths), path, -1), starts)
    shared = pa.array(paths, pa.string()).take(pa.array(high, mask=high < 0))
    apart = low < high
    if not apart.any():
        return shared
    pairs, number = np.unique(
        np.stack([low[apart], high[apart]], axis=1), axis=0, return_inverse=True
    )
    deepest = pa.array([shared_path(paths[one], paths[other]) for one, other in pairs])
    return pc.replace_with_mask(shared, pa.array(apart), deepest.take(pa.array(number)))


def _first_told(column: pa.ChunkedArray, starts: Ints) -> pa.Array:
    """The first value of each run that is not null."""
    at = starts
    if column.null_count:
        rows = len(column)
        told = np.where(np.asarray(column.is_valid()), np.arange(rows), rows)
        at = np.minimum.reduceat(told, starts)
        at = pa.array(at, mask=at == rows)
    return column.take(at).combine_chunks()


def _is(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(column, value), fill_value=False)


def _within(rows: pa.Table, path: str) -> pa.Table:
    """The rows of a category and of all below it."""
    category = rows["category"]
    inside = pc.or_(pc.equal(category, path), pc.starts_with(category, path + SEPARATOR))
    return rows.filter(pc.fill_null(inside, fill_value=False))
