"""The first page of a fresh installation: the first person, workspace and shop."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linkstar.accounts.actions import add_user, join_workspace, open_workspace
from linkstar.accounts.models import Role, User
from linkstar.accounts.queries import is_fresh_installation
from linkstar.catalog.actions import open_shop
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.zones import zone_choices


class SetupForm(CalmForm):
    """What must be known before the first file can be read."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 8 characters."),
        validators=[validate_password],
    )
    workspace = forms.CharField(
        label=_("Company or team"),
        max_length=120,
        help_text=_("Everything you import belongs to it and nobody else sees it."),
    )
    shop = forms.CharField(
        label=_("Shop name"), max_length=120, help_text=_("The first one; more can follow.")
    )
    zone = forms.ChoiceField(
        label=_("Time zone of the shop"),
        choices=zone_choices,
        help_text=_("Days are counted in this zone. The platform shows US shops Pacific time."),
    )


@login_not_required
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Open only until the first person exists; afterwards there is no such page."""
    if not is_fresh_installation():
        raise Http404
    spoken = translation.get_language() or settings.LANGUAGE_CODE
    form = SetupForm(request.POST or None, initial={"language": spoken})
    if request.method == "POST" and form.is_valid():
        user = set_up(form.cleaned_data)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("overview")
    return render(request, "web/setup.html", {"form": form})


@transaction.atomic
def set_up(answers: dict[str, Any]) -> User:
    """The first person runs the installation, reviews shops, and owns the first workspace."""
    user = add_user(
        email=answers["email"],
        password=answers["password"],
        language=answers["language"],
        is_operator=True,
        is_reviewer=True,
    )
    workspace = open_workspace(name=answers["workspace"], now=now())
    join_workspace(user=user, workspace=workspace, role=Role.OWNER)
    open_shop(workspace=workspace, name=answers["shop"], now=now(), zone=answers["zone"])
    return user
