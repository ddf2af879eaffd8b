"""A whole import of a CSV file beside DuckDB's own reading of it; a workbook beside openpyxl.

    python -m bench imports              1,000,000 rows
    python -m bench.imports 200000       as many as said

A whole import is: keep the file and its digest, find out what it is, read and check every cell,
load the facts, learn products, write the report. The peer is `read_csv` + `COPY TO` Parquet of the
same file, as DuckDB does it by default. The ways take turns, each in a fresh process over a file
that was just written. The ratio is that of the two times of a turn: the middle one of five turns,
the least and the greatest. Memory is what a process that imports grew by at its highest.
"""

import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from bench._alone import peak_bytes

ROWS = 1_000_000
WORKBOOK_ROWS = 20_000
ROUNDS = 5
WORKBOOK_ROUNDS = 3
PERIOD = (date(2026, 7, 1), date(2026, 7, 29))


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else ROWS
    folder = Path(tempfile.mkdtemp(prefix="linkstar-bench-"))
    try:
        compare_csv(folder, rows)
        compare_workbook(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compare_csv(folder: Path, rows: int) -> None:
    path = folder / "performance.csv"
    write_csv(path, rows)
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB of CSV")
    peer, ours, grown = [], [], []
    for turn in range(ROUNDS):
        peer.append(apart(copy_with_duckdb, path, folder)[:2])
        *seconds, memory = apart(import_whole, path, folder / f"data-{turn}")
        ours.append(seconds)
        grown.append(memory)
    report("read_csv + COPY", peer)
    report("whole import", ours)
    for place, name in enumerate(("on the clock", "of processor time")):
        times = sorted(o[place] / p[place] for o, p in zip(ours, peer, strict=True))
        middle = statistics.median(times)
        print(f"ratio: {middle:.2f}x {name} ({times[0]:.2f} to {times[-1]:.2f}; goal 3x)")
    print(f"memory: grew by {max(grown):.0f} MiB (goal 300)")


def report(name: str, taken: list) -> None:
    clock, processor = (statistics.median(t[n] for t in taken) for n in (0, 1))
    print(f"{name:>16}: {clock:6.2f} s on the clock, {processor:6.2f} s of processor")


def write_csv(path: Path, rows: int) -> None:
    duckdb.execute(
        f"""COPY (SELECT 'creator_' || (i % 5000) AS creator,
            '73' || lpad((i * 7919 % 100000000000000000)::VARCHAR, 17, '0') AS content_id,
            'Video title number ' || i AS title,
            (DATE '2026-01-01' + (i % 28)::INT)::VARCHAR AS "post date",
            'https://www.tiktok.com/@creator/video/73' || lpad((i * 7919)::VARCHAR, 17, '0') AS url,
            (i * 37 % 100000) + 1000 AS impressions, (i * 13 % 1000) AS clicks, i % 50 AS orders,
            '$' || format('{{:,.2f}}', (i % 100000) / 7.0) AS gmv,
            'Beauty & Personal Care > Skincare' AS category
        FROM range({rows}) AS each(i)) TO '{path}' (HEADER true)"""
    )


def apart(work: Callable[[Path, Path], None], path: Path, folder: Path) -> tuple[float, ...]:
    """Run in a fresh process: seconds on the clock, of processor time, and MiB grown by."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(work, path, folder, theirs))
    process.start()
    taken = ours.recv()
    process.join()
    return taken


def _measured(work: Callable, path: Path, folder: Path, answer: Connection) -> None:
    prepare = _PREPARED.get(work.__name__)
    prepared = prepare(folder) if prepare else folder
    peak, worked, started = peak_bytes(), time.process_time(), time.perf_counter()
    work(path, prepared)
    clock, processor = time.perf_counter() - started, time.process_time() - worked
    answer.send((clock, processor, (peak_bytes() - peak) / 2**20))


def copy_with_duckdb(path: Path, folder: Path) -> None:
    target = folder / "peer.parquet"
    duckdb.execute("SET enable_progress_bar = false")
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{path}')) TO '{target}' (FORMAT parquet)")


def _installation(folder: Path) -> tuple:
    """A fresh installation with one shop, made before the clock starts."""
    os.environ["LINKSTAR_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "linkstar.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from linkstar.accounts.actions import open_workspace
    from linkstar.catalog.actions import open_shop
    from linkstar.connectors import actions  # noqa: F401  # imported before the clock starts

    now = datetime(2026, 11, 1, tzinfo=UTC)
    workspace = open_workspace(name="Bench", now=now)
    return workspace, open_shop(workspace=workspace, name="Bench", now=now), now


def import_whole(path: Path, prepared: tuple) -> None:
    from linkstar.connectors.actions import import_path

    workspace, shop, now = prepared
    report = import_path(
        path, workspace=workspace, shop=shop, user=None, now=now, period=PERIOD, currency="USD"
    )
    assert report["loaded"] == report["rows"], report


_PREPARED = {"import_whole": _installation}


def compare_workbook(folder: Path) -> None:
    path = folder / "videos.xlsx"
    write_workbook(path)
    print(f"\n{WORKBOOK_ROWS:,} rows, {path.stat().st_size / 1e6:.1f} MB of XLSX")
    ours = [apart(read_in_child, path, folder / f"cells-{n}")[:2] for n in range(WORKBOOK_ROUNDS)]
    theirs = [apart(read_with_openpyxl, path, folder)[:2]]
    print(f"bounded child: {min(o[0] for o in ours):.2f} s, openpyxl: {theirs[0][0]:.2f} s")
    print(f"ratio: {theirs[0][0] / min(o[0] for o in ours):.1f}x faster (goal 10x)")


def write_workbook(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"Column {n}" for n in range(25)])
        for row in range(1, WORKBOOK_ROWS):
            texts = [
                f"73{row:017}",
                "07/22/2026",
                f"Video title number {row}",
                "$1,234.56",
                "3.42%",
            ]
            sheet.write_row(row, 0, [*texts, *(str(row * n % 99991) for n in range(20))])


def read_in_child(path: Path, folder: Path) -> None:
    from linkstar.connectors.reading.spreadsheet import sheets_of

    [sheet] = sheets_of(path, folder)
    assert sheet.width == 25


def read_with_openpyxl(path: Path, _folder: Path) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(path).active
    assert sum(1 for _ in sheet.iter_rows(values_only=True)) == WORKBOOK_ROWS


if __name__ == "__main__":
    main()
