"""The worker process: `python -m linkstar.jobs.worker`.

One worker works in a data directory at a time; a second one waits and takes over when the first
ends, however it ended.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

THREADS = 2
SECONDS_TO_FINISH = 6.0


@contextmanager
def only_worker(lock: Path) -> Iterator[None]:
    """Hold the data directory's worker lock, waiting for whoever has it. The system frees it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def work() -> None:
    """Take up what an earlier worker left, then run jobs until told to stop by SIGTERM."""
    # They need Django.
    from linkstar.jobs import (  # noqa: PLC0415
        asking,  # noqa: F401
        benchmarks,
        collaborations,  # noqa: F401
        creators,
        disputes,  # noqa: F401
        imports,
        links,  # noqa: F401
        money,  # noqa: F401
        notifications,  # noqa: F401
        papers,  # noqa: F401
        plans,  # noqa: F401
        rates,  # noqa: F401
        recruiting,  # noqa: F401
        retention,  # noqa: F401
        tracking,
        upkeep,  # noqa: F401
    )
    from linkstar.jobs.queue import queue  # noqa: PLC0415

    imports.take_up_interrupted()
    creators.take_up_interrupted()
    benchmarks.give_up_interrupted()
    tracking.start_loading()
    consumer = queue.create_consumer(
        workers=THREADS,
        max_delay=0.5,
        backoff=1.3,
        flush_locks=True,
        graceful_signal="TERM",
        shutdown_timeout=SECONDS_TO_FINISH,
    )
    consumer.run()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkstar.config.settings")
    if "--supervised" in sys.argv:
        from linkstar.jobs.lifeline import end_with_supervisor  # noqa: PLC0415

        end_with_supervisor()
    django.setup()
    from django.conf import settings  # noqa: PLC0415

    with only_worker(settings.PLACES.data / "worker.lock"):
        work()
    sys.stdout.flush()
    # A job that did not finish in time is left where it is: the next worker takes it up.
    os._exit(0)


if __name__ == "__main__":
    main()
