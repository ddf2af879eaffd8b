"""Tracked links with their addresses and QR codes, the hosts they may lead to, and write keys."""

from base64 import b64encode
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

from linkstar.catalog.models import Shop
from linkstar.collaborations.actions import stop_link_of_shop, take_host_off_shop
from linkstar.lake.selection import Scope
from linkstar.lake.traffic import clicks_of, sub_ids_of, traffic
from linkstar.tracking import actions
from linkstar.tracking.models import Health, TrackedLink, WriteKey
from linkstar.tracking.queries import (
    allowed_hosts_of,
    has_page_keys,
    keys_of,
    links_of,
    links_resting_on,
)
from linkstar.tracking.rules import DestinationRefused, HostInUse, LinkOver
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.tracking_forms import (
    DESTINATION_REFUSALS,
    LINK_OVER,
    HostForm,
    KeyForm,
    LinkForm,
    SubIdForm,
)

LINKS_PER_PAGE = 50
LINKS_NAMED = 20
"""Of those that a host's end stops, before the rest is only counted."""


@require_GET
def links(request: WorkspaceRequest) -> HttpResponse:
    """Every link with its clicks, the newest first; hosts and keys beside them."""
    found = links_of(request.workspace).filter(shop__in=request.shops)
    page = Paginator(found, LINKS_PER_PAGE).get_page(request.GET.get("page"))
    scope = Scope(request.workspace.number, tuple(shop.number for shop in request.shops))
    clicks = clicks_of(lake(), scope, [one.token for one in page])
    shown = {
        "page": page,
        "rows": [(one, state_of(one), clicks.get(one.token, 0)) for one in page],
        "hosts": allowed_hosts_of(request.workspace).filter(shop__in=request.shops),
        "keys": keys_of(request.workspace).filter(shop__in=request.shops),
    }
    return render(request, "web/tracking/links.html", shown)


@require_GET
def link(request: WorkspaceRequest, link_id: str) -> HttpResponse:
    """One link: its figures, address, QR code, pixel, and addresses with signed sub-ids."""
    shown = get_object_or_404(links_of(request.workspace), id=link_id)
    scope = Scope(request.workspace.number, (shown.shop.number,))
    address = f"{settings.COLLECTOR_URL}/r/{shown.token}"
    pixel = f"{settings.COLLECTOR_URL}/p/{shown.token}.gif"
    form = SubIdForm(request.GET if "sub_id" in request.GET else None)
    signed = ""
    if form.is_bound and form.is_valid():
        until = now() + timedelta(days=form.cleaned_data["days"])
        sub_id = actions.sub_id_for(shown, form.cleaned_data["sub_id"], expires_at=until)
        signed = f"{address}?s={sub_id}"
    context = {
        "link": shown,
        "state": state_of(shown),
        "address": address,
        "pixel": pixel,
        "qr": qr_code(address),
        "qr_file": f"data:image/svg+xml;base64,{b64encode(qr_code(address).encode()).decode()}",
        "form": form,
        "signed": signed,
        "traffic": traffic(lake(), scope, link=shown.token),
        "sub_ids": sub_ids_of(lake(), scope, shown.token),
    }
    return render(request, "web/tracking/link.html", context)


@writers_only
@require_http_methods(["GET", "POST"])
def new_link(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        until = end_of_day(said.pop("last_day"), shop.zone)
        try:
            made = actions.make_link(
                shop=shop, registry=registry(), now=now(), expires_at=until, **said
            )
        except DestinationRefused as refused:
            form.add_error("destination", DESTINATION_REFUSALS[refused.code])
        except LinkOver:
            form.add_error("last_day", LINK_OVER)
        else:
            log(request, "link.made", made.id, destination=made.destination)
            return redirect("tracked_link", link_id=made.id)
    return form_page(request, form, shop, _("Make a link"))


@writers_only
@require_POST
def stop_link(request: WorkspaceRequest, link_id: str) -> HttpResponse:
    found = get_object_or_404(TrackedLink, shop__workspace=request.workspace, id=link_id)
    stop_link_of_shop(link=found, registry=registry(), now=now())
    log(request, "link.stopped", found.id)
    messages.success(request, _("The link leads nowhere any more; what it counted stays."))
    return redirect("tracked_link", link_id=found.id)


@writers_only
@require_http_methods(["GET", "POST"])
def new_host(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            allowed = actions.allow_host(
                shop=shop, host=form.cleaned_data["host"], registry=registry(), now=now()
            )
        except DestinationRefused:
            form.add_error("host", _("This is not the name of a host."))
        else:
            log(request, "host.allowed", shop.id, host=allowed.host)
            return redirect("tracking")
    return form_page(request, form, shop, _("Allow a host"))


@writers_only
@require_http_methods(["GET", "POST"])
def remove_host(request: WorkspaceRequest, host_id: int) -> HttpResponse:
    """Take a host off the list, once it was said what that stops."""
    allowed = get_object_or_404(allowed_hosts_of(request.workspace), id=host_id)
    if request.method == "POST" and request.POST.get("links", "").isdecimal():
        try:
            stopped = take_host_off_shop(
                allowed=allowed, links=int(request.POST["links"]), registry=registry(), now=now()
            )
        except HostInUse:
            messages.warning(request, _("Other links lead there by now. Please look again."))
        else:
            log(request, "host.removed", allowed.shop_id, host=allowed.host, links=len(stopped))
            for link in stopped:
                log(request, "link.stopped", link.id, host=allowed.host)
            messages.success(request, _("%(host)s is off the list.") % {"host": allowed.host})
            return redirect("tracking")
    links = links_resting_on(allowed, now=now())
    shown = {
        "allowed": allowed,
        "links": links[:LINKS_NAMED],
        "count": len(links),
        "more": max(0, len(links) - LINKS_NAMED),
        "has_page_keys": has_page_keys(allowed.shop),
    }
    return render(request, "web/tracking/remove_host.html", shown)


@writers_only
@require_http_methods(["GET", "POST"])
def new_key(request: WorkspaceRequest) -> HttpResponse:
    """Make a key; of all but a page's key this answer is the only place that ever shows it."""
    shop = chosen_shop(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, kind = form.cleaned_data["name"], form.cleaned_data["kind"]
        made, key = actions.make_key(
            shop=shop, name=name, kind=kind, registry=registry(), now=now()
        )
        log(request, "key.made", made.id, name=name, kind=kind)
        return key_page(request, made, key)
    return form_page(request, form, shop, _("Make a write key"))


@require_GET
def write_key(request: WorkspaceRequest, key_id: str) -> HttpResponse:
    """How a key is used, without what was shown once."""
    shown = get_object_or_404(keys_of(request.workspace), id=key_id)
    return key_page(request, shown, "")


@writers_only
@require_POST
def revoke_key(request: WorkspaceRequest, key_id: str) -> HttpResponse:
    key = get_object_or_404(keys_of(request.workspace), id=key_id)
    actions.revoke_key(key=key, registry=registry(), now=now())
    log(request, "key.revoked", key.id)
    messages.success(request, _("The key no longer works."))
    return redirect("tracking")


def form_page(
    request: WorkspaceRequest, form: LinkForm | HostForm | KeyForm, shop: Shop, title: str
) -> HttpResponse:
    return render(request, "web/tracking/form.html", {"form": form, "shop": shop, "title": title})


def key_page(request: WorkspaceRequest, made: WriteKey, key: str) -> HttpResponse:
    shown = {
        "made": made,
        "key": key,
        "collector": settings.COLLECTOR_URL,
        "example_at": f"{now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",  # one the loader believes
    }
    return render(request, "web/tracking/key.html", shown)


def state_of(link: TrackedLink) -> str:
    """`stopped`, `expired`, `ailing`, `works`, or `unchecked` before anybody asked."""
    if link.stopped_at:
        return "stopped"
    if link.expires_at and link.expires_at <= now():
        return "expired"
    if not link.checked_at:
        return "unchecked"
    return "works" if link.health == Health.WORKS else "ailing"


def end_of_day(day: date | None, zone: str) -> datetime | None:
    """The instant at which that day is over for the shop."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))


def chosen_shop(request: WorkspaceRequest) -> Shop:
    """The shop looked at, else the first.

    Raises:
        Http404: the workspace has none.
    """
    if not request.shops:
        raise Http404
    return request.shops[0]


def registry() -> Path:
    """The file through which the collector learns of links and keys."""
    return Path(settings.PLACES.collector) / "registry.json"


def qr_code(address: str) -> SafeString:
    """The address as an SVG picture."""
    code = QRCode(image_factory=SvgPathFillImage, box_size=12, border=4)
    code.add_data(address)
    picture: str = code.make_image().to_string(encoding="unicode")
    return mark_safe(picture)  # noqa: S308  # drawn here, from an address of ours
