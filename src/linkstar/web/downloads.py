"""Files somebody handed in, handed out again."""

from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def attached(path: Path, name: str) -> HttpResponse:
    """A file as a download of that name, which no browser runs."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {
        "Content-Disposition": disposition or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(path.read_bytes(), "application/octet-stream", headers=headers)
