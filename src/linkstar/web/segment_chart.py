"""One thing cut along a line, as bars with intervals and as the table beside them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from linkstar.events.vocabulary import Segment
from linkstar.insights.answers import UpliftAnswer
from linkstar.stats.states import State
from linkstar.web import formats
from linkstar.web.labels import SEGMENTS, segment_value, state_name


@dataclass(frozen=True, slots=True)
class SegmentChart:
    """`data` goes to the script; `rows` is the table twin with the state of each row."""

    title: str
    data: dict[str, Any]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def segment_chart(answer: UpliftAnswer, segment: Segment, language: str) -> SegmentChart | None:
    """Bars of CTR per value, the benchmark of the same value as a tick; None without values."""
    found = [row for row in answer.rows.to_pylist() if row["segment"]]
    if not found:
        return None
    found.sort(key=lambda row: order_of(segment, row))
    names = [segment_value(segment, row["segment"]) for row in found]
    data = {
        "language": "zh-CN" if language.startswith("zh") else "en-US",
        "locale": "ZH" if language.startswith("zh") else "EN",
        "labels": names,
        "own": [row["ctr"] for row in found],
        "rows": [[index, *limits(row), row["benchmark_ctr"]] for index, row in enumerate(found)],
        "tips": [tip(name, row, language) for name, row in zip(names, found, strict=True)],
        "words": {"own": _("own CTR"), "benchmark": _("benchmark")},
        "description": finding(found, segment),
    }
    rows = tuple(
        (row["state"], line(name, row, language)) for name, row in zip(names, found, strict=True)
    )
    return SegmentChart(finding(found, segment), data, rows)


def order_of(segment: Segment, row: dict[str, Any]) -> tuple[int, str]:
    """Hours and weekdays in their own order, all else by impressions."""
    if segment in {Segment.HOUR, Segment.WEEKDAY}:
        return int(row["segment"]), ""
    if segment is Segment.AGE:
        return 0, str(row["segment"])
    return -int(row["impressions"]), str(row["segment"])


def limits(row: dict[str, Any]) -> tuple[float | None, float | None]:
    """The interval of the uplift as limits of the CTR it belongs to."""
    if row["low"] is None or row["benchmark_ctr"] is None:
        return None, None
    return (1 + row["low"]) * row["benchmark_ctr"], (1 + row["high"]) * row["benchmark_ctr"]


def finding(found: list[dict[str, Any]], segment: Segment) -> str:
    """What the bars show, in one sentence."""
    named = {"dimension": SEGMENTS[segment]}
    judged = [row for row in found if row["state"] in {State.ABOVE, State.BELOW}]
    if all(row["benchmark_ctr"] is None for row in found):
        return _("%(dimension)s: no benchmark to hold it against") % named
    if not judged:
        return _("%(dimension)s: no value differs surely from the market") % named
    best = max(judged, key=lambda row: row["uplift"])
    said = segment_value(segment, best["segment"])
    if best["state"] == State.ABOVE:
        return _("%(dimension)s: furthest above the market is %(value)s") % {**named, "value": said}
    return _("%(dimension)s: below the market, least so %(value)s") % {**named, "value": said}


def tip(name: str, row: dict[str, Any], language: str) -> list[str]:
    """What hovering over a bar or a point says."""
    return [
        name,
        f"{_('CTR')} {formats.ctr(row['ctr'], language)}",
        f"{_('Benchmark CTR')} {formats.ctr(row['benchmark_ctr'], language)}",
        f"{_('CTR uplift')} {formats.both_spellings(row['uplift'], language)}",
        f"n = {formats.whole(row['impressions'], language)} · {state_name(row['state'])}",
    ]


def line(name: str, row: dict[str, Any], language: str) -> tuple[str, ...]:
    return (
        name,
        formats.ctr(row["ctr"], language),
        formats.ctr(row["benchmark_ctr"], language),
        formats.both_spellings(row["uplift"], language),
        formats.interval(row["low"], row["high"], language),
        formats.whole(row["impressions"], language),
    )
