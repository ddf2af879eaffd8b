"""The sentence of every notification: a title and what to do, in the reader's language.

Notifications travel as codes with plain facts. A code without a sentence fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Notice:
    """How one kind of notification is told."""

    title: Words
    todo: Words = ""


NOTICES: dict[str, Notice] = {
    "invitation.received": Notice(
        _("%(shop)s invites you to promote %(product)s"),
        _("Answer by %(until)s; after that the invitation ends by itself."),
    ),
    "invitation.accepted": Notice(_("%(creator)s accepted your invitation")),
    "invitation.declined": Notice(_("%(creator)s declined your invitation")),
    "invitation.withdrawn": Notice(_("%(shop)s took its invitation back")),
    "invitation.missed": Notice(_("The invitation of %(shop)s ended without your answer")),
    "invitation.expired": Notice(_("Your invitation to %(creator)s ended without an answer")),
    "offer.received": Notice(
        _("%(sender)s proposes terms"),
        _("Answer by %(until)s; after that the offer ends by itself."),
    ),
    "offer.accepted": Notice(
        _("%(sender)s accepted your terms"), _("The collaboration has begun.")
    ),
    "offer.declined": Notice(_("%(sender)s ended the negotiation")),
    "offer.withdrawn": Notice(_("%(sender)s took the offer back")),
    "offer.expired": Notice(_("An offer between you and %(sender)s ended without an answer")),
    "application.received": Notice(_("%(creator)s signed up for “%(campaign)s”")),
    "application.selected": Notice(
        _("%(shop)s selected you for “%(campaign)s”"), _("The collaboration has begun.")
    ),
    "application.declined": Notice(_("You were not selected for “%(campaign)s”")),
    "application.withdrawn": Notice(
        _("%(creator)s no longer wants to take part in “%(campaign)s”")
    ),
    "campaign.closed": Notice(
        _("Sign-up for “%(campaign)s” is over"), _("%(waiting)s creators wait for your decision.")
    ),
    "campaign.cancelled": Notice(_("The campaign “%(campaign)s” was cancelled")),
    "sample.requested": Notice(
        _("%(sender)s asks for a sample of %(product)s"),
        _("Answer by %(until)s; after that the request ends by itself."),
    ),
    "sample.approved": Notice(
        _("%(sender)s approved your sample of %(product)s"), _("It is shipped next.")
    ),
    "sample.shipped": Notice(
        _("Your sample of %(product)s from %(sender)s is on its way"),
        _("%(carrier)s %(parcel)s. Say so on the page when it arrives."),
    ),
    "sample.rejected": Notice(
        _("%(sender)s rejected your request for a sample of %(product)s"), "%(reason)s"
    ),
    "sample.withdrawn": Notice(_("%(sender)s no longer needs the sample of %(product)s")),
    "sample.received": Notice(
        _("%(sender)s has received the sample of %(product)s"),
        _("Content is due by %(until)s."),
    ),
    "sample.extended": Notice(
        _("%(sender)s gave more time for the content about %(product)s"),
        _("It is due by %(until)s."),
    ),
    "sample.expired": Notice(
        _("The request for a sample of %(product)s (%(sender)s) ended without an answer"),
        _("It can be asked for again."),
    ),
    "sample.not_shipped": Notice(
        _("The sample of %(product)s (%(sender)s) was not shipped in time"),
        _("It can still be shipped, or taken back by the creator."),
    ),
    "sample.overdue": Notice(
        _("The content for the sample of %(product)s (%(sender)s) is overdue"),
        _("It can still be handed in."),
    ),
    "content.overdue": Notice(
        _("Content %(number)s (%(sender)s) is overdue"),
        _("It can still be handed in; the seller may also let go of it."),
    ),
    "content.counted": Notice(
        _("Content %(number)s (%(sender)s) counts as confirmed"),
        _("The time to answer is over."),
    ),
    "content.extended": Notice(
        _("%(sender)s gives you more time for content %(number)s"), _("It is due by %(until)s.")
    ),
    "content.cancelled": Notice(_("%(sender)s no longer asks for content %(number)s: %(reason)s")),
    "support.requested": Notice(
        _("%(sender)s asks for shooting support: %(text)s"),
        _("Answer by %(until)s; after that the request ends by itself."),
    ),
    "support.approved": Notice(
        _("%(sender)s promises shooting support: %(text)s"), _("It is due by %(until)s.")
    ),
    "support.expired": Notice(
        _("The request for shooting support (%(sender)s) ended without an answer: %(text)s"),
        _("It can be asked for again."),
    ),
    "support.overdue": Notice(
        _("Shooting support that was promised (%(sender)s) was not given in time: %(text)s"),
        _("It can still be given, or taken back by the creator."),
    ),
    "support.answer_due": Notice(
        _("%(sender)s waits for an answer about shooting support: %(text)s"),
        _("Answer by %(until)s; after that the request ends by itself."),
    ),
    "support.due_soon": Notice(
        _("Shooting support promised to %(sender)s is due soon: %(text)s"),
        _("Give it by %(until)s and say so on the page."),
    ),
    "sample.answer_due": Notice(
        _("%(sender)s waits for an answer about a sample of %(product)s"),
        _("Answer by %(until)s; after that the request ends by itself."),
    ),
    "sample.to_ship": Notice(
        _("The sample of %(product)s for %(sender)s is to be shipped soon"),
        _("Ship it by %(until)s."),
    ),
    "content.answer_due": Notice(
        _("Content %(number)s of %(sender)s waits for your answer"),
        _("Confirm or return it by %(until)s; after that it counts as confirmed."),
    ),
    "support.rejected": Notice(
        _("%(sender)s cannot give shooting support: %(text)s"), "%(reason)s"
    ),
    "support.provided": Notice(_("%(sender)s has given shooting support: %(text)s")),
    "support.withdrawn": Notice(_("%(sender)s no longer needs shooting support: %(text)s")),
    "content.submitted": Notice(
        _("%(sender)s handed in content %(number)s"),
        _("Confirm or return it by %(until)s; after that it counts as confirmed."),
    ),
    "content.confirmed": Notice(_("%(sender)s confirmed content %(number)s")),
    "content.returned": Notice(
        _("%(sender)s returned content %(number)s: %(reason)s"),
        _("Hand it in again by %(until)s."),
    ),
    "content.taken_down": Notice(
        _("%(sender)s took content %(number)s down"), _("It was up long enough and counts.")
    ),
    "content.taken_down_early": Notice(
        _("%(sender)s took content %(number)s down before its time"),
        _("It does not count and is due again by %(until)s."),
    ),
    "content.due_soon": Notice(
        _("Content %(number)s for %(sender)s is due soon"),
        _("Hand it in by %(until)s, or ask for more time."),
    ),
    "collaboration.cancelled": Notice(
        _("%(sender)s called the collaboration off: %(reason)s"),
    ),
    "message.received": Notice(_("%(sender)s wrote to you")),
    "dispute.opened": Notice(
        _("A dispute about %(about)s between %(shop)s and %(creator)s was opened"),
        _("Answer by %(until)s; after that it can be decided without your answer."),
    ),
    "dispute.answered": Notice(
        _("Your dispute about %(about)s between %(shop)s and %(creator)s was answered"),
        _("It is decided next."),
    ),
    "dispute.to_decide": Notice(
        _("The dispute about %(about)s between %(shop)s and %(creator)s waits for a decision")
    ),
    "dispute.message": Notice(
        _("A new message in the dispute about %(about)s between %(shop)s and %(creator)s")
    ),
    "dispute.answer_due": Notice(
        _("The dispute about %(about)s between %(shop)s and %(creator)s waits for your answer"),
        _("Answer by %(until)s; after that it can be decided without your answer."),
    ),
    "dispute.unanswered": Notice(
        _("Nobody answered the dispute about %(about)s between %(shop)s and %(creator)s in time"),
        _("It can be decided without an answer."),
    ),
    "dispute.decided_creator": Notice(
        _("The dispute about %(about)s between %(shop)s and %(creator)s was decided: creator"),
        _("It can be appealed until %(until)s; what is held stays held until then."),
    ),
    "dispute.decided_seller": Notice(
        _("The dispute about %(about)s between %(shop)s and %(creator)s was decided: seller"),
        _("It can be appealed until %(until)s; what is held stays held until then."),
    ),
    "dispute.appeal_due": Notice(
        _("The time to appeal in the dispute about %(about)s ends soon"),
        _("Appeal by %(until)s, or the decision is final."),
    ),
    "dispute.appealed": Notice(
        _("The decision about %(about)s between %(shop)s and %(creator)s was appealed"),
        _("It is decided once more; that decision is final."),
    ),
    "dispute.final_creator": Notice(
        _("The dispute about %(about)s between %(shop)s and %(creator)s is over: creator"),
        _("What was held is let go; content that was disputed counts as confirmed."),
    ),
    "dispute.final_seller": Notice(
        _("The dispute about %(about)s between %(shop)s and %(creator)s is over: seller"),
        _("What was earned is taken back; content that was disputed stays unconfirmed."),
    ),
    "bank_account.stated": Notice(
        _("A bank account for %(owner)s was stated, ending in %(ending)s"),
        _("If it was nobody you know, change your password at once and tell the operator."),
    ),
    "bank_account.changed": Notice(
        _("The bank account of %(owner)s was changed: …%(ending)s instead of …%(before)s"),
        _("If it was nobody you know, change your password at once and tell the operator."),
    ),
    "paper.ready": Notice(_("%(paper)s is ready"), _("Open it to download.")),
    "paper.failed": Notice(
        _("%(paper)s could not be made"), _("Ask for it again; if that fails, tell the operator.")
    ),
    "link.stopped": Notice(
        _("%(shop)s stopped links of yours: %(links)s"),
        _("They lead nowhere any more; what they counted stays. Take them out of what you show."),
    ),
    "plan.kept_rate_ends": Notice(
        _("Your %(rate)s at %(shop)s for %(product)s ends soon"),
        _("It was lowered; you keep the old rate before %(until)s. From then on it is %(later)s."),
    ),
    "payout.paid": Notice(
        _("%(shop)s paid you %(amount)s"), _("A transfer may take some days to arrive.")
    ),
    "payout.not_arrived": Notice(
        _("A payment of %(amount)s from %(shop)s did not arrive"),
        _("It stays yours and is paid again. See whether your bank account is right."),
    ),
    "payout.failed": Notice(
        _("%(shop)s: payments that failed: %(payments)s"),
        _("They are owed again. Look at the reasons, and pay them again."),
    ),
    "settlement.closed": Notice(
        _("%(shop)s: a period is closed, %(amount)s wait for approval"),
        _("Look at what is settled with whom, and approve it."),
    ),
    "qualification.submit": Notice(
        _("%(shop)s waits for review"), _("Its company handed in its papers.")
    ),
    "qualification.approve": Notice(
        _("%(shop)s is qualified"), _("Switch LinkStar on under Marketing > Affiliate.")
    ),
    "qualification.send_back": Notice(
        _("The qualification of %(shop)s was returned"), _("The page says what to correct.")
    ),
    "qualification.suspend": Notice(
        _("%(shop)s was suspended"), _("Its plans are not shown to creators.")
    ),
    "qualification.lift": Notice(_("The suspension of %(shop)s was lifted")),
    "creator.submitted": Notice(_("@%(creator)s waits for verification")),
    "creator.verified": Notice(
        _("Your profile is verified"), _("Sellers can find you, and you can sign up for campaigns.")
    ),
    "creator.returned": Notice(_("Your profile was returned: %(reason)s")),
    "creator.suspended": Notice(_("Your profile was suspended: %(reason)s")),
    "creator.reinstated": Notice(_("Your profile is no longer suspended")),
}


def told(code: str, params: Mapping[str, object]) -> tuple[str, str]:
    """Title and what to do. A code nobody wrote words for is shown as it is."""
    notice = NOTICES.get(code)
    if notice is None:
        return code, ""
    facts = _Facts(params)
    return str(notice.title) % facts, str(notice.todo) % facts


class _Facts(dict[str, object]):
    """A notification written before its sentence named one more fact is still told."""

    def __missing__(self, name: str) -> str:
        return "–"
