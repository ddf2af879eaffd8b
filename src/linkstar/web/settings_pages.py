"""Settings: the workspace's shops and members, and what a person set for themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from linkstar.accounts.actions import set_display_zone, set_language
from linkstar.accounts.models import Membership, User
from linkstar.catalog.actions import change_shop, open_shop
from linkstar.catalog.market_rules import Market, market_named, markets
from linkstar.catalog.models import Category, Shop
from linkstar.web.access import writers_only
from linkstar.web.audit import log
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now, speak
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.session_pages import YEAR_SECONDS
from linkstar.web.zones import zone_choices

SHORTCUTS_COOKIE = "linkstar_keys"


class ShopForm(CalmForm):
    name = forms.CharField(label=gettext_lazy("Shop name"), max_length=120)
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the shop"),
        choices=zone_choices,
        help_text=gettext_lazy("Days already imported keep the zone they were counted in."),
    )
    category = forms.CharField(
        label=gettext_lazy("Main category"),
        max_length=300,
        required=False,
        widget=forms.TextInput({"list": "categories"}),
        help_text=gettext_lazy("Used for products whose category no file states."),
    )
    shares_with_benchmark = forms.BooleanField(
        label=gettext_lazy("Take part in the US market benchmark"),
        required=False,
        help_text=gettext_lazy(
            "Only counts of impressions and clicks by category and content type are added to the"
            " pool. A figure is published only over at least 10 shops, no shop above 25%, and you"
            " are always compared with the others alone. You can leave at any time."
        ),
    )


class NewShopForm(ShopForm):
    market = forms.ChoiceField(
        label=gettext_lazy("Market"),
        choices=lambda: [(one.code, market_label(one)) for one in markets().values()],
        help_text=gettext_lazy("It cannot be changed later: each market settles in one currency."),
    )
    field_order = ("name", "market", "zone", "category", "shares_with_benchmark")


def market_label(market: Market) -> str:
    return _("%(market)s: settles in %(currency)s, days usually in %(zone)s") % {
        "market": market.code,
        "currency": market.currency,
        "zone": market.zone,
    }


class ProfileForm(CalmForm):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    display_zone = forms.ChoiceField(
        label=gettext_lazy("Your own time zone"),
        choices=lambda: [("", _("As the shop")), *zone_choices()],
        required=False,
        help_text=gettext_lazy("Times are shown in the shop's zone with yours beside it."),
    )
    shortcuts = forms.BooleanField(
        label=gettext_lazy("Keyboard shortcuts with single keys"), required=False
    )


@require_GET
def workspace_settings(request: WorkspaceRequest) -> HttpResponse:
    members = Membership.objects.filter(workspace=request.workspace).select_related("user")
    return render(
        request, "web/settings.html", {"members": members.order_by("role", "user__email")}
    )


@writers_only
@require_http_methods(["GET", "POST"])
def new_shop(request: WorkspaceRequest) -> HttpResponse:
    form = NewShopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        currency = market_named(form.cleaned_data["market"]).currency
        shop = open_shop(
            workspace=request.workspace, now=now(), currency=currency, **form.cleaned_data
        )
        log(request, "shop.opened", shop.id)
        messages.success(request, _("The shop %(name)s was added.") % {"name": shop.name})
        return redirect("settings")
    return _shop_page(request, form, None)


@writers_only
@require_http_methods(["GET", "POST"])
def shop_settings(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    shop = get_object_or_404(Shop, workspace=request.workspace, id=shop_id)
    names = list(ShopForm.base_fields)
    form = ShopForm(request.POST or None, initial={name: getattr(shop, name) for name in names})
    if request.method == "POST" and form.is_valid():
        change_shop(shop=shop, **form.cleaned_data)
        log(request, "shop.changed", shop.id, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings")
    return _shop_page(request, form, shop)


def _shop_page(request: WorkspaceRequest, form: ShopForm, shop: Shop | None) -> HttpResponse:
    known = Category.objects.order_by("path").values_list("path", flat=True)[:2_000]
    return render(
        request, "web/shop_settings.html", {"form": form, "edited": shop, "categories": known}
    )


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What a person set for themselves; open to people without a workspace, too."""
    user = request.user
    assert isinstance(user, User)
    initial = {
        "language": user.language,
        "display_zone": user.display_zone,
        "shortcuts": request.COOKIES.get(SHORTCUTS_COOKIE) != "off",
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _save_profile(request, user, form.cleaned_data)
    return render(request, "web/profile.html", {"form": form})


def _save_profile(request: HttpRequest, user: User, chosen: dict[str, Any]) -> HttpResponse:
    set_language(user=user, language=chosen["language"])
    set_display_zone(user=user, zone=chosen["display_zone"])
    speak(request, chosen["language"])
    messages.success(request, _("Saved."))
    response = redirect("profile")
    kept = {
        settings.LANGUAGE_COOKIE_NAME: chosen["language"],
        SHORTCUTS_COOKIE: "on" if chosen["shortcuts"] else "off",
    }
    for name, value in kept.items():
        response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax")
    return response
