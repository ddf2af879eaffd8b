"""Finds out, for every request, whose workspace it is about and which shops, days and words."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from linkstar.accounts.models import User, Workspace
from linkstar.accounts.queries import (
    is_fresh_installation,
    powerful_groups,
    role_in,
    workspaces_of,
)
from linkstar.accounts.row_security import see_everything, see_only
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import shops_of
from linkstar.tracking.own_visitors import remember_own
from linkstar.web.guards import BY_KEY
from linkstar.web.known_days import covered, known_days
from linkstar.web.periods import compare_of, period_of
from linkstar.web.requests import WorkspaceRequest

CARRIED = ("shop", "period", "from", "to", "compare")
"""Parts of an address that follow a person from page to page."""
OPEN_BEFORE_SETUP = ("/setup/", "/language/", "/theme/")
OPEN_WITHOUT_WORKSPACE = (
    "/accounts/", "/setup/", "/language/", "/theme/", "/help/", "/profile/",
    "/notifications/",
    "/creator/", "/review/", "/operator/", "/invitations/",
)  # fmt: skip
"""Everybody's own pages, and those of creators, reviewers and operators, who say so by guard."""
OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/language/", "/theme/", "/help/")
CREATORS_BEGIN_AT = "creator_home"


class WorkspaceMiddleware:
    """Sets `request.workspace`, `role`, `shops`, `shop`, `zone`, `period` and `compare`.

    A fresh installation is led to its first-run page, a person without a workspace to a page that
    says whom to ask. Pages for people who signed in are never kept by shared caches.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()  # the thread may still be in the zone of its last reader
        try:
            return self._answer_anybody(request)
        finally:
            see_everything()  # the connection serves somebody else next

    def _answer_anybody(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(BY_KEY):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self._answer_stranger(request)
        user = request.user
        speak(request, user.language)
        if user.display_zone:
            timezone.activate(ZoneInfo(user.display_zone))
        response = self._answer(cast("WorkspaceRequest", request), user)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def _answer(self, request: WorkspaceRequest, user: User) -> HttpResponse:
        has_workspace = enter(request, user)
        if lacks_second_factor(request, user):
            messages.warning(request, _("Your role needs two-step sign-in. Set it up to go on."))
            return redirect("mfa_index")
        if has_workspace:
            note_own_visit(request)
        if needs_no_workspace(request):
            return self.get_response(request)
        if has_workspace:
            see_only(workspaces_of(user).values_list("id", flat=True))
            return self.get_response(request)
        if request.path == "/" and (home := home_of(user)):
            return redirect(home)
        return render(request, "web/no_workspace.html", status=403)

    def _answer_stranger(self, request: HttpRequest) -> HttpResponse:
        is_open = request.path.startswith(OPEN_BEFORE_SETUP)
        if not is_open and is_fresh_installation():
            return redirect("setup")
        return self.get_response(request)


def note_own_visit(request: WorkspaceRequest) -> None:
    """Once a day, let the filter know where this person's own clicks on the shops' links come from.

    Only a visitor's name is noted, as the collector gives it to whoever follows a link.
    """
    agent = request.headers.get("User-Agent", "")
    address = address_of(request)
    seen = sha256(f"{now().date()}{address}{agent}".encode()).hexdigest()[:16]
    noted = f"{request.workspace.id}{seen}"
    if request.session.get("own_visit") != noted:
        shops = [shop.number for shop in request.all_shops]
        remember_own(settings.PLACES.collector, shops, address=address, agent=agent, now=now())
        request.session["own_visit"] = noted


def address_of(request: HttpRequest) -> str:
    """Where a request came from, past the proxies that are trusted to say so."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return address
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    return forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))].strip() or address


def speak(request: HttpRequest, language: str) -> None:
    """Answer in the person's own language."""
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or language  # as LocaleMiddleware does


def home_of(user: User) -> str:
    """Where somebody without a workspace begins; nothing for who has to be let in first."""
    if user.is_creator:
        return CREATORS_BEGIN_AT
    if user.is_reviewer:
        return "review_queue"
    return "health" if user.is_operator else ""


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether the person must set up a second factor before anything else."""
    if not settings.TWO_FACTOR_REQUIRED or request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR):
        return False
    is_required = bool(powerful_groups(user) & settings.TWO_FACTOR_REQUIRED)
    return is_required and not is_mfa_enabled(user)


def needs_no_workspace(request: HttpRequest) -> bool:
    return request.path.startswith(OPEN_WITHOUT_WORKSPACE)


def enter(request: WorkspaceRequest, user: User) -> bool:
    """Fill in the request; False when the person belongs to no workspace."""
    workspace = chosen_workspace(request, user)
    if workspace is None:
        return False
    role = role_in(user, workspace)
    assert role is not None, "the workspace was chosen among the person's own"
    request.workspace, request.role = workspace, role
    request.all_shops = tuple(shops_of(workspace))
    request.shop = next((s for s in request.all_shops if s.id == request.GET.get("shop")), None)
    request.shops = (request.shop,) if request.shop else request.all_shops
    request.zone = request.shops[0].zone if request.shops else "UTC"
    request.compare = compare_of(request.GET.dict())
    request.carried = carried(request)
    # Only pages with figures need the days, and finding them opens the store.
    request.coverage = SimpleLazyObject(lambda: covered(request.workspace, request.shops))  # type: ignore[assignment]
    request.period = SimpleLazyObject(lambda: request_period(request))  # type: ignore[assignment]
    return True


def chosen_workspace(request: WorkspaceRequest, user: User) -> Workspace | None:
    """The shop's in the address if the person belongs there, else the last one, else the first."""
    own = workspaces_of(user)
    by_shop = Shop.objects.filter(id=request.GET.get("shop", ""), workspace__in=own)
    found = own.filter(id__in=by_shop.values("workspace")).first()
    found = found or own.filter(id=request.session.get("workspace", "")).first() or own.first()
    if found and request.session.get("workspace") != found.id:
        request.session["workspace"] = found.id
    return found


def request_period(request: WorkspaceRequest) -> object:
    today = datetime.now(ZoneInfo(request.zone)).date()
    known = known_days(request.coverage, today=today)
    return period_of(request.GET.dict(), today=today, known=known)


def carried(request: HttpRequest) -> str:
    """`?shop=…&period=…` for links to other pages; empty when nothing was chosen."""
    kept = [(name, request.GET[name]) for name in CARRIED if request.GET.get(name)]
    return f"?{urlencode(kept)}" if kept else ""


def now() -> datetime:
    """The moment of the request: the edge where pages read the clock."""
    return timezone.now()
