"""Whom a key acts for, and how far it goes."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from linkstar.accounts.models import ApiKey
from linkstar.api.calling import EITHER_READS, Seller, caller_of
from linkstar.api.shapes import Named

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
    """Who calls: a company's side with a workspace and a role, or a creator's."""

    side: str
    email: str
    key: KeyTold
    workspace: Named | None = None
    role: str | None = None
    shops: tuple[Named, ...] = ()
    creator: Named | None = None


@router.get("me", response=Me, auth=EITHER_READS)
def me(request: HttpRequest) -> Me:
    """Whom this key acts for, and how far it goes."""
    caller = caller_of(request)
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
    creator = caller.creator
    return Me(
        side="creator",
        email=caller.user.email,
        key=key,
        creator=Named(id=creator.id, name=str(creator)),
    )
