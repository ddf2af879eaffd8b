"""What can be done with a file: take it in, answer its questions, look, run, stop, take back."""

from linkstar.connectors.actions.answering import answer
from linkstar.connectors.actions.ending import cancel, fail
from linkstar.connectors.actions.one_call import import_path
from linkstar.connectors.actions.refusals import (
    ImportNotReady,
    ImportStopped,
    NeedsAnswers,
    UndoTooLate,
    ZonesDiffer,
)
from linkstar.connectors.actions.running import Preview, dry_run, load_again, run, start
from linkstar.connectors.actions.undoing import hand_on, handed_on, stated_of, undo
from linkstar.connectors.actions.uploading import upload, upload_about

__all__ = [
    "ImportNotReady",
    "ImportStopped",
    "NeedsAnswers",
    "Preview",
    "UndoTooLate",
    "ZonesDiffer",
    "answer",
    "cancel",
    "dry_run",
    "fail",
    "hand_on",
    "handed_on",
    "import_path",
    "load_again",
    "run",
    "start",
    "stated_of",
    "undo",
    "upload",
    "upload_about",
]
