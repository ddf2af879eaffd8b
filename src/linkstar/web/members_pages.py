"""Who belongs to the company, in which role, and who was invited."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.accounts import inviting
from linkstar.accounts.models import Invitation, Membership, Role
from linkstar.web.access import owners_only
from linkstar.web.audit import log
from linkstar.web.forms import CalmForm
from linkstar.web.member_letters import LetterNotSent, invite_by_letter
from linkstar.web.middleware import now
from linkstar.web.people_words import ROLES, refusal_sentence
from linkstar.web.requests import WorkspaceRequest


class InvitationForm(CalmForm):
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=lambda: [(role.value, role_label(role)) for role in Role],
        initial=Role.VIEWER,
    )


def role_label(role: Role) -> str:
    return _("%(role)s: %(may)s") % {"role": role.label, "may": ROLES[role]}


@owners_only
@require_http_methods(["GET", "POST"])
def members(request: WorkspaceRequest) -> HttpResponse:
    """Members and open invitations; posting invites somebody."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invited = invite_by_letter(
                workspace=request.workspace,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                user=request.user,
                zone=request.zone,
                now=now(),
            )
        except (inviting.AlreadyMember, inviting.TooManyInvitations, LetterNotSent) as refused:
            form.add_error("email", refusal_sentence(refused))
        else:
            log(request, "member.invited", invited.email, role=invited.role)
            messages.success(
                request, _("Invited: %(email)s.") % {"email": form.cleaned_data["email"]}
            )
            return redirect("members")
    return _page(request, form)


@owners_only
@require_POST
def revoke(request: WorkspaceRequest, invitation_id: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation, workspace=request.workspace, id=invitation_id)
    try:
        inviting.revoke_invitation(invitation=invitation, now=now())
    except inviting.InvitationUsed as refused:
        messages.error(request, refusal_sentence(refused))
    else:
        log(request, "member.invitation_revoked", invitation.email)
        messages.success(request, _("The invitation leads nowhere any more."))
    return redirect("members")


@owners_only
@require_POST
def change_role(request: WorkspaceRequest, member_id: int) -> HttpResponse:
    member = _member(request, member_id)
    wanted = request.POST.get("role", "")
    if wanted not in Role.values:
        messages.error(request, _("Choose a role."))
        return redirect("members")
    try:
        inviting.change_role(member=member, role=Role(wanted))
    except inviting.LastOwner as refused:
        messages.error(request, refusal_sentence(refused))
    else:
        log(request, "member.role_changed", member.user.email, role=wanted)
        messages.success(request, _("Saved."))
    return redirect("members" if member.user != request.user else "settings")


@owners_only
@require_POST
def remove(request: WorkspaceRequest, member_id: int) -> HttpResponse:
    member = _member(request, member_id)
    try:
        inviting.remove_member(member=member)
    except inviting.LastOwner as refused:
        messages.error(request, refusal_sentence(refused))
        return redirect("members")
    log(request, "member.left", member.user.email)
    messages.success(request, _("Removed: %(name)s.") % {"name": member.user.email})
    return redirect("members" if member.user != request.user else "overview")


def _member(request: WorkspaceRequest, member_id: int) -> Membership:
    found = Membership.objects.select_related("user", "workspace")
    return get_object_or_404(found, workspace=request.workspace, pk=member_id)


def _page(request: WorkspaceRequest, form: InvitationForm) -> HttpResponse:
    people = Membership.objects.filter(workspace=request.workspace).select_related("user")
    waiting = Invitation.objects.filter(
        workspace=request.workspace, accepted_at=None, revoked_at=None
    )
    shown = {
        "form": form,
        "members": people.order_by("role", "user__email"),
        "invitations": waiting.order_by("-created_at"),
        "roles": [(role.value, role.label) for role in Role],
        "now": now(),
        "mail_goes": mail_goes(),
    }
    return render(request, "web/people/members.html", shown)


def mail_goes() -> bool:
    """Whether letters leave this machine; without a mail server they are only written down."""
    return settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend", "locmem.EmailBackend"))
