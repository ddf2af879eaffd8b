"""What people read about members, invitations and the audit log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

REFUSALS: dict[str, Words] = {
    "people.already_member": _("This person belongs to the company already."),
    "people.too_many_invitations": _(
        "%(most)s invitations are open. Revoke some before sending more."
    ),
    "people.invitation_not_found": _(
        "This invitation does not exist or was revoked. Ask for a new one."
    ),
    "people.invitation_used": _("This invitation was accepted before; a link works once."),
    "people.invitation_expired": _("This invitation ran out. Ask for a new one."),
    "people.not_their_invitation": _(
        "This invitation was sent to another address. Sign out and open the link again."
    ),
    "people.unknown": _("Nobody has an account with this address."),
    "people.last_operator": _(
        "This is the only operator. Appoint another first, so that somebody runs the installation."
    ),
    "api_key.reach_too_wide": _("Your role there does not reach that far. Choose less."),
    "api_key.too_many": _("%(most)s of your keys work. Revoke some before you make more."),
    "people.letter_not_sent": _("The letter could not be sent, so nobody was invited."),
    "people.last_owner": _(
        "This is the only owner. Make somebody else an owner first, so that the company keeps one."
    ),
}
ROLES: dict[str, Words] = {
    "owner": _("everything: people, qualification, terms, money"),
    "manager": _("daily business: imports, links, plans, creators; approves settlements"),
    "finance": _("settlements and payouts; reads everything else"),
    "viewer": _("reads; changes nothing"),
}
"""What each role may do."""
SUBJECTS: dict[str, Words] = {
    "api_key": _("API keys"),
    "audit": _("Audit log"),
    "bank_account": _("Bank accounts"),
    "benchmark": _("Benchmarks"),
    "dispute": _("Disputes"),
    "host": _("Hosts"),
    "import": _("Imports"),
    "key": _("Write keys"),
    "ledger": _("Ledger"),
    "link": _("Tracked links"),
    "member": _("Members"),
    "qualification": _("Qualification"),
    "rates": _("Exchange rates"),
    "service": _("Affiliate service"),
    "settlement": _("Settlements"),
    "shop": _("Shops"),
    "staff": _("Staff"),
    "uplift": _("CTR uplift"),
}
"""What an audit line is about: the first part of its verb."""
VERBS: dict[str, Words] = {
    "api_key.made": _("API key made"),
    "api_key.revoked": _("API key revoked"),
    "audit.exported": _("audit log exported"),
    "bank_account.changed": _("bank account stated"),
    "benchmark.publish": _("benchmark published"),
    "dispute.opened": _("dispute opened"),
    "dispute.decided": _("dispute decided"),
    "dispute.evidence_read": _("evidence of a dispute opened"),
    "host.allowed": _("host allowed"),
    "import.done": _("file imported"),
    "retention.run": _("old visitor data removed"),
    "retention.erasure": _("a person's data erased"),
    "import.undone": _("import undone"),
    "key.made": _("write key made"),
    "key.revoked": _("write key revoked"),
    "ledger.check_asked": _("check of the book asked for"),
    "link.made": _("link made"),
    "link.stopped": _("link stopped"),
    "member.invited": _("person invited"),
    "member.invitation_revoked": _("invitation revoked"),
    "member.joined": _("invitation accepted"),
    "member.left": _("member removed"),
    "member.role_changed": _("role changed"),
    "rates.stated": _("exchange rate stated"),
    "rates.fetched": _("central bank asked for exchange rates"),
    "rates.taken_in": _("file of exchange rates taken in"),
    "qualification.stated": _("company details saved"),
    "qualification.document_added": _("paper uploaded"),
    "qualification.document_removed": _("paper removed"),
    "qualification.document_read": _("paper opened"),
    "qualification.document_erased": _("paper erased: kept for as long as papers are kept"),
    "qualification.submit": _("qualification handed in"),
    "qualification.withdraw": _("qualification taken back"),
    "qualification.approve": _("qualification approved"),
    "qualification.send_back": _("qualification returned"),
    "qualification.suspend": _("shop suspended"),
    "qualification.lift": _("suspension lifted"),
    "service.enabled": _("affiliate service switched on"),
    "service.changed": _("rate or targets changed"),
    "service.disabled": _("affiliate service switched off"),
    "settlement.approved": _("settlement approved"),
    "settlement.paid": _("payments handed to the bank"),
    "settlement.bank_file": _("bank file downloaded"),
    "settlement.status": _("bank's answer taken in"),
    "settlement.exported": _("settlement or statement downloaded"),
    "shop.opened": _("shop added"),
    "shop.changed": _("shop changed"),
    "staff.grant": _("staff appointed"),
    "staff.withdraw": _("staff mark withdrawn"),
    "uplift.exported": _("figures exported"),
}
"""What was done. A verb that is not here is shown as it was written down."""


def refusal_sentence(refused: Exception) -> str:
    """Why it was refused. A refusal nobody wrote a sentence for is a bug."""
    return str(REFUSALS[refused.code]) % getattr(refused, "params", {})  # type: ignore[attr-defined]


def verb_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))
