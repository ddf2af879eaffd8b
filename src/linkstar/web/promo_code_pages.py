"""Promo codes: whom each code that buyers type in names, and from when until when."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linkstar.accounts.queries import WRITERS
from linkstar.attribution.actions import PromoCodeTaken, end_promo_code, give_promo_code
from linkstar.attribution.models import PromoCode
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.creators.models import Creator
from linkstar.plans.refusals import EndsBeforeItStarts
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.plan_forms import DayField, LastDayField, creators_of
from linkstar.web.plan_words import refused_because
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.tracking import chosen_shop


class PromoCodeForm(CalmForm):
    """A code for one creator of a shop."""

    code = forms.CharField(label=gettext_lazy("Promo code"), max_length=60)
    creator = forms.CharField(
        label=gettext_lazy("Creator"),
        max_length=120,
        widget=forms.TextInput({"placeholder": "@ada"}),
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_before = LastDayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: no end.")
    )

    def __init__(self, *args: Any, shop: Shop, **kwargs: Any) -> None:
        self.shop = shop
        super().__init__(*args, **kwargs)

    def clean_creator(self) -> Creator:
        [creator] = creators_of(self.shop.workspace, [self.cleaned_data["creator"]])
        return creator


@require_GET
def promo_codes(request: WorkspaceRequest) -> HttpResponse:
    """Every code of the shop, the newest first, and the form of another."""
    shop = chosen_shop(request)
    return _page(request, PromoCodeForm(shop=shop, initial={"starts_on": day_of(shop, now())}))


@writers_only
@require_POST
def give_code(request: WorkspaceRequest) -> HttpResponse:
    shop = chosen_shop(request)
    form = PromoCodeForm(request.POST, shop=shop)
    if form.is_valid():
        try:
            given = give_promo_code(shop=shop, now=now(), **form.cleaned_data)
        except EndsBeforeItStarts as refused:
            form.add_error("ends_before", refused_because(refused))
        except PromoCodeTaken:
            form.add_error("code", _("It names a creator already on some of these days."))
        else:
            log(request, "promo_code.given", given.code, creator=given.creator.handle)
            messages.success(
                request,
                _("%(code)s names @%(creator)s in orders from now on.")
                % {"code": given.code, "creator": given.creator.handle},
            )
            return redirect("promo_codes")
    return _page(request, form, status=422)


@writers_only
@require_POST
def end_code(request: WorkspaceRequest, code_id: int) -> HttpResponse:
    own = PromoCode.objects.filter(shop__workspace=request.workspace).select_related("shop")
    found = get_object_or_404(own, pk=code_id)
    end_promo_code(promo_code=found, now=now())
    log(request, "promo_code.ended", found.code)
    messages.success(request, _("From tomorrow the code names nobody; what it earned stays."))
    return redirect("promo_codes")


def _page(request: WorkspaceRequest, form: PromoCodeForm, *, status: int = 200) -> HttpResponse:
    tomorrow = day_of(form.shop, now()) + timedelta(days=1)
    codes = PromoCode.objects.filter(shop=form.shop).select_related("creator")
    rows = [
        (one, one.ends_before is None or one.ends_before > max(tomorrow, one.starts_on))
        for one in codes.order_by("-starts_on", "code")
    ]
    shown = {"form": form, "rows": rows, "may_give": request.role in WRITERS}
    return render(request, "web/orders/promo_codes.html", shown, status=status)
