"""The letter that invites a person to a company."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from linkstar.accounts import inviting
from linkstar.accounts.models import Invitation, Role, User, Workspace
from linkstar.web.people_words import ROLES


class LetterNotSent(ValueError):
    """The mail server could not be reached, so nobody was invited."""

    code = "people.letter_not_sent"


def invite_by_letter(
    *, workspace: Workspace, email: str, role: Role, user: User, zone: str, now: datetime
) -> Invitation:
    """Invite and send the letter; a letter that cannot be sent leaves no invitation.

    Raises:
        AlreadyMember, TooManyInvitations: see `accounts.inviting`.
        LetterNotSent: see there.
    """
    with transaction.atomic():
        invitation, token = inviting.invite(
            workspace=workspace, email=email, role=role, user=user, now=now
        )
        letter = {
            "workspace": workspace,
            "inviter": user.email,
            "role": role.label,
            "may": ROLES[role],
            "link": settings.BASE_URL + reverse("invitation", args=[token]),
            "expires_at": invitation.expires_at,
            "zone": zone,
            "site": urlsplit(settings.BASE_URL).netloc,
        }
        subject = _("%(workspace)s invites you to LinkStar") % {"workspace": workspace.name}
        try:
            send_mail(subject, render_to_string("web/mail/invitation.txt", letter), None, [email])
        except OSError as unreached:  # what a mail server that cannot be reached raises
            raise LetterNotSent from unreached
    return invitation
