"""Cells that are not ours to keep: personal data of buyers, emptied before anything is kept."""

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from linkstar.connectors.fields.engine import open_engine, text_literal
from linkstar.connectors.folders import Folder
from linkstar.connectors.reading.cells import Cells, clean, relation
from linkstar.connectors.reading.detected import Detected

_NO_RECORD = "?"
"""Stands for a line of NDJSON that is none: nothing tells which of its words are private."""


def unmapped(detected: Detected) -> frozenset[int]:
    """The places of columns that fill no field of ours."""
    return frozenset(range(detected.width)) - {match.index for match in detected.columns}


def emptied(detected: Detected, scratch: Path, columns: Collection[int]) -> Detected:
    """The same file read from a copy of its cells in which these columns are empty.

    The header stays, and so does every row. The caller deletes what it was read from.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    write = _COPIES.get(detected.cells.format, _as_text)
    return replace(detected, cells=write(detected, scratch, columns))


def delete_other_copies(detected: Detected, folder: Folder) -> None:
    """Delete the file as it came and every copy of its cells but the one it is read from."""
    folder.source.unlink(missing_ok=True)
    for left in folder.cells.iterdir():
        if left.is_file() and str(left) != detected.cells.path:
            left.unlink()


def _target(detected: Detected, scratch: Path, ending: str) -> Path:
    """Where the copy goes; never onto the one that is read."""
    first, second = (scratch / f"without-private{n}.{ending}" for n in ("", "-again"))
    return second if detected.cells.path == str(first) else first


def _as_text(detected: Detected, scratch: Path, columns: Collection[int]) -> Cells:
    cells = detected.cells
    if cells.format == "csv" and not cells.is_clean:
        cells = clean(cells, detected.width, scratch)
    kept = ", ".join(
        f"CASE WHEN row = {detected.header_row} THEN {_cell(i)} ELSE '' END AS c{i}"
        if i in columns
        else f"{_cell(i)} AS c{i}"
        for i in range(detected.width)
    )
    target = _target(detected, scratch, "csv")
    with open_engine(spill=str(scratch / "spill")) as engine:
        engine.execute(
            f"""COPY (SELECT {kept}, coalesce(extra, '') AS extra
                FROM {relation(cells, detected.width)} ORDER BY row)
            TO {text_literal(str(target))} (FORMAT csv, HEADER false, FORCE_QUOTE *)"""
        )
    return replace(cells, path=str(target), is_clean=True, width=detected.width + 1)


def _cell(index: int) -> str:
    return f"coalesce(c{index}, '')"


def _as_parquet(detected: Detected, scratch: Path, columns: Collection[int]) -> Cells:
    names = detected.cells.names
    private = ", ".join(f"CAST(NULL AS VARCHAR) AS {_name(names[i])}" for i in sorted(columns))
    target = _target(detected, scratch, "parquet")
    with open_engine(spill=str(scratch / "spill")) as engine:
        engine.execute(
            f"""COPY (SELECT * REPLACE ({private})
                FROM read_parquet({text_literal(detected.cells.path)}))
            TO {text_literal(str(target))} (FORMAT parquet)"""
        )
    types = tuple("VARCHAR" if i in columns else t for i, t in enumerate(detected.cells.types))
    return replace(detected.cells, path=str(target), types=types)


def _as_ndjson(detected: Detected, scratch: Path, columns: Collection[int]) -> Cells:
    """Records keep the keys that are columns, without the private ones."""
    names = detected.cells.names
    kept = frozenset(names) - {names[i] for i in columns}
    source, target = Path(detected.cells.path), _target(detected, scratch, "ndjson")
    with (
        source.open(encoding=detected.cells.encoding, errors="replace") as lines,
        target.open("w", encoding="utf-8") as copy,
    ):
        for line in lines:
            copy.write(_without(line, kept) + "\n")
    return replace(detected.cells, path=str(target), encoding="utf-8")


def _without(line: str, kept: Collection[str]) -> str:
    try:
        record = json.loads(line)
    except ValueError:
        return _NO_RECORD if line.strip() else ""
    if not isinstance(record, dict):
        return _NO_RECORD
    return json.dumps({k: v for k, v in record.items() if k in kept}, ensure_ascii=False)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_COPIES = {"parquet": _as_parquet, "ndjson": _as_ndjson}
