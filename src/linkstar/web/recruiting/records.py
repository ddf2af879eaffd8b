"""One creator's record with notes and lists; lists themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linkstar.creators.actions import (
    add_to_list,
    delete_list,
    make_list,
    remove_from_list,
    write_note,
)
from linkstar.creators.models import Creator, CreatorList, CreatorNote
from linkstar.creators.queries import lists_of
from linkstar.recommendations.search import facts_of
from linkstar.recruiting.queries import (
    invitations_of,
    known_creators,
    negotiations_of,
    public_creator,
)
from linkstar.web.access import writers_only
from linkstar.web.middleware import now
from linkstar.web.recruiting.finding import facts, lines_of, question_for
from linkstar.web.recruiting.words import attempt
from linkstar.web.requests import WorkspaceRequest


def creator_of(request: WorkspaceRequest, creator_id: str) -> Creator:
    """The creator, when this workspace may open their page.

    Raises:
        Http404: it may not.
    """
    found = known_creators(request.workspace).select_related("workspace")
    return get_object_or_404(found, pk=creator_id)


@require_GET
def record(request: WorkspaceRequest, creator_id: str) -> HttpResponse:
    creator = creator_of(request, creator_id)
    rows = facts_of([creator.pk], facts(question_for(request)))
    [line], axis = lines_of(request, [creator], rows, with_audience=True)
    notes = CreatorNote.objects.filter(
        workspace=request.workspace, creator__handle=creator.handle
    ).select_related("user")
    who = {"creator__handle": creator.handle}
    context = {
        "line": line,
        "creator": creator,
        "axis": axis,
        "channels": creator.channels.all(),
        "rate_card": creator.rate_card.order_by("-valid_from_on", "kind", "videos"),
        "notes": notes.order_by("-at"),
        "lists": lists_of(request.workspace),
        "on_lists": lists_of(request.workspace).filter(creators=creator),
        "invitations": invitations_of(request.workspace).filter(**who)[:20],
        "negotiations": negotiations_of(request.workspace).filter(**who)[:20],
        "has_account": public_creator(creator) is not None,
        "shows_dates": True,
    }
    return render(request, "web/recruiting/record.html", context)


@writers_only
@require_POST
def note(request: WorkspaceRequest, creator_id: str) -> HttpResponse:
    creator = creator_of(request, creator_id)
    if text := request.POST.get("text", "").strip()[:4_000]:
        write_note(
            workspace=request.workspace, creator=creator, user=request.user, text=text, now=now()
        )
    else:
        messages.error(request, _("Write something first."))
    return redirect("creator_record", creator_id=creator.pk)


@require_GET
def lists(request: WorkspaceRequest) -> HttpResponse:
    context = {"lists": lists_of(request.workspace).prefetch_related("creators")}
    return render(request, "web/recruiting/lists.html", context)


@writers_only
@require_POST
def new_list(request: WorkspaceRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:120]
    if not name:
        messages.error(request, _("Give the list a name."))
    else:
        attempt(
            request,
            lambda: make_list(workspace=request.workspace, name=name, now=now()),
            _("The list is there. Add creators from the search."),
        )
    return redirect("creator_lists")


@writers_only
@require_POST
def add(request: WorkspaceRequest) -> HttpResponse:
    """Put the chosen creators on one of the lists."""
    if not request.POST.get("list"):
        messages.error(request, _("Choose a list."))
        return redirect("find_creators")
    kept = get_object_or_404(
        CreatorList, workspace=request.workspace, pk=number_in(request.POST["list"])
    )
    chosen = known_creators(request.workspace).filter(pk__in=request.POST.getlist("creator"))
    added = add_to_list(kept=kept, creators=chosen)
    told = {"n": added, "list": kept.name}
    messages.success(request, _("%(n)s creators were added to “%(list)s”.") % told)
    return redirect(f"/recruiting/?list={kept.pk}")


@writers_only
@require_POST
def remove(request: WorkspaceRequest, list_id: int) -> HttpResponse:
    kept = get_object_or_404(CreatorList, workspace=request.workspace, pk=list_id)
    chosen = kept.creators.filter(pk__in=request.POST.getlist("creator"))
    remove_from_list(kept=kept, creators=list(chosen))
    return redirect(f"/recruiting/?list={kept.pk}")


@writers_only
@require_POST
def drop_list(request: WorkspaceRequest, list_id: int) -> HttpResponse:
    kept = get_object_or_404(CreatorList, workspace=request.workspace, pk=list_id)
    delete_list(kept=kept)
    messages.success(request, _("The list is deleted; its creators stay."))
    return redirect("creator_lists")


def number_in(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 12 else 0
