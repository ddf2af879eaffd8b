"""Rows per content and product become rows per content, as a person would gather them."""

from collections.abc import Sequence
from itertools import groupby

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lake.contents import contents_of
from linkstar.lake.selection import COUNTS, PRODUCTS, Level, Selection, Source

KEYS = ("shop", "creator", "content_id")
PARTS = pa.schema(
    [
        *((COUNTS.field(name)) for name in KEYS),
        ("product_id", pa.string()),
        *(COUNTS.field(name) for name in ("creator_name", "content_type", "channel", "category")),
        *(COUNTS.field(name) for name in ("impressions", "clicks")),
    ]
)
PATHS = ["Beauty", "Beauty > Skin", "Beauty > Skin > Face", "Beauty > Skincare", "Home", "", None]


def part(**said: object) -> dict:
    usual = {"shop": 1, "creator": "ada", "content_id": "1", "channel": "tiktok"}
    return {**usual, "impressions": 10, "clicks": 1, **said}


def gathered(parts: Sequence[dict], level: Level = Level.CREATOR, **more: object) -> list[dict]:
    table = pa.Table.from_pylist(sorted(parts, key=in_order), schema=PARTS)
    selection = Selection(Source.TRACKED, level, titles=False, **more)
    return contents_of(table, KEYS, selection).to_pylist()


def in_order(row: dict) -> list[tuple]:
    """Empty values come last, as the engine sorts them."""
    return [(row[name] is None, row[name] or "") for name in (*KEYS, "product_id")]


def by_hand(parts: Sequence[dict], level: Level, catalog: dict[str, str]) -> list[tuple]:
    """Content, products, category, type and sums, one row at a time."""

    def category(row: dict) -> str | None:
        return catalog.get(row["product_id"]) or row["category"] or None

    def key(row: dict) -> tuple:
        apart = {Level.PRODUCT: row["product_id"], Level.CATEGORY: category(row)}.get(level)
        return row["shop"], row["creator"], row["content_id"], apart

    found = []
    for at, group in groupby(sorted(parts, key=lambda row: str(key(row))), key):
        rows = sorted(group, key=in_order)
        products = [row["product_id"] for row in rows if row["product_id"] is not None]
        types = [row["content_type"] for row in rows if row["content_type"] is not None]
        paths = [path for row in rows if (path := category(row)) is not None]
        sums = (sum(row[name] for row in rows) for name in ("impressions", "clicks"))
        found.append((*at[:3], products, deepest(paths), *types[:1], *sums))
    return sorted(found, key=str)


def deepest(paths: Sequence[str]) -> str | None:
    """The longest path that all of them lie in."""
    if not paths:
        return None
    names = paths[0].split(" > ")
    prefixes = [" > ".join(names[:depth]) for depth in range(len(names), 0, -1)]
    return next(
        (one for one in prefixes if all(f"{path} > ".startswith(f"{one} > ") for path in paths)), ""
    )


@st.composite
def some_parts(draw: st.DrawFn) -> list[dict]:
    keys = st.tuples(
        st.sampled_from([1, 2]),
        st.sampled_from(["ada", "bo", None]),
        st.sampled_from(["1", "2", None]),
        st.sampled_from(["11", "12", "13", None]),
    )
    rows = []
    for shop, creator, content, product in draw(st.sets(keys, max_size=30)):
        said = {
            "shop": shop,
            "creator": creator,
            "content_id": content,
            "product_id": product,
            "category": draw(st.sampled_from(PATHS)),
            "content_type": draw(st.sampled_from(["video", None])),
            "impressions": draw(st.integers(0, 99)),
            "clicks": draw(st.integers(0, 9)),
        }
        rows.append(part(**said))
    return rows


class TestContents:
    @given(
        some_parts(),
        st.sampled_from(Level),
        st.dictionaries(st.sampled_from(["11", "12"]), st.sampled_from(PATHS[:-1])),
    )
    def test_are_what_gathering_by_hand_gives(
        self, parts: list[dict], level: Level, catalog: dict[str, str]
    ) -> None:
        known = [(shop, *one) for shop in (1, 2) for one in catalog.items()]
        columns = zip(*known, strict=True) if known else ([], [], [])
        products = pa.table([pa.array(each) for each in columns], PRODUCTS.names).cast(PRODUCTS)
        names = (*KEYS, "product_ids", "category", "content_type", "impressions", "clicks")
        rows = gathered(parts, level, products=products)
        told = [tuple(row[name] for name in names) for row in rows]
        typed = [row if row[5] else (*row[:5], *row[6:]) for row in told]
        assert sorted(typed, key=str) == by_hand(parts, level, catalog)

    def test_of_nothing_are_nothing(self) -> None:
        assert gathered([]) == []

    def test_take_the_first_label_that_is_told(self) -> None:
        [row] = gathered(
            [part(product_id="1"), part(product_id="2", content_type="live", creator_name="Ada")]
        )
        assert (row["content_type"], row["creator_name"]) == ("live", "Ada")

    def test_that_show_a_product_are_whole(self) -> None:
        parts = [part(product_id=product) for product in ("11", "12")]
        [row] = gathered([*parts, part(content_id="2", product_id="12")], product="11")
        assert (row["product_ids"], row["impressions"]) == (["11", "12"], 20)

    def test_within_a_category_are_those_whose_products_all_are(self) -> None:
        parts = [
            part(product_id="11", category="Beauty > Skin"),
            part(product_id="12", category="Beauty > Lips"),
            part(content_id="2", product_id="12", category="Beautyful"),
        ]
        assert [row["content_id"] for row in gathered(parts, category="Beauty")] == ["1"]
        assert gathered(parts, category="Beauty > Skin") == []
