"""Why a bank account cannot be right, and the names of countries."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linkstar.settlements.account_rules import AccountRefused
from linkstar.web.formats import locale_of

REFUSALS: dict[str, str | Promise] = {
    "holder_missing": _("Write the name the bank knows the account by."),
    "number_form": _("An account number has 4 to 34 letters and digits; in the US 4 to 17 digits."),
    "iban_check": _(
        "This IBAN cannot be right: its check digits do not fit. Compare it letter by letter."
    ),
    "iban_form": _(
        "This IBAN cannot be right: its length or letters are not those of its country. Compare it "
        "letter by letter."
    ),
    "iban_country": _("The IBAN is of another country than the one chosen."),
    "routing_missing": _("In the US the bank's routing number is needed: nine digits."),
    "routing_check": _(
        "This routing number cannot be right: it has nine digits whose last one fits the others. "
        "It stands at the bottom left of a check."
    ),
    "routing_not_us": _("Only banks in the US have a routing number. Leave it empty."),
    "bic_form": _("A BIC has 8 or 11 characters, such as COBADEFFXXX."),
    "bic_missing": _("Without an IBAN the bank's BIC is needed."),
}
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes of CLDR where no bank is."""


def refusal(refused: AccountRefused) -> str:
    return str(REFUSALS[refused.reason])


def countries() -> list[tuple[str, str]]:
    """Every country by its name, in the reader's order."""
    names = locale_of(get_language() or "en").territories
    codes = [str(code) for code in names if len(str(code)) == 2 and str(code).isalpha()]
    return sorted(
        ((code, str(names[code])) for code in codes if code not in _NO_COUNTRIES),
        key=lambda one: one[1],
    )
