"""What people read about members, invitations and keys."""

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


def refusal_sentence(refused: Exception) -> str:
    """Why it was refused. A refusal nobody wrote a sentence for is a bug."""
    return str(REFUSALS[refused.code]) % getattr(refused, "params", {})  # type: ignore[attr-defined]
