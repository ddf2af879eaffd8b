"""Whether a bank account's numbers can be right, before money is sent there.

IBANs are checked by their check digits and by the form their country gives them (ISO 13616, by
python-stdnum), routing numbers of the United States by the weighted sum their issuers publish, BICs
by their form (ISO 9362). A number that passes can still be somebody else's: only the bank knows.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from stdnum import iban
from stdnum.iso7064 import mod_97_10

NEW_FOR = timedelta(days=14)
"""How long an account counts as new: who pays looks at it once more."""
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]+")
_LOOKS_LIKE_AN_IBAN = re.compile(r"[A-Z]{2}\d{2}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_OTHER_NUMBER = re.compile(r"[A-Z0-9]{4,34}")
_US_NUMBER = re.compile(r"\d{4,17}")
_SPACES = re.compile(r"[\s.-]+")
_HOLDER_MAX = 70
_US_DISTRICTS = (range(1, 13), range(21, 33), range(61, 73), range(80, 81))
"""What the first two digits of a routing number can be."""


class AccountRefused(ValueError):
    """A number cannot be right; `field` says which one, `reason` is a code pages have words for.

    Reasons: `holder_missing`, `number_form`, `iban_check`, `iban_form`, `iban_country`,
    `routing_missing`, `routing_check`, `routing_not_us`, `bic_form`, `bic_missing`.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Account:
    """Where money is sent to or from. Numbers carry no spaces; what a country has not is empty.

    `currency` is what is paid there; empty for whichever was earned.
    """

    holder: str
    number: str
    country: str
    routing_number: str = ""
    bic: str = ""
    currency: str = ""


def checked(
    *, holder: str, number: str, country: str, routing_number: str = "", bic: str = "",
    currency: str = "",
) -> Account:  # fmt: skip
    """The account as it is kept, once nothing speaks against it.

    Raises:
        AccountRefused: something does.
    """
    account = Account(
        holder=" ".join(holder.split())[:_HOLDER_MAX],
        number=_plain(number),
        country=country.upper(),
        routing_number=_plain(routing_number),
        bic=_plain(bic),
        currency=currency,
    )
    if not account.holder:
        raise AccountRefused("holder", "holder_missing")
    if account.bic and not _BIC.fullmatch(account.bic):
        raise AccountRefused("bic", "bic_form")
    if account.country == "US":
        _check_us(account)
    else:
        _check_elsewhere(account)
    return account


def is_iban(number: str) -> bool:
    """Whether it is an IBAN with the right check digits, in the form of its country."""
    return _IBAN.fullmatch(number) is not None and iban.is_valid(number)


def is_routing_number(number: str) -> bool:
    """Whether nine digits can be a routing number: their district and their weighted sum."""
    if not re.fullmatch(r"\d{9}", number):
        return False
    if not any(int(number[:2]) in district for district in _US_DISTRICTS):
        return False
    weights = (3, 7, 1) * 3
    return sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 10 == 0


def is_new(changed_at: datetime | None, now: datetime) -> bool:
    """Whether an account was stated so lately that a payment to it deserves a second look."""
    return changed_at is not None and now - changed_at < NEW_FOR


def _check_us(account: Account) -> None:
    if not _US_NUMBER.fullmatch(account.number):
        raise AccountRefused("number", "number_form")
    if not account.routing_number:
        raise AccountRefused("routing_number", "routing_missing")
    if not is_routing_number(account.routing_number):
        raise AccountRefused("routing_number", "routing_check")


def _check_elsewhere(account: Account) -> None:
    if account.routing_number:
        raise AccountRefused("routing_number", "routing_not_us")
    if _LOOKS_LIKE_AN_IBAN.match(account.number):
        if not is_iban(account.number):
            raise AccountRefused("number", _why_no_iban(account.number))
        if account.number[:2] != account.country:
            raise AccountRefused("country", "iban_country")
    elif not _OTHER_NUMBER.fullmatch(account.number):
        raise AccountRefused("number", "number_form")
    elif not account.bic:
        raise AccountRefused("bic", "bic_missing")


def _why_no_iban(number: str) -> str:
    is_right = mod_97_10.is_valid(number[4:] + number[:4])
    return "iban_form" if is_right else "iban_check"


def _plain(written: str) -> str:
    return _SPACES.sub("", written).upper()
