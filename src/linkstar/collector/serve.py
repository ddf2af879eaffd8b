"""The collector process: `python -m linkstar.collector.serve HOST PORT`."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from linkstar.collector.app import Collector, Limits
from linkstar.collector.registry import RegistryFile
from linkstar.collector.rsgi import RsgiCollector
from linkstar.collector.visitors import DailySalts
from linkstar.config.places import Places, places
from linkstar.events.journal import Journal

SECONDS_TO_FINISH = 10


def build(where: Places) -> Collector:
    """The collector over the data directory's journal, registry and salts."""
    return Collector(
        Journal(where.collector / "journal"),
        RegistryFile(where.collector / "registry.json"),
        DailySalts(where.collector / "salts"),
        trusted_proxies=int(os.environ.get("LINKSTAR_TRUSTED_PROXIES", "0")),
        limits=limits(),
        now=lambda: datetime.now(UTC),
    )


def limits() -> Limits:
    """As the environment says; the usual ones where it says nothing."""
    usual = Limits()
    said = os.environ.get
    return Limits(
        events_per_second=float(
            said("LINKSTAR_COLLECTOR_EVENTS_PER_SECOND", usual.events_per_second)
        ),
        misses_per_minute=int(
            said("LINKSTAR_COLLECTOR_MISSES_PER_MINUTE", usual.misses_per_minute)
        ),
        free_ratio_min=float(said("LINKSTAR_COLLECTOR_FREE_RATIO_MIN", usual.free_ratio_min)),
    )


def application() -> RsgiCollector:
    """What granian's worker calls to get the application."""
    return RsgiCollector(build(places()))


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    Path(places().collector).mkdir(parents=True, exist_ok=True)
    Granian(
        "linkstar.collector.serve:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    ).serve()


if __name__ == "__main__":
    main()
