"""Tracked links of an agreement, made by either side, each to where the shop's links may lead."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linkstar.catalog.models import Shop
from linkstar.collaborations import actions
from linkstar.tracking.queries import hosts_of
from linkstar.tracking.rules import DestinationRefused
from linkstar.web.access import creators_only, writers_only
from linkstar.web.collaborations.forms import CollaborationLinkForm, OpenLinkForm, OwnLinkForm
from linkstar.web.collaborations.sides import Side, own_agreement, page_of, shop_agreement
from linkstar.web.collaborations.words import REFUSED, refusal
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.tracking import registry
from linkstar.web.tracking_forms import DESTINATION_REFUSALS


@writers_only
@require_POST
def link_collaboration(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    """A tracked link for one product of the agreement, and one content if it is known."""
    shown = shop_agreement(request, collaboration_id)
    form = CollaborationLinkForm(request.POST, products=shown.products.order_by("name"))
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.make_collaboration_link(
                collaboration=shown,
                product=said["product"],
                destination=said["destination"] or said["product"].landing_page,
                content_id=said["content_id"],
                variant=said["variant"],
                registry=registry(),
                now=now(),
                user=request.user,
            )
        except DestinationRefused as refused:
            form.add_error("destination", DESTINATION_REFUSALS[refused.code])
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(request, _("The link is ready to be sent."))
            return redirect("collaboration", collaboration_id=shown.id)
    return page_of(request, Side.SHOP, shown, link_form=form, status=422)


@creators_only
@require_POST
def make_own_link(request: WorkspaceRequest, collaboration_id: str) -> HttpResponse:
    """A tracked link of the creator's own making, to a page the shop's links may lead to."""
    shown = own_agreement(request, collaboration_id)
    form = OwnLinkForm(request.POST, products=shown.products.order_by("name"))
    if form.is_valid():
        make_for_creator(
            request,
            form,
            shown.shop,
            lambda: actions.make_collaboration_link(
                collaboration=shown,
                product=form.cleaned_data["product"],
                destination=form.leads_to(),
                variant=form.cleaned_data["variant"],
                registry=registry(),
                now=now(),
                user=request.user,
            ),
        )
    if form.is_valid():
        return redirect("own_collaboration", collaboration_id=shown.id)
    return page_of(request, Side.CREATOR, shown, link_form=form, status=422)


def make_for_creator(
    request: WorkspaceRequest, form: OpenLinkForm, shop: Shop, make: Callable[[], object]
) -> None:
    """Make the link and say so; where it may not lead is said at the form, all else above it."""
    try:
        make()
    except DestinationRefused as refused:
        form.add_error("destination", _led_astray(form, refused, shop))
    except REFUSED as refused:
        messages.error(request, refusal(refused))
    else:
        messages.success(request, _("Your link is ready. Copy it or let people scan it."))


def _led_astray(form: OpenLinkForm, refused: DestinationRefused, shop: Shop) -> str:
    """Why a creator's link may not lead there, and where it may."""
    if not form.leads_to():
        return _("The shop has named no landing page for this product. Ask it for one.")
    if refused.code != "host":
        return str(DESTINATION_REFUSALS[refused.code])
    hosts = hosts_of(shop)
    if not hosts:
        return _("The shop has not said yet where its links may lead. Ask it to allow its site.")
    return _("The shop's links lead only to: %(hosts)s.") % {"hosts": ", ".join(hosts)}
