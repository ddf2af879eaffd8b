"""Three ways to a new edition: from the pool, from published figures, from own history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.benchmarks.rules import check_window, newest_whole_weeks
from linkstar.jobs.benchmarks import Build, BuildUnderWay, ask_for
from linkstar.web.access import operators_only, writers_only
from linkstar.web.benchmarks import market_of, markets_of, pool_of
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.problems import sentence_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from linkstar.web.requests import WorkspaceRequest

WEEKS_USUAL = 4


class PeriodForm(CalmForm):
    """The market and the days an edition covers; the last day is included, as people say it."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, request: WorkspaceRequest, **kwargs: Any) -> None:
        markets = [(one, one) for one in markets_of(request)]
        market = forms.ChoiceField(label=_("Market"), choices=markets, initial=market_of(request))
        self.base_fields = {"market": market, **self.declared_fields}  # type: ignore[misc]  # markets differ by workspace
        super().__init__(request.POST if request.method == "POST" else None, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day is before the first."))
        return cleaned

    @property
    def ends_before(self) -> date:
        last: date = self.cleaned_data["last_on"]
        return last + timedelta(days=1)


class PoolForm(PeriodForm):
    """Whole ISO weeks only: fixed windows cannot be shifted to single a shop out."""

    def __init__(self, request: WorkspaceRequest) -> None:
        self.today = now().date()
        starts_on, ends_before = newest_whole_weeks(self.today, count=WEEKS_USUAL)
        last_on = ends_before - timedelta(days=1)
        super().__init__(request, initial={"starts_on": starts_on, "last_on": last_on})
        self.fields["starts_on"].help_text = _("A Monday.")
        self.fields["last_on"].help_text = _("A Sunday that is at least two days past.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                check_window(cleaned["starts_on"], self.ends_before, today=self.today)
            except ValueError as refused:
                raise forms.ValidationError(sentence_of(refused)) from refused
        return cleaned


@operators_only
@require_http_methods(["GET", "POST"])
def build_pool(request: WorkspaceRequest) -> HttpResponse:
    """Build the market's own edition from the shops that take part."""
    form = PoolForm(request)
    if form.is_valid():
        return start(request, form, workspace="")
    pool = pool_of(request, market_of(request))
    return render(request, "web/benchmarks/build.html", {"form": form, "pool": pool})


@writers_only
@require_http_methods(["GET", "POST"])
def build_own_history(request: WorkspaceRequest) -> HttpResponse:
    """Build an edition from the workspace's own facts."""
    period = request.period
    days = {"starts_on": period.starts_on, "last_on": period.last_day}
    form = PeriodForm(request, initial=days)
    if form.is_valid():
        return start(request, form, workspace=request.workspace.pk)
    return render(request, "web/benchmarks/own_history.html", {"form": form})


def start(request: WorkspaceRequest, form: PeriodForm, *, workspace: str) -> HttpResponse:
    market = form.cleaned_data["market"]
    build = Build(
        market=market,
        workspace=workspace,
        starts_on=form.cleaned_data["starts_on"],
        ends_before=form.ends_before,
        user=request.user.pk,
        asked_at=now(),
    )
    try:
        ask_for(build)
    except BuildUnderWay as refused:
        messages.warning(request, sentence_of(refused))
    return redirect(f"{reverse('benchmarks')}?market={market}")
