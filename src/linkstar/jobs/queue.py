"""The queue all background work goes through; it lives in the data directory."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, Protocol, cast

from django.conf import settings
from django.db import close_old_connections
from huey import SqliteHuey

P = ParamSpec("P")

queue = SqliteHuey(
    "linkstar",
    filename=str(settings.PLACES.jobs),
    results=False,
    utc=True,
    timeout=20,
    fsync=True,
)


class Job(Protocol[P]):
    """A function whose call puts it into the queue; `call_local` runs it here and now."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None: ...

    def call_local(self, *args: P.args, **kwargs: P.kwargs) -> None: ...


def job(function: Callable[P, None]) -> Job[P]:
    """Make a function run in the worker, on a database connection that is known to work."""
    return cast("Job[P]", queue.task(name=function.__name__)(_on_fresh_connection(function)))


def every(when: Callable[[datetime], bool]) -> Callable[[Callable[[], None]], Job[[]]]:
    """Make a function run in the worker at every minute that `when` agrees to."""

    def scheduled(function: Callable[[], None]) -> Job[[]]:
        task = queue.periodic_task(when, name=function.__name__)
        return cast("Job[[]]", task(_on_fresh_connection(function)))

    return scheduled


def _on_fresh_connection(function: Callable[P, None]) -> Callable[P, None]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        close_old_connections()
        try:
            function(*args, **kwargs)
        finally:
            close_old_connections()

    return run


def waiting(name: str) -> list[tuple[object, ...]]:
    """The arguments of each waiting job of that name, the oldest first."""
    return [tuple(task.args) for task in queue.pending() if task.name == name]
