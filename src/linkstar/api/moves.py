"""What can be done with one thing, as a table: each line is an operation `POST thing/{id}/verb`.

Every move finds the thing as its caller may see it, acts once, and tells the thing as it is then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from ninja import Router, Schema

from linkstar.api.calling import KeyAuth, anybody, log, now, promoter_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked

Thing = TypeVar("Thing", bound=Model)
Told = TypeVar("Told", bound=Schema)


Hands = Mapping[str, Callable[[HttpRequest], object]]
BY_USER: Hands = {"user": lambda request: anybody(request).user}
BY_CREATOR: Hands = {"creator": lambda request: promoter_of(request).creator}


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that can be done.

    Attributes:
        verb: the last part of its address, and with the kind of thing the operation's name.
        does: what it does, for the description.
        act: the action; it takes the thing, `now`, what `hands` says, and what was asked.
        auth: whose keys may.
        asked: the body; None where nothing is asked.
        hands: what the action is told of the caller, by its argument's name.
        logs: the line of the audit log; empty where the action writes it.
    """

    verb: str
    does: str
    act: Callable[..., object]
    auth: KeyAuth
    asked: type[Asked] | None = None
    hands: Hands = field(default_factory=lambda: BY_USER)
    logs: str = ""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Thing, Told]):
    """A kind of thing: how it is called, where it is, how it is found and told.

    Attributes:
        name: what operations call it, such as `sample`; actions too, unless `handed_as` says so.
        address: such as `samples/{sample_id}`; without an id for what each has one of.
        find: the caller's thing of an id; anybody else's is a 404.
        told: how it is told.
        answer: the form of that.
    """

    name: str
    address: str
    find: Callable[[HttpRequest, Any], Thing]
    told: Callable[[HttpRequest, Thing], Told]
    answer: type[Told]
    handed_as: str = ""
    id_type: object = str


def offer_moves(router: Router, kind: Kind[Thing, Told], moves: Sequence[Move]) -> None:
    """Add each move to the router."""
    for move in moves:
        router.post(f"{kind.address}/{move.verb}", response=kind.answer, auth=move.auth)(
            once(_operation(kind, move))
        )


def _operation(kind: Kind[Thing, Told], move: Move) -> Callable[..., Told]:
    id_name = kind.address.partition("{")[2].partition("}")[0]

    def operation(request: HttpRequest, **arguments: Any) -> Told:
        thing_id = arguments.get(id_name, "")
        thing = kind.find(request, thing_id)
        asked: Asked | None = arguments.get("asked")
        handed = {name: hand(request) for name, hand in move.hands.items()}
        said = asked.facts() if asked else {}
        move.act(**{kind.handed_as or kind.name: thing}, **handed, **said, now=now())
        if move.logs:
            log(request, move.logs, str(thing.pk))
        return kind.told(request, kind.find(request, thing_id))

    operation.__name__ = f"{move.verb}_{kind.name}".replace("-", "_")
    operation.__doc__ = move.does
    asks: dict[str, object] = {"request": HttpRequest}
    asks |= {id_name: kind.id_type} if id_name else {}
    asks |= {"asked": move.asked} if move.asked else {}
    operation.__signature__ = Signature(  # type: ignore[attr-defined]  # read by the library
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=one) for name, one in asks.items()]
    )
    return operation
