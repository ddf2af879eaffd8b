"""Every layout there is, the outside parties' own before the generic ones."""

from linkstar.connectors import (
    benchmark_file,
    creator_file,
    generic,
    product_file,
    tiktok_shop,
)
from linkstar.connectors.reading.layouts import Layout

LAYOUTS: tuple[Layout, ...] = (*tiktok_shop.LAYOUTS, *generic.LAYOUTS)
"""What an import may be."""

BENCHMARK_LAYOUTS: tuple[Layout, ...] = benchmark_file.LAYOUTS
"""What a benchmark file may be; it is never taken for facts."""

CREATOR_LAYOUTS: tuple[Layout, ...] = creator_file.LAYOUTS
"""What a creator file may be; it says who somebody is, not what they did."""

PRODUCT_LAYOUTS: tuple[Layout, ...] = product_file.LAYOUTS
"""What a file of the catalogue may be; it is never taken for facts."""


def layout_named(name: str) -> Layout:
    """The layout of that name; it must exist."""
    every = (*LAYOUTS, *BENCHMARK_LAYOUTS, *CREATOR_LAYOUTS, *PRODUCT_LAYOUTS)
    return next(layout for layout in every if layout.name == name)
