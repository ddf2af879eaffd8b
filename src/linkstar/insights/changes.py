"""What changed between two periods: how much is better rates, how much another mix."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkstar.stats.arrays import Floats, ratio
from linkstar.stats.mix import kitagawa, segments


class Along(StrEnum):
    """What the mix is made of."""

    CATEGORY = "category"
    CONTENT_TYPE = "content_type"
    CREATOR = "creator"
    CONTENT = "content_id"


PARTS = pa.schema(
    [
        ("part", pa.string()),
        ("impressions_before", pa.int64()),
        ("impressions", pa.int64()),
        ("ctr_before", pa.float64()),
        ("ctr", pa.float64()),
        ("rate_effect", pa.float64()),  # CTR difference because the part's CTR changed
        ("mix_effect", pa.float64()),  # because its share of impressions changed
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A difference of CTRs split exactly: ctr - ctr_before = rate_effect + mix_effect.

    nan throughout when either period has no impressions. `parts` has the columns of `PARTS`, the
    largest effects first.
    """

    along: Along
    impressions_before: int
    impressions: int
    clicks_before: int
    clicks: int
    ctr_before: float
    ctr: float
    rate_effect: float
    mix_effect: float
    parts: pa.Table


def change(before: pa.Table, after: pa.Table, along: Along) -> Change:
    """Split the change of pooled CTR from one period's counts to another's (Kitagawa 1955)."""
    names, n0, x0, n1, x1 = _side_by_side(before, after, along)
    total0, total1 = float(n0.sum()), float(n1.sum())
    known = total0 > 0 and total1 > 0
    split = kitagawa(segments(x1, n1), segments(x0, n0))
    rate = split.rate if known else np.full(len(names), np.nan)
    mix = split.mix if known else np.full(len(names), np.nan)
    parts = pa.table(
        [
            pa.array(names, pa.string()),
            pa.array(n0.astype(np.int64)),
            pa.array(n1.astype(np.int64)),
            pa.array(ratio(x0, n0), from_pandas=True),
            pa.array(ratio(x1, n1), from_pandas=True),
            pa.array(rate, from_pandas=True),
            pa.array(mix, from_pandas=True),
        ],
        schema=PARTS,
    )
    order = np.argsort(-(np.abs(rate) + np.abs(mix)), kind="stable")
    return Change(
        along=along,
        impressions_before=int(total0),
        impressions=int(total1),
        clicks_before=int(x0.sum()),
        clicks=int(x1.sum()),
        ctr_before=float(ratio(x0.sum(), total0)),
        ctr=float(ratio(x1.sum(), total1)),
        rate_effect=float(rate.sum()) if known else float("nan"),
        mix_effect=float(mix.sum()) if known else float("nan"),
        parts=parts.take(pa.array(order)),
    )


def _side_by_side(
    before: pa.Table, after: pa.Table, along: Along
) -> tuple[list[str], Floats, Floats, Floats, Floats]:
    """Impressions and clicks of every part that occurs in either period."""
    named = [pc.fill_null(table[along.value], "") for table in (before, after)]
    names = pc.unique(pa.chunked_array([*named[0].chunks, *named[1].chunks], pa.string()))
    numbers = [np.asarray(pc.index_in(part, names).to_numpy(), dtype=np.int64) for part in named]
    n0, x0, n1, x1 = (
        np.bincount(at, table[count].to_numpy(), len(names)).astype(np.float64)
        for at, table in zip(numbers, (before, after), strict=True)
        for count in ("impressions", "clicks")
    )
    return names.to_pylist(), n0, x0, n1, x1
