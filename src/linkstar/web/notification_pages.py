"""What happened that a person should know, the newest first."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.models import Notification
from linkstar.accounts.notices import told
from linkstar.accounts.notifying import mark_read
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest, zone_of

PER_PAGE = 50
UNREAD_SHOWN_MAX = 99


@dataclass(frozen=True, slots=True)
class Told:
    """A notification in the reader's words."""

    notification: Notification
    title: str
    todo: str


@require_GET
def notifications(request: WorkspaceRequest) -> HttpResponse:
    found = Notification.objects.filter(user=request.user).order_by("-at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = [Told(one, *told(one.code, one.params)) for one in page]
    context = {"page": page, "shown": shown, "zone": zone_of(request)}
    return render(request, "web/notifications.html", context)


@require_POST
def read_all(request: WorkspaceRequest) -> HttpResponse:
    mark_read(user=request.user, now=now())
    return redirect("notifications")


@require_POST
def open_notification(request: WorkspaceRequest, notification_id: int) -> HttpResponse:
    """Mark it as read and go where it leads."""
    found = get_object_or_404(Notification, user=request.user, pk=notification_id)
    mark_read(user=request.user, now=now(), notification=found.pk)
    return redirect(found.address or "notifications")


def unread_count(request: HttpRequest) -> str:
    """What the bell says: nothing, a number, or 99+."""
    if not request.user.is_authenticated:
        return ""
    count = Notification.objects.filter(user=request.user, read_at=None).count()
    if count > UNREAD_SHOWN_MAX:
        return f"{UNREAD_SHOWN_MAX}+"
    return str(count or "")
