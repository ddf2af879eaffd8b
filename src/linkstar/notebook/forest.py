"""A forest plot: who is really better, drawn so that size of evidence shows."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.font_manager import get_font_names
from matplotlib.ticker import FuncFormatter

from linkstar.insights.answers import UpliftAnswer
from linkstar.notebook.result import signed
from linkstar.stats.states import State

ABOVE, BELOW, OTHER = "#1F5FBF", "#B45309", "#5B6675"
"""Blue, orange and grey stay apart under every kind of colour sight."""
_COLOURS = {State.ABOVE.value: ABOVE, State.BELOW.value: BELOW}
HAN = ("Noto Sans CJK SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei")
"""Fonts with Chinese signs; the usual one has none."""
_AREA_MIN, _AREA_MAX = 12.0, 90.0


def forest_plot(answer: UpliftAnswer, *, ax: Axes | None, rows: int) -> Axes:
    """Uplift and its interval for the first rows that have one, largest lower limit on top.

    Marks grow with impressions; the grey line at 0 is the benchmark.
    """
    shown = [row for row in answer.rows.to_pylist() if row["low"] is not None][:rows]
    shown.sort(key=lambda row: row["low"])
    if ax is None:
        _, ax = plt.subplots(figsize=(8.0, 1.2 + 0.32 * max(1, len(shown))))
    ax.axvline(0.0, color=OTHER, linewidth=1.0)
    impressions = np.array([row["impressions"] for row in shown], dtype=np.float64)
    areas = _AREA_MIN + (_AREA_MAX - _AREA_MIN) * impressions / impressions.max(initial=1.0)
    for place, (row, area) in enumerate(zip(shown, areas, strict=True)):
        colour = _COLOURS.get(row["state"], OTHER)
        ax.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=1.5)
        ax.scatter([row["uplift"]], [place], s=area, color=colour, marker="s", zorder=3)
    ax.set_yticks(range(len(shown)), [row["name"] for row in shown], fontfamily=families())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: signed(value)))
    ax.margins(x=0.1)
    ax.set_xlabel(_source_line(answer), fontfamily=families())
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    return ax


def families() -> list[str]:
    """The usual fonts, then those this machine has for what they cannot write."""
    installed = set(get_font_names())
    return [*rcParams["font.family"], *(one for one in HAN if one in installed)]


def _source_line(answer: UpliftAnswer) -> str:
    benchmark = answer.benchmark
    against = benchmark.source_name or benchmark.id if benchmark else "–"
    return f"CTR uplift · {answer.market} · {answer.definition.value} · {against}"
