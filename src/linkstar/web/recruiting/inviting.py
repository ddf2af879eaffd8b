"""Invitations: the week's budget, a dry run before anything is spent, templates."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.catalog.models import Shop
from linkstar.creators.models import Creator
from linkstar.recommendations.actions import mark_used
from linkstar.recruiting.actions import (
    Batch,
    check_batch,
    delete_template,
    dry_run,
    save_template,
    send_invitations,
    state_outreach,
    withdraw_invitation,
)
from linkstar.recruiting.models import Invitation, InvitationTemplate, OutreachLimit
from linkstar.recruiting.outreach import Outreach, totals
from linkstar.recruiting.queries import (
    budget_of,
    invitations_of,
    known_creators,
    rules_for,
    templates_of,
)
from linkstar.recruiting.rates import rate_bounds
from linkstar.recruiting.rules import state_at
from linkstar.web.access import writers_only
from linkstar.web.middleware import now
from linkstar.web.recruiting.forms import InviteForm, OutreachForm, TemplateForm
from linkstar.web.recruiting.records import number_in
from linkstar.web.recruiting.words import REFUSED, attempt, refusal
from linkstar.web.requests import WorkspaceRequest
from linkstar.web.templatetags.linkstar import money
from linkstar.web.tracking import chosen_shop

PER_PAGE = 50
INVITED_AT_ONCE_MAX = 500
FORM = "web/recruiting/form.html"
STARTERS = {
    "en": (
        "Hi {creator},\n\nwe are {shop} and would like you to show {products} to your audience.\n"
        "We offer {rate} commission and {fee} for {videos} videos.\n\n"
        "Please answer until {until}."
    ),
    "zh": (
        "{creator}，您好！\n\n我们是{shop}，诚邀您向粉丝推荐{products}。\n"
        "佣金率{rate}，固定费用{fee}，共{videos}条视频。\n\n请在{until}前答复。"
    ),
}
"""A first text in each language, to be changed at will."""


@require_GET
def invitations(request: WorkspaceRequest) -> HttpResponse:
    found = invitations_of(request.workspace).filter(shop__in=request.shops)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    at = now()
    shown = [(one, state_at("invitation", one.state, one.expires_at, now=at)) for one in page]
    budgets = [
        (shop, budget_of(shop, now=at), outreach_form(shop, rules_for(shop, now=at)))
        for shop in request.shops
    ]
    context = {
        "page": page, "shown": shown, "budgets": budgets, "now": at,
        "templates": templates_of(request.workspace), "site": settings.BASE_URL,
    }  # fmt: skip
    return render(request, "web/recruiting/invitations.html", context)


def outreach_form(shop: Shop, rules: Outreach, data: Any = None) -> OutreachForm:
    stated = OutreachLimit.objects.filter(shop=shop).first()
    start = {"tier": stated.tier, "weekly_limit": stated.weekly_limit} if stated else {}
    return OutreachForm(data, tiers=tiers_of(rules), initial=start, prefix=f"s{shop.number}")


def tiers_of(rules: Outreach) -> list[tuple[str, str]]:
    """Each tier with what a shop sold in the past 30 days to be in it."""
    listed = []
    below = 0
    for tier in rules.tiers:
        if tier.sales_minor_max == 0:
            told = _("%(tier)s: nothing sold in 30 days")
        elif tier.sales_minor_max is None:
            told = _("%(tier)s: above %(below)s in 30 days")
        else:
            told = _("%(tier)s: up to %(most)s in 30 days")
        most = tier.sales_minor_max or 0
        amounts = {"below": money(below, "USD"), "most": money(most, "USD")}
        listed.append((tier.name, told % {"tier": tier.name, **amounts}))
        below = most or below
    return listed


@writers_only
@require_POST
def outreach(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    """Keep what Seller Center tells this shop."""
    shop = get_object_or_404(Shop, workspace=request.workspace, pk=shop_id)
    form = outreach_form(shop, rules_for(shop, now=now()), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        state_outreach(
            shop=shop,
            tier=given["tier"],
            weekly_limit=given["weekly_limit"],
            user=request.user,
            now=now(),
        )
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Write the number of creators as Seller Center shows it."))
    return redirect("sent_invitations")


@writers_only
@require_http_methods(["GET", "POST"])
def new_invitations(request: WorkspaceRequest) -> HttpResponse:
    """Write the terms and the text, see what would happen, then send."""
    shop = chosen_shop(request)
    creators = creators_of(request)
    template = (
        templates_of(request.workspace)
        .filter(pk=number_in(request.GET.get("template", "")))
        .first()
    )
    form = InviteForm(request.POST or None, shop=shop, initial=start_of(shop, request, template))
    run = None
    if request.method == "POST" and form.is_valid() and creators:
        batch = batch_of(form, shop)
        try:
            if "send" in request.POST:
                return sent_by(request, batch, creators)
            check_batch(batch, now=now())
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            run = dry_run(shop=shop, creators=creators, products=batch.products, now=now())
    by_id = {creator.pk: creator for creator in creators}
    context = {
        "form": form,
        "shop": shop,
        "creators": creators,
        "templates": templates_of(request.workspace),
        "template": template,
        "query": request.GET.getlist("creator"),
        "planned": [(by_id[one.creator], one) for one in run.plan] if run else None,
        "totals": totals(run.plan) if run else None,
        "budget": run.budget if run else budget_of(shop, now=now()),
    }
    return render(request, "web/recruiting/new_invitations.html", context)


def sent_by(request: WorkspaceRequest, batch: Batch, creators: list[Creator]) -> HttpResponse:
    """Send, and say how many left."""
    sent, held = send_invitations(batch=batch, creators=creators, user=request.user, now=now())
    mark_used(
        product_ids=[product.pk for product in batch.products],
        creators=[invitation.creator for invitation in sent],
        on=now().astimezone(ZoneInfo(batch.shop.zone)).date(),
        now=now(),
    )
    told = {"sent": len(sent), "held": len(held)}
    messages.success(request, _("%(sent)s sent, %(held)s held back.") % told)
    return redirect("sent_invitations")


def creators_of(request: WorkspaceRequest) -> list[Creator]:
    """Those chosen in the address, in its order, as far as the workspace knows them."""
    chosen = request.POST.getlist("creator") or request.GET.getlist("creator")
    chosen = list(dict.fromkeys(chosen))[:INVITED_AT_ONCE_MAX]
    by_id = {one.pk: one for one in known_creators(request.workspace).filter(pk__in=chosen)}
    return [by_id[pk] for pk in chosen if pk in by_id]


def start_of(
    shop: Shop, request: WorkspaceRequest, template: InvitationTemplate | None
) -> dict[str, Any]:
    least, _most = rate_bounds(shop, now=now())
    today = now().astimezone(ZoneInfo(shop.zone)).date()
    language = "zh" if request.user.language.startswith("zh") else "en"
    product = number_in(request.GET.get("product", ""))
    return {
        "rate": max(least, 1_500) / 100,
        "text": template.text if template else STARTERS[language],
        "starts_on": today,
        "last_on": today + timedelta(days=60),
        "products": [product] if product else [],
    }


def batch_of(form: InviteForm, shop: Shop) -> Batch:
    given = form.cleaned_data
    return Batch(
        shop=shop,
        products=list(given["products"]),
        terms=form.terms(),
        text=given["text"],
        days=given["days"],
    )


@writers_only
@require_POST
def withdraw(request: WorkspaceRequest, invited_id: str) -> HttpResponse:
    found = get_object_or_404(Invitation, shop__workspace=request.workspace, pk=invited_id)
    attempt(
        request,
        lambda: withdraw_invitation(invitation=found, user=request.user, now=now()),
        _("The invitation is taken back. What it spent this week stays spent."),
    )
    return redirect("sent_invitations")


@writers_only
@require_http_methods(["GET", "POST"])
def new_template(request: WorkspaceRequest) -> HttpResponse:
    return write_template(request, None)


@writers_only
@require_http_methods(["GET", "POST"])
def edit_template(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    return write_template(
        request,
        get_object_or_404(InvitationTemplate, workspace=request.workspace, pk=template_id),
    )


def write_template(request: WorkspaceRequest, found: InvitationTemplate | None) -> HttpResponse:
    language = "zh" if request.user.language.startswith("zh") else "en"
    start: dict[str, Any] = {"language": language, "text": STARTERS[language]}
    if found:
        start = {"name": found.name, "language": found.language, "text": found.text}
    form = TemplateForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            save_template(workspace=request.workspace, template=found, **form.cleaned_data)
        except REFUSED as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("sent_invitations")
    context = {
        "form": form,
        "title": _("Change the template") if found else _("New template"),
        "back": "/recruiting/invitations/",
        "back_name": _("Invitations"),
        "button": _("Save"),
    }
    return render(request, FORM, context)


@writers_only
@require_POST
def drop_template(request: WorkspaceRequest, template_id: int) -> HttpResponse:
    found = get_object_or_404(InvitationTemplate, workspace=request.workspace, pk=template_id)
    delete_template(template=found)
    messages.success(request, _("The template is deleted; what was sent keeps its text."))
    return redirect("sent_invitations")
