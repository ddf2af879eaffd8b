"""A trend as the chart draws it and as the table beside it says it."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from linkstar.web import formats, segment_chart
from linkstar.web.labels import state_name


@dataclass(frozen=True, slots=True)
class TrendChart:
    """`data` goes to the script; `rows` is the table twin; `title` states the finding."""

    title: str
    data: dict[str, Any]
    rows: tuple[tuple[str, ...], ...]


def trend_chart(points: pa.Table, language: str) -> TrendChart | None:
    """The chart of a trend; None where there are not two points to draw a line between."""
    found = points.to_pylist()
    if len(found) < 2:
        return None
    labels = [formats.days(p["starts_on"], p["ends_before"], language) for p in found]
    data = {
        "language": "zh-CN" if language.startswith("zh") else "en-US",
        "locale": "ZH" if language.startswith("zh") else "EN",
        "labels": [formats.short_day(p["starts_on"], language) for p in found],
        "own": [p["ctr"] for p in found],
        "low": [p["ctr_low"] for p in found],
        "high": [p["ctr_high"] for p in found],
        "benchmark": [p["benchmark_ctr"] for p in found],
        "median": [p["median"] for p in found],
        "p25": [p["p25"] for p in found],
        "p75": [p["p75"] for p in found],
        "tips": [
            segment_chart.tip(label, p, language) for label, p in zip(labels, found, strict=True)
        ],
        "words": {
            "own": _("own CTR"),
            "interval": _("95% interval"),
            "benchmark": _("benchmark CTR"),
            "band": _("benchmark, middle half of contents"),
            "median": _("benchmark, median"),
        },
    }
    title = finding(found)
    rows = tuple(line(label, p, language) for label, p in zip(labels, found, strict=True))
    return TrendChart(title, {**data, "description": title}, rows)


def finding(points: list[dict[str, Any]]) -> str:
    """What the chart shows, in one sentence."""
    judged = [p for p in points if p["uplift"] is not None]
    above = sum(p["uplift"] > 0 for p in judged)
    if not judged and any(p["benchmark_ctr"] is not None for p in points):
        return _("CTR by week; no week alone has enough impressions to tell")
    if not judged:
        return _("CTR by week; there is no benchmark to compare with")
    return _("CTR was above the benchmark in %(above)s of %(weeks)s weeks") % {
        "above": above,
        "weeks": len(judged),
    }


def line(label: str, point: dict[str, Any], language: str) -> tuple[str, ...]:
    """One row of the table twin, in the order of `TWIN`."""
    return (
        *segment_chart.line(label, point, language),
        formats.whole(point["clicks"], language),
        state_name(point["state"]),
    )
