"""The category of what shows several products: the deepest one they share.

The prefix shared by many paths is the prefix shared by the least and the greatest of them, once
nothing sorts before the mark between two names.
"""

from itertools import takewhile

SEPARATOR = " > "
_MARK = "chr(1)"


def marked(path: str) -> str:
    """A path in the form that sorts; null where it is unknown or empty."""
    return f"replace(nullif({path}, ''), '{SEPARATOR}', {_MARK})"


def shared_path(one: str, other: str) -> str:
    """The path that both share; empty if they share none."""
    names = zip(one.split(SEPARATOR), other.split(SEPARATOR), strict=False)
    return SEPARATOR.join(name for name, same in takewhile(lambda pair: pair[0] == pair[1], names))


def shared(low: str, high: str) -> str:
    """SQL for the path that all share, of the least and greatest marked one.

    Empty if they share none, null if there was no path at all.
    """
    # Where both are one there is nothing to take apart; the engine would, as it looks ahead.
    lows, highs = (
        f"string_split(nullif({one}, {other}), {_MARK})"
        for one, other in ((low, high), (high, low))
    )
    agree = f"""list_transform(range(1, len({lows}) + 1),
        lambda place: coalesce(({lows})[place] = ({highs})[place], false))"""
    depth = f"coalesce(nullif(list_position({agree}, false), 0) - 1, len({lows}))"
    return f"""CASE WHEN {low} = {high} THEN replace({low}, {_MARK}, '{SEPARATOR}')
        ELSE array_to_string(({lows})[1:{depth}], '{SEPARATOR}') END"""


def within(path: str, parameter: str) -> str:
    """Whether a path is the one bound to the parameter, or below it."""
    return f"({path} = {parameter} OR starts_with({path}, {parameter} || '{SEPARATOR}'))"
