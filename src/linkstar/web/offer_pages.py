"""Incentives for a time, and packages of videos at a price."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.catalog.queries import day_of
from linkstar.money.amounts import Money
from linkstar.plans import offers
from linkstar.plans.models import Incentive, Package
from linkstar.plans.refusals import PlanRefused
from linkstar.plans.rules import Scope
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.middleware import now
from linkstar.web.plan_forms import IncentiveForm, PackageForm
from linkstar.web.plan_pages import asked_for, blame, chosen_shop
from linkstar.web.requests import WorkspaceRequest


@writers_only
@require_http_methods(["GET", "POST"])
def new_incentive(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    initial = {"starts_on": day_of(shop, now()), "scope": Scope.SHOP, **asked_for(request)}
    form = IncentiveForm(shop, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = offers.grant_incentive(shop=shop, now=now(), **form.wanted())
        except PlanRefused as refused:
            blame(form, refused)
        else:
            log(request, "incentive.granted", made.id, kind=made.kind, bonus_bps=made.bonus_bps)
            messages.success(request, _("The incentive is granted."))
            return redirect("plans")
    context = {
        "form": form,
        "shop": shop,
        "title": _("Grant an incentive"),
        "categories": form.categories,
    }
    return render(request, "web/plans/form.html", context)


@writers_only
@require_POST
def stop_incentive(request: WorkspaceRequest, incentive_id: str) -> HttpResponse:
    own = get_object_or_404(Incentive, shop__workspace=request.workspace, id=incentive_id)
    offers.stop_incentive(incentive=own, now=now())
    log(request, "incentive.stopped", own.id)
    messages.success(request, _("The incentive no longer counts from tomorrow."))
    return redirect("plans")


@writers_only
@require_http_methods(["GET", "POST"])
def new_package(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    form = PackageForm(shop, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        price = Money.of(given.pop("price"), shop.currency)
        try:
            made = offers.offer_package(shop=shop, price=price, now=now(), **given)
        except PlanRefused as refused:
            blame(form, refused)
        else:
            log(request, "package.offered", made.id, price_minor=made.price_minor)
            messages.success(request, _("The package is offered."))
            return redirect("plans")
    context = {"form": form, "shop": shop, "title": _("Offer a package")}
    return render(request, "web/plans/form.html", context)


@writers_only
@require_POST
def stop_package(request: WorkspaceRequest, package_id: str) -> HttpResponse:
    own = get_object_or_404(Package, shop__workspace=request.workspace, id=package_id)
    offers.stop_package(package=own, now=now())
    log(request, "package.stopped", own.id)
    messages.success(request, _("The package is no longer offered; what was agreed stays agreed."))
    return redirect("plans")
