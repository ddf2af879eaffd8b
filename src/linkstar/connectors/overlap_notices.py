"""What a person should know of days that several files state: nothing of them is summed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.detected import Notice
from linkstar.lake.overlapping import Overlap, Place

WINDOWS_NAMED = 10


def notices_of(
    import_file: ImportFile, overlaps: Sequence[Overlap], supersedes: int
) -> tuple[Notice, ...]:
    """Rows of earlier files that this one restates, and windows that share days with others."""
    return tuple(_notices(import_file, overlaps, supersedes))


def _notices(
    import_file: ImportFile, overlaps: Sequence[Overlap], supersedes: int
) -> Iterator[Notice]:
    if supersedes:
        yield Notice("window.supersedes", {}, supersedes)
    names = _names(import_file, {one.import_id for one in overlaps})
    for place in Place:
        lying = [one for one in overlaps if one.place is place]
        if lying:
            told = [_told(one, names) for one in lying[:WINDOWS_NAMED]]
            yield Notice(f"window.{place}", {"windows": told}, len(lying))


def _names(import_file: ImportFile, ids: set[str]) -> dict[str, str]:
    """What other files of the workspace are called; files of others stay nameless."""
    if not ids:
        return {}
    others = ImportFile.objects.filter(workspace=import_file.workspace, pk__in=ids)
    return dict(others.values_list("pk", "name"))


def _told(one: Overlap, names: dict[str, str]) -> str:
    own = _days(one.starts_on, one.ends_before)
    name = names.get(one.import_id, "")
    other = _days(one.other_starts_on, one.other_ends_before)
    return f"{own} / {other} ({name})" if name else f"{own} / {other}"


def _days(starts_on: date, ends_before: date) -> str:
    return f"{starts_on}..{ends_before - timedelta(days=1)}"
