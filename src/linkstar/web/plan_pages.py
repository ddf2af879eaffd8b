"""Plans: the list in words, one plan with its versions, making, changing and stopping."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.benchmarks.commission_rates import category_rates
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.plans import actions
from linkstar.plans.books import defaults_of, promise_of
from linkstar.plans.models import Incentive, Package, Plan, PlanCreator
from linkstar.plans.queries import plans_of, promotions_about
from linkstar.plans.rules import Kind, MarketTerms, Promise, Scope, Terms
from linkstar.plans.standing import Standing, State, standing
from linkstar.plans.terms import terms_of
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.category_names import CategoryNames
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.plan_forms import OFFERED_KINDS, NamesForm, PlanForm, RateForm, creators_of
from linkstar.web.plan_words import KINDS, REFUSED, STATES, about, refused_because
from linkstar.web.requests import WorkspaceRequest

PLANS_PER_PAGE = 50
OVER = frozenset({State.ENDED, State.STOPPED})


@dataclass(frozen=True)
class Shown:
    """A plan as pages show it."""

    plan: Plan
    promise: Promise
    terms: MarketTerms
    today: date
    category: str

    @property
    def standing(self) -> Standing:
        return standing(self.promise, self.terms, on=self.today)

    @property
    def kind(self) -> str:
        return str(KINDS[self.promise.kind])

    @property
    def state(self) -> str:
        return str(STATES[self.standing.state])

    @property
    def is_over(self) -> bool:
        return self.standing.state in OVER

    @property
    def may_change(self) -> bool:
        return self.standing.state in {State.SCHEDULED, State.RUNNING}

    @property
    def about(self) -> str:
        product = str(self.plan.product) if self.plan.product else ""
        return about(self.promise.scope, category=self.category, product=product)

    @property
    def has_names(self) -> bool:
        return self.promise.kind in {Kind.TARGETED, Kind.CAMPAIGN}


def shown(plan: Plan, today: date, names: CategoryNames) -> Shown:
    terms = terms_of(plan.shop.market)
    return Shown(plan, promise_of(plan), terms, today, names.full(plan.category))


@require_GET
def plans(request: WorkspaceRequest) -> HttpResponse:
    """Every plan in words, what runs first; incentives and packages below."""
    found = plans_of(request.workspace).filter(shop__in=request.shops)
    page = Paginator(found.prefetch_related("rates", "named__creator"), PLANS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    names = CategoryNames(get_language() or "en")
    names.learn(plan.category for plan in page)
    rows = [shown(plan, day_of(plan.shop, now()), names) for plan in page]
    incentives = Incentive.objects.filter(shop__in=request.shops).select_related(
        "product", "creator", "shop"
    )
    context = {
        "page": page,
        "rows": sorted(rows, key=lambda row: row.is_over),
        "defaults": [row for shop in request.shops if (row := default_of(shop))],
        "incentives": incentives.order_by("-starts_on", "-id")[:PLANS_PER_PAGE],
        "packages": Package.objects.filter(shop__in=request.shops, stopped_at=None).select_related(
            "shop"
        ),
        "today": today_of(request),
    }
    return render(request, "web/plans/plans.html", context)


def default_of(shop: Shop) -> tuple[Shop, int] | None:
    """The rate a shop falls back on today."""
    today = day_of(shop, now())
    versions = (promise.version_on(today) for promise in defaults_of(shop))
    return next(((shop, version.rate_bps) for version in versions if version), None)


@require_GET
def plan(request: WorkspaceRequest, plan_id: str) -> HttpResponse:
    """One plan: what it says, its versions, whom it names, who keeps what."""
    return plan_page(request, own_plan(request, plan_id))


def plan_page(
    request: WorkspaceRequest, own: Plan, *, names_form: CalmForm | None = None
) -> HttpResponse:
    today = day_of(own.shop, now())
    names = CategoryNames(get_language() or "en")
    names.learn([own.category])
    row = shown(own, today, names)
    context = {
        "row": row,
        "plan": own,
        "rates": own.rates.select_related("created_by").order_by("-number"),
        "named": PlanCreator.objects.filter(plan=own)
        .select_related("creator")
        .order_by("starts_on", "id"),
        "promotions": promotions_about(own),
        "terms": row.terms.on(row.promise.kind, today),
        "today": today,
        "names_form": names_form or NamesForm(initial={"starts_on": max(today, own.starts_on)}),
    }
    return render(request, "web/plans/plan.html", context)


@writers_only
@require_http_methods(["GET", "POST"])
def new_plan(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    today = day_of(shop, now())
    usual = {"starts_on": today, "kind": Kind.OPEN, "scope": Scope.SHOP}
    form = PlanForm(shop, request.POST or None, initial=usual | asked_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_plan(shop=shop, now=now(), user=request.user, **form.wanted())
        except REFUSED as refused:
            blame(form, refused)
        else:
            log(
                request,
                "plan.made",
                made.id,
                kind=made.kind,
                rate_bps=form.cleaned_data["rate_bps"],
            )
            messages.success(request, _("The plan is made."))
            return redirect("plan", plan_id=made.id)
    return form_page(request, form, shop, today)


def form_page(request: WorkspaceRequest, form: PlanForm, shop: Shop, today: date) -> HttpResponse:
    category = form["category"].value() or shop.category
    context = {
        "form": form,
        "shop": shop,
        "categories": form.categories,
        "compared": compared_rates(request, shop, category, today),
        "bounds": bounds_of(shop, today),
    }
    return render(request, "web/plans/new.html", context)


def compared_rates(
    request: WorkspaceRequest, shop: Shop, category: str, today: date
) -> dict[str, Any]:
    """Mean and quartiles beside the field, or why there are none."""
    rates = category_rates(shop.market, category, on=today, reader=request.workspace)
    names = CategoryNames(get_language() or "en")
    names.learn([category])
    return {
        "rates": rates,
        "category": names.full(category),
        "is_known": hasattr(rates, "mean_bps"),
    }


def bounds_of(shop: Shop, today: date) -> list[tuple[str, Terms]]:
    terms = terms_of(shop.market)
    return [(str(KINDS[kind]), terms.on(kind, today)) for kind in OFFERED_KINDS]


@writers_only
@require_http_methods(["GET", "POST"])
def change_rate(request: WorkspaceRequest, plan_id: str) -> HttpResponse:
    own = own_plan(request, plan_id)
    today = day_of(own.shop, now())
    promise = promise_of(own)
    current = promise.version_on(today) or promise.versions[0]
    tomorrow = max(today + timedelta(days=1), own.starts_on)
    initial = {"ads_rate_bps": current.ads_rate_bps, "starts_on": tomorrow} | asked_for(request)
    form = RateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rate = actions.change_rate(plan=own, now=now(), user=request.user, **form.cleaned_data)
        except REFUSED as refused:
            blame(form, refused)
        else:
            log(request, "plan.rate_changed", own.id, number=rate.number, rate_bps=rate.rate_bps)
            messages.success(
                request, _("The new rate is written down; the old one stays on record.")
            )
            return redirect("plan", plan_id=own.id)
    names = CategoryNames(get_language() or "en")
    names.learn([own.category])
    context = {
        "form": form,
        "row": shown(own, today, names),
        "terms": terms_of(own.shop.market).on(promise.kind, today),
        "compared": compared_rates(request, own.shop, category_of(own), today),
    }
    return render(request, "web/plans/rate.html", context)


@writers_only
@require_POST
def stop_plan(request: WorkspaceRequest, plan_id: str) -> HttpResponse:
    own = own_plan(request, plan_id)
    stopped = actions.stop_plan(plan=own, now=now())
    log(request, "plan.stopped", own.id, stops_before=str(stopped.stops_before))
    messages.success(request, _("The plan no longer applies from tomorrow."))
    return redirect("plan", plan_id=own.id)


@writers_only
@require_POST
def name_creators(request: WorkspaceRequest, plan_id: str) -> HttpResponse:
    own = own_plan(request, plan_id)
    form = NamesForm(request.POST)
    if form.is_valid():
        try:
            creators = creators_of(request.workspace, form.cleaned_data["creators"])
            starts_on = form.cleaned_data["starts_on"]
            actions.name_creators(plan=own, creators=creators, starts_on=starts_on, now=now())
        except REFUSED as refused:
            blame(form, refused)
        except ValidationError as unknown:
            form.add_error("creators", unknown)
        else:
            log(request, "plan.creators_named", own.id, creators=[c.handle for c in creators])
            return redirect("plan", plan_id=own.id)
    return plan_page(request, own, names_form=form)


@writers_only
@require_POST
def release_creator(request: WorkspaceRequest, plan_id: str) -> HttpResponse:
    own = own_plan(request, plan_id)
    named = get_object_or_404(PlanCreator, plan=own, pk=as_number(request.POST.get("named", "")))
    actions.release_creator(plan=own, creator=named.creator, now=now())
    log(request, "plan.creator_released", own.id, creator=named.creator.handle)
    told = _("The plan no longer names @%(handle)s from tomorrow.")
    messages.success(request, told % {"handle": named.creator.handle})
    return redirect("plan", plan_id=own.id)


FIELD_OF = {
    "RateOutOfBounds": "rate_bps",
    "AdsRateOutOfBounds": "ads_rate_bps",
    "StartsInThePast": "starts_on",
    "LowersToday": "starts_on",
    "OutsideThePlan": "starts_on",
    "EndsBeforeItStarts": "ends_before",
    "CreatorNamedTwice": "creators",
    "NobodyNamed": "creators",
    "TooManyCreators": "creators",
    "NobodyToName": "creators",
    "RateUnchanged": "rate_bps",
    "CutNotAllowed": "rate_bps",
    "BonusMissing": "bonus_bps",
}
"""The field a refusal is told beside; others are told above the form."""


def blame(form: CalmForm, refused: Exception) -> None:
    """Tell a refusal beside the field it is about."""
    field = FIELD_OF.get(type(refused).__name__)
    if field == "rate_bps" and "bonus_bps" in form.fields:
        field = "bonus_bps"
    form.add_error(field if field in form.fields else None, refused_because(refused))


def asked_for(request: WorkspaceRequest) -> dict[str, str]:
    """What a link to a form has filled in already."""
    names = ("name", "scope", "category", "product", "kind", "creators", "creator")
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def category_of(own: Plan) -> str:
    """The category a plan's rate is compared in: its own, its product's, else the shop's."""
    return own.category or (own.product.category if own.product else "") or own.shop.category


def own_plan(request: WorkspaceRequest, plan_id: str) -> Plan:
    return get_object_or_404(plans_of(request.workspace), id=plan_id)


def chosen_shop(request: WorkspaceRequest) -> Shop:
    """The shop looked at, else the first.

    Raises:
        Http404: the workspace has none.
    """
    if not request.shops:
        raise Http404
    return request.shops[0]


def today_of(request: WorkspaceRequest) -> date | None:
    return day_of(request.shops[0], now()) if request.shops else None


def as_number(text: str) -> int:
    """A number in an address or a form.

    Raises:
        Http404: it is none.
    """
    if not text.isascii() or not text.isdigit():
        raise Http404
    return int(text)
