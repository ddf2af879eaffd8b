"""Notifications of the key's maker, and the audit log of a company."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.accounts.models import AuditEvent, Notification
from linkstar.accounts.notices import told as notice_told
from linkstar.accounts.notifying import mark_read
from linkstar.api.calling import EITHER_NOTES, EITHER_READS, OWNS, caller_of, now, seller_of
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Number, Page

router = Router()


class NotificationTold(Schema):
    """Something to know, as a code with its facts and in words of the language asked for."""

    id: int
    code: str
    facts: dict[str, Any]
    title: str
    todo: str
    page: str
    at: datetime
    read_at: datetime | None


class NotificationsWanted(Schema):
    """Which notifications."""

    is_unread: bool | None = None


class ReadAsked(Asked):
    """Which one was read; all of them where none is named."""

    id: Number | None = None


class ReadTold(Schema):
    """How many were not read before."""

    read: int


class DoneTold(Schema):
    """One line of the audit log: who did what to what; with a key, which one."""

    id: int
    at: datetime
    by: str | None
    verb: str
    target: str
    detail: dict[str, Any]


def _told(one: Notification) -> NotificationTold:
    title, todo = notice_told(one.code, one.params)
    return NotificationTold(
        id=one.pk,
        code=one.code,
        facts=one.params,
        title=title,
        todo=todo,
        page=one.address,
        at=one.at,
        read_at=one.read_at,
    )


@router.get("notifications", response=Page[NotificationTold], auth=EITHER_READS)
def notifications(
    request: HttpRequest, piece: AskedPiece, wanted: Query[NotificationsWanted]
) -> Page[NotificationTold]:
    """What the key's maker was told, the latest first."""
    found = Notification.objects.filter(user=caller_of(request).user)
    if wanted.is_unread is not None:
        found = found.filter(read_at__isnull=wanted.is_unread)
    return page_of(found, piece, _told, by=("-at", "-pk"))


@router.post("notifications/read", response=ReadTold, auth=EITHER_NOTES)
@once
def read_notifications(request: HttpRequest, asked: ReadAsked) -> ReadTold:
    """Mark one, or all, as read."""
    user = caller_of(request).user
    return ReadTold(read=mark_read(user=user, notification=asked.id, now=now()))


@router.get("audit-log", response=Page[DoneTold], auth=OWNS)
def audit_log(
    request: HttpRequest,
    piece: AskedPiece,
    verb: Annotated[Code, Field(max_length=60)] = "",
) -> Page[DoneTold]:
    """What was done in the company, the latest first; for owners."""
    found = AuditEvent.objects.filter(workspace=seller_of(request).workspace)
    chosen = found.filter(verb__startswith=verb) if verb else found
    return page_of(chosen.select_related("user"), piece, _done_told, by=("-at", "-pk"))


def _done_told(one: AuditEvent) -> DoneTold:
    return DoneTold(
        id=one.pk,
        at=one.at,
        by=one.user.email if one.user else None,
        verb=one.verb,
        target=one.target,
        detail=one.detail,
    )
