"""Values of the wrong kind in words: where they stand, what was expected, what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOUND_LENGTH_MAX = 80

EXPECTED: Mapping[str, str | Promise] = {
    "missing": _("given"),
    "extra_forbidden": _("left out: nobody knows this name"),
    "string_type": _("text"),
    "string_unicode": _("text in UTF-8"),
    "string_too_short": _("text of %(min_length)s characters or more"),
    "string_too_long": _("text of %(max_length)s characters at most"),
    "string_pattern_mismatch": _("written like %(pattern)s"),
    "value_error": _("%(error)s"),
    "int_type": _("a whole number"),
    "int_parsing": _("a whole number"),
    "int_parsing_size": _("a whole number, and not that long a one"),
    "int_from_float": _("a whole number"),
    "bool_type": _("true or false"),
    "bool_parsing": _("true or false"),
    "float_type": _("a number"),
    "float_parsing": _("a number"),
    "finite_number": _("a finite number"),
    "greater_than_equal": _("%(ge)s or more"),
    "greater_than": _("more than %(gt)s"),
    "less_than_equal": _("%(le)s or less"),
    "less_than": _("less than %(lt)s"),
    "enum": _("one of: %(expected)s"),
    "literal_error": _("one of: %(expected)s"),
    "list_type": _("a list"),
    "tuple_type": _("a list"),
    "too_short": _("a list of %(min_length)s or more"),
    "too_long": _("a list of %(max_length)s at most"),
    "dict_type": _("an object"),
    "model_type": _("an object"),
    "model_attributes_type": _("an object"),
    "date_type": _("a day such as 2026-03-31"),
    "date_parsing": _("a day such as 2026-03-31"),
    "date_from_datetime_parsing": _("a day such as 2026-03-31"),
    "date_from_datetime_inexact": _("a day such as 2026-03-31"),
    "datetime_type": _("an instant such as 2026-03-31T08:00:00Z"),
    "datetime_parsing": _("an instant such as 2026-03-31T08:00:00Z"),
    "datetime_from_date_parsing": _("an instant such as 2026-03-31T08:00:00Z"),
    "timezone_aware": _("an instant with its zone, such as 2026-03-31T08:00:00Z"),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One value, and what it should have been."""

    field: str
    expected: str
    found: str | None


def wrong_values(errors: Sequence[Mapping[str, Any]]) -> list[Wrong]:
    return [_wrong(error) for error in errors]


def _wrong(error: Mapping[str, Any]) -> Wrong:
    """A kind of fault nobody wrote words for is told as the library tells it."""
    words = EXPECTED.get(error["type"])
    expected = error["msg"] if words is None else str(words) % error.get("ctx", {})
    return Wrong(_field(error["loc"]), expected, _found(error))


def _field(place: Sequence[object]) -> str:
    """Where it stands: `query.limit`, `body.lines.3.items`."""
    source, *rest = map(str, place)
    named = rest[1:] if source == "body" and len(rest) > 1 else rest
    return ".".join([source, *named])


def _found(error: Mapping[str, Any]) -> str | None:
    if error["type"] == "missing" or "input" not in error:
        return None
    found = str(error["input"])
    return found if len(found) <= FOUND_LENGTH_MAX else f"{found[:FOUND_LENGTH_MAX]}…"
