"""Whom a key acts for, and how far it goes."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema

from linkstar.accounts.models import ApiKey
from linkstar.accounts.staffing import Mark
from linkstar.api.calling import ANY_READS, Seller, Staff, anybody
from linkstar.api.shapes import Named, choices

router = Router()


class KeyTold(Schema):
    """The key that was sent, without its secret."""

    id: str
    name: str
    reach: str
    created_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyTold":
        return cls(
            id=key.id,
            name=key.name,
            reach=key.reach,
            created_at=key.created_at,
            expires_at=key.expires_at,
        )


class Me(Schema):
    """Who calls: a company's side with workspace and role, a creator's, or staff with marks."""

    side: str
    email: str
    key: KeyTold
    workspace: Named | None = None
    role: str | None = None
    shops: tuple[Named, ...] = ()
    creator: Named | None = None
    marks: tuple[Annotated[Mark, choices(Mark)], ...] = ()


@router.get("me", response=Me, auth=ANY_READS)
def me(request: HttpRequest) -> Me:
    """Whom this key acts for, and how far it goes."""
    caller = anybody(request)
    key = KeyTold.of(caller.key)
    if isinstance(caller, Seller):
        return Me(
            side="seller",
            email=caller.user.email,
            key=key,
            workspace=Named(id=caller.workspace.id, name=caller.workspace.name),
            role=caller.role,
            shops=tuple(Named(id=shop.id, name=shop.name) for shop in caller.shops),
        )
    if isinstance(caller, Staff):
        return Me(side="staff", email=caller.user.email, key=key, marks=caller.marks)
    creator = caller.creator
    return Me(
        side="creator",
        email=caller.user.email,
        key=key,
        creator=Named(id=creator.id, name=str(creator)),
    )
