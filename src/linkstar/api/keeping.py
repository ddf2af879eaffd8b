"""What a company keeps for recruiting: templates of invitations, and searches for creators."""

from datetime import datetime
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from linkstar.accounts.models import SavedView
from linkstar.accounts.saved_views import forget_view, save_view, views_of
from linkstar.api.calling import READS, WRITES, log, now, seller_of
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Code, Forgotten, Name, Number, Page, Written
from linkstar.recruiting import actions
from linkstar.recruiting.models import InvitationTemplate
from linkstar.recruiting.queries import templates_of
from linkstar.web.recruiting.finding import SEARCH_PARTS

router = Router()
Filter = Annotated[str, Field(pattern="^(" + "|".join(SEARCH_PARTS) + ")$")]


class TemplateTold(Schema):
    """A text for invitations, in one language."""

    id: int
    name: str
    language: str
    text: str


class TemplateAsked(Asked):
    """A text, with placeholders such as {creator} to fill in."""

    name: Name
    language: Literal["en", "zh"]
    text: Annotated[Written, Field(min_length=1, max_length=2_000)]


class SearchTold(Schema):
    """Filters kept under a name, as the address of the page has them."""

    id: int
    name: str
    filters: dict[str, str]
    created_at: datetime


class SearchAsked(Asked):
    """Filters to keep under a name; the same name again replaces them."""

    name: Name
    filters: dict[Filter, Annotated[Code, Field(min_length=1)]]


def _template_told(one: InvitationTemplate) -> TemplateTold:
    return TemplateTold(id=one.pk, name=one.name, language=one.language, text=one.text)


def _search_told(one: SavedView) -> SearchTold:
    filters = {part: values[0] for part, values in one.parts.items() if values}
    return SearchTold(id=one.pk, name=one.name, filters=filters, created_at=one.created_at)


def own_searches(request: HttpRequest) -> QuerySet[SavedView]:
    """Searches for creators that the sender keeps, and those shared with everybody."""
    seller = seller_of(request)
    return views_of(seller.workspace, seller.user, SavedView.Page.CREATORS)


def own_template(request: HttpRequest, template_id: int) -> InvitationTemplate:
    """A template of the company.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(templates_of(seller_of(request).workspace), pk=template_id)


@router.get("invitation-templates", response=Page[TemplateTold], auth=READS)
def invitation_templates(request: HttpRequest, piece: AskedPiece) -> Page[TemplateTold]:
    """Texts for invitations."""
    return page_of(templates_of(seller_of(request).workspace), piece, _template_told, by=("pk",))


@router.post("invitation-templates", response={201: TemplateTold}, auth=WRITES)
@once
def make_template(request: HttpRequest, asked: TemplateAsked) -> TemplateTold:
    """Keep a text under a name."""
    made = actions.save_template(workspace=seller_of(request).workspace, **asked.facts())
    log(request, "template.made", str(made.pk))
    return _template_told(made)


@router.post("invitation-templates/{template_id}/change", response=TemplateTold, auth=WRITES)
@once
def change_template(
    request: HttpRequest, template_id: Number, asked: TemplateAsked
) -> TemplateTold:
    """Change it; invitations already sent keep their text."""
    own = own_template(request, template_id)
    workspace = seller_of(request).workspace
    kept = actions.save_template(workspace=workspace, template=own, **asked.facts())
    log(request, "template.changed", str(kept.pk))
    return _template_told(kept)


@router.post("invitation-templates/{template_id}/delete", response=Forgotten, auth=WRITES)
@once
def delete_template(request: HttpRequest, template_id: Number) -> Forgotten:
    """Keep it no more."""
    actions.delete_template(template=own_template(request, template_id))
    log(request, "template.deleted", str(template_id))
    return Forgotten(id=template_id)


@router.get("saved-searches", response=Page[SearchTold], auth=READS)
def saved_searches(request: HttpRequest, piece: AskedPiece) -> Page[SearchTold]:
    """Searches for creators that were kept."""
    return page_of(own_searches(request), piece, _search_told, by=("pk",))


@router.post("saved-searches", response={201: SearchTold}, auth=WRITES)
@once
def save_search(request: HttpRequest, asked: SearchAsked) -> SearchTold:
    """Keep filters under a name, for everybody; the same name again replaces them."""
    seller = seller_of(request)
    kept = save_view(
        workspace=seller.workspace,
        user=seller.user,
        page=SavedView.Page.CREATORS,
        name=asked.name,
        parts={part: [value] for part, value in asked.filters.items()},
        is_shared=True,
        now=now(),
    )
    log(request, "search.kept", str(kept.pk))
    return _search_told(kept)


@router.post("saved-searches/{search_id}/delete", response=Forgotten, auth=WRITES)
@once
def delete_search(request: HttpRequest, search_id: Number) -> Forgotten:
    """Keep it no more."""
    forget_view(view=get_object_or_404(own_searches(request), pk=search_id))
    log(request, "search.deleted", str(search_id))
    return Forgotten(id=search_id)
