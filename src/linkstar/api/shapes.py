"""What every answer is made of: amounts, pages, ids; and what every question may say."""

from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Self, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from linkstar.money.amounts import Money
from linkstar.money.currencies import CURRENCIES

Item = TypeVar("Item")
_check_address = URLValidator(schemes=["http", "https"])
MINOR_MAX = 10**12
"""Ten billion of the usual unit: more than any line of any shop, and safe in every database."""


def _readable(text: str) -> str:
    if "\x00" in text:
        raise ValueError(_("text without a NUL character"))
    return text


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(_("a currency code such as %(example)s") % {"example": "USD"})
    return code


def _web_address(text: str) -> str:
    try:
        _check_address(text)
    except ValidationError as refused:
        expected = _("an address such as https://shop.example.com/serum")
        raise ValueError(expected) from refused
    return text


def email_address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as refused:
        expected = _("an e-mail address such as name@example.com")
        raise ValueError(expected) from refused
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_readable)]
"""Something written, without space around it; a NUL is refused, since no database keeps it."""
Name = Annotated[Text, Field(min_length=1, max_length=120)]
Written = Annotated[Text, Field(max_length=4_000)]
Code = Annotated[Text, Field(max_length=64)]
"""An id a platform gave, or a word of ours."""
Minor = Annotated[int, Field(ge=0, le=MINOR_MAX)]
Bps = Annotated[int, Field(ge=0, le=10_000)]
Number = Annotated[int, Field(ge=1, le=2**53)]
"""A number that names something here, such as a product's."""
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]
"""A day in the shop's zone."""
Currency = Annotated[
    str, AfterValidator(_known_currency), Field(json_schema_extra={"enum": sorted(CURRENCIES)})
]
Url = Annotated[Text, Field(max_length=2_000), AfterValidator(_web_address)]
ExternalId = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,64}$")]


class Asked(Schema):
    """What a caller sends; a name nobody knows is refused, so that a slip does no harm."""

    model_config = ConfigDict(extra="forbid")

    def facts(self) -> dict[str, Any]:
        """What was asked, as an action takes it."""
        return self.dict()


class Named(Schema):
    """Something by its id, with what people call it."""

    id: str
    name: str


class Amount(Schema):
    """Money in the smallest unit of its currency: 1234 and USD are 12.34 dollars."""

    minor: int
    currency: str

    @classmethod
    def each(cls, amounts: Iterable[Money]) -> list[Self]:
        return [cls(minor=money.minor, currency=money.currency) for money in amounts]

    @classmethod
    def of(cls, money: Money | None) -> Self | None:
        return None if money is None else cls(minor=money.minor, currency=money.currency)

    @classmethod
    def stated(cls, minor: int | None, currency: str) -> Self | None:
        """An amount that was stated; None for one that was not."""
        return None if minor is None else cls(minor=minor, currency=currency)


class AskedAmount(Asked):
    """Money in the smallest unit of its currency."""

    minor: Minor
    currency: Currency

    def money(self) -> Money:
        return Money(self.minor, self.currency)


class Page(Schema, Generic[Item]):
    """Some of a list; `next_cursor` is where to go on, and null at the end."""

    items: list[Item]
    next_cursor: str | None = None


class Forgotten(Schema):
    """What is kept no more."""

    id: int


def choices(kind: Iterable[str]) -> WithJsonSchema:
    """How words of ours are described in place: kinds of different things share short names."""
    return WithJsonSchema({"type": "string", "enum": [str(one) for one in kind]})


def plain(value: Any) -> Any:
    """A value as JSON has it, for what a refusal says of itself."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Decimal):
        return str(value)
    return getattr(value, "isoformat", value.__str__)()
