"""A company shows who it is: its answers, its papers, and how far their review has come."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.accounts.models import Role
from linkstar.accounts.queries import confirmed_addresses
from linkstar.catalog import qualifying
from linkstar.catalog.documents import DocumentRefused
from linkstar.catalog.market_rules import rules_on
from linkstar.catalog.models import (
    Qualification,
    QualificationDocument,
    QualificationStep,
    Shop,
)
from linkstar.catalog.qualification import EDITABLE, State, StepRefused, Verb, lacks
from linkstar.catalog.queries import FIGURES, application_of, day_of, qualification_of
from linkstar.web.access import owners_only, writers_only
from linkstar.web.audit import log
from linkstar.web.downloads import attached
from linkstar.web.middleware import now
from linkstar.web.qualification_forms import CompanyForm, DocumentForm, company_initial
from linkstar.web.qualification_words import (
    STEPS,
    WHAT_NOW,
    document_reasons,
    lack_sentence,
    meanwhile_sentence,
    refusal_sentence,
)
from linkstar.web.requests import WorkspaceRequest

REFUSED = (
    DocumentRefused,
    qualifying.NotEditable,
    qualifying.TooManyDocuments,
    qualifying.Incomplete,
    StepRefused,
)


@writers_only
@require_http_methods(["GET", "POST"])
def qualification(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    """Everything about one shop's qualification; posting keeps the company's answers."""
    shop = own_shop(request, shop_id)
    form = company_form(request, shop, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = qualifying.state_company(shop=shop, facts=form.facts(), now=now())
        except qualifying.NotEditable as refused:
            messages.error(request, refusal_sentence(refused))
        else:
            log(request, "qualification.stated", kept.id)
            messages.success(request, _("Saved."))
        return back_to(shop)
    return page(request, shop, form, DocumentForm())


@writers_only
@require_http_methods(["GET", "POST"])
def add(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    """Take in one paper. Somebody who comes back to the address gets the whole page."""
    shop = own_shop(request, shop_id)
    if request.method == "GET":
        return back_to(shop)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid() and (paper := _taken_in(request, shop, form)):
        log(request, "qualification.document_added", paper.id, kind=paper.kind)
        messages.success(request, _("Uploaded: %(name)s.") % {"name": paper.name})
        return back_to(shop)
    return page(request, shop, company_form(request, shop, None), form)


def _taken_in(
    request: WorkspaceRequest, shop: Shop, form: DocumentForm
) -> QualificationDocument | None:
    file = form.cleaned_data["file"]
    try:
        return qualifying.add_document(
            shop=shop,
            kind=QualificationDocument.Kind(form.cleaned_data["kind"]),
            name=file.name,
            blocks=file.chunks(),
            user=request.user,
            folder=settings.PLACES.documents,
            now=now(),
        )
    except REFUSED as refused:
        form.add_error("file", refusal_sentence(refused))
        return None


@writers_only
@require_POST
def remove(request: WorkspaceRequest, document_id: str) -> HttpResponse:
    paper = own_paper(request, document_id)
    shop = paper.qualification.shop
    try:
        qualifying.remove_document(document=paper, folder=settings.PLACES.documents, now=now())
    except REFUSED as refused:
        messages.error(request, refusal_sentence(refused))
    else:
        log(request, "qualification.document_removed", document_id, kind=paper.kind)
        messages.success(request, _("Removed: %(name)s.") % {"name": paper.name})
    return back_to(shop)


@owners_only
@require_GET
def document(request: WorkspaceRequest, document_id: str) -> HttpResponse:
    """The file itself, for an owner of the company."""
    return sent(request, own_paper(request, document_id))


@owners_only
@require_POST
def hand_in(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    return _move(request, own_shop(request, shop_id), Verb.SUBMIT, qualifying.hand_in)


@owners_only
@require_POST
def take_back(request: WorkspaceRequest, shop_id: str) -> HttpResponse:
    return _move(request, own_shop(request, shop_id), Verb.WITHDRAW, qualifying.take_back)


def _move(
    request: WorkspaceRequest, shop: Shop, verb: Verb, act: Callable[..., QualificationStep]
) -> HttpResponse:
    try:
        step = act(shop=shop, user=request.user, seen=seen_steps(request), now=now())
    except qualifying.ActedMeanwhile as late:
        messages.error(request, meanwhile_sentence(late.step))
    except REFUSED as refused:
        messages.error(request, refusal_sentence(refused))
    else:
        log(request, f"qualification.{verb}", step.qualification_id)
        messages.success(request, _("%(what)s.") % {"what": STEPS[verb]})
    return back_to(shop)


def page(
    request: WorkspaceRequest, shop: Shop, company: CompanyForm, upload: DocumentForm
) -> HttpResponse:
    found = qualification_of(shop)
    is_new = not Qualification.objects.filter(shop=shop).exists()
    state = State(found.state)
    rules = rules_on(shop.market, day_of(shop, now()))
    missing = lacks(application_of(found), rules, on=day_of(shop, now()))
    shown = {
        "shop": shop,
        "qualification": found,
        "what_now": WHAT_NOW[state],
        "editable": state in EDITABLE,
        "company": company,
        "is_carried_over": is_new and bool(company.initial["company_name"]),
        "upload": upload,
        "lacking": [lack_sentence(lack) for lack in missing],
        "papers": found.documents.filter(removed_at=None).order_by("kind", "uploaded_at"),
        "steps": told_steps(found),
        "is_owner": request.role is Role.OWNER,
    }
    return render(request, "web/qualification/company.html", shown)


def told_steps(found: Qualification) -> list[dict[str, Any]]:
    """The history, the newest step first, in words."""
    steps = found.steps.select_related("user").order_by("-number")
    return [
        {"step": step, "what": STEPS[step.verb], "papers": document_reasons(step)} for step in steps
    ]


def company_form(request: WorkspaceRequest, shop: Shop, given: QueryDict | None) -> CompanyForm:
    told = Qualification.objects.filter(shop=shop).first() or sibling_of(shop)
    initial = company_initial(told)
    return CompanyForm(given, initial=initial, addresses=confirmed_addresses(request.workspace))


def sibling_of(shop: Shop) -> Qualification:
    """What the company said last for another of its shops; blank figures, which differ by shop."""
    others = Qualification.objects.filter(shop__workspace=shop.workspace).exclude(shop=shop)
    told = others.order_by("-created_at").first() or Qualification(shop=shop)
    for figure in FIGURES:
        setattr(told, figure, None)
    return told


def own_shop(request: WorkspaceRequest, shop_id: str) -> Shop:
    return get_object_or_404(Shop, workspace=request.workspace, id=shop_id)


def own_paper(request: WorkspaceRequest, document_id: str) -> QualificationDocument:
    papers = QualificationDocument.objects.filter(
        qualification__shop__workspace=request.workspace, removed_at=None
    )
    return get_object_or_404(papers.select_related("qualification__shop"), id=document_id)


def sent(request: HttpRequest, paper: QualificationDocument) -> HttpResponse:
    """The file as a download that no browser runs; who took it is written down."""
    shop = paper.qualification.shop
    log(request, "qualification.document_read", paper.id, workspace=shop.workspace, kind=paper.kind)
    path = Path(settings.PLACES.documents) / paper.stored_as
    return attached(path, paper.name)


def seen_steps(request: HttpRequest) -> int:
    """How many steps the page had shown; one that says nothing has seen none."""
    given = request.POST.get("seen", "")
    return int(given) if given.isdecimal() and len(given) < 7 else -1


def back_to(shop: Shop) -> HttpResponse:
    return redirect("qualification", shop_id=shop.id)
