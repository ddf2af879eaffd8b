"""Views that people keep: the chips and the menu above a list, and what the menu does."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.models import SavedView
from linkstar.accounts.queries import WRITERS
from linkstar.accounts.saved_views import (
    Parts,
    ViewNameTaken,
    forget_view,
    rename_view,
    save_view,
    views_of,
)
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

Page = SavedView.Page
ROUTES = {Page.UPLIFT: "uplift", Page.CREATORS: "find_creators"}
OPENED = "view"
"""The part of an address that says which view was opened."""
ADDRESS_MAX = 4_000


@dataclass(frozen=True, slots=True)
class SavedViews:
    """What a page shows of them.

    Attributes:
        parts: the page as it stands now, ready to be kept.
        opened: the view it began with.
        is_changed: whether it stands differently now.
        may_change: whether this person renames and forgets the opened one.
        link: the address that opens it for whoever belongs to the workspace.
    """

    page: Page
    views: Sequence[SavedView]
    parts: str
    opened: SavedView | None
    is_changed: bool
    may_change: bool
    link: str


def saved_views(request: WorkspaceRequest, page: Page, parts: Parts) -> SavedViews:
    """The views of a page, and whether the address is still the one that was opened."""
    asked = request.GET.get(OPENED, "")
    opened = view_named(request, int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    return SavedViews(
        page=page,
        views=tuple(views_of(request.workspace, request.user, page)),
        parts=written(parts),
        opened=opened,
        is_changed=opened is not None and written(opened.parts) != written(parts),
        may_change=opened is not None and may_change(request, opened),
        link=request.build_absolute_uri(reverse("open_view", args=[opened.pk])) if opened else "",
    )


def view_named(request: WorkspaceRequest, view_id: int) -> SavedView | None:
    return SavedView.objects.filter(workspace=request.workspace, pk=view_id).first()


def may_change(request: WorkspaceRequest, view: SavedView) -> bool:
    """Its keeper, and of shared ones whoever may change things in the workspace."""
    return view.user_id == request.user.pk or (view.is_shared and request.role in WRITERS)


def written(parts: Parts) -> str:
    """Parts as an address has them, always in the same order."""
    query = QueryDict(mutable=True)
    for part in sorted(parts):
        query.setlist(part, list(parts[part]))
    return query.urlencode()


@require_POST
def keep_view(request: WorkspaceRequest) -> HttpResponse:
    """Keep the page under a name; only who may change things shares it with everybody."""
    page = Page(asked) if (asked := request.POST.get("page", "")) in Page else Page.UPLIFT
    parts = QueryDict(request.POST.get("parts", "")[:ADDRESS_MAX])
    name = request.POST.get("name", "").strip()[:120]
    if not name:
        messages.error(request, _("Give the view a name."))
        return redirect(f"{reverse(ROUTES[page])}?{parts.urlencode()}")
    kept = save_view(
        workspace=request.workspace,
        user=request.user,
        page=page,
        name=name,
        parts=dict(parts.lists()),
        is_shared="is_shared" in request.POST and request.role in WRITERS,
        now=now(),
    )
    messages.success(request, _("The view is kept."))
    return redirect(address_of(kept))


@require_GET
def open_view(request: WorkspaceRequest, view_id: int) -> HttpResponse:
    """The page as it was kept; the link works for everybody in the workspace."""
    return redirect(
        address_of(get_object_or_404(SavedView, workspace=request.workspace, pk=view_id))
    )


def address_of(view: SavedView) -> str:
    parts = {**view.parts, OPENED: [str(view.pk)]}
    return f"{reverse(ROUTES[Page(view.page)])}?{written(parts)}"


@require_POST
def rename(request: WorkspaceRequest, view_id: int) -> HttpResponse:
    view = changeable(request, view_id)
    name = request.POST.get("name", "").strip()[:120]
    try:
        if name:
            rename_view(view=view, name=name)
    except ViewNameTaken:
        messages.error(request, _("There is a view of that name already."))
    return redirect(address_of(view))


@require_POST
def forget(request: WorkspaceRequest, view_id: int) -> HttpResponse:
    """Keep it no more; the page stays as it is."""
    view = changeable(request, view_id)
    forget_view(view=view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect(f"{reverse(ROUTES[Page(view.page)])}?{written(view.parts)}")


def changeable(request: WorkspaceRequest, view_id: int) -> SavedView:
    """A view this person may change.

    Raises:
        Http404: there is none.
    """
    view = view_named(request, view_id)
    if view is None or not may_change(request, view):
        raise Http404
    return view
