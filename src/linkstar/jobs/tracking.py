"""From the collector's journals to the facts, every second, for as long as the worker runs.

Loading runs beside the queue rather than in it: it is due every second, and it may be cut off
anywhere, since the next load goes on where the facts say the last one ended.
"""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from linkstar.events.journal import sealed_segments
from linkstar.lake.decisions import seal_left_over
from linkstar.lake.journaled import JournalLoad, LoaderBusy, load_journal
from linkstar.lake.store import Lake, Overtaken
from linkstar.tracking.actions import publish_registry
from linkstar.tracking.directory import RecordedDirectory

SECONDS_BETWEEN_LOADS = 0.5
SECONDS_AFTER_FAILURE = 10.0

logger = logging.getLogger(__name__)


def journals(collector: Path) -> list[Path]:
    """The folder of each collector that writes to this installation, and that of decisions."""
    return sorted(path for path in collector.glob("journal*") if path.is_dir())


def load_journals(lake: Lake, collector: Path, *, now: datetime) -> list[JournalLoad]:
    """Load what all collectors have sealed, and what was decided about lines set aside.

    A journal somebody else is loading is left to them.
    """
    seal_left_over(collector)
    done = []
    for journal in journals(collector):
        try:
            load = load_journal(lake, journal, RecordedDirectory(), now=now)
        except LoaderBusy:
            continue
        if load.segments:
            done.append(load)
    return done


def waiting_segments(collector: Path) -> int:
    """How many sealed segments are not loaded yet."""
    return sum(len(sealed_segments(journal)) for journal in journals(collector))


def start_loading() -> None:
    """Load in a thread of this process until it ends; the collector is told how things stand."""
    publish_registry(settings.PLACES.collector / "registry.json")
    stop = threading.Event()
    threading.Thread(target=keep_loading, args=(stop,), name="journal", daemon=True).start()


def keep_loading(stop: threading.Event) -> None:
    """Load again and again; what goes wrong is logged whole and tried again a little later."""
    lake = Lake(settings.PLACES.lake)
    pause = SECONDS_BETWEEN_LOADS
    while not stop.wait(pause):
        close_old_connections()
        pause = SECONDS_BETWEEN_LOADS
        try:
            load_journals(lake, settings.PLACES.collector, now=datetime.now(UTC))
        except Overtaken:
            continue
        except Exception:
            logger.exception("loading the journal failed")
            pause = SECONDS_AFTER_FAILURE
        finally:
            close_old_connections()
