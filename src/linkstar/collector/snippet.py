"""The script for landing pages, as it was bundled with this version."""

from functools import cache
from pathlib import Path

from linkstar.collector.requests import NO_SNIFFING, Answer, refused

PATH = Path(__file__).parent / "bundle" / "landing.js"
HEADERS = (
    ("content-type", "text/javascript; charset=utf-8"),
    ("cache-control", "public, max-age=3600"),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
    NO_SNIFFING,
)


@cache
def snippet() -> Answer:
    """The script, or a plain word where this installation was never built."""
    if not PATH.exists():
        return refused(404, "snippet_not_built")
    return Answer(200, PATH.read_bytes(), HEADERS)
