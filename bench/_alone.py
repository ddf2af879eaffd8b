"""Measuring in a process of its own: no other measurement's memory or warm caches count."""

import re
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

Said = TypeVar("Said")


def alone(work: Callable[..., Said], *given: object) -> Said:
    """What `work`, a function of a module, says in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *given).result()


def peak_bytes() -> int:
    """The most this process ever held, the interpreter and its libraries included.

    Linux hands a process its parent's `ru_maxrss` (getrusage(2) keeps it over `execve`), so there
    the peak of this program alone is read (`VmHWM`, proc(5)); elsewhere `ru_maxrss`, which macOS
    tells in bytes.
    """
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
