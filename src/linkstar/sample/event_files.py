"""Writes a marketplace's events as Parquet files, a few days each, as a seller's tracker would."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.sample.labels import Labels
from linkstar.sample.market import Market
from linkstar.sample.traffic import event_tables


def write_event_files(
    market: Market,
    labels: Labels,
    folder: Path,
    *,
    zone: ZoneInfo,
    now: datetime,
    days_per_file: int,
    watch: Callable[[pa.Table], None] = lambda _events: None,
) -> Iterator[Path]:
    """Each file as soon as it is complete; `watch` sees every table that is written."""
    folder.mkdir(parents=True, exist_ok=True)
    writer: pq.ParquetWriter | None = None
    path = folder
    last_day = -1
    for day, table in event_tables(market, labels, zone=zone, now=now):
        if day != last_day:
            if writer is not None and day % days_per_file == 0:
                writer.close()
                writer = None
                yield path
            last_day = day
        if writer is None:
            path = folder / f"events-{market.starts_on + timedelta(days=day)}.parquet"
            writer = pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        watch(table)
    if writer is not None:
        writer.close()
        yield path
