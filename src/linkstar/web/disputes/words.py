"""Words for disputes: what they are about, how far they are, why something cannot be done."""

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.documents import DocumentRefused
from linkstar.settlements.actions import DisputeRefused
from linkstar.settlements.models import Dispute
from linkstar.settlements.rules import (
    EVIDENCE_PER_DISPUTE_MAX,
    EVIDENCE_PER_MESSAGE_MAX,
    DisputeVerb,
    MoveRefused,
)
from linkstar.web.qualification_words import refusal_sentence

Words = str | Promise

REFUSED = (DisputeRefused, DocumentRefused, MoveRefused)
"""Everything a step of a dispute may refuse with."""
REASONS: dict[str, Words] = {
    "no_text": _("Say what it is about."),
    "already_disputed": _("This is disputed already; go on there."),
    "nothing_earned": _("Nothing was earned with it, so there is nothing to dispute."),
    "not_returned": _("Only content that was handed in and returned, or is late, can be disputed."),
    "own_claim": _("It is the other side's turn, or the decision went your way."),
    "clock_running": _("The other side still has time to answer."),
    "appeal_open": _("The decision can still be appealed."),
    "too_late": _("The time for this is over."),
    "own_company": _("You belong to one of the sides; another operator has to decide."),
    "too_many_files": _("At most %(each)s files with a message, and %(all)s in a dispute."),
}
STEPS: dict[DisputeVerb, Words] = {
    DisputeVerb.ANSWER: _("Answer"),
    DisputeVerb.MESSAGE: _("Send a message"),
    DisputeVerb.APPEAL: _("Appeal"),
}


def refusal(refused: Exception) -> str:
    """Why it was refused, and what can be done instead."""
    match refused:
        case DisputeRefused(reason=reason):
            most = {"each": EVIDENCE_PER_MESSAGE_MAX, "all": EVIDENCE_PER_DISPUTE_MAX}
            return str(REASONS[reason]) % most
        case MoveRefused():
            return translated(
                "That is no longer possible: somebody acted first, or a deadline passed. "
                "This is how things stand now."
            )
    return refusal_sentence(refused)


def about(dispute: Dispute) -> str:
    """Order 5769…, content 2."""
    earned = dispute.commission
    if earned and earned.line:
        return translated("Order %(order)s") % {"order": earned.line.order_id}
    found = earned.deliverable if earned else dispute.deliverable
    return translated("Content %(number)s") % {"number": found.number if found else ""}
