"""Files handed out: what somebody handed in, and tables of ours."""

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


def csv_answer(body: bytes, name: str) -> HttpResponse:
    """A table as a download of that name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, "text/csv; charset=utf-8", headers=headers)
