"""Lines that were set aside: owners' programs list, replay, correct and dismiss them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linkstar.api.calling import OWNS, OWNS_WRITES, Seller, now, seller_of
from linkstar.api.paging import AskedPiece, page_of_fetched
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Page, Text
from linkstar.events.corrections import corrected
from linkstar.events.wire import EVENT_BYTES_MAX
from linkstar.jobs.deciding import LINES_AT_ONCE, Decided, decide
from linkstar.lake.asides import LineAside, line_aside, lines_aside
from linkstar.lake.decisions import Action, Address
from linkstar.lake.selection import Scope
from linkstar.web.facts import lake
from linkstar.web.operations import REASONS
from linkstar.web.set_aside_forms import WHY_MIN

router = Router()
Why = Annotated[Text, Field(min_length=WHY_MIN, max_length=300)]


class AsideTold(Schema):
    """A line nothing could be made of, or in conflict with an event that counts.

    `line` is empty once it may not be kept any more; `actions` are what can be decided about it.
    """

    id: str
    shop_id: str
    received_at: datetime
    event_id: str | None
    reason: str
    says: str
    line: str
    actions: list[Action]


class DecidedTold(Schema):
    """What became of the lines decided on.

    `left` are those nothing can be made of yet. While `is_applied` is false, the decision is on
    disk and is applied within seconds; nothing else is known of it.
    """

    lines: int
    stored: int
    duplicates: int
    conflicts: int
    dismissed: int
    left: int
    is_applied: bool


class ReplayAsked(Asked):
    """Why it can be read now; need not be said."""

    why: Annotated[Text, Field(max_length=300)] = ""


class DismissAsked(Asked):
    """Why it is not to count, so that others can follow it."""

    why: Why


class CorrectAsked(DismissAsked):
    """The line as it is to be loaded; who sent it cannot be changed."""

    line: Annotated[Text, Field(min_length=1, max_length=EVENT_BYTES_MAX)]


class ReplayAllAsked(ReplayAsked):
    """All lines set aside for one reason."""

    reason: Code


class DismissAllAsked(DismissAsked):
    """All lines set aside for one reason."""

    reason: Code


def own_line(seller: Seller, aside_id: str) -> LineAside:
    """A line of the company's shops that can be decided on.

    Raises:
        Http404: it is not set aside, or not of these shops.
    """
    address = Address.named(aside_id)
    line = line_aside(lake(), _scope(seller), address) if address else None
    if line is None:
        raise Http404
    return line


def _scope(seller: Seller) -> Scope:
    return Scope(seller.workspace.number, tuple(shop.number for shop in seller.shops))


def _told(one: LineAside, seller: Seller) -> AsideTold:
    ids = {shop.number: shop.id for shop in seller.shops}
    return AsideTold(
        id=one.address.name,
        shop_id=ids[one.shop],
        received_at=one.received_at,
        event_id=one.event_id,
        reason=one.reason,
        says=str(REASONS[one.reason]),
        line=one.line,
        actions=list(one.actions),
    )


def _decided(
    request: HttpRequest, lines: Sequence[LineAside], action: Action, why: str, text: str = ""
) -> DecidedTold:
    """What became of lines once it was decided; nothing where there is none."""
    seller = seller_of(request)
    done = Decided(0)
    if lines:
        done = decide(
            settings.PLACES,
            lines,
            action,
            now=now(),
            user=seller.user,
            workspace=seller.workspace,
            why=why,
            corrected=text,
        )
    names = ("lines", "stored", "duplicates", "conflicts", "dismissed", "left", "is_applied")
    return DecidedTold(**{name: getattr(done, name) for name in names})


def _all_of(request: HttpRequest, reason: str) -> list[LineAside]:
    scope = _scope(seller_of(request))
    return lines_aside(lake(), scope, reason=reason, most=LINES_AT_ONCE)


@router.get("set-aside", response=Page[AsideTold], auth=OWNS)
def set_aside_lines(request: HttpRequest, piece: AskedPiece, reason: Code = "") -> Page[AsideTold]:
    """Lines of the company's shops that can be decided on, the oldest first."""
    seller = seller_of(request)
    scope = _scope(seller)
    return page_of_fetched(
        lambda first, most: lines_aside(lake(), scope, reason=reason, first=first, most=most),
        piece,
        lambda one: _told(one, seller),
    )


@router.post("set-aside/replay-all", response=DecidedTold, auth=OWNS_WRITES)
@once
def replay_lines(request: HttpRequest, asked: ReplayAllAsked) -> DecidedTold:
    """Try all lines of one reason once more, up to 10,000 at once."""
    return _decided(request, _all_of(request, asked.reason), Action.REPLAY, asked.why)


@router.post("set-aside/dismiss-all", response=DecidedTold, auth=OWNS_WRITES)
@once
def dismiss_lines(request: HttpRequest, asked: DismissAllAsked) -> DecidedTold:
    """Decide that no line of one reason is to count, up to 10,000 at once."""
    return _decided(request, _all_of(request, asked.reason), Action.DISMISS, asked.why)


@router.get("set-aside/{aside_id}", response=AsideTold, auth=OWNS)
def set_aside_line(request: HttpRequest, aside_id: str) -> AsideTold:
    """One line."""
    seller = seller_of(request)
    return _told(own_line(seller, aside_id), seller)


@router.post("set-aside/{aside_id}/correct", response=DecidedTold, auth=OWNS_WRITES)
@once
def correct_line(request: HttpRequest, aside_id: str, asked: CorrectAsked) -> DecidedTold:
    """Load another line instead."""
    one = own_line(seller_of(request), aside_id)
    text = corrected(asked.line, received=one.line)
    return _decided(request, [one], Action.CORRECT, asked.why, text)


@router.post("set-aside/{aside_id}/replay", response=DecidedTold, auth=OWNS_WRITES)
@once
def replay_line(request: HttpRequest, aside_id: str, asked: ReplayAsked) -> DecidedTold:
    """Try once more, since what was missing is there now."""
    return _decided(request, [own_line(seller_of(request), aside_id)], Action.REPLAY, asked.why)


@router.post("set-aside/{aside_id}/dismiss", response=DecidedTold, auth=OWNS_WRITES)
@once
def dismiss_line(request: HttpRequest, aside_id: str, asked: DismissAsked) -> DecidedTold:
    """Decide that it is not to count; it stays received."""
    return _decided(request, [own_line(seller_of(request), aside_id)], Action.DISMISS, asked.why)
