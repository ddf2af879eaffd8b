"""Who helps to run the installation: an operator appoints reviewers and other operators."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.accounts import staffing
from linkstar.accounts.models import User
from linkstar.web.access import operators_only
from linkstar.web.audit import log
from linkstar.web.forms import CalmForm
from linkstar.web.people_words import refusal_sentence
from linkstar.web.requests import WorkspaceRequest

MARKS = {
    staffing.Mark.REVIEWER: gettext_lazy("reviews shops and creators"),
    staffing.Mark.OPERATOR: gettext_lazy("runs the installation"),
}
VERBS: dict[str, Callable[..., User]] = {"grant": staffing.grant, "withdraw": staffing.withdraw}


class StaffForm(CalmForm):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("Of somebody who has an account here."),
    )
    mark = forms.ChoiceField(
        label=gettext_lazy("What the person may do"),
        choices=lambda: [(mark.value, words) for mark, words in MARKS.items()],
    )
    verb = forms.ChoiceField(
        choices=[(verb, verb) for verb in VERBS], widget=forms.HiddenInput, initial="grant"
    )


@operators_only
@require_http_methods(["GET", "POST"])
def staff(request: WorkspaceRequest) -> HttpResponse:
    """Reviewers and operators; posting grants or withdraws."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        return redirect("staff" if request.user.is_operator else "profile")
    people = User.objects.filter(is_reviewer=True) | User.objects.filter(is_operator=True)
    shown = {"form": form, "people": [(one, _marks(one)) for one in people.order_by("email")]}
    return render(request, "web/people/staff.html", shown)


def _changed(request: WorkspaceRequest, form: StaffForm) -> bool:
    given = form.cleaned_data
    mark = staffing.Mark(given["mark"])
    try:
        person = VERBS[given["verb"]](email=given["email"], mark=mark)
    except (staffing.PersonUnknown, staffing.LastOperator) as refused:
        form.add_error("email", refusal_sentence(refused))
        return False
    log(request, f"staff.{given['verb']}", person.email, mark=mark.value)
    if person == request.user:
        request.user = person
    messages.success(request, _("Saved."))
    return True


def _marks(person: User) -> list[tuple[str, object]]:
    return [(mark.value, MARKS[mark]) for mark in staffing.marks_of(person)]
