"""Answering what a file leaves unsaid."""

from dataclasses import replace

from django.db import transaction

from linkstar.catalog.rules import is_zone
from linkstar.connectors.actions.refusals import ImportNotReady
from linkstar.connectors.models import ColumnMapping, ImportFile
from linkstar.connectors.queries import detected_of, folder_of, still_needed
from linkstar.connectors.reading.detected import Answers, Detected, Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.refusals import ZoneNotKnown
from linkstar.connectors.records import as_json
from linkstar.connectors.registry import LAYOUTS, layout_named

_OPEN = {ImportFile.State.UPLOADED, ImportFile.State.NEEDS_ANSWERS, ImportFile.State.READY}


@transaction.atomic
def answer(import_file: ImportFile, answers: Answers) -> ImportFile:
    """Write down what a person says about a file.

    A mapping is remembered for every later file with the same columns. When nothing is left to
    ask, the import is ready; until then it stays open and its record says what is missing.

    Raises:
        ImportNotReady: it has run already.
        ZoneNotKnown: the zone is no IANA name.
        MappingWrong: the mapping names a column or a field that does not exist.
        ColumnTwice: a mapped column is there twice.
    """
    if import_file.state not in _OPEN:
        raise ImportNotReady(import_file.pk, import_file.state)
    if answers.zone and not is_zone(answers.zone):
        raise ZoneNotKnown(answers.zone)
    detected = detected_of(import_file)
    if answers.mapping:
        detected = _mapped(import_file, detected, answers)
        import_file.remembered_at = None
    open_needs = still_needed(detected, answers)
    state = ImportFile.State
    import_file.state = state.NEEDS_ANSWERS if open_needs else state.READY
    import_file.detected = as_json(detected)
    import_file.kind, import_file.layout = detected.kind, detected.layout
    import_file.answers = as_json(replace(answers, shops=()))
    import_file.parsed = {}
    import_file.preview = {}
    import_file.save()
    return import_file


def _mapped(import_file: ImportFile, detected: Detected, answers: Answers) -> Detected:
    folder = folder_of(import_file)
    hints = Hints(
        name=import_file.name,
        kind="" if layout_named(detected.layout).is_generic else detected.kind,
        sheet=detected.cells.sheet,
        mapping=answers.mapping,
        expected_currency=import_file.shop.currency if import_file.shop else "",
        day_order=answers.day_order,
    )
    found = detect(
        folder.source,
        scratch=folder.cells,
        layouts=LAYOUTS,
        hints=hints,
        cells=None if folder.source.exists() else detected.cells,
    )
    remember(import_file, found, answers.mapping)
    return found


def remember(import_file: ImportFile, detected: Detected, mapping: object) -> ColumnMapping:
    """Keep a mapping for every later file with the same columns."""
    kept, _ = ColumnMapping.objects.update_or_create(
        workspace=import_file.workspace,
        fingerprint=detected.fingerprint,
        defaults={"mapping": as_json(mapping), "chosen_at": import_file.created_at},
    )
    return kept
