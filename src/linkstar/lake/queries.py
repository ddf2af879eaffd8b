"""The questions the facts answer. Counts only: a rate is made of them elsewhere."""

from linkstar.lake.export_counts import export_counts, export_totals
from linkstar.lake.selection import Counts, PoolScope, Scope, Selection, Source
from linkstar.lake.store import Lake
from linkstar.lake.tracked_counts import tracked_counts, tracked_totals


def content_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> Counts:
    """Impressions and clicks of a selection, one row per content.

    Rows stand for a creator or product where exports do not split it by content; per segment value
    and ISO week where asked. Counts of one creator or category are the sums of its rows.

    Exports: of each subject the newest statement counts, and per shop and level only disjoint
    windows inside the period; the others come back in `left_out`. By creator and shop, a creator's
    own row is used only where none of her contents has counts. By product, a product's own row
    wins over contents that show it alone. By category, contents win over products.

    Tracked events: only `product_impressions`. By product or category a content that shows several
    is split between them; else its category is the deepest its products share.

    A category is the catalog's (`selection.products`), else what the row states, else null.
    """
    if selection.source is Source.TRACKED:
        return tracked_counts(lake, scope, selection)
    return export_counts(lake, scope, selection)


def total_counts(lake: Lake, scope: Scope | PoolScope, selection: Selection) -> tuple[int, int]:
    """Impressions and clicks of all that `content_counts` counts, added up where they lie."""
    if selection.source is Source.TRACKED:
        return tracked_totals(lake, scope, selection)
    return export_totals(lake, scope, selection)
