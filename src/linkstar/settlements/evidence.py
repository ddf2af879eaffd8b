"""Files handed in with a message of a dispute: looked into, kept where no page reaches."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linkstar.catalog.documents import KeptDocument, keep_document, plain_name


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives."""

    name: str
    blocks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that was taken in, and what its owner calls it."""

    name: str
    kept: KeptDocument


@contextmanager
def kept_files(uploads: Iterable[Upload], folder: Path) -> Iterator[Sequence[Evidence]]:
    """Take files in for as long as what they belong to is written; nothing is kept if it is not.

    Raises:
        DocumentRefused: one of them is too big, or not what is taken; none is kept.
    """
    taken: list[Evidence] = []
    try:
        for upload in uploads:
            name = plain_name(upload.name)
            kept = keep_document(name, upload.blocks, folder)
            taken.append(Evidence(name, kept))  # known one by one
        yield taken
    except BaseException:
        for evidence in taken:
            (folder / evidence.kept.stored_as).unlink(missing_ok=True)
        raise
