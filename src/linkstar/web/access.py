"""Who may open a page that changes something. For everybody else it is not there.

A view states who may by the decorator above it; a view without one is open to every member of the
workspace, whatever the role. Each answer is written down in `access_matrix.csv`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpResponseBase

from linkstar.accounts.models import Role
from linkstar.accounts.queries import APPROVERS, SETTLERS, WRITERS
from linkstar.web.requests import WorkspaceRequest

P = ParamSpec("P")
Page = Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]


def writers_only(page: Page[P]) -> Page[P]:
    """Owners and managers of the workspace; others get 404."""
    return _guarded(page, lambda request: _role(request) in WRITERS)


def settlers_only(page: Page[P]) -> Page[P]:
    """Owners and finance of the workspace, who settle and pay; others get 404."""
    return _guarded(page, lambda request: _role(request) in SETTLERS)


def approvers_only(page: Page[P]) -> Page[P]:
    """Owners, managers and finance, who say that a settlement is right; others get 404."""
    return _guarded(page, lambda request: _role(request) in APPROVERS)


def after_signing_in_again(page: Page[P]) -> Page[P]:
    """Whoever opens it has given a password or second factor within the last five minutes.

    Others are asked for it first: whoever finds an open browser gets no further.
    """
    return cast("Page[P]", reauthentication_required(page))


def owners_only(page: Page[P]) -> Page[P]:
    """Owners of the workspace; others get 404."""
    return _guarded(page, lambda request: _role(request) is Role.OWNER)


def creators_only(page: Page[P]) -> Page[P]:
    """People who promote under their own name; others get 404."""
    return _guarded(page, lambda request: request.user.is_creator)


def reviewers_only(page: Page[P]) -> Page[P]:
    """Whoever reviews the qualifications of shops; others get 404."""
    return _guarded(page, lambda request: request.user.is_reviewer)


def operators_only(page: Page[P]) -> Page[P]:
    """Whoever runs the installation; others get 404."""
    return _guarded(page, lambda request: request.user.is_operator)


def _guarded(page: Page[P], may: Callable[[WorkspaceRequest], bool]) -> Page[P]:
    @wraps(page)
    def guarded(
        request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not may(request):
            raise Http404
        return page(request, *args, **kwargs)

    return guarded


def _role(request: WorkspaceRequest) -> Role | None:
    """The person's role; None for staff and creators, whose pages need no workspace."""
    return getattr(request, "role", None)
