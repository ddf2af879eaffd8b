"""A creator's own profile: who they are, channels, audience, prices, consent, verification."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.catalog.models import Category
from linkstar.creators.actions import (
    Profile,
    bind_channel,
    change_profile,
    give_consent,
    open_profile,
    set_audience,
    set_rates,
    submit,
    unbind_channel,
)
from linkstar.creators.actions.profile import Price
from linkstar.creators.models import Channel, Creator
from linkstar.creators.rules import STATE_MOVES
from linkstar.events.vocabulary import Channel as ChannelName
from linkstar.money.amounts import Money
from linkstar.money.currencies import CURRENCIES
from linkstar.web.access import creators_only
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.names import CHANNELS
from linkstar.web.recruiting.finding import AUDIENCES
from linkstar.web.recruiting.regions import language_choices, region_choices
from linkstar.web.recruiting.words import attempt
from linkstar.web.requests import WorkspaceRequest, zone_of

HOME = "creator_profile"


class ProfileForm(CalmForm):
    name = forms.CharField(label=gettext_lazy("Name shown to sellers"), max_length=200)
    about = forms.CharField(
        label=gettext_lazy("About you"), required=False, max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    region = forms.ChoiceField(label=gettext_lazy("Country"))
    languages = forms.MultipleChoiceField(label=gettext_lazy("Languages"))
    categories = forms.MultipleChoiceField(label=gettext_lazy("Categories"))

    def prepare(self) -> None:
        listed = Category.objects.exclude(path__contains=" > ").order_by("path")
        named = [(one.path, one.name_zh or one.name_en) for one in listed]
        if not self.is_chinese():
            named = [(one.path, one.name_en) for one in listed]
        chosen = [(path, path) for path in self.initial.get("categories", [])]
        known = {path for path, _name in named}
        self._offer("categories", named + [one for one in chosen if one[0] not in known])
        self._offer("languages", language_choices())
        self._offer("region", [("", "–"), *region_choices()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def is_chinese() -> bool:
        return _("Country") != "Country"


class ChannelForm(CalmForm):
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[(c.value, CHANNELS[c]) for c in ChannelName]
    )
    handle = forms.CharField(
        label=gettext_lazy("Handle"), max_length=200,
        help_text=gettext_lazy("@name, or the address of your profile."),
    )  # fmt: skip
    url = forms.URLField(
        label=gettext_lazy("Address of the profile"), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    followers = forms.IntegerField(label=gettext_lazy("Followers"), min_value=0)
    average_views = forms.IntegerField(
        label=gettext_lazy("Average views of a video"), min_value=0, required=False
    )
    engagement = forms.DecimalField(
        label=gettext_lazy("Engagement rate (%)"), min_value=0, max_value=100, required=False,
        max_digits=5, decimal_places=2,
    )  # fmt: skip


class AudienceForm(CalmForm):
    """The share of each gender and age among followers; what is left empty is not stated."""

    def prepare(self) -> None:
        labels = {"female": _("Women (%)"), "male": _("Men (%)")}
        for dimension, value in AUDIENCES:
            self.fields[f"{dimension}_{value}"] = forms.DecimalField(
                label=labels.get(value, f"{value} (%)"), min_value=0, max_value=100,
                required=False, max_digits=5, decimal_places=2,
            )  # fmt: skip

    def shares(self) -> list[tuple[str, str, int]]:
        given = {(d, v): self.cleaned_data[f"{d}_{v}"] for d, v in AUDIENCES}
        return [(*about, int(share * 100)) for about, share in given.items() if share is not None]


class RateForm(CalmForm):
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES]
    )
    video = forms.DecimalField(
        label=gettext_lazy("Price of one video"), min_value=0, max_digits=12, decimal_places=2,
        required=False,
    )  # fmt: skip
    live = forms.DecimalField(
        label=gettext_lazy("Price of one LIVE"), min_value=0, max_digits=12, decimal_places=2,
        required=False,
    )  # fmt: skip
    commission = forms.DecimalField(
        label=gettext_lazy("Commission of at least (%)"), min_value=0, max_value=100,
        max_digits=5, decimal_places=2, required=False,
    )  # fmt: skip

    def prices(self) -> list[Price]:
        given = self.cleaned_data
        least = given["commission"]
        least_bps = None if least is None else int(least * 100)
        named = {kind: given[kind] for kind in ("video", "live") if given[kind] is not None}
        return [
            Price(kind, Money.of(amount, given["currency"]), commission_bps_min=least_bps)
            for kind, amount in named.items()
        ]


def creator_of(request: WorkspaceRequest) -> Creator:
    """The person's own record, made the first time it is asked for."""
    return open_profile(user=request.user, now=now())


@creators_only
@require_http_methods(["GET", "POST"])
def profile(request: WorkspaceRequest) -> HttpResponse:
    creator = creator_of(request)
    names = ("name", "about", "region", "languages", "categories")
    start = {name: getattr(creator, name) for name in names}
    form = ProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        said = Profile(
            name=given["name"],
            about=given["about"],
            region=given["region"],
            languages=tuple(given["languages"]),
            categories=tuple(given["categories"]),
        )
        change_profile(creator=creator, profile=said)
        messages.success(request, _("Saved."))
        return redirect(HOME)
    return show(request, creator, form=form)


def show(request: WorkspaceRequest, creator: Creator, **forms_given: Any) -> HttpResponse:
    """The page with every form on it; those just sent carry their errors."""
    shares = {
        f"{s.dimension}_{s.value}": Decimal(s.share_bps) / 100 for s in creator.audience.all()
    }
    context = {
        "creator": creator,
        "channels": creator.channels.all(),
        "form": ProfileForm(
            initial={
                name: getattr(creator, name)
                for name in ("name", "about", "region", "languages", "categories")
            }
        ),
        "channel_form": ChannelForm(prefix="channel"),
        "audience_form": AudienceForm(initial=shares, prefix="audience"),
        "rate_form": RateForm(initial=rates_said(creator), prefix="rates"),
        "may_submit": (creator.state, "submit") in STATE_MOVES,
        "zone": zone_of(request),
        **forms_given,
    }
    return render(request, "web/recruiting/creator/profile.html", context)


def rates_said(creator: Creator) -> dict[str, Any]:
    newest = {item.kind: item for item in creator.rate_card.order_by("valid_from_on", "pk")}
    prices = {k: Money(i.price_minor, i.currency).amount for k, i in newest.items()}
    least = creator.commission_bps_min
    return {
        **prices,
        "currency": creator.currency,
        "commission": None if least is None else Decimal(least) / 100,
    }


@creators_only
@require_POST
def channel(request: WorkspaceRequest) -> HttpResponse:
    creator = creator_of(request)
    form = ChannelForm(request.POST, prefix="channel")
    if not form.is_valid():
        return show(request, creator, channel_form=form)
    given = form.cleaned_data
    engagement = given["engagement"]
    attempt(
        request,
        lambda: bind_channel(
            creator=creator,
            channel=given["channel"],
            stated_handle=given["handle"],
            url=given["url"],
            followers=given["followers"],
            average_views=given["average_views"],
            engagement_bps=None if engagement is None else int(engagement * 100),
            stated_on=now().date(),
        ),
        _("The channel is bound."),
    )
    return redirect(HOME)


@creators_only
@require_POST
def drop_channel(request: WorkspaceRequest, channel_id: int) -> HttpResponse:
    found = get_object_or_404(Channel, creator__user=request.user, pk=channel_id)
    unbind_channel(channel=found)
    messages.success(request, _("The channel is taken away."))
    return redirect(HOME)


@creators_only
@require_POST
def audience(request: WorkspaceRequest) -> HttpResponse:
    creator = creator_of(request)
    form = AudienceForm(request.POST, prefix="audience")
    if not form.is_valid():
        return show(request, creator, audience_form=form)
    attempt(request, lambda: set_audience(creator=creator, shares=form.shares()), _("Saved."))
    return redirect(HOME)


@creators_only
@require_POST
def rates(request: WorkspaceRequest) -> HttpResponse:
    creator = creator_of(request)
    form = RateForm(request.POST, prefix="rates")
    if not form.is_valid():
        return show(request, creator, rate_form=form)
    set_rates(creator=creator, prices=form.prices(), valid_from_on=now().date())
    messages.success(request, _("Saved."))
    return redirect(HOME)


@creators_only
@require_POST
def consent(request: WorkspaceRequest) -> HttpResponse:
    is_given = request.POST.get("exact") == "yes"
    give_consent(creator=creator_of(request), is_given=is_given, user=request.user, now=now())
    messages.success(
        request,
        _("Sellers see your exact figures from now on.")
        if is_given
        else _("Sellers see ranges from now on."),
    )
    return redirect(HOME)


@creators_only
@require_POST
def hand_in(request: WorkspaceRequest) -> HttpResponse:
    attempt(
        request,
        lambda: submit(creator=creator_of(request), now=now()),
        _("Handed in. A person looks at it; you are told here and by e-mail."),
    )
    return redirect(HOME)
