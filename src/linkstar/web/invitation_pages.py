"""Where the link of an invitation leads: for people who are here already, and for new ones."""

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.accounts import inviting
from linkstar.accounts.actions import add_user, record
from linkstar.accounts.models import Invitation, User
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.people_words import ROLES, refusal_sentence

REFUSED = (
    inviting.InvitationNotFound,
    inviting.InvitationUsed,
    inviting.InvitationExpired,
    inviting.NotTheirInvitation,
    inviting.AlreadyMember,
)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class PasswordForm(CalmForm):
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 8 characters."),
        validators=[validate_password],
    )


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Says who invites to what; posting accepts. A link that leads nowhere says why."""
    try:
        offered = inviting.invitation_for(token, now=now())
    except REFUSED as refused:
        return _closed(request, refused)
    form = PasswordForm(request.POST or None)
    if request.method == "POST":
        return _answer(request, offered, token, form)
    return _page(request, offered, form)


def _answer(
    request: HttpRequest, offered: Invitation, token: str, form: PasswordForm
) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    if user is None and _is_known(offered):
        return _page(request, offered, form)
    if user is None and not form.is_valid():
        return _page(request, offered, form)
    try:
        joined = _accepted(user, offered, token, form)
    except REFUSED as refused:
        return _closed(request, refused)
    if user is None:
        login(request, joined, backend=BACKEND)
    request.session["workspace"] = offered.workspace.id
    messages.success(
        request, _("Welcome to %(workspace)s.") % {"workspace": offered.workspace.name}
    )
    return redirect("overview")


@transaction.atomic
def _accepted(user: User | None, offered: Invitation, token: str, form: PasswordForm) -> User:
    """The person who joined, made first if they are new: the link proves the address."""
    person = user or add_user(
        email=offered.email,
        password=form.cleaned_data["password"],
        language=translation.get_language() or "zh-hans",
    )
    inviting.accept(token=token, user=person, now=now())
    record(
        workspace=offered.workspace, user=person, verb="member.joined", target=person.email,
        now=now(), role=offered.role,
    )  # fmt: skip
    return person


def _is_known(offered: Invitation) -> bool:
    return User.objects.filter(email__iexact=offered.email).exists()


def _page(request: HttpRequest, offered: Invitation, form: PasswordForm) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    shown = {
        "offered": offered,
        "role": offered.get_role_display(),
        "may": ROLES[offered.role],
        "form": form,
        "is_theirs": user is not None and user.email.lower() == offered.email,
        "is_known": _is_known(offered),
    }
    return render(request, "web/people/invitation.html", shown)


def _closed(request: HttpRequest, refused: Exception) -> HttpResponse:
    shown = {"why": refusal_sentence(refused)}
    return render(request, "web/people/invitation_closed.html", shown, status=410)
