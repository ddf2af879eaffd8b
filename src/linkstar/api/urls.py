"""Addresses of the API. Each is open to whoever has a key, and answers in one form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, re_path

from linkstar.accounts.actions import acting_key
from linkstar.api.errors import called_too_often, not_allowed, not_found
from linkstar.api.main import api
from linkstar.api.throttling import PerAddress

View = Callable[..., HttpResponse]
ROOT = "api-root"
"""Where the library would lead people to its pages; there are none."""
WITHOUT_KEY = PerAddress()


def by_key(view: View) -> View:
    """Open to calls without a session; what a method is not taken with is said in our form."""

    @wraps(view)
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = acting_key.set("")
        try:
            response = view(request, *args, **kwargs)
            is_let_in = bool(acting_key.get())
        finally:
            acting_key.reset(token)
        if not is_let_in and not WITHOUT_KEY.allow_request(request):
            response = called_too_often(WITHOUT_KEY.wait())
        if isinstance(response, HttpResponseNotAllowed):
            response = not_allowed(request, response.headers["Allow"])
        if getattr(request, "is_repeated", False):
            response.headers["Idempotent-Replayed"] = "true"
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    called.login_required = False  # type: ignore[attr-defined]  # the key says who calls
    called.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie lets anybody in
    return called


def _opened(pattern: URLPattern) -> URLPattern:
    pattern.callback = by_key(pattern.callback)
    return pattern


urlpatterns = [
    *(_opened(one) for one in api.urls[0] if isinstance(one, URLPattern) and one.name != ROOT),
    re_path("", by_key(not_found), name="api_v1_nothing"),
]
