"""Signing up, where the installation is open to strangers: a seller's company or a creator."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.actions import begin_as_creator, join_workspace, open_workspace, set_language
from linkstar.accounts.models import Role, User
from linkstar.web.middleware import now

SELLER, CREATOR = "seller", "creator"


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth is untyped
    """E-mail and password are allauth's; who signs up and for which company is ours."""

    field_order = ("kind", "company", "email", "password1", "password2")
    kind = forms.ChoiceField(
        label=_("You are"),
        choices=[(SELLER, _("a seller: my company has a shop")), (CREATOR, _("a creator"))],
    )
    company = forms.CharField(
        label=_("Company or team"),
        max_length=120,
        required=False,
        help_text=_("For sellers. Everything you import belongs to it and nobody else sees it."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()
        if given.get("kind") == SELLER and not (given.get("company") or "").strip():
            self.add_error("company", _("A seller signs up for a company: what is it called?"))
        return given

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """The person and what belongs to them, or nothing."""
        user: User = super().save(request)
        return user

    def custom_signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002  # allauth's
        set_language(user=user, language=translation.get_language() or settings.LANGUAGE_CODE)
        if self.cleaned_data["kind"] == CREATOR:
            begin_as_creator(user=user)
            return
        workspace = open_workspace(name=self.cleaned_data["company"].strip(), now=now())
        join_workspace(user=user, workspace=workspace, role=Role.OWNER)
