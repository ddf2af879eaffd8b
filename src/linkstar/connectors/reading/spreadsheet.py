"""Spreadsheets, read in a child process so that a hostile file harms nothing but itself."""

import json
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from linkstar.connectors.reading.refusals import FileRefused

UNPACKED_BYTES_MAX = 200_000_000
RATIO_MAX = 100
ENTRIES_MAX = 200
MEMORY_BYTES_MAX = 512 * 1024 * 1024
SECONDS_MAX = 60
_CHILD = Path(__file__).with_name("spreadsheet_child.py")
_TOO_MUCH_MEMORY = ("MemoryError", "memory allocation", "capacity overflow", "SIGABRT")
_SAY_WHAT_THEY_ARE = frozenset({"[Content_Types].xml", "mimetype"})
"""Workbooks that are packed folders have one of these in them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text cells of one sheet: a CSV file with every cell quoted."""

    name: str
    path: Path
    width: int


def sheets_of(workbook: Path, folder: Path) -> tuple[Sheet, ...]:
    """Every sheet with something on it, as text cells written to `folder`.

    Raises:
        FileRefused: `packed`, `zip_bomb`, `damaged`, `too_slow` or `too_much_memory`.
    """
    if zipfile.is_zipfile(workbook):
        refuse_bombs(workbook)
    folder.mkdir(parents=True, exist_ok=True)
    _run_child(workbook, folder)
    stated = json.loads((folder / "sheets.json").read_text(encoding="utf-8"))
    return tuple(Sheet(s["name"], folder / s["file"], s["width"]) for s in stated if s["width"])


def refuse_bombs(workbook: Path) -> None:
    """Look at the zip directory only; nothing is unpacked.

    Raises:
        FileRefused: `packed` (a folder in one file that is no workbook), `zip_bomb` or `damaged`.
    """
    try:
        with zipfile.ZipFile(workbook) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as damage:
        raise FileRefused("damaged", str(damage)) from damage
    is_alone = not min((entry.header_offset for entry in entries), default=0)
    if is_alone and _SAY_WHAT_THEY_ARE.isdisjoint(entry.filename for entry in entries):
        raise FileRefused("packed")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    too_dense = any(e.file_size > RATIO_MAX * max(1, e.compress_size) for e in entries)
    if (
        len(entries) > ENTRIES_MAX
        or unpacked > UNPACKED_BYTES_MAX
        or unpacked > RATIO_MAX * packed
        or (too_dense and unpacked > 1_000_000)
    ):
        raise FileRefused("zip_bomb", f"{len(entries)} entries, {unpacked} bytes unpacked")


def _run_child(workbook: Path, folder: Path) -> None:
    limits = (str(MEMORY_BYTES_MAX), str(SECONDS_MAX))
    command = [sys.executable, "-I", str(_CHILD), str(workbook), str(folder), *limits]
    try:
        child = subprocess.run(  # noqa: S603  # our own interpreter and script
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=2 * SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise FileRefused("too_slow") from late
    if child.returncode == 0:
        return
    if child.returncode in {-signal.SIGXCPU, -signal.SIGKILL} and not child.stderr.strip():
        raise FileRefused("too_slow")
    last_words = child.stderr.strip().rpartition("\n")[2]
    if child.returncode == -signal.SIGABRT or any(w in child.stderr for w in _TOO_MUCH_MEMORY):
        raise FileRefused("too_much_memory", last_words)
    raise FileRefused("damaged", last_words)
