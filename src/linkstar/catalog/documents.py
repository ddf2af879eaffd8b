"""Papers people hand in: looked into, never trusted by name, kept where no page can reach."""

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

BYTES_MAX = 10 * 1024 * 1024
MEMORY_BYTES_MAX = 512 * 1024 * 1024
SECONDS_MAX = 10
NAME_CHARACTERS_MAX = 120
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
_CHILD = Path(__file__).with_name("document_child.py")


class DocumentRefused(ValueError):
    """The file cannot be taken; `code` says why, and `params` name it.

    `document.` and one of `too_big`, `empty`, `type`, `damaged`, `locked` (a password), `active`
    (opening it would run something, or it carries other files).
    """

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = f"document.{reason}"
        self.params = {"most": BYTES_MAX // (1024 * 1024), "name": name}


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A file that was taken in, under a name that says nothing."""

    stored_as: str
    media_type: str
    size: int
    sha256: str


def keep_document(name: str, blocks: Iterable[bytes], folder: Path) -> KeptDocument:
    """Write a file down under a random name and look into it; nothing is kept of a refused one.

    Args:
        name: what its owner calls it, for the refusal.
        blocks: its content.
        folder: made when first written.

    Raises:
        DocumentRefused: see there.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_urlsafe(24)
    try:
        size, digest = _write(blocks, path)
        return KeptDocument(path.name, media_type_of(path), size, digest)
    except DocumentRefused as refused:
        path.unlink(missing_ok=True)
        raise DocumentRefused(refused.reason, name) from refused
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def media_type_of(path: Path) -> str:
    """What the file is by its content, looked at in a child process.

    Raises:
        DocumentRefused: it is nothing we take, or cannot be opened.
    """
    limits = (str(MEMORY_BYTES_MAX), str(SECONDS_MAX))
    try:
        child = subprocess.run(  # noqa: S603  # our own interpreter and script
            [sys.executable, "-I", str(_CHILD), str(path), *limits],
            capture_output=True,
            text=True,
            timeout=2 * SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise DocumentRefused("damaged") from late
    answer = child.stdout.strip()
    if child.returncode != 0 or answer not in MEDIA_TYPES:
        raise DocumentRefused(answer.removeprefix("refused ") or "damaged")
    return answer


def plain_name(name: str) -> str:
    """The file's own name without folders and control characters."""
    plain = "".join(c for c in Path(name.replace("\\", "/")).name if c.isprintable())
    return plain[-NAME_CHARACTERS_MAX:] or "document"


def _write(blocks: Iterable[bytes], path: Path) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for block in blocks:
            size += len(block)
            if size > BYTES_MAX:
                raise DocumentRefused("too_big")
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()
