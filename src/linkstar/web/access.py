"""Who may open a page that changes something. For everybody else it is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponse

from linkstar.accounts.queries import WRITERS
from linkstar.web.requests import WorkspaceRequest

P = ParamSpec("P")
Page = Callable[Concatenate[WorkspaceRequest, P], HttpResponse]


def writers_only(page: Page[P]) -> Page[P]:
    """Owners and managers of the workspace; others get 404."""

    @wraps(page)
    def guarded(request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.role not in WRITERS:
            raise Http404
        return page(request, *args, **kwargs)

    return guarded


def operators_only(page: Page[P]) -> Page[P]:
    """Whoever runs the installation; others get 404."""

    @wraps(page)
    def guarded(request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_operator:
            raise Http404
        return page(request, *args, **kwargs)

    return guarded
