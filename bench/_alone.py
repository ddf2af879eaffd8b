"""Measuring in a process of its own: no other measurement's memory or warm caches count."""

import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Said = TypeVar("Said")


def alone(work: Callable[..., Said], *given: object) -> Said:
    """What `work`, a function of a module, says in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *given).result()


def peak_bytes() -> int:
    """The most this process ever held, the interpreter and its libraries included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
