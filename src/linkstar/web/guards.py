"""What a request passes before a page sees it: where it came from, how old its session is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
BY_KEY = "/api/"
"""What is let in by a key alone, whoever a browser is signed in as."""
OUR_OWN = frozenset({"same-origin", "none"})
"""Where a change may come from: our own pages, or the person's address bar."""
IDLE_MAX = timedelta(hours=8)
AGE_MAX = timedelta(days=7)
NOTED_EVERY = timedelta(minutes=5)
"""How often a session writes down that it is in use."""
POWERS_UNUSED = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class FetchSiteMiddleware:
    """Refuses changes that another site's page asks for, and switches off what pages never use.

    Browsers say where a request comes from and pages cannot forge it. A client that says nothing
    is left to the form's own token.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "none")
        by_key = request.path.startswith(BY_KEY)  # no page can send a key it was not given
        if request.method not in SAFE_METHODS and site not in OUR_OWN and not by_key:
            response: HttpResponse = HttpResponseForbidden(
                _("This change was asked for by a page of another site, so nothing was done."),
                content_type="text/plain; charset=utf-8",
            )
        else:
            response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POWERS_UNUSED)
        return response


class SessionAgeMiddleware:
    """Ends a session that was idle for eight hours, or is seven days old however busy."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            if is_over(request, now):
                logout(request)
                messages.info(request, _("You were signed out because it has been a while."))
            else:
                note_use(request, now)
        return self.get_response(request)


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer to somebody who tries too often."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response


def is_over(request: HttpRequest, now: datetime) -> bool:
    began_at, seen_at = _told(request, "began_at"), _told(request, "seen_at")
    too_old = began_at is not None and now - began_at >= AGE_MAX
    return too_old or (seen_at is not None and now - seen_at >= IDLE_MAX)


def note_use(request: HttpRequest, now: datetime) -> None:
    """Write down when the session began, and now and then that it is in use."""
    if "began_at" not in request.session:
        request.session["began_at"] = now.isoformat()
    seen_at = _told(request, "seen_at")
    if seen_at is None or now - seen_at >= NOTED_EVERY:
        request.session["seen_at"] = now.isoformat()


def _told(request: HttpRequest, name: str) -> datetime | None:
    written = request.session.get(name)
    return datetime.fromisoformat(written) if written else None
