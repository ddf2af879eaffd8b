"""What a seller keeps about creators: lists and notes."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from linkstar.accounts.models import User, Workspace
from linkstar.creators.models import Creator, CreatorList, CreatorNote


class ListNameTaken(ValueError):
    """The workspace has a list of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@transaction.atomic
def make_list(*, workspace: Workspace, name: str, now: datetime) -> CreatorList:
    """A new, empty list.

    Raises:
        ListNameTaken: there is one of this name.
    """
    if CreatorList.objects.filter(workspace=workspace, name=name.strip()).exists():
        raise ListNameTaken(name)
    return CreatorList.objects.create(workspace=workspace, name=name.strip(), created_at=now)


@transaction.atomic
def add_to_list(*, kept: CreatorList, creators: Iterable[Creator]) -> int:
    """Put creators on a list; how many were not on it."""
    before = kept.creators.count()
    kept.creators.add(*creators)
    return kept.creators.count() - before


@transaction.atomic
def remove_from_list(*, kept: CreatorList, creators: Iterable[Creator]) -> None:
    kept.creators.remove(*creators)


@transaction.atomic
def delete_list(*, kept: CreatorList) -> None:
    """Delete a list; the creators on it stay."""
    kept.delete()


@transaction.atomic
def write_note(
    *, workspace: Workspace, creator: Creator, user: User, text: str, now: datetime
) -> CreatorNote:
    """Write down something only this workspace reads."""
    return CreatorNote.objects.create(
        workspace=workspace, creator=creator, user=user, text=text.strip(), at=now
    )
