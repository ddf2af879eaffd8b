"""Notifications of the key's maker, and the audit log of a company."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from linkstar.accounts.models import AuditEvent, Notification
from linkstar.accounts.notices import told as notice_told
from linkstar.accounts.notifying import mark_read
from linkstar.api.calling import ANY_NOTES, ANY_READS, OWNS, anybody, log, now, seller_of
from linkstar.api.files import CSV, file_answers
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Number, Page
from linkstar.web.audit_pages import audit_table

router = Router()
Verb = Annotated[Code, Field(max_length=60)]
"""What was done, by its first letters."""


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


@router.get("notifications", response=Page[NotificationTold], auth=ANY_READS)
def notifications(
    request: HttpRequest, piece: AskedPiece, wanted: Query[NotificationsWanted]
) -> Page[NotificationTold]:
    """What the key's maker was told, the latest first."""
    found = Notification.objects.filter(user=anybody(request).user)
    if wanted.is_unread is not None:
        found = found.filter(read_at__isnull=wanted.is_unread)
    return page_of(found, piece, _told, by=("-at", "-pk"))


@router.post("notifications/read", response=ReadTold, auth=ANY_NOTES)
@once
def read_notifications(request: HttpRequest, asked: ReadAsked) -> ReadTold:
    """Mark one, or all, as read."""
    user = anybody(request).user
    return ReadTold(read=mark_read(user=user, notification=asked.id, now=now()))


@router.get("audit-log", response=Page[DoneTold], auth=OWNS)
def audit_log(request: HttpRequest, piece: AskedPiece, verb: Verb = "") -> Page[DoneTold]:
    """What was done in the company, the latest first; for owners."""
    return page_of(_done(request, verb), piece, _done_told, by=("-at", "-pk"))


@router.get("audit-log/file", auth=OWNS, openapi_extra=file_answers(CSV))
def audit_log_table(request: HttpRequest, verb: Verb = "") -> HttpResponse:
    """The same as CSV, at most 100,000 lines; that it was taken is a line of its own."""
    written = audit_table(_done(request, verb).order_by("-at", "-pk"))
    log(request, "audit.exported", seller_of(request).workspace.id)
    return written


def _done(request: HttpRequest, verb: str) -> QuerySet[AuditEvent]:
    found = AuditEvent.objects.filter(workspace=seller_of(request).workspace)
    chosen = found.filter(verb__startswith=verb) if verb else found
    return chosen.select_related("user")


def _done_told(one: AuditEvent) -> DoneTold:
    return DoneTold(
        id=one.pk,
        at=one.at,
        by=one.user.email if one.user else None,
        verb=one.verb,
        target=one.target,
        detail=one.detail,
    )
