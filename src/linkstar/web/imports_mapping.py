"""Step 2, the table: our field on the left, the file's column on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkstar.connectors.fields.catalogue import FIELDS
from linkstar.connectors.queries import fields_for
from linkstar.connectors.reading.layouts import Kind
from linkstar.web.field_names import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from linkstar.connectors.reading.detected import Detected

SURE = 0.95
PREFIX = "map-"
SUBJECTS = ("creator", "content_id", "product_ids", "product_id")
"""What rows are most often about: asked for where a person has to say which column is what."""
GENERIC_KINDS = (Kind.PERFORMANCE, Kind.EVENTS, Kind.ORDER_LINES)
"""What the rows of a file of any other origin may be."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of our fields and the column that fills it; `header` is empty where none does."""

    field: str
    header: str
    samples: tuple[str, ...]
    confidence: float
    required: bool

    @property
    def name(self) -> str | Promise:
        return FIELD_NAMES[self.field]

    @property
    def input_name(self) -> str:
        return PREFIX + self.field

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE


def kind_of(detected: Detected, asked: str = "") -> Kind:
    """What the rows are taken for: as asked, else as found, else totals rather than events."""
    if asked in GENERIC_KINDS:
        return Kind(asked)
    says_nothing = detected.kind is Kind.EVENTS and {"kind", "occurred_at"} <= set(detected.missing)
    return Kind.PERFORMANCE if says_nothing else detected.kind


def matched_lines(detected: Detected, kind: Kind) -> list[Line]:
    """Fields that still need a column, those one was found for, and what rows could be about.

    A known export lacks nothing: where its layout needs a column, it was refused without.
    """
    matches = [match for match in detected.columns if match.field in FIELDS[kind]]
    found = [Line(m.field, m.header, m.samples, m.confidence, m.required) for m in matches]
    named = {match.field for match in matches}
    is_complete = kind == detected.kind and not detected.missing
    lacking = [] if is_complete else fields_for(kind)
    needed = [field for field, is_needed in lacking if is_needed and field not in named]
    about = [field for field, _ in lacking if field in SUBJECTS and field not in named | {*needed}]
    return [
        *(Line(field, "", (), 0.0, required=True) for field in needed),
        *found,
        *(Line(field, "", (), 0.0, required=False) for field in about),
    ]


def other_lines(detected: Detected, kind: Kind) -> list[Line]:
    """Fields of the kind that no column fills: offered, not asked."""
    named = {line.field for line in matched_lines(detected, kind)}
    rest = [name for name, _ in fields_for(kind) if name not in named]
    return [Line(name, "", (), 0.0, required=False) for name in rest]


def lacks_subject(detected: Detected, kind: Kind) -> bool:
    """No column says what a row is about, though no single one is needed."""
    return kind == detected.kind and any("/" in name for name in detected.missing)


def columns_of(detected: Detected) -> list[str]:
    """The columns that can be chosen, in the order of the file."""
    return [header for header in detected.header if header.strip()]


def mapping_in(posted: Mapping[str, str], detected: Detected, kind: Kind) -> dict[str, str]:
    """Their header -> our field, as chosen; a column chosen twice fills the field named last."""
    known, fields = set(columns_of(detected)), dict(fields_for(kind))
    chosen = {name.removeprefix(PREFIX): h for name, h in posted.items() if name.startswith(PREFIX)}
    return {h: name for name, h in chosen.items() if h in known and name in fields}
