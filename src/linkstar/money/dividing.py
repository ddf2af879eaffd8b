"""The one way to round, and the one way to split: nothing is lost, nothing is found."""

from collections.abc import Sequence
from functools import cache

from linkstar.money.currencies import currency

MICROS = 1_000_000
"""Millionths in one major unit. Prices are stated in them, for some have three decimals."""
BPS = 10_000


def half_even(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, halves to the even neighbour."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and whole % 2):
        return whole + 1
    return whole


@cache
def micros_per_minor(code: str) -> int:
    """How many millionths of the major unit one minor unit is: 10,000 for US dollars."""
    per_major: int = 10 ** currency(code).exponent
    return MICROS // per_major


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` split in proportion to the weights, by largest remainder; it adds up exactly.

    Equal remainders go to the earlier. Weights that are all nothing share equally.
    """
    weighed = weights if any(weights) else [1] * len(weights)
    whole = sum(weighed)
    parts = [total * weight // whole for weight in weighed]
    rests = sorted(range(len(weighed)), key=lambda n: (-(total * weighed[n] % whole), n))
    for n in rests[: total - sum(parts)]:
        parts[n] += 1
    return parts
