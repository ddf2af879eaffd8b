"""Windows of exports that share days with the windows of a staged file, and are never added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from linkstar.lake.datafiles import DataFile
from linkstar.lake.ready_windows import SPLIT
from linkstar.lake.relations import whole_rows
from linkstar.lake.store import Lake
from linkstar.lake.tables import PERFORMANCE, PERFORMANCE_TABLE


class Place(StrEnum):
    """How the days of a staged window lie to those of another."""

    INSIDE = "inside"
    AROUND = "around"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class Overlap:
    """One window of a staged file, and one of an earlier import that shares some of its days.

    Both are of the same shop, level and segments; a window of the same days is no overlap: there
    the later statement counts.
    """

    starts_on: date
    ends_before: date
    other_starts_on: date
    other_ends_before: date
    import_id: str

    @property
    def place(self) -> Place:
        if self.other_starts_on <= self.starts_on and self.ends_before <= self.other_ends_before:
            return Place.INSIDE
        if self.starts_on <= self.other_starts_on and self.other_ends_before <= self.ends_before:
            return Place.AROUND
        return Place.ACROSS


def overlaps_of(lake: Lake, staged: Path, *, import_id: str) -> tuple[Overlap, ...]:
    """The overlaps of a staged file with other imports, in the order of its days.

    Args:
        lake: where those are.
        staged: Parquet of period facts as the table stores them.
        import_id: of the staged file, whether it was loaded by now or not.
    """
    seen = lake.snapshot(PERFORMANCE_TABLE)
    others = [file for file in seen.files if not _is_of(file, import_id)] if seen else []
    if seen is None or not others:
        return ()
    with lake.duckdb.cursor() as cursor:
        own = f"(SELECT DISTINCT {_WINDOW} FROM {whole_rows(PERFORMANCE, 'staged')})"
        spans = cursor.execute(
            f"SELECT min(starts_on), max(ends_before), list(DISTINCT shop) FROM {own}",
            {"staged": str(staged)},
        ).fetchone()
        assert spans is not None
        starts_on, ends_before, shops = spans
        files = tuple(_files_about(others, starts_on, ends_before, shops))
        if not files:
            return ()
        found = cursor.execute(
            f"""SELECT DISTINCT own.starts_on, own.ends_before, other.starts_on AS other_starts_on,
                other.ends_before AS other_ends_before, other.import_id
            FROM {own} AS own JOIN (
                SELECT DISTINCT {_WINDOW}, import_id FROM {whole_rows(PERFORMANCE, "files")}
                WHERE import_id <> $import_id
            ) AS other ON own.shop = other.shop AND own.level = other.level
                AND own.split = other.split AND own.starts_on < other.ends_before
                AND other.starts_on < own.ends_before
            WHERE (own.starts_on, own.ends_before) <> (other.starts_on, other.ends_before)
            ORDER BY ALL""",
            {"staged": str(staged), "files": seen.paths(files), "import_id": import_id},
        ).fetchall()
    return tuple(Overlap(*row) for row in found)


_WINDOW = f"shop, level, starts_on, ends_before, {SPLIT} AS split"


def _is_of(file: DataFile, import_id: str) -> bool:
    """Whether all rows of a stored file are one import's."""
    return {file.low.get("import_id"), file.high.get("import_id")} == {import_id}


def _files_about(
    files: Iterable[DataFile],
    starts_on: date | None,
    ends_before: date | None,
    shops: list[int] | None,
) -> Iterable[DataFile]:
    """The stored files that may state windows about these days and shops."""
    for file in files:
        # A log tells days, a file's own footer their texts.
        begins, ends = str(file.low.get("starts_on", "")), str(file.high.get("ends_before", "9"))
        is_apart = begins >= str(ends_before) or ends <= str(starts_on)
        if not is_apart and file.may_hold("shop", shops or ()):
            yield file
