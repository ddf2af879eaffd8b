"""The web server process: `python -m linkstar.cli.web_process HOST PORT WORKERS`."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from linkstar.jobs.lifeline import end_with_supervisor

THREADS_PER_WORKER = 2 * (os.cpu_count() or 1) + 1  # more only wait for one interpreter
SECONDS_TO_FINISH = 5


def serve_web(*, host: str, port: int, workers: int) -> None:
    """Answer requests until told to stop by SIGTERM or until the supervisor is gone."""
    end_with_supervisor()
    Granian(
        "linkstar.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS_PER_WORKER,
        backpressure=THREADS_PER_WORKER * 8,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    ).serve()


if __name__ == "__main__":
    serve_web(host=sys.argv[1], port=int(sys.argv[2]), workers=int(sys.argv[3]))
