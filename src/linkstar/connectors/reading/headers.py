"""Header cells: one spelling for comparing them, and what their suffixes say."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from linkstar.money.currencies import currency_of_mark, is_mark

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SUFFIX = re.compile(r"[(（\[]\s*([^()（）\[\]]{1,5})\s*[)）\]]\s*$")
REASON_HEADERS = frozenset({"reason", "错误原因"})
"""The last column of an error file; it is ignored when the file comes back."""
_RESEMBLES = 0.6


def visible(cell: str) -> str:
    """The cell as people see it: NFC, nothing invisible, single spaces."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", cell)).split())


@lru_cache(maxsize=8_192)
def key(cell: str) -> str:
    """What header cells are compared by: no case, no spaces, no width, no currency suffix."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", cell))
    mark = _SUFFIX.search(text)
    if mark and is_mark(mark[1]):
        text = text[: mark.start()]
    return "".join(text.replace("_", " ").split()).casefold()


def currency_suffix(cell: str, *, expected: str = "") -> str:
    """The currency in `GMV ($)`; empty when the header names none."""
    mark = _SUFFIX.search(visible(cell))
    if mark and is_mark(mark[1]):
        return currency_of_mark(mark[1], expected=expected)
    return ""


def fingerprint(header: Iterable[str]) -> str:
    """The same for every file with the same columns, in whatever order they come."""
    keys = sorted(key(cell) for cell in header if key(cell) not in REASON_HEADERS)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def nearest(name: str, found: Iterable[str]) -> str:
    """The header that most resembles `name`; empty when none does."""
    scored = [(_likeness(key(name), key(other)), other) for other in found]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _RESEMBLES else ""


def _likeness(one: str, other: str) -> float:
    """1 for the same; a name that begins with the whole other one resembles it in any case."""
    ratio = SequenceMatcher(None, one, other).ratio()
    begins = bool(one and other) and (one.startswith(other) or other.startswith(one))
    return max(ratio, _RESEMBLES) if begins else ratio
