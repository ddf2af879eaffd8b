"""Answers that are files, and how the description tells of them."""

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

ANY = "application/octet-stream"
CSV = "text/csv"
JSON = "application/json"
PLAIN = "text/plain"
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


def attached(path: Path, name: str) -> HttpResponse:
    """A file somebody handed in, as a download that no browser runs."""
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name)
        or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(path.read_bytes(), ANY, headers=headers)
