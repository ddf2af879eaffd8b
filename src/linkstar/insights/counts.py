"""The counts a question is about: which rows they form, which are filtered, which have no key."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.catalog.rules import SEPARATOR
from linkstar.insights.questions import By, Filters, Question
from linkstar.stats.arrays import Floats, Ints

_OWN_ATTRIBUTES = {
    By.CREATOR: frozenset({"creator"}),
    By.CONTENT: frozenset({"creator", "content", "product", "category", "content_type", "channel"}),
    By.PRODUCT: frozenset({"product", "category"}),
    By.CATEGORY: frozenset({"category"}),
    By.SHOP: frozenset(),
}
"""Filters that choose among rows: they hide rows without changing the figures of the others."""
_COLUMNS = {"content": "content_id", "content_type": "content_type", "channel": "channel"}


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Counts with a key, numbered by the row they belong to.

    Attributes:
        table: the counts, those without a key left out.
        group: shape (m,), the row of each element.
        keys: one per row.
        segments: the segment value of each row, None without a segment.
        heaviest: per row, the element with most impressions; it names the row.
        impressions_without_key: of the counts left out.
    """

    table: pa.Table
    group: Ints
    keys: pa.Array
    segments: pa.Array | None
    heaviest: Ints
    impressions_without_key: int

    @property
    def groups(self) -> int:
        return len(self.keys)

    def column(self, name: str) -> Floats:
        """A count as float64, nan for null."""
        return floats(self.table[name])


def floats(column: pa.ChunkedArray) -> Floats:
    """The column as float64, nan for null."""
    return np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy(), dtype=np.float64)


def grouped(counts: pa.Table, by: By, *, split: bool = False) -> Grouped:
    """Number the counts by key, and by segment value when they are `split`."""
    key = key_of(counts, by)
    has_key = pc.fill_null(pc.not_equal(key, ""), fill_value=False)
    if by is By.CATEGORY:
        key, has_key = pc.fill_null(key, ""), pa.repeat(True, counts.num_rows)  # noqa: FBT003
    table, without = counts, 0
    if not pc.all(has_key).as_py():
        without = pc.sum(counts["impressions"].filter(pc.invert(has_key))).as_py() or 0
        table, key = counts.filter(has_key), key.filter(has_key)
    encoded = key.dictionary_encode()
    group = np.asarray(encoded.indices.to_numpy(), dtype=np.int64)
    keys, segments = encoded.dictionary, None
    if split:
        group, keys, segments = _split(group, keys, table["segment"].combine_chunks())
    heaviest = _heaviest(group, floats(table["impressions"]), len(keys))
    return Grouped(table, group, keys, segments, heaviest, without)


def _heaviest(group: Ints, impressions: Floats, groups: int) -> Ints:
    """The element of each group with most impressions, the last of several."""
    weight = np.nan_to_num(impressions)
    most = np.zeros(groups)
    np.maximum.at(most, group, weight)
    candidates = np.flatnonzero(weight == most[group])
    heaviest = np.zeros(groups, dtype=np.int64)
    heaviest[group[candidates]] = candidates
    return heaviest


def _split(group: Ints, keys: pa.Array, segment: pa.Array) -> tuple[Ints, pa.Array, pa.Array]:
    values = pc.fill_null(segment.cast(pa.string()), "").dictionary_encode()
    span = max(1, len(values.dictionary))
    code = group * span + np.asarray(values.indices.to_numpy(), dtype=np.int64)
    pairs, number = np.unique(code, return_inverse=True)
    return (
        number,
        keys.take(pa.array(pairs // span)),
        values.dictionary.take(pa.array(pairs % span)),
    )


def key_of(counts: pa.Table, by: By) -> pa.Array:
    """What each element's row is called; null or empty where the facts do not say."""
    if by is By.CREATOR:
        column = counts["creator"]
    elif by is By.CONTENT:
        column = counts["content_id"]
    elif by is By.PRODUCT:
        return only_product(counts)
    elif by is By.CATEGORY:
        column = counts["category"]
    else:
        column = counts["shop"].cast(pa.string())
    return column.combine_chunks()


def only_product(counts: pa.Table) -> pa.Array:
    """The product an element is about; null where it shows none or several."""
    lists = counts["product_ids"].combine_chunks()
    single = pc.equal(pc.list_value_length(lists), 1)
    padded = pc.if_else(
        pc.fill_null(single, fill_value=False), lists, pa.scalar([None], lists.type)
    )
    return pc.list_element(padded, 0)


def narrowed(counts: pa.Table, filters: Filters, by: By) -> pa.Table:
    """The counts that filters leave, rows' own attributes aside: those choose among rows later."""
    mask = _mask(counts, filters, names=_named(filters) - _OWN_ATTRIBUTES[by])
    return counts if mask is None else counts.filter(mask)


def narrowing(question: Question) -> Question:
    """The same question without what only chooses among the rows of its answer."""
    own = dict.fromkeys((*_OWN_ATTRIBUTES[question.by], "text"), "")
    return replace(question, filters=replace(question.filters, **own))


def is_narrowed(filters: Filters, by: By) -> bool:
    """Whether filters leave out counts of rows, beyond choosing among rows."""
    return bool(_named(filters) - _OWN_ATTRIBUTES[by])


def chosen(counts: pa.Table, filters: Filters, by: By) -> pa.ChunkedArray | None:
    """Which elements belong to rows the filters choose; None when they choose all."""
    mask = _mask(counts, filters, names=_named(filters) & _OWN_ATTRIBUTES[by])
    if not filters.text:
        return mask
    found = _mentions(counts, filters.text)
    return found if mask is None else pc.and_(mask, found)


def _named(filters: Filters) -> frozenset[str]:
    names = ("creator", "content", "product", "category", "content_type", "channel")
    return frozenset(name for name in names if getattr(filters, name))


def _mask(counts: pa.Table, filters: Filters, *, names: frozenset[str]) -> pa.ChunkedArray | None:
    mask = None
    for name in sorted(names):
        part = _keeps(counts, name, getattr(filters, name))
        mask = part if mask is None else pc.and_(mask, part)
    return mask


def _keeps(counts: pa.Table, name: str, value: str) -> pa.ChunkedArray:
    if name == "category":
        path = pc.fill_null(counts["category"], "")
        return pc.or_(pc.equal(path, value), pc.starts_with(path, value + SEPARATOR))
    if name == "product":
        return _has_product(counts, value)
    column = counts[_COLUMNS.get(name, name)]
    return pc.fill_null(pc.equal(column, value), fill_value=False)


def _has_product(counts: pa.Table, product: str) -> pa.ChunkedArray:
    lists = counts["product_ids"].combine_chunks()
    at = pc.list_parent_indices(lists).filter(pc.equal(pc.list_flatten(lists), product))
    mask = np.zeros(counts.num_rows, dtype=np.bool_)
    mask[at.to_numpy()] = True
    return pa.chunked_array([pa.array(mask)])


def _mentions(counts: pa.Table, text: str) -> pa.ChunkedArray:
    named = ("creator", "creator_name", "content_id", "content_title", "product_name", "category")
    found = pa.chunked_array([pa.repeat(False, counts.num_rows)])  # noqa: FBT003 -- nothing yet
    for name in named:
        hit = pc.match_substring(counts[name], text, ignore_case=True)
        found = pc.or_(found, pc.fill_null(hit, fill_value=False))
    return found
