"""What may happen while a shop and a creator find each other, in which order.

The tables below are the whole machines: what is not in them is refused by name.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from linkstar.collaborations.rules import NotNow

CLOCK = "clock"
"""The event of a clock running out."""
Moves = Mapping[tuple[str, str], str]

CAMPAIGN_MOVES: Moves = {
    ("draft", "open"): "open",
    ("draft", "cancel"): "cancelled",
    ("open", "close"): "closed",
    ("open", CLOCK): "closed",
    ("open", "cancel"): "cancelled",
    ("closed", "open"): "open",
    ("closed", "cancel"): "cancelled",
}
APPLICATION_MOVES: Moves = {
    ("applied", "select"): "selected",
    ("applied", "decline"): "declined",
    ("applied", "withdraw"): "withdrawn",
    ("declined", "reconsider"): "applied",
}
INVITATION_MOVES: Moves = {
    ("sent", "accept"): "accepted",
    ("sent", "decline"): "declined",
    ("sent", "withdraw"): "withdrawn",
    ("sent", CLOCK): "expired",
}
NEGOTIATION_MOVES: Moves = {
    ("open", "counter"): "open",
    ("open", "accept"): "agreed",
    ("open", "decline"): "declined",
    ("open", "withdraw"): "withdrawn",
    ("open", CLOCK): "expired",
}
MACHINES: Mapping[str, Moves] = {
    "campaign": CAMPAIGN_MOVES,
    "application": APPLICATION_MOVES,
    "invitation": INVITATION_MOVES,
    "negotiation": NEGOTIATION_MOVES,
}
OTHER_SIDE: Mapping[str, str] = {"seller": "creator", "creator": "seller"}

PLACEHOLDERS = ("creator", "shop", "products", "rate", "fee", "videos", "until")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Expired(ValueError):
    """Its time ran out; what it was about can be asked for anew."""

    def __init__(self, what: str, at: datetime, zone: str) -> None:
        super().__init__(what, at, zone)
        self.what, self.at, self.zone = what, at, zone


class NotYourTurn(ValueError):
    """The open offer is this side's own: the other side answers it."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.side = side


class OfferOutdated(ValueError):
    """Another offer was made since; that one is to be answered."""

    def __init__(self, number: int, newest: int) -> None:
        super().__init__(number, newest)
        self.number, self.newest = number, newest


class CreatorSuspended(ValueError):
    """Nothing new is agreed with a suspended creator; what was agreed before goes on."""


class SignupOver(ValueError):
    """Nobody can sign up to this campaign any more."""


class PlacesTaken(ValueError):
    """All places of the campaign are given away."""

    def __init__(self, places: int) -> None:
        super().__init__(places)
        self.places = places


class PlaceholderUnknown(ValueError):
    """A text names something that cannot be filled in."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names


class BraceAlone(ValueError):
    """A brace is opened and not closed, or closed and not opened."""


def after(machine: str, state: str, event: str) -> str:
    """The state after an event.

    Raises:
        NotNow: the event cannot happen in this state.
    """
    found = MACHINES[machine].get((state, event))
    if found is None:
        raise NotNow(machine, event, state)
    return found


def can(machine: str, state: str, event: str) -> bool:
    return (state, event) in MACHINES[machine]


def state_at(machine: str, state: str, ends_at: datetime, *, now: datetime) -> str:
    """The state as people see it: a clock that ran out counts before anybody has noted it down."""
    if now >= ends_at and can(machine, state, CLOCK):
        return MACHINES[machine][state, CLOCK]
    return state


def check_time(what: str, ends_at: datetime, *, zone: str, now: datetime) -> None:
    """Refuse to act on what ran out, in the shop's zone.

    Raises:
        Expired: it did.
    """
    if now >= ends_at:
        raise Expired(what, ends_at, zone)


def check_answer(*, side: str, number: int, newest_side: str, newest: int) -> None:
    """Whether this side may answer the offer of that number: the newest one, of the other side.

    Raises:
        OfferOutdated: a newer one is open.
        NotYourTurn: it is this side's own.
    """
    if number != newest:
        raise OfferOutdated(number, newest)
    if side == newest_side:
        raise NotYourTurn(side)


def check_places(*, selected: int, places: int | None) -> None:
    """Whether one more can be selected.

    Raises:
        PlacesTaken: no place is left.
    """
    if places is not None and selected >= places:
        raise PlacesTaken(places)


def check_text(text: str) -> None:
    """Whether every placeholder of a template can be filled in.

    Raises:
        PlaceholderUnknown: some cannot.
        BraceAlone: a brace has no partner.
    """
    unknown = {name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS}
    if unknown:
        raise PlaceholderUnknown(tuple(sorted(unknown)))
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        raise BraceAlone


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; a value with braces is not read again.

    Raises:
        PlaceholderUnknown, BraceAlone: see `check_text`.
    """
    check_text(text)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
