"""Tracked links with their addresses and QR codes, the hosts they may lead to, and write keys."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from linkstar.catalog.models import Shop
from linkstar.tracking import actions
from linkstar.tracking.models import ShopHost, TrackedLink
from linkstar.tracking.queries import keys_of, links_of
from linkstar.tracking.rules import DestinationRefused
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.tracking_forms import DESTINATION_REFUSALS, HostForm, KeyForm, LinkForm

LINKS_PER_PAGE = 50


@require_GET
def links(request: WorkspaceRequest) -> HttpResponse:
    """Every link, the newest first; hosts and keys beside them."""
    found = links_of(request.workspace).filter(shop__in=request.shops)
    page = Paginator(found, LINKS_PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "address": settings.COLLECTOR_URL,
        "hosts": hosts_of(request),
        "keys": keys_of(request.workspace).filter(shop__in=request.shops),
    }
    return render(request, "web/tracking/links.html", shown)


@require_GET
def link(request: WorkspaceRequest, link_id: str) -> HttpResponse:
    """One link: its address, its QR code, and its pixel."""
    shown = get_object_or_404(links_of(request.workspace), id=link_id)
    address = f"{settings.COLLECTOR_URL}/r/{shown.token}"
    pixel = f"{settings.COLLECTOR_URL}/p/{shown.token}.gif"
    codes = {"address": address, "pixel": pixel, "qr": qr_code(address)}
    return render(request, "web/tracking/link.html", {"link": shown, **codes})


@writers_only
@require_http_methods(["GET", "POST"])
def new_link(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_link(shop=shop, registry=registry(), now=now(), **form.cleaned_data)
        except DestinationRefused as refused:
            form.add_error("destination", DESTINATION_REFUSALS[refused.code])
        else:
            log(request, "link.made", made.id, destination=made.destination)
            return redirect("tracked_link", link_id=made.id)
    return form_page(request, form, shop, _("Make a link"))


@writers_only
@require_POST
def stop_link(request: WorkspaceRequest, link_id: str) -> HttpResponse:
    found = get_object_or_404(TrackedLink, shop__workspace=request.workspace, id=link_id)
    actions.stop_link(link=found, registry=registry(), now=now())
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
            allowed = actions.allow_host(shop=shop, host=form.cleaned_data["host"], now=now())
        except DestinationRefused:
            form.add_error("host", _("This is not the name of a host."))
        else:
            log(request, "host.allowed", shop.id, host=allowed.host)
            return redirect("tracking")
    return form_page(request, form, shop, _("Allow a host"))


@writers_only
@require_http_methods(["GET", "POST"])
def new_key(request: WorkspaceRequest) -> HttpResponse:
    """Make a write key; this answer is the only place that ever shows it."""
    shop = chosen_shop(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        made, key = actions.make_key(shop=shop, name=name, registry=registry(), now=now())
        log(request, "key.made", made.id, name=name)
        events = f"{settings.COLLECTOR_URL}/v1/events"
        return render(request, "web/tracking/key.html", {"made": made, "key": key, "to": events})
    return form_page(request, form, shop, _("Make a write key"))


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


def chosen_shop(request: WorkspaceRequest) -> Shop:
    """The shop looked at, else the first.

    Raises:
        Http404: the workspace has none.
    """
    if not request.shops:
        raise Http404
    return request.shops[0]


def hosts_of(request: WorkspaceRequest) -> QuerySet[ShopHost]:
    return ShopHost.objects.filter(shop__in=request.shops).select_related("shop").order_by("host")


def registry() -> Path:
    """The file through which the collector learns of links and keys."""
    return Path(settings.PLACES.collector) / "registry.json"


def qr_code(address: str) -> SafeString:
    """The address as an SVG picture."""
    code = QRCode(image_factory=SvgPathImage, box_size=12, border=4)
    code.add_data(address)
    picture: str = code.make_image().to_string(encoding="unicode")
    return mark_safe(picture)  # noqa: S308  # drawn here, from an address of ours
