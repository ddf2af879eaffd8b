"""The queue all background work goes through; it lives in the data directory."""

from collections.abc import Callable
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

    @wraps(function)
    def on_fresh_connection(*args: P.args, **kwargs: P.kwargs) -> None:
        close_old_connections()
        try:
            function(*args, **kwargs)
        finally:
            close_old_connections()

    return cast("Job[P]", queue.task(name=function.__name__)(on_fresh_connection))


def waiting(name: str) -> list[tuple[object, ...]]:
    """The arguments of each waiting job of that name, the oldest first."""
    return [tuple(task.args) for task in queue.pending() if task.name == name]
