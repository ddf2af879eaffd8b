"""SQL for the category of what shows several products: the deepest one they share.

The prefix shared by many lists is the prefix shared by the least and the greatest of them.
"""

SEPARATOR = " > "


def as_names(path: str) -> str:
    """A path as the list of its names; null where the path is unknown or empty."""
    return f"string_split(nullif({path}, ''), '{SEPARATOR}')"


def shared(lists: str) -> str:
    """Aggregate: the path that all lists of names share; empty if none, null without any list."""
    low, high = f"min({lists})", f"max({lists})"
    agree = f"""list_transform(range(1, len({low}) + 1),
        lambda place: coalesce({low}[place] = {high}[place], false))"""
    depth = f"coalesce(nullif(list_position({agree}, false), 0) - 1, len({low}))"
    return f"array_to_string({low}[1:{depth}], '{SEPARATOR}')"


def within(path: str, parameter: str) -> str:
    """Whether a path is the one bound to the parameter, or below it."""
    return f"({path} = {parameter} OR starts_with({path}, {parameter} || '{SEPARATOR}'))"
