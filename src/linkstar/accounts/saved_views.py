"""Lists as people set them up: kept under a name, found again, renamed, forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from linkstar.accounts.models import SavedView, User, Workspace

Parts = Mapping[str, Sequence[str]]
"""The parts of an address, each with every value it has there."""


class ViewNameTaken(ValueError):
    """The person keeps another view of that page under this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def views_of(workspace: Workspace, user: User, page: SavedView.Page) -> QuerySet[SavedView]:
    """A person's own views of a page and those shared with everybody, by name."""
    visible = SavedView.objects.filter(Q(user=user) | Q(is_shared=True))
    return visible.filter(workspace=workspace, page=page).order_by("name", "pk")


@transaction.atomic
def save_view(
    *,
    workspace: Workspace,
    user: User,
    page: SavedView.Page,
    name: str,
    parts: Parts,
    is_shared: bool,
    now: datetime,
) -> SavedView:
    """Keep a page under a name; the same name again replaces what the person kept there."""
    kept, _ = SavedView.objects.update_or_create(
        workspace=workspace,
        user=user,
        page=page,
        name=name.strip(),
        defaults={
            "parts": {part: list(values) for part, values in parts.items()},
            "is_shared": is_shared,
            "created_at": now,
        },
    )
    return kept


@transaction.atomic
def rename_view(*, view: SavedView, name: str) -> None:
    """Call it otherwise.

    Raises:
        ViewNameTaken: the keeper has another one of that name.
    """
    others = SavedView.objects.filter(workspace=view.workspace, user=view.user, page=view.page)
    if others.filter(name=name.strip()).exclude(pk=view.pk).exists():
        raise ViewNameTaken(name)
    view.name = name.strip()
    view.save()


@transaction.atomic
def forget_view(*, view: SavedView) -> None:
    view.delete()
