"""Who calls: the person who made the key, acting for a company or as a creator.

Nothing else lets anybody in: the cookie of a browser that is signed in does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from linkstar.accounts.actions import acting_key, record
from linkstar.accounts.api_keys import ApiKeyUnknown, key_for
from linkstar.accounts.models import ApiKey, Reach, Role, User, Workspace
from linkstar.accounts.queries import APPROVERS, SETTLERS, WRITERS, role_in
from linkstar.accounts.row_security import see_only
from linkstar.accounts.staffing import Mark, marks_of
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import shops_of
from linkstar.creators.models import Creator
from linkstar.creators.queries import creator_behind

Row = TypeVar("Row", bound=Model)


class KeyForTheOtherSide(PermissionError):
    """A key asked for what another side does: companies, creators, whoever runs all this."""


class KeyReachTooNarrow(PermissionError):
    """The key was made to do less; `needed` says how far one has to go for this."""

    def __init__(self, needed: str) -> None:
        super().__init__(needed)
        self.needed = needed


class RoleTooNarrow(PermissionError):
    """Whoever made the key may not do this, or no longer."""


class NoCreatorProfile(PermissionError):
    """Whoever made the key has not begun a profile as a creator."""


@dataclass(frozen=True, slots=True)
class Seller:
    """A company's key: its maker acts for the company, in the role held there now."""

    key: ApiKey
    user: User
    workspace: Workspace
    role: Role
    shops: tuple[Shop, ...]


@dataclass(frozen=True, slots=True)
class Promoter:
    """A creator's key: its maker acts under the own name."""

    key: ApiKey
    user: User
    creator: Creator


@dataclass(frozen=True, slots=True)
class Staff:
    """A key for the installation: its maker acts as a reviewer or operator, whichever they are."""

    key: ApiKey
    user: User
    marks: tuple[Mark, ...]


class Side(StrEnum):
    SELLER = "seller"
    CREATOR = "creator"
    EITHER = "either"
    STAFF = "staff"
    ANY = "any"


_LETS_IN: dict[Side, tuple[type, ...]] = {
    Side.SELLER: (Seller,),
    Side.CREATOR: (Promoter,),
    Side.EITHER: (Seller, Promoter),
    Side.STAFF: (Staff,),
    Side.ANY: (Seller, Promoter, Staff),
}


_WIDTH = {Reach.READ: 0, Reach.WRITE: 1, Reach.MONEY: 2}


class KeyAuth(HttpBearer):
    """Lets a key in that works, reaches far enough, and whose maker may do this today."""

    def __init__(
        self,
        side: Side,
        reach: Reach,
        roles: frozenset[Role] = frozenset(Role),
        mark: Mark | None = None,
    ) -> None:
        super().__init__()
        self.side, self.reach, self.roles, self.mark = side, reach, roles, mark

    def authenticate(self, request: HttpRequest, token: str) -> Seller | Promoter | Staff:
        """Who calls.

        Raises:
            ApiKeyUnknown, ApiKeyExpired: the key does not work.
            KeyForTheOtherSide, KeyReachTooNarrow, RoleTooNarrow, NoCreatorProfile: see there.
        """
        del request  # the key says it all
        key = key_for(token, now=now())
        caller = _caller(key)
        if not isinstance(caller, _LETS_IN[self.side]):
            raise KeyForTheOtherSide
        if _WIDTH[Reach(key.reach)] < _WIDTH[self.reach]:
            raise KeyReachTooNarrow(str(self.reach))
        if isinstance(caller, Seller) and caller.role not in self.roles:
            raise RoleTooNarrow
        if isinstance(caller, Staff) and self.mark and self.mark not in caller.marks:
            raise RoleTooNarrow
        acting_key.set(key.id)
        return caller


READS = KeyAuth(Side.SELLER, Reach.READ)
WRITES = KeyAuth(Side.SELLER, Reach.WRITE, WRITERS)
APPROVES = KeyAuth(Side.SELLER, Reach.MONEY, APPROVERS)
SETTLES_READS = KeyAuth(Side.SELLER, Reach.READ, SETTLERS)
SETTLES = KeyAuth(Side.SELLER, Reach.MONEY, SETTLERS)
WRITERS_READ = KeyAuth(Side.SELLER, Reach.READ, WRITERS)
RULES = KeyAuth(Side.SELLER, Reach.MONEY, frozenset({Role.OWNER}))
OWNS = KeyAuth(Side.SELLER, Reach.READ, frozenset({Role.OWNER}))
OWNS_WRITES = KeyAuth(Side.SELLER, Reach.WRITE, frozenset({Role.OWNER}))
PROMOTER_READS = KeyAuth(Side.CREATOR, Reach.READ)
PROMOTER_WRITES = KeyAuth(Side.CREATOR, Reach.WRITE)
EITHER_READS = KeyAuth(Side.EITHER, Reach.READ)
EITHER_WRITES = KeyAuth(Side.EITHER, Reach.WRITE, WRITERS)
EITHER_SPEAKS = KeyAuth(Side.EITHER, Reach.WRITE, APPROVERS)
ANY_READS = KeyAuth(Side.ANY, Reach.READ)
ANY_NOTES = KeyAuth(Side.ANY, Reach.WRITE)
"""What is the person's own, such as having read something."""
REVIEWER_READS = KeyAuth(Side.STAFF, Reach.READ, mark=Mark.REVIEWER)
REVIEWS = KeyAuth(Side.STAFF, Reach.WRITE, mark=Mark.REVIEWER)
OPERATOR_READS = KeyAuth(Side.STAFF, Reach.READ, mark=Mark.OPERATOR)
OPERATES = KeyAuth(Side.STAFF, Reach.WRITE, mark=Mark.OPERATOR)
JUDGES = KeyAuth(Side.STAFF, Reach.MONEY, mark=Mark.OPERATOR)


def anybody(request: HttpRequest) -> Seller | Promoter | Staff:
    """Who calls, whichever side they are on."""
    caller = request.auth  # type: ignore[attr-defined]  # set once the key was let in
    assert isinstance(caller, Seller | Promoter | Staff)
    return caller


def caller_of(request: HttpRequest) -> Seller | Promoter:
    caller = anybody(request)
    assert not isinstance(caller, Staff), "the operation lets in neither reviewers nor operators"
    return caller


def seller_of(request: HttpRequest) -> Seller:
    caller = caller_of(request)
    assert isinstance(caller, Seller), "the operation lets in companies' keys only"
    return caller


def promoter_of(request: HttpRequest) -> Promoter:
    caller = caller_of(request)
    assert isinstance(caller, Promoter), "the operation lets in creators' keys only"
    return caller


def seen(
    request: HttpRequest,
    *,
    by_company: Callable[[Workspace], QuerySet[Row]],
    by_creator: Callable[[Creator], QuerySet[Row]],
) -> QuerySet[Row]:
    """What the caller's side may see of something both sides have to do with."""
    caller = caller_of(request)
    if isinstance(caller, Seller):
        return by_company(caller.workspace)
    return by_creator(caller.creator)


def now() -> datetime:
    """The moment of the call: the edge where the API reads the clock."""
    return timezone.now()


def log(request: HttpRequest, verb: str, target: str, **detail: object) -> None:
    """One line of the audit log: what the key's maker did; `record` adds by which key."""
    caller = anybody(request)
    record(
        workspace=caller.workspace if isinstance(caller, Seller) else None,
        user=caller.user,
        verb=verb,
        target=target,
        now=now(),
        **detail,
    )


def _caller(key: ApiKey) -> Seller | Promoter | Staff:
    if key.for_installation:
        return _staff(key)
    return _promoter(key) if key.workspace is None else _seller(key, key.workspace)


def _staff(key: ApiKey) -> Staff:
    marks = marks_of(key.user)
    if not marks:
        raise ApiKeyUnknown  # its maker no longer helps to run the installation
    return Staff(key, key.user, tuple(marks))


def _seller(key: ApiKey, workspace: Workspace) -> Seller:
    role = role_in(key.user, workspace)
    if role is None:
        raise ApiKeyUnknown  # its maker left the company
    see_only([workspace.id])
    return Seller(key, key.user, workspace, role, tuple(shops_of(workspace)))


def _promoter(key: ApiKey) -> Promoter:
    creator = creator_behind(key.user)
    if creator is None:
        raise NoCreatorProfile
    return Promoter(key, key.user, creator)
