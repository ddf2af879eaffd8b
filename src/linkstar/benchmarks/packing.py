"""Arrow tables as bytes for a database column: Parquet with ZSTD."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq


def packed(table: pa.Table) -> bytes:
    """The table as a Parquet file in memory."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def unpacked(data: bytes | memoryview[int]) -> pa.Table:
    """The table `packed` was given."""
    return pq.read_table(pa.BufferReader(bytes(data)))
