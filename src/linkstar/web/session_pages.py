"""Small switches kept for the person: language, theme, workspace."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from linkstar.accounts.actions import set_language
from linkstar.accounts.models import User
from linkstar.accounts.queries import workspaces_of

THEME_COOKIE = "linkstar_theme"
THEMES = ("auto", "light", "dark")
YEAR_SECONDS = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Switch the language, and remember it for a person who signed in."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, User):
        set_language(user=request.user, language=language)
    response = go_back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax"
    )
    return response


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Http404
    response = go_back(request)
    response.set_cookie(THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@require_POST
def choose_workspace(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """Work in another of the person's workspaces; anybody else's is not found."""
    assert isinstance(request.user, User)
    workspace = get_object_or_404(workspaces_of(request.user), id=workspace_id)
    request.session["workspace"] = workspace.id
    return HttpResponseRedirect("/")


def go_back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the form came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(wanted if is_ours else "/")
