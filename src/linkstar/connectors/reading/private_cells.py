"""Personal data of buyers: emptied before anything of the file is kept."""

from dataclasses import replace
from pathlib import Path

from linkstar.connectors.fields.engine import open_engine
from linkstar.connectors.reading.cells import clean, relation
from linkstar.connectors.reading.detected import Detected
from linkstar.connectors.reading.values import text_literal


def emptied(detected: Detected, scratch: Path) -> Detected:
    """The same file read from a copy of its cells in which the private ones are empty.

    The header stays, and so does every row; the cells it was read from before are deleted from
    `scratch`. The caller deletes the file itself.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    cells = detected.cells
    if cells.format == "csv":
        cells = clean(cells, detected.width, scratch)
    columns = ", ".join(_column(detected, i) for i in range(detected.width))
    target = scratch / "without-private.csv"
    with open_engine(spill=str(scratch)) as engine:
        engine.execute(
            f"""COPY (SELECT {columns}, coalesce(extra, '') AS extra
                FROM {relation(cells, detected.width)} ORDER BY row)
            TO {text_literal(str(target))} (FORMAT csv, HEADER false, FORCE_QUOTE *)"""
        )
    for left in scratch.glob("*.csv"):
        if left != target:
            left.unlink()
    kept = replace(cells, path=str(target), is_clean=True, width=detected.width + 1)
    return replace(detected, cells=kept)


def _column(detected: Detected, index: int) -> str:
    cell = f"coalesce(c{index}, '')"
    if index not in detected.private:
        return f"{cell} AS c{index}"
    return f"CASE WHEN row = {detected.header_row} THEN {cell} ELSE '' END AS c{index}"
