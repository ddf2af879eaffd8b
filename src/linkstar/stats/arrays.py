"""The array types of the statistics core: one letter of meaning each, all of them NumPy."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
"""Numbers of which seven digits are enough, twice as fast."""
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Names: TypeAlias = NDArray[np.object_]
"""Members of a StrEnum, one per element."""


def floats(values: ArrayLike) -> Floats:
    """The values as a float64 array; a copy is made only when the type differs."""
    return np.asarray(values, dtype=np.float64)


def singles(values: ArrayLike) -> Singles:
    """The values in single precision."""
    return np.asarray(values, dtype=np.float32)


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Element-wise quotient, nan wherever the denominator is not positive: never 0, never inf."""
    top, bottom = np.broadcast_arrays(floats(numerator), floats(denominator))
    out = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def log(values: ArrayLike) -> Floats:
    """Natural logarithm, nan wherever the value is not positive."""
    given = floats(values)
    out = np.full(given.shape, np.nan)
    np.log(given, out=out, where=given > 0)
    return out


def name_by_code(codes: Ints, names: tuple[str, ...]) -> Names:
    """Turn small integer codes into the members they stand for."""
    table = np.empty(len(names), dtype=object)
    table[:] = names
    named: Names = table[codes]
    return named
