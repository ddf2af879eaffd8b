"""Answers that are files, and how the description tells of them."""

from typing import Any

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
