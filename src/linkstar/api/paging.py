"""Lists a piece at a time: each piece goes on right behind the last thing of the one before.

A cursor names that last thing, so that what is added or taken away meanwhile moves nothing.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from ninja import Query, Schema
from pydantic import Field

from linkstar.api.shapes import Page, Text

Row = TypeVar("Row", bound=Model)
Thing = TypeVar("Thing")
Item = TypeVar("Item")
LIMIT_USUAL, LIMIT_MAX = 50, 200


class CursorUnreadable(ValueError):
    """It is none of ours, or of another list."""


class Piece(Schema):
    """Which piece of a list."""

    cursor: Annotated[Text, Field(max_length=500)] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_USUAL


AskedPiece = Query[Piece]


def page_of(
    rows: QuerySet[Row],
    piece: Piece,
    told: Callable[[Row], Item],
    *,
    by: Sequence[str] = ("-pk",),
) -> Page[Item]:
    """The piece of the rows that was asked for, in an order in which each row has one place.

    Args:
        rows: everything in the list.
        piece: which part.
        told: how one row is told.
        by: fields to order by, never null, a minus for the largest first; the last one is unique.

    Raises:
        CursorUnreadable: see there.
    """
    names = [name.removeprefix("-") for name in by]
    if piece.cursor:
        rows = rows.filter(_behind(by, _values(rows.model, names, piece.cursor)))
    found = list(rows.order_by(*by)[: piece.limit + 1])
    shown = found[: piece.limit]
    is_more = len(found) > piece.limit
    cursor = _written([_value(shown[-1], name) for name in names]) if is_more else None
    return Page(items=[told(row) for row in shown], next_cursor=cursor)


def page_of_things(
    things: Sequence[Thing], piece: Piece, told: Callable[[Thing], Item]
) -> Page[Item]:
    """A piece of something that is worked out whole each time, by place.

    Raises:
        CursorUnreadable: see there.
    """
    return page_of_fetched(lambda first, most: things[first : first + most], piece, told)


def page_of_fetched(
    fetch: Callable[[int, int], Sequence[Thing]], piece: Piece, told: Callable[[Thing], Item]
) -> Page[Item]:
    """A piece of something that is fetched by place: so many from a first one on.

    Raises:
        CursorUnreadable: see there.
    """
    first = _place(piece.cursor) if piece.cursor else 0
    found = fetch(first, piece.limit + 1)
    cursor = _written([first + piece.limit]) if len(found) > piece.limit else None
    return Page(items=[told(thing) for thing in found[: piece.limit]], next_cursor=cursor)


def _behind(by: Sequence[str], values: Sequence[Any]) -> Q:
    """Everything that comes after the row with these values."""
    condition, equal = Q(), Q()
    for name, value in zip(by, values, strict=True):
        plain = name.removeprefix("-")
        side = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{plain}__{side}": value})
        equal &= Q(**{plain: value})
    return condition


def _value(row: Model, name: str) -> Any:
    value = getattr(row, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _values(model: type[Model], names: Sequence[str], cursor: str) -> list[Any]:
    """What a cursor says of each field, as the field has it."""
    written = _read(cursor)
    if len(written) != len(names):
        raise CursorUnreadable(cursor)
    try:
        return [
            _field(model, name).to_python(value) for name, value in zip(names, written, strict=True)
        ]
    except (ValidationError, FieldDoesNotExist, TypeError, OverflowError) as unreadable:
        raise CursorUnreadable(cursor) from unreadable


def _field(model: type[Model], name: str) -> Any:
    fields = model._meta  # noqa: SLF001  # the documented way to a model's fields
    return fields.pk if name == "pk" else fields.get_field(name)


def _place(cursor: str) -> int:
    written = _read(cursor)
    if len(written) != 1 or not isinstance(written[0], int) or not 0 <= written[0] < 2**53:
        raise CursorUnreadable(cursor)
    return written[0]


def _read(cursor: str) -> list[Any]:
    try:
        read = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as unreadable:
        raise CursorUnreadable(cursor) from unreadable
    if not isinstance(read, list) or any(
        isinstance(one, list | dict) or one is None for one in read
    ):
        raise CursorUnreadable(cursor)
    return read


def _written(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()
