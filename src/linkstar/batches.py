"""Things so many at a time, as one statement or one transaction of a database takes them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of so many, the last as long as it comes; `itertools` has it from Python 3.12 on."""
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some
