"""An answer in a notebook: a table in any library, a plot, and something to look at."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.loose import FileRead

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Uplift:
    """CTR uplift with its interval, one row per key, best first.

    Attributes:
        answer: everything, with notes and the benchmark.
        files: what became of the rows of each file.
    """

    answer: UpliftAnswer
    files: tuple[FileRead, ...]

    def __len__(self) -> int:
        return int(self.answer.rows.num_rows)

    def to_arrow(self) -> pa.Table:
        """The rows in the columns of `linkstar.insights.answers.ROWS`."""
        return self.answer.rows

    def to_pandas(self) -> Any:
        """The rows as a pandas frame (needs pandas)."""
        return self.answer.rows.to_pandas()

    def to_polars(self) -> "pl.DataFrame":
        """The rows as a polars frame (needs polars)."""
        import polars as pl  # noqa: PLC0415 -- an optional extra

        frame = pl.from_arrow(self.answer.rows)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def to_json(self) -> dict[str, object]:
        """The stable, versioned form that the command line prints, too."""
        return self.answer.to_json()

    def plot(self, *, ax: "Axes | None" = None, rows: int = ROWS_SHOWN) -> "Axes":
        """A forest plot of the first rows that have an interval (needs matplotlib).

        Args:
            ax: where to draw; a new figure when None.
            rows: how many rows at most.
        """
        from linkstar.notebook.forest import forest_plot  # noqa: PLC0415 -- an optional extra

        return forest_plot(self.answer, ax=ax, rows=rows)

    def _repr_html_(self) -> str:
        shown = self.answer.rows.slice(0, ROWS_SHOWN).to_pylist()
        head = "".join(f"<th>{name}</th>" for name in _HEAD)
        body = "".join(_html_row(row) for row in shown)
        more = len(self) - len(shown)
        left = f"<p>… {more:,} more rows</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{left}"


_HEAD = ("", "uplift", "95 %", "CTR", "benchmark", "impressions", "state")


def _html_row(row: dict[str, Any]) -> str:
    cells = (
        escape(str(row["name"])),
        both_spellings(row["uplift"]),
        interval(row["low"], row["high"]),
        rate(row["ctr"]),
        rate(row["benchmark_ctr"]),
        f"{row['impressions']:,}",
        escape(row["state"].replace("_", " ")),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def both_spellings(uplift: float | None) -> str:
    """`+150 % (2.5x)`; an en dash where it cannot be told."""
    return "–" if uplift is None else f"{signed(uplift)} ({1 + uplift:.2f}×)"


def interval(low: float | None, high: float | None) -> str:
    """`+96 % … +214 %`; an en dash where it cannot be told."""
    return "–" if low is None or high is None else f"{signed(low)} … {signed(high)}"


def rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"


def signed(value: float) -> str:
    """A ratio as a signed percentage, with a real minus sign and never a negative zero."""
    percent = round(value * 100)
    if percent == 0:
        return "0 %"
    return f"{'+' if percent > 0 else chr(0x2212)}{abs(percent):,} %"
