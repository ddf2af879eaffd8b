"""Files or frames, as something to ask questions of."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.connectors.reading.detected import Window
from linkstar.insights.loose import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotAFrame(TypeError):
    """Neither a path nor a table: nothing with Arrow, pandas or polars columns."""

    def __init__(self, given: type) -> None:
        super().__init__(given.__name__)
        self.given = given


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Where the rows are, and what was said about them.

    Attributes:
        paths: files; empty when a frame was given.
        frame: the frame as an Arrow table.
        reading: mapping, zone, currency and period.
    """

    paths: tuple[Path, ...] = ()
    frame: pa.Table | None = None
    reading: Reading = field(default_factory=Reading)

    @contextmanager
    def files(self) -> "Iterator[tuple[Path, ...]]":
        """The files to read; a frame becomes one for as long as they are read."""
        if self.frame is None:
            yield self.paths
            return
        with tempfile.TemporaryDirectory(prefix="linkstar-") as folder:
            path = Path(folder) / "frame.parquet"
            pq.write_table(self.frame, path)
            yield (path,)


def data_of(
    source: Any,
    *,
    mapping: Mapping[str, str] | None = None,
    zone: str = "",
    currency: str = "",
    period: tuple[date, date] | str | None = None,
) -> Data:
    """See `linkstar.load`.

    Raises:
        NotAFrame: the source is neither a path, nor paths, nor a frame.
    """
    reading = Reading(
        mapping=MappingProxyType(dict(mapping or {})),
        zone=zone,
        currency=currency,
        period=window_of(period) if period else None,
    )
    if isinstance(source, str | PathLike):
        return Data(paths=(Path(source),), reading=reading)
    if isinstance(source, Sequence) and all(isinstance(one, str | PathLike) for one in source):
        return Data(paths=tuple(Path(one) for one in source), reading=reading)
    return Data(frame=arrow_of(source), reading=reading)


def window_of(period: tuple[date, date] | str) -> Window:
    """Days as two dates, half-open, or as `2026-10-25..2026-11-21` with the last day included.

    Raises:
        ValueError: the text is not two ISO dates.
    """
    if not isinstance(period, str):
        return Window(*period)
    first, _, last = period.partition("..")
    return Window(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))


def arrow_of(frame: Any) -> pa.Table:
    """An Arrow table from a frame of any library that speaks Arrow.

    Raises:
        NotAFrame: it does not.
    """
    if isinstance(frame, pa.Table):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    if type(frame).__module__.partition(".")[0] == "pandas":
        return pa.Table.from_pandas(frame, preserve_index=False)
    raise NotAFrame(type(frame))
