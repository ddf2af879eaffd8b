"""What a request knows about its workspace once the middleware has looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from linkstar.accounts.models import Role, User, Workspace
    from linkstar.catalog.models import Shop
    from linkstar.lake.coverage import Coverage
    from linkstar.web.periods import Compare, Period


class WorkspaceRequest(HttpRequest):
    """A signed-in request inside a workspace; `shops` are those the person chose to look at."""

    user: User
    htmx: Any
    workspace: Workspace
    role: Role
    all_shops: tuple[Shop, ...]
    shops: tuple[Shop, ...]
    shop: Shop | None
    zone: str
    coverage: list[Coverage]
    period: Period
    compare: Compare
    carried: str


def zone_of(request: HttpRequest) -> str:
    """The zone instants are told in: the shops', else the reader's own, else UTC."""
    own = getattr(request.user, "display_zone", "")
    return getattr(request, "zone", "") or own or "UTC"
