"""Where the files of one import lie, and how they get there."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LINK_FROM_BYTES = 64 * 1024 * 1024
"""Smaller files are copied, so that nobody changes them afterwards; bigger ones are linked."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything one import keeps on disk."""

    path: Path

    @property
    def source(self) -> Path:
        """The file as it came; removed once its cells are all that may be kept."""
        return self.path / "source"

    @property
    def cells(self) -> Path:
        return self.path / "cells"

    @property
    def staged(self) -> Path:
        return self.path / "staged.parquet"

    @property
    def stated(self) -> Path:
        """What it stated of orders, while it is being undone."""
        return self.path / "stated.json"

    @property
    def problems(self) -> Path:
        return self.path / "problems.parquet"

    @property
    def products(self) -> Path:
        return self.path / "products.parquet"

    @property
    def errors(self) -> Path:
        return self.path / "errors"

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def forget_staged(self) -> None:
        """Rows that are in the facts need not lie here a second time."""
        self.staged.unlink(missing_ok=True)
        self.products.unlink(missing_ok=True)
        self.stated.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was taken in."""

    sha256: str
    size: int


def keep(source: Path | IO[bytes], folder: Folder) -> Kept:
    """Put a file into its folder.

    Args:
        source: a path, or an open file such as an upload.
        folder: where to.
    """
    folder.path.mkdir(parents=True, exist_ok=False)
    if isinstance(source, Path):
        _place(source, folder.source)
    else:
        with folder.source.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    with folder.source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Kept(digest.hexdigest(), folder.source.stat().st_size)


def _place(source: Path, target: Path) -> None:
    if source.stat().st_size >= LINK_FROM_BYTES:
        try:
            os.link(source.resolve(), target)
        except OSError:
            shutil.copyfile(source, target)
    else:
        shutil.copyfile(source, target)
