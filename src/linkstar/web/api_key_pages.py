"""Keys by which a person's programs act: made, shown once, looked over and revoked."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linkstar.accounts import api_keys as verbs
from linkstar.accounts.models import ApiKey, Reach, User, Workspace
from linkstar.accounts.queries import workspaces_of
from linkstar.web.access import after_signing_in_again
from linkstar.web.audit import log
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.people_words import refusal_sentence
from linkstar.web.requests import WorkspaceRequest, zone_of

AS_CREATOR, AS_STAFF = "creator", "installation"
DAYS = (30, 90, 365)


class ApiKeyForm(CalmForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Where the key will be used."),
    )
    acts_for = forms.ChoiceField(label=gettext_lazy("Acts for"))
    reach = forms.ChoiceField(
        label=gettext_lazy("May do"), choices=Reach.choices, initial=Reach.READ.value
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=lambda: [
            *((days, _("%(days)s days") % {"days": days}) for days in DAYS),
            ("", _("until it is revoked")),
        ],
    )


@require_GET
def api_keys(request: WorkspaceRequest) -> HttpResponse:
    """The person's keys; an owner sees those of everybody in the company."""
    shown = {
        "keys": [(key, is_working(key)) for key in seen_by(request)],
        "may_make": bool(sides_of(request.user)),
        "zone": zone_of(request),
    }
    return render(request, "web/api_keys/list.html", shown)


@after_signing_in_again
@require_http_methods(["GET", "POST"])
def new_api_key(request: WorkspaceRequest) -> HttpResponse:
    """Make a key; this answer is the only place that ever shows it."""
    offered = {"acts_for": sides_of(request.user)}
    form = ApiKeyForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        try:
            made, key = _made(request.user, form)
        except (verbs.ReachTooWide, verbs.TooManyApiKeys) as refused:
            form.add_error("reach", refusal_sentence(refused))
        else:
            log(
                request, "api_key.made", made.id, workspace=made.workspace,
                name=made.name, reach=made.reach,
            )  # fmt: skip
            shown = {"made": made, "key": key, "address": f"{settings.BASE_URL}/api/v1/"}
            return render(request, "web/api_keys/made.html", shown)
    return render(request, "web/api_keys/new.html", {"form": form})


@require_POST
def revoke(request: WorkspaceRequest, api_key_id: str) -> HttpResponse:
    """One's own key; an owner revokes any key of the company."""
    key = get_object_or_404(seen_by(request), id=api_key_id)
    verbs.revoke_api_key(key=key, now=now())
    log(request, "api_key.revoked", key.id, workspace=key.workspace, name=key.name)
    messages.success(request, _("The key no longer works."))
    return redirect("api_keys")


def seen_by(request: WorkspaceRequest) -> QuerySet[ApiKey]:
    """The keys the person may look over; people without a workspace see their own."""
    workspace, role = getattr(request, "workspace", None), getattr(request, "role", None)
    return verbs.keys_seen_by(request.user, workspace, role)


def sides_of(user: User) -> list[tuple[str, object]]:
    """For whom a key may act: one's companies, oneself as a creator, this installation."""
    sides: list[tuple[str, object]] = [(one.id, one.name) for one in workspaces_of(user)]
    if user.is_creator:
        sides.append((AS_CREATOR, _("yourself as a creator")))
    if user.is_operator or user.is_reviewer:
        sides.append((AS_STAFF, _("this installation, as one of those who run it")))
    return sides


def is_working(key: ApiKey) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now())


def _made(user: User, form: ApiKeyForm) -> tuple[ApiKey, str]:
    """The key that was asked for.

    Raises:
        ReachTooWide, TooManyApiKeys: see there.
    """
    side, days = form.cleaned_data["acts_for"], form.cleaned_data["days"]
    workspace: Workspace | None = workspaces_of(user).filter(id=side).first()
    at = now()
    return verbs.make_api_key(
        user=user,
        workspace=workspace,
        name=form.cleaned_data["name"],
        reach=Reach(form.cleaned_data["reach"]),
        now=at,
        expires_at=at + timedelta(days=days) if days else None,
        for_installation=side == AS_STAFF,
    )
