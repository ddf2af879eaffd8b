"""From counts of parts of a period to one row per content.

Rows carry a number for their content and one for content and product, so that equal ones are found
by sorting numbers: cheaper than having the engine group texts.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.lake.categories import SEPARATOR, shared_path
from linkstar.lake.selection import COUNTS, Level, Selection
from linkstar.stats.arrays import Bools, Ints

SUMS = ("impressions", "clicks")


def added_up(parts: Sequence[pa.Table], keys: Sequence[str]) -> pa.Table:
    """Rows of one content and product, from whichever part, as one; those without counts left out.

    The rows of a content stand together, by product. Labels are those of the first part.

    Args:
        parts: counts with the number of the content, and `part`, that of content and product.
        keys: the columns that tell contents apart, the number of the content first.
    """
    whole = parts[0] if len(parts) == 1 else pa.concat_tables(parts).unify_dictionaries()
    if not whole.num_rows:
        return whole
    whole = whole.combine_chunks()
    order, starts = _runs(whole, keys)
    sums = {name: _sums(whole[name].to_numpy()[order], starts) for name in SUMS}
    counted = (sums["impressions"] > 0) | (sums["clicks"] > 0)
    if not counted.all():  # what other parts take off again
        lengths = np.diff(starts, append=len(order))
        order, lengths = order[np.repeat(counted, lengths)], lengths[counted]
        starts = np.cumsum(lengths) - lengths
    first = pa.array(order[starts])
    rows = {
        name: pa.array(sums[name][counted])
        if name in sums
        else _first_told(whole[name], starts, order, first)
        for name in whole.column_names
        if name != "part"
    }
    return pa.table(rows)


def _sums(values: Ints, starts: Ints) -> Ints:
    """The sum of each run of values that begins at `starts`; all of them belong to one."""
    if len(starts) == len(values):
        return values
    before = np.cumsum(values)[starts[1:] - 1]
    return np.diff(before, prepend=0, append=np.sum(values))


def _runs(whole: pa.Table, keys: Sequence[str]) -> tuple[Ints, Ints]:
    """Rows so that contents, and products within them, stand together, and where these begin.

    Most contents show one product: the order of their number is all they need.
    """
    content, part = whole["content"].to_numpy(), whole["part"].to_numpy()
    order = np.argsort(content, kind="stable")
    begins = _steps(content[order])
    torn = _steps(part[order]) & ~begins
    if len(keys) > 1 or torn.any():
        run = np.cumsum(begins) - 1
        several = np.full(run[-1] + 1, len(keys) > 1)
        several[run[torn]] = True
        mixed = np.flatnonzero(several[run])
        rows = whole.select([*keys, "product_id"]).take(order[mixed])
        by = [(name, "ascending") for name in rows.column_names]
        order[mixed] = order[mixed][pc.sort_indices(rows, by)]
    begins |= _steps(part[order])
    for name in keys[1:]:
        begins |= _differs(whole.select([name]).take(order), [name])
    return order, np.flatnonzero(begins)


def _steps(values: npt.NDArray[np.integer[Any]]) -> Bools:
    """Whether each value differs from the one before; the first one does."""
    differs = np.ones(values.shape, dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs


def contents_of(parts: pa.Table, keys: Sequence[str], selection: Selection) -> pa.Table:
    """One row of `COUNTS` per content; by product or category, per content and that.

    Args:
        parts: counts per content and product, sorted by `keys` and then by product.
        keys: the columns that tell contents apart.
        selection: whose catalog, level, and filters on product and category are meant.
    """
    parts = parts.combine_chunks()
    paths, path = _numbered(_categories(parts, selection.products))
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
        **{name: pa.array(_sums(parts[name].to_numpy(), starts)) for name in SUMS},
        "category": category,
        "product_ids": _lists(parts["product_id"], starts),
        "level": pa.repeat("content", len(starts)),
        "contents": pa.repeat(1, len(starts)),
        "clicks_derived": pa.repeat(False, len(starts)),  # noqa: FBT003
    }
    told = {
        name: _first_told(parts[name], starts)
        for name in COUNTS.names
        if name in parts.column_names and name not in made
    }
    columns = {**told, **made}
    return pa.table(
        [columns.get(f.name, pa.nulls(len(starts), f.type)).cast(f.type) for f in COUNTS],
        schema=COUNTS,
    )


def _categories(parts: pa.Table, products: pa.Table) -> pa.ChunkedArray:
    """The catalog's word on the category of each product, else what the facts say."""
    products = products.filter(pc.invert(_is(products["category"], "")))
    if not products.num_rows:
        return parts["category"]
    at = pc.index_in(_named(parts), _named(products).combine_chunks())
    said = parts["category"].cast(pa.string())
    return pc.coalesce(products["category"].take(at), said)


def _named(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["shop"].cast(pa.string()), table["product_id"], " ")


def _numbered(category: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """The paths that occur, what is inside one right behind it, and each row's place among them.

    A row without a path, or with an empty one, has the place after the last.
    """
    encoded = category.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    found = encoded.dictionary.to_pylist()
    told = [at for at, path in enumerate(found) if path]
    order = sorted(told, key=lambda at: found[at].split(SEPARATOR))
    place = np.full(len(found) + 1, len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    at = np.asarray(encoded.indices.fill_null(len(found)), dtype=np.int64)
    return [found[each] for each in order], place[at]


def _differs(parts: pa.Table, keys: Sequence[str]) -> Bools:
    """Whether each row differs from the one before in any of the keys."""
    differs = np.zeros(parts.num_rows, dtype=np.bool_)
    for name in keys:
        if pa.types.is_integer(parts[name].type) and not parts[name].null_count:
            differs[1:] |= _steps(parts[name].to_numpy())[1:]
            continue
        now, before = parts[name][1:], parts[name][:-1]
        same = pc.equal(now, before)
        if same.null_count:
            both_empty = pc.and_(pc.is_null(now), pc.is_null(before))
            same = pc.if_else(both_empty, True, pc.fill_null(same, fill_value=False))  # noqa: FBT003
        differs[1:] |= ~np.asarray(same)
    return differs


def _lists(products: pa.ChunkedArray, starts: Ints) -> pa.Array:
    """The products of each run of rows that begins at `starts`."""
    offsets = np.append(starts, len(products))
    if products.null_count:
        offsets = np.concatenate([[0], np.cumsum(products.is_valid())])[offsets]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), products.drop_null().combine_chunks()
    )


def _shared(paths: list[str], path: Ints, starts: Ints) -> pa.Array:
    """The deepest path that all rows of a run share; empty if none, null where none was told.

    Between the least and the greatest of them nothing shares less.
    """
    told = np.where(path < len(paths), path, -1)
    one_each = len(starts) == len(path)
    low = path if one_each else np.minimum.reduceat(path, starts)
    high = told if one_each else np.maximum.reduceat(told, starts)
    shared = pa.array(paths, pa.string()).take(pa.array(high, mask=high < 0))
    apart = low < high
    if not apart.any():
        return shared
    pairs, number = np.unique(
        np.stack([low[apart], high[apart]], axis=1), axis=0, return_inverse=True
    )
    deepest = pa.array([shared_path(paths[one], paths[other]) for one, other in pairs])
    return pc.replace_with_mask(shared, pa.array(apart), deepest.take(pa.array(number)))


def _first_told(
    column: pa.ChunkedArray, starts: Ints, order: Ints | None = None, first: pa.Array | None = None
) -> pa.Array:
    """The first value of each run that is not null; of the rows in an order, if any.

    `first` are the places runs begin at, if somebody made an array of them already.
    """
    if order is None and len(starts) == len(column):
        return column.combine_chunks()
    if not column.null_count:
        return column.take(pa.array(starts) if first is None else first).combine_chunks()
    valid = np.asarray(column.is_valid())
    valid = valid if order is None else valid[order]
    rows = len(valid)
    at = np.minimum.reduceat(np.where(valid, np.arange(rows), rows), starts)
    missing = at == rows
    at = np.where(missing, 0, at)
    at = at if order is None else order[at]
    return column.take(pa.array(at, mask=missing)).combine_chunks()


def _is(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(column, value), fill_value=False)


def _within(rows: pa.Table, path: str) -> pa.Table:
    """The rows of a category and of all below it."""
    category = rows["category"]
    inside = pc.or_(pc.equal(category, path), pc.starts_with(category, path + SEPARATOR))
    return rows.filter(pc.fill_null(inside, fill_value=False))
