"""The counts of roll-ups, ready to be added up: what a question for impressions and clicks reads.

Beside each data file of roll-ups lie its rows (`lake.ready_tables`), with two numbers that tell
which rows are of one content, and of one content and product. Titles, which few questions want,
stay out.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.lake.relations import rows_of
from linkstar.stats.arrays import Bools

_CONTENT = "shop::INTEGER, creator::VARCHAR, content_id::VARCHAR"
NUMBERS = f"""hash({_CONTENT}) AS content, hash({_CONTENT}, product_id::VARCHAR) AS part"""
"""SQL for the numbers of a row's content, and of its content and product."""

FEW = ("market", "channel", "content_type", "category")
"""Columns with few different texts."""
READY_COUNTS = f"""SELECT {NUMBERS}, starts_on, workspace, shop, market, channel, creator,
        creator_name, content_id, content_type, product_id, category, impressions, clicks
    FROM {rows_of("files")} WHERE impressions > 0 OR clicks > 0
    ORDER BY workspace, content, part, market, channel, currency"""
"""SQL for the counts of one file, in order of workspace and number of content."""


def says(counts: pa.Table, name: str, value: str) -> Bools:
    """Which rows have this text in a column."""
    column = counts[name].combine_chunks()
    if not pa.types.is_dictionary(column.type):
        return np.asarray(pc.fill_null(pc.equal(column, value), fill_value=False))
    wanted = column.dictionary.index(value).as_py()
    found: Bools = np.asarray(column.indices.fill_null(-1)) == (wanted if wanted >= 0 else -2)
    return found
