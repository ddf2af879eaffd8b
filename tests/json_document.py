"""What `docs/json.md` says an answer consists of, and what an answer consists of."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "json.md"
OPEN = re.compile(
    r"^(notes\[\]|files\[\]\.warnings\[\]\.params|(earned|settled)_minor|reasons"
    r"|runs\[\]\.(stripped|dropped|erased)|runs\[\]\.subject)\.(?!kind$)"
)
"""Objects whose further fields are figures of a sentence, codes or currencies."""
ALIKE = {
    "total.": "rows[].",
    "totals[].": "accounts[].",
    "without_general.": "gross.",
    "net.": "gross.",
}
"""What the document says has the fields of another."""


def documented() -> dict[str, set[str]]:
    """Field paths by command, as the document's tables list them."""
    parts = re.split(r"^## (.*)$", DOCUMENT.read_text(), flags=re.MULTILINE)[1:]
    return {
        command: fields_in(text)
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
        for command in heading.split(", ")
    }


def fields_in(text: str) -> set[str]:
    """Every name in the first column of its table."""
    cells = re.findall(r"^\| (`.*?`) \|", text, flags=re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def fields_of(value: object) -> set[str]:
    """Every field path of an answer: `rows[].key`, `benchmark.id`."""
    found = {path for path in paths(value) if not OPEN.match(path)}
    return {spelled(path) for path in found}


def spelled(path: str) -> str:
    for other, named in ALIKE.items():
        if path.startswith(other):
            return named + path.removeprefix(other)
    return path


def paths(value: object, at: str = "") -> set[str]:
    if isinstance(value, dict):
        inner = {f"{at}.{name}" if at else name: one for name, one in value.items()}
        return {*inner, *(path for here, one in inner.items() for path in paths(one, here))}
    if isinstance(value, list):
        return {path for one in value for path in paths(one, f"{at}[]")}
    return set()
