"""Files that are sent and handed out, and how the description tells of them."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, Http404
from ninja import UploadedFile

ANY = "application/octet-stream"
CSV = "text/csv"
JSON = "application/json"
PLAIN = "text/plain"
PDF = "application/pdf"
XML = "application/xml"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_answers(*media_types: str) -> dict[str, Any]:
    """What to add to the description of an operation that answers with a file."""
    content = {
        each: {
            "schema": {"type": "object"} if each == JSON else {"type": "string", "format": "binary"}
        }
        for each in media_types
    }
    return {"responses": {200: {"description": "The file.", "content": content}}}


def path_of(file: UploadedFile) -> Path:
    """Where a file that was sent lies while the call lasts."""
    assert isinstance(file, TemporaryUploadedFile), "FILE_UPLOAD_HANDLERS puts each on the disk"
    return Path(file.temporary_file_path())


def handed_out(path: Path | None) -> FileResponse:
    """A table that was written here, as a download.

    Raises:
        Http404: there is none, or no longer.
    """
    if path is None or not path.is_file():
        raise Http404
    kind = WORKBOOK if path.suffix == ".xlsx" else CSV
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type=kind)
