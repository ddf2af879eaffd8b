"""Files beside the lake, one per data file of a table, made from it and bearing its name.

Data files never change and their names are never used again, so such a file is true for as long as
it is there, and is made from the data file when it is not. All of them may be deleted at any time.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO
from uuid import uuid4


class Beside:
    """The files of one folder.

    Args:
        folder: made when first written; another one for each way of making them, alone below its
            parent with those of earlier ways.
        suffix: of their names, with the dot.
    """

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix

    def path(self, data_file: str) -> Path:
        """Where the file of a data file is, or would be."""
        return self._folder / f"{Path(data_file).stem}{self._suffix}"

    def write(self, data_file: str, fill: Callable[[IO[bytes]], object]) -> None:
        """Make the file of a data file: there whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self.path(data_file)
        fresh = path.with_name(f".{uuid4().hex}.part")
        with fresh.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)

    def keep_only(self, data_files: Iterable[str]) -> int:
        """Delete the files of all other data files, and of earlier ways; how many of the first."""
        for folder in self._folder.parent.glob("*"):
            if folder != self._folder:
                shutil.rmtree(folder, ignore_errors=True)
        named = {self.path(each).name for each in data_files}
        gone = [path for path in self._folder.glob("*") if path.name not in named]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)
