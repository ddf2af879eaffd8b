"""Looks into one document. Runs alone in a process with bounded memory and time.

    python -I document_child.py FILE MEMORY_BYTES CPU_SECONDS

Prints the media type, or `refused CODE`: `type`, `damaged`, `locked`, `active` or `empty`.
"""

import resource
import sys
import warnings
from typing import Any


def main(path: str, memory: int, seconds: int) -> str:
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    with open(path, "rb") as file:  # noqa: PTH123  # one import less in a process that starts often
        begins_with = file.read(1024)
    if not begins_with:
        return "refused empty"
    return _pdf(path) if b"%PDF-" in begins_with else _picture(path)


def _pdf(path: str) -> str:
    from pypdf import PdfReader  # noqa: PLC0415  # within the limits
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            return "refused locked"
        if _is_active(reader.root_object):
            return "refused active"
        return "application/pdf" if len(reader.pages) else "refused damaged"
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return "refused damaged"


def _is_active(root: Any) -> bool:
    """Whether opening it runs something, or it carries other files."""
    names, opens = root.get("/Names", {}), root.get("/OpenAction")
    runs = isinstance(opens, dict) and opens.get("/S") in {"/JavaScript", "/Launch"}
    return runs or "/JavaScript" in names or "/EmbeddedFiles" in names


def _picture(path: str) -> str:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # within the limits

    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            kind = str(picture.get_format_mimetype())
            picture.load()
    except UnidentifiedImageError:
        return "refused type"
    except (OSError, ValueError, SyntaxError, MemoryError, *bombs):
        return "refused damaged"
    return kind


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))  # noqa: T201  # its answer
