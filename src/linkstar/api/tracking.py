"""Tracked links, the hosts they may lead to, and how much of their traffic is valid."""

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from linkstar.api.calling import READS, WRITES, Seller, log, now, seller_of
from linkstar.api.figures import Days, Period
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Page, Text
from linkstar.api.shops import chosen_shops, own_shop
from linkstar.catalog.models import Shop
from linkstar.collaborations.actions import stop_link_of_shop, take_host_off_shop
from linkstar.collector.refusals import first_day, refusals_in
from linkstar.events.vocabulary import Channel, ContentType
from linkstar.jobs.tracking import journals
from linkstar.lake.books import identities
from linkstar.lake.invalid_rules import VERSION
from linkstar.lake.selection import Scope
from linkstar.lake.traffic import RuleCounts, Traffic, sub_ids_of, traffic
from linkstar.tracking import actions
from linkstar.tracking.models import TrackedLink
from linkstar.tracking.queries import allowed_hosts_of, links_of, links_resting_on
from linkstar.web.facts import lake
from linkstar.web.tracking import registry, state_of

router = Router()


class LinkTold(Schema):
    """One link: `address` is what is shown, `pixel` what counts impressions.

    `state` is `works`, `ailing`, `unchecked`, `expired` or `stopped`.
    """

    id: str
    shop_id: str
    address: str
    pixel: str
    destination: str
    creator: str
    content_id: str
    content_type: str
    product_id: str
    variant: str
    channel: str
    collaboration_id: str
    passes_click: bool
    expires_at: datetime | None
    stopped_at: datetime | None
    state: str
    health: str
    checked_at: datetime | None
    created_at: datetime


class NewLink(Asked):
    """A link for one content of one creator; where it leads never changes."""

    shop_id: Text
    destination: Annotated[Text, Field(min_length=1, max_length=2_000)]
    creator: Annotated[Text, Field(max_length=120)] = ""
    content_id: Code = ""
    content_type: ContentType = ContentType.VIDEO
    product_id: Code = ""
    variant: Annotated[Text, Field(max_length=60)] = ""
    channel: Channel = Channel.TIKTOK
    passes_click: bool = False
    expires_at: AwareDatetime | None = None


class HostTold(Schema):
    """A host the shop's links may lead to, itself and everything below it."""

    shop_id: str
    host: str
    created_at: datetime


class NewHost(Asked):
    """A host to allow."""

    shop_id: Text
    host: Annotated[Text, Field(min_length=1, max_length=253)]


class HostInFull(HostTold):
    """The same; `links` run and lead there, and no other host on the list lets them."""

    links: int


class EveryHost(Schema):
    """The hosts, in the order of the alphabet."""

    items: list[HostInFull]


class HostToRemove(NewHost):
    """A host on the list; `links` is how many running links there are to stop with it."""

    links: Annotated[int, Field(ge=0)] = 0


class HostRemoved(Schema):
    """It is off the list, and these links lead nowhere any more."""

    shop_id: str
    host: str
    stopped_links: list[str]


class Counted(Schema):
    """Impressions and clicks; `billable_clicks` are the first of a visitor and link in an hour."""

    impressions: int
    clicks: int
    billable_clicks: int

    @classmethod
    def of(cls, counts: RuleCounts) -> "Counted":
        return cls(
            impressions=counts.impressions, clicks=counts.clicks, billable_clicks=counts.billable
        )


class Flagged(Counted):
    """What one rule flagged, and of what kind the rule is."""

    rule: str
    kind: str | None


class DecisionRate(Schema):
    """Filtered events over all of them; null where there is none at all."""

    numerator: int
    denominator: int
    ratio: float | None
    definition: str = "filtered impressions and clicks / all impressions and clicks"


class TrafficTold(Schema):
    """Tracked traffic before and after filtering; nothing is deleted, everything is flagged."""

    rules_version: str
    gross: Counted
    without_general: Counted
    net: Counted
    flagged: list[Flagged]
    decision_rate: DecisionRate


class SubIdTold(Schema):
    """Clicks of a link under one signed sub-ID: those that count, and those that were flagged."""

    sub_id: str
    clicks: int
    filtered_clicks: int
    billable_clicks: int


class LinkTraffic(TrafficTold):
    """What came over one link."""

    sub_ids: list[SubIdTold]


class RefusalTold(Schema):
    """What was not taken at the collector's door in the last 30 days, by reason.

    `times` are events where single events are refused, else requests.
    """

    shop_id: str
    code: str
    times: int
    last_at: datetime
    detail: str


class EveryRefusal(Schema):
    """What was refused, shop by shop."""

    items: list[RefusalTold]


class BooksTold(Schema):
    """What was received, and what became of it; `difference` is what cannot be accounted for."""

    shop_id: str
    received: int
    counted: int
    filtered: int
    duplicates: int
    conflicts: int
    quarantined: int
    dismissed: int
    difference: int
    loaded_at: datetime


class EveryBook(Schema):
    """What became of everything received, shop by shop."""

    items: list[BooksTold]


def told(link: TrackedLink) -> LinkTold:
    return LinkTold(
        id=link.id,
        shop_id=link.shop_id,
        address=f"{settings.COLLECTOR_URL}/r/{link.token}",
        pixel=f"{settings.COLLECTOR_URL}/p/{link.token}.gif",
        destination=link.destination,
        creator=link.creator,
        content_id=link.content_id,
        content_type=link.content_type,
        product_id=link.product_id,
        variant=link.variant,
        channel=link.channel,
        collaboration_id=link.collaboration_id,
        passes_click=link.passes_click,
        expires_at=link.expires_at,
        stopped_at=link.stopped_at,
        state=state_of(link),
        health=link.health,
        checked_at=link.checked_at,
        created_at=link.created_at,
    )


def tell_collector_after() -> None:
    """Tell the collector once more when what was written is there for everybody."""
    transaction.on_commit(lambda: actions.publish_registry(registry()))


def _scope(seller: Seller, shops: tuple[Shop, ...]) -> Scope:
    return Scope(seller.workspace.number, tuple(shop.number for shop in shops))


@router.get("links", response=Page[LinkTold], auth=READS)
def links(request: HttpRequest, piece: AskedPiece, shop_id: Code = "") -> Page[LinkTold]:
    """Tracked links, the newest first."""
    seller = seller_of(request)
    found = links_of(seller.workspace).filter(shop__in=chosen_shops(seller, shop_id))
    return page_of(found, piece, told, by=("-created_at", "-pk"))


@router.get("links/{link_id}", response=LinkTold, auth=READS)
def link(request: HttpRequest, link_id: str) -> LinkTold:
    """One link."""
    return told(own_link(seller_of(request), link_id))


def own_link(seller: Seller, link_id: str) -> TrackedLink:
    """The company's link.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(links_of(seller.workspace), id=link_id)


@router.post("links", response={201: LinkTold}, auth=WRITES)
@once
def make_link(request: HttpRequest, asked: NewLink) -> LinkTold:
    """Make a link; the collector follows it from then on."""
    shop = own_shop(seller_of(request), asked.shop_id)
    said = asked.dict(exclude={"shop_id"})
    made = actions.make_link(shop=shop, registry=registry(), now=now(), **said)
    tell_collector_after()
    log(request, "link.made", made.id, destination=made.destination)
    return told(made)


@router.post("links/{link_id}/stop", response=LinkTold, auth=WRITES)
@once
def stop_link(request: HttpRequest, link_id: str) -> LinkTold:
    """The link leads nowhere any more; what it counted stays. Stopping twice changes nothing."""
    found = own_link(seller_of(request), link_id)
    stopped = stop_link_of_shop(link=found, registry=registry(), now=now())
    tell_collector_after()
    log(request, "link.stopped", found.id)
    return told(stopped)


@router.post("hosts", response={201: HostTold}, auth=WRITES)
@once
def allow_host(request: HttpRequest, asked: NewHost) -> HostTold:
    """Let a shop's links lead to a host; allowing it twice changes nothing."""
    shop = own_shop(seller_of(request), asked.shop_id)
    allowed = actions.allow_host(shop=shop, host=asked.host, registry=registry(), now=now())
    tell_collector_after()
    log(request, "host.allowed", shop.id, host=allowed.host)
    return HostTold(shop_id=shop.id, host=allowed.host, created_at=allowed.created_at)


@router.get("hosts", response=EveryHost, auth=READS)
def hosts(request: HttpRequest, shop_id: Code = "") -> EveryHost:
    """Where links of the shops may lead, and how many running links lead there."""
    seller = seller_of(request)
    at = now()
    return EveryHost(
        items=[
            HostInFull(
                shop_id=one.shop_id,
                host=one.host,
                created_at=one.created_at,
                links=len(links_resting_on(one, now=at)),
            )
            for one in allowed_hosts_of(seller.workspace).filter(
                shop__in=chosen_shops(seller, shop_id)
            )
        ]
    )


@router.post("hosts/remove", response=HostRemoved, auth=WRITES)
@once
def remove_host(request: HttpRequest, asked: HostToRemove) -> HostRemoved:
    """Take a host off a shop's list, and stop the running links that lead there."""
    seller = seller_of(request)
    shop = own_shop(seller, asked.shop_id)
    allowed = get_object_or_404(
        allowed_hosts_of(seller.workspace), shop=shop, host=asked.host.lower()
    )
    stopped = take_host_off_shop(allowed=allowed, links=asked.links, registry=registry(), now=now())
    tell_collector_after()
    log(request, "host.removed", shop.id, host=allowed.host, links=len(stopped))
    for link in stopped:
        log(request, "link.stopped", link.id, host=allowed.host)
    return HostRemoved(
        shop_id=shop.id, host=allowed.host, stopped_links=[link.id for link in stopped]
    )


@router.get("tracking/traffic", response=TrafficTold, auth=READS)
def tracked_traffic(request: HttpRequest, period: Query[Period]) -> TrafficTold:
    """Gross, without general invalid traffic, and net, with what each rule flagged."""
    seller = seller_of(request)
    found = traffic(
        lake(),
        _scope(seller, chosen_shops(seller, period.shop_id)),
        starts_on=period.starts_on,
        ends_before=period.ends_before,
    )
    return TrafficTold(**_figures(found))


@router.get("links/{link_id}/traffic", response=LinkTraffic, auth=READS)
def link_traffic(request: HttpRequest, link_id: str, period: Query[Days]) -> LinkTraffic:
    """The same of one link, and its clicks by signed sub-ID since it was made."""
    seller = seller_of(request)
    asked = own_link(seller, link_id)
    scope = _scope(seller, (asked.shop,))
    found = traffic(
        lake(),
        scope,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        link=asked.token,
    )
    sub_ids = [
        SubIdTold(
            sub_id=one.sub_id,
            clicks=one.clicks,
            filtered_clicks=one.filtered,
            billable_clicks=one.billable,
        )
        for one in sub_ids_of(lake(), scope, asked.token)
    ]
    return LinkTraffic(**_figures(found), sub_ids=sub_ids)


def _figures(found: Traffic) -> dict[str, Any]:
    total = found.gross.impressions + found.gross.clicks
    kept = found.net.impressions + found.net.clicks
    return {
        "rules_version": str(VERSION),
        "gross": Counted.of(found.gross),
        "without_general": Counted.of(found.without_general),
        "net": Counted.of(found.net),
        "flagged": [
            Flagged(rule=one.rule or "", kind=one.kind, **Counted.of(one).dict())
            for one in found.flagged
        ],
        "decision_rate": DecisionRate(
            numerator=total - kept, denominator=total, ratio=found.decision_rate
        ),
    }


@router.get("tracking/refusals", response=EveryRefusal, auth=READS)
def refusals(request: HttpRequest, shop_id: Code = "") -> EveryRefusal:
    """What was refused at the collector's door in the last 30 days, the most first."""
    ids = {shop.number: shop.id for shop in chosen_shops(seller_of(request), shop_id)}
    found = refusals_in(journals(settings.PLACES.collector), since=first_day(now()))
    return EveryRefusal(
        items=[
            RefusalTold(
                shop_id=ids[one.shop],
                code=one.code,
                times=one.times,
                last_at=one.last_at,
                detail=one.detail,
            )
            for one in found
            if one.shop in ids
        ]
    )


@router.get("tracking/books", response=EveryBook, auth=READS)
def tracked_books(request: HttpRequest, shop_id: Code = "") -> EveryBook:
    """What became of everything received; a difference other than 0 is a fault."""
    seller = seller_of(request)
    shops = chosen_shops(seller, shop_id)
    ids = {shop.number: shop.id for shop in shops}
    names = (
        "received", "counted", "filtered", "duplicates", "conflicts", "quarantined", "dismissed",
        "difference", "loaded_at",
    )  # fmt: skip
    return EveryBook(
        items=[
            BooksTold(shop_id=ids[book.shop], **{name: getattr(book, name) for name in names})
            for book in identities(lake(), _scope(seller, shops))
        ]
    )
