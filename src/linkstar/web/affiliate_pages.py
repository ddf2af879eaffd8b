"""Marketing > Affiliate: LinkStar switched on for a shop, its default rate and its targets."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.accounts.models import Role
from linkstar.catalog import affiliate_service
from linkstar.catalog.affiliate_service import StartingPoint
from linkstar.catalog.models import AffiliateService, Shop
from linkstar.catalog.qualification import Standing
from linkstar.catalog.queries import day_of, qualification_of, service_of, standing_of
from linkstar.catalog.terms import Terms, TermsOutdated, terms_on
from linkstar.web.access import owners_only, writers_only
from linkstar.web.audit import log
from linkstar.web.forms import CalmForm
from linkstar.web.markets import gaps_of
from linkstar.web.middleware import now
from linkstar.web.qualification_forms import basis_points, percent
from linkstar.web.qualification_pages import own_shop
from linkstar.web.qualification_words import STANDINGS, refusal_sentence
from linkstar.web.requests import WorkspaceRequest

REFUSED = (
    affiliate_service.NotQualified,
    affiliate_service.AlreadyOn,
    affiliate_service.NotOn,
    TermsOutdated,
)
DEFAULT_RATE_PERCENT = 15
"""Suggested in the form; nothing is promised before the owner says so."""


class TargetsForm(CalmForm):
    default_rate = forms.DecimalField(
        label=gettext_lazy("Default commission rate (%)"),
        min_value=0, max_value=100, max_digits=5, decimal_places=2,
        help_text=gettext_lazy("Proposed for new plans. Plans that exist keep theirs."),
    )  # fmt: skip
    ctr_target = forms.DecimalField(
        label=gettext_lazy("Target for CTR (%)"), required=False,
        min_value=0, max_value=100, max_digits=5, decimal_places=2,
    )  # fmt: skip
    cvr_target = forms.DecimalField(
        label=gettext_lazy("Target for conversion, orders per click (%)"), required=False,
        min_value=0, max_value=100, max_digits=5, decimal_places=2,
    )  # fmt: skip
    roas_target = forms.DecimalField(
        label=gettext_lazy("Target for ROAS (sales per cost)"), required=False,
        min_value=0, max_value=1000, max_digits=6, decimal_places=2,
        help_text=gettext_lazy("4 means four in sales for each one spent."),
    )  # fmt: skip
    uplift_target = forms.DecimalField(
        label=gettext_lazy("Target for CTR uplift over the market (%)"), required=False,
        min_value=-100, max_value=900, max_digits=5, decimal_places=2,
    )  # fmt: skip

    def start(self) -> StartingPoint:
        given = self.cleaned_data
        rate = basis_points(given["default_rate"])
        assert rate is not None, "the field is required"
        return StartingPoint(
            default_rate_bps=rate,
            ctr_target_ratio=_ratio(given["ctr_target"]),
            cvr_target_ratio=_ratio(given["cvr_target"]),
            roas_target_ratio=given["roas_target"],
            uplift_target_ratio=_ratio(given["uplift_target"]),
        )


class EnableForm(TargetsForm):
    accepts = forms.BooleanField(
        label=gettext_lazy("I accept these terms for the company"),
        error_messages={"required": gettext_lazy("The service needs your consent to its terms.")},
    )
    version = forms.CharField(widget=forms.HiddenInput)


@require_GET
def affiliate(request: WorkspaceRequest) -> HttpResponse:
    """Every shop with its standing; the chosen one, or the only one, at once."""
    if len(request.shops) == 1:
        return redirect("affiliate_shop", shop_id=request.shops[0].id)
    rows = [
        (shop, STANDINGS[standing_of(shop, day_of(shop, now()))], _rate(service_of(shop)))
        for shop in request.shops
    ]
    return render(request, "web/affiliate/shops.html", {"rows": rows})


@require_GET
def affiliate_shop(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    shop = own_shop(request, shop_id)
    service = service_of(shop)
    form: TargetsForm = EnableForm(initial=_initial(None, terms_now(shop)))
    if service is not None:
        form = TargetsForm(initial=_initial(service, None))
    return page(request, shop, form)


@owners_only
@require_http_methods(["GET", "POST"])
def enable(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    """Switch it on, with the terms accepted. Somebody who comes back gets the page."""
    shop = own_shop(request, shop_id)
    form = EnableForm(request.POST or None)

    def act() -> AffiliateService:
        return affiliate_service.enable_service(
            shop=shop, user=request.user, terms=terms_now(shop),
            accepted_version=form.cleaned_data["version"], start=form.start(), now=now(),
        )  # fmt: skip

    if service := _done(request, form, act):
        log(request, "service.enabled", shop.id, terms=service.terms_version,
            terms_sha256=service.terms_sha256, rate_bps=service.default_rate_bps)  # fmt: skip
        messages.success(request, _("LinkStar is on for %(shop)s.") % {"shop": shop.name})
    return page(request, shop, form) if form.errors else _back(shop)


@writers_only
@require_http_methods(["GET", "POST"])
def change(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    """Another default rate, other targets. Somebody who comes back gets the page."""
    shop = own_shop(request, shop_id)
    form = TargetsForm(request.POST or None)

    def act() -> AffiliateService:
        return affiliate_service.change_service(shop=shop, start=form.start(), now=now())

    if service := _done(request, form, act):
        log(request, "service.changed", shop.id, rate_bps=service.default_rate_bps)
        messages.success(request, _("Saved."))
    return page(request, shop, form) if form.errors else _back(shop)


def _done(
    request: WorkspaceRequest, form: TargetsForm, act: Callable[[], AffiliateService]
) -> AffiliateService | None:
    """What was done; what stands in the way is said beside the field or above the page."""
    if not form.is_valid():
        return None
    try:
        return act()
    except affiliate_service.RateOutOfBounds as refused:
        form.add_error("default_rate", refusal_sentence(refused))
    except REFUSED as refused:
        messages.error(request, refusal_sentence(refused))
    return None


@owners_only
@require_POST
def disable(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    shop = own_shop(request, shop_id)
    try:
        affiliate_service.disable_service(shop=shop, now=now())
    except REFUSED as refused:
        messages.error(request, refusal_sentence(refused))
    else:
        log(request, "service.disabled", shop.id)
        messages.success(request, _("LinkStar is off for %(shop)s.") % {"shop": shop.name})
    return _back(shop)


def page(request: WorkspaceRequest, shop: Shop, form: TargetsForm) -> HttpResponse:
    standing = standing_of(shop, day_of(shop, now()))
    service, terms = service_of(shop), terms_now(shop)
    language = translation.get_language() or settings.LANGUAGE_CODE
    shown = {
        "shop": shop,
        "gaps": gaps_of(shop.market, day_of(shop, now())),
        "form": form,
        "service": service,
        "standing": standing.value,
        "standing_words": STANDINGS[standing],
        "may_enable": standing is Standing.SERVICE_OFF and service is None,
        "qualification": qualification_of(shop),
        "is_owner": request.role is Role.OWNER,
        "terms": terms,
        "paragraphs": terms.paragraphs(language if language in terms.texts else "en"),
    }
    return render(request, "web/affiliate/shop.html", shown)


def _back(shop: Shop) -> HttpResponse:
    return redirect("affiliate_shop", shop_id=shop.id)


def terms_now(shop: Shop) -> Terms:
    return terms_on(day_of(shop, now()), own=settings.PLACES.terms)


def _initial(service: AffiliateService | None, terms: Terms | None) -> dict[str, Any]:
    if service is None:
        assert terms is not None, "a service not yet on shows its terms"
        return {"default_rate": DEFAULT_RATE_PERCENT, "version": terms.version}
    return {
        "default_rate": percent(service.default_rate_bps),
        "ctr_target": _percentage(service.ctr_target_ratio),
        "cvr_target": _percentage(service.cvr_target_ratio),
        "roas_target": service.roas_target_ratio,
        "uplift_target": _percentage(service.uplift_target_ratio),
    }


def _rate(service: AffiliateService | None) -> str:
    return f"{service.default_rate_bps / 100:g}%" if service else "–"


def _ratio(percentage: Decimal | None) -> Decimal | None:
    return None if percentage is None else percentage / 100


def _percentage(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio * 100
