"""What people call fees, held amounts, and what is wrong with a bank's answer."""

from django.utils.translation import gettext_lazy as _

from linkstar.commissions.models import PlatformFee
from linkstar.settlements.status_files import StatusUnreadable
from linkstar.web.money_words import Label

FEES: dict[str, Label] = {
    PlatformFee.Kind.REFERRAL: _("referral fee"),
    PlatformFee.Kind.REFUND_ADMINISTRATION: _("refund administration fee"),
}
PROBLEMS: dict[str, Label] = {
    "cells_missing": _("payment or state is missing"),
    "state_unknown": _("no known state"),
    "payout_unknown": _("no payment of this shop"),
    "step_impossible": _("cannot follow on its present state"),
}
"""Why a row of a bank's answer was not used."""
UNREADABLE: dict[str, Label] = {
    "too_large": _("it is larger than 20 MB"),
    "not_text": _("it is not UTF-8 text"),
    "header": _("the first row is not `payout,state` or `payout,state,reason`"),
    "not_xml": _("it is not well-formed XML"),
    "document_type": _("it has a document type, which a payment status report never has"),
    "not_pain_002": _("it is no ISO 20022 pain.002 report"),
}


def unreadable(name: str, refused: StatusUnreadable) -> str:
    """Why a whole file was refused, and where."""
    told = _("{path}, line {line}: {why}; nothing was taken in.")
    return str(told).format(path=name, line=refused.line, why=UNREADABLE[refused.reason])
