"""Sums over groups, typed, and the numbering of pairs that occur."""

import numpy as np

from linkstar.stats.arrays import Floats, Ints


def sum_by(group: Ints, values: Floats, groups: int) -> Floats:
    """Sum of the values of each group 0 .. groups - 1; 0 for groups without elements."""
    return np.bincount(group, values, groups).astype(np.float64, copy=False)


def count_by(group: Ints, groups: int) -> Ints:
    """Number of elements of each group 0 .. groups - 1."""
    return np.bincount(group, minlength=groups).astype(np.int64, copy=False)


def number_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints, Ints]:
    """Dense numbers of the pairs that occur, and the two members of each numbered pair.

    Numbers follow the order of the pairs. Sorted input costs no sort.
    """
    span = int(second.max(initial=0)) + 1
    code = first.astype(np.int64) * span + second
    if np.all(code[1:] >= code[:-1]):
        starts = np.concatenate([np.ones(min(1, code.size), np.bool_), code[1:] != code[:-1]])
        number, found = np.cumsum(starts) - 1, code[starts]
    else:
        found, number = np.unique(code, return_inverse=True)
    return number, found // span, found % span
