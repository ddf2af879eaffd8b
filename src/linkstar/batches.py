"""Things so many at a time, as one statement or one transaction of a database takes them."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def many_made() -> Iterator[None]:
    """Nothing that is there before is looked at by the collector of garbage while many are made.

    It looks at everything there is whenever so much has been made: at a whole program for each
    few thousand rows.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of so many, the last as long as it comes; `itertools` has it from Python 3.12 on."""
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some
