"""Telling people what happened: a list in the product, and one mail each."""

from collections.abc import Iterable
from datetime import datetime
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation

from linkstar.accounts.models import Notification, User, Workspace
from linkstar.accounts.notices import told
from linkstar.accounts.queries import WRITERS

MAIL_TRIES_MAX = 5
MAILS_AT_ONCE = 200


def notify(
    *,
    users: Iterable[User],
    code: str,
    now: datetime,
    address: str = "",
    workspace: Workspace | None = None,
    **params: object,
) -> None:
    """Tell each of these people once; the mail leaves after the transaction, with the next run.

    Args:
        users: who should know.
        code: a key of `notices.NOTICES`.
        now: the instant.
        address: path of the page it is about.
        workspace: whose business it is, when it is a company's.
        params: what the sentence names, as plain values.
    """
    Notification.objects.bulk_create(
        Notification(
            user=user, workspace=workspace, code=code, params=params, address=address, at=now
        )
        for user in {user.pk: user for user in users}.values()
    )


def writers_of(workspace: Workspace) -> list[User]:
    """The people of a company who run its daily business."""
    return list(
        User.objects.filter(
            memberships__workspace=workspace, memberships__role__in=WRITERS, is_active=True
        )
    )


@transaction.atomic
def mark_read(*, user: User, now: datetime, notification: int | None = None) -> int:
    """Mark one of the person's notifications, or all of them, as read; how many were not."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if notification is not None:
        unread = unread.filter(pk=notification)
    return unread.update(read_at=now)


def send_mails(*, now: datetime) -> int:
    """Send the mails that are due; how many left.

    Each is marked before the next is tried, so that a stop in between repeats one at most. A
    server that refuses is asked again with the next run, five times in all.
    """
    due = Notification.objects.filter(mail_due=True).select_related("user").order_by("at")
    sent = 0
    for notification in due[:MAILS_AT_ONCE]:
        if _is_sent(notification):
            notification.mail_due, notification.mailed_at = False, now
            sent += 1
        else:
            notification.mail_tries += 1
            notification.mail_due = notification.mail_tries < MAIL_TRIES_MAX
        notification.save(update_fields=["mail_due", "mail_tries", "mailed_at"])
    return sent


def _is_sent(notification: Notification) -> bool:
    with translation.override(notification.user.language):
        title, todo = told(notification.code, notification.params)
    page = f"{settings.BASE_URL}{notification.address}" if notification.address else ""
    parts = (title, todo, page, f"LinkStar · {urlsplit(settings.BASE_URL).netloc}")
    text = "\n\n".join(part for part in parts if part)
    try:
        return bool(send_mail(" ".join(title.split()), text, None, [notification.user.email]))
    except (SMTPException, OSError):
        return False
