"""Turns one spreadsheet into text cells. Runs alone in a process with bounded memory and time.

    python -I spreadsheet_child.py WORKBOOK FOLDER MEMORY_BYTES CPU_SECONDS

Writes `sheet-N.csv` (every cell quoted, rows as the sheet numbers them) and `sheets.json`.
"""

import csv
import json
import resource
import sys
from pathlib import Path


def main(workbook: str, folder: Path, memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # within the limits

    book = CalamineWorkbook.from_path(workbook)
    sheets = []
    for number, name in enumerate(book.sheet_names):
        sheet = book.get_sheet_by_name(name)
        path = folder / f"sheet-{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows(sheet.iter_rows() if sheet.start else ())
        sheets.append({"name": name, "file": path.name, "width": sheet.width})
    (folder / "sheets.json").write_text(json.dumps(sheets), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
