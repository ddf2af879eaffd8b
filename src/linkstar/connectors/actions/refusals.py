"""What an import may not do, by name."""

from dataclasses import dataclass

from linkstar.connectors.reading.refusals import AnswerMissing, Refusal

NeedsAnswers = AnswerMissing
"""Raised where nobody is there to be asked; `needs` says what."""


@dataclass
class ImportNotReady(Refusal):
    """The import is in a state in which this cannot be done."""

    import_id: str
    state: str
    code = "import.not_ready"


@dataclass
class UndoTooLate(Refusal):
    """An import can be undone for seven days after it is done."""

    import_id: str
    code = "import.undo_too_late"


@dataclass
class ZonesDiffer(Refusal):
    """One file of events names shops whose days are counted in different zones."""

    zones: tuple[str, ...]
    code = "shops.zones_differ"


class ImportStopped(Exception):  # it is no fault
    """Somebody cancelled the import while it ran."""
