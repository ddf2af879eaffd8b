"""Rates of exchange, for whoever runs the installation: those in force, the bank's, their own."""

from datetime import UTC
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.exchange.actions import RateStated, RateUnlikely, import_ecb_rates, state_rate
from linkstar.exchange.ecb_files import BYTES_MAX, RatesUnreadable
from linkstar.exchange.fetching import OFF, last_fetch
from linkstar.exchange.queries import newest_day, rates_in_force
from linkstar.exchange.rules import DAYS_OLD_MAX, ECB, RateRefused
from linkstar.jobs.rates import fetch_rates_now
from linkstar.money.currencies import CURRENCIES
from linkstar.web.access import operators_only
from linkstar.web.audit import log
from linkstar.web.exchange_words import SOURCES, outcome, refusal, unreadable
from linkstar.web.forms import CalmForm
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest

_CODES = [(code, code) for code in CURRENCIES]


class RateForm(CalmForm):
    """One unit of a currency in another one, on a day."""

    base = forms.ChoiceField(label=_("One unit of"), choices=_CODES, initial="USD")
    rate = forms.DecimalField(label=_("is worth"), help_text=_("At most 8 decimals."))
    quote = forms.ChoiceField(label=_("units of"), choices=_CODES, initial="CNY")
    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput({"type": "date"}),
        help_text=_("It holds from this day on, for a week at most, or until another is stated."),
    )
    is_sure = forms.BooleanField(
        label=_("The rate is meant so"), required=False, widget=forms.HiddenInput
    )

    def ask_whether_sure(self) -> None:
        """Offer the box that says that an unlikely rate is meant."""
        self.fields["is_sure"].widget = forms.CheckboxInput({"class": "form-check-input"})


class RateFileForm(CalmForm):
    """A file of the European Central Bank."""

    file = forms.FileField(
        label=_("File of rates"),
        help_text=_("eurofxref-hist-90d.xml, eurofxref-daily.xml, or the CSV of the archive."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.csv"}),
    )


@operators_only
@require_http_methods(["GET", "POST"])
def operator_rates(request: WorkspaceRequest) -> HttpResponse:
    """Rates in force with day and source; posting states one of one's own."""
    today = now().astimezone(UTC).date()
    form = RateForm(request.POST if request.method == "POST" else None, initial={"on": today})
    if request.method == "POST" and form.is_valid() and _is_stated(request, form):
        messages.success(request, translated("Stated. It holds before the central bank's."))
        return redirect("operator_rates")
    return _page(request, form=form)


@operators_only
@require_POST
def upload_operator_rates(request: WorkspaceRequest) -> HttpResponse:
    """Take in a file of the bank's, where nothing can be fetched."""
    form = RateFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            new = import_ecb_rates(content=form.cleaned_data["file"].read(BYTES_MAX + 1), now=now())
        except RatesUnreadable as refused:
            form.add_error("file", unreadable(refused))
        else:
            log(request, "rates.taken_in", form.cleaned_data["file"].name, new=new)
            told = ngettext("%(count)d new rate.", "%(count)d new rates.", new)
            messages.success(request, told % {"count": new})
            return redirect("operator_rates")
    return _page(request, file_form=form)


@operators_only
@require_POST
def fetch_operator_rates(request: WorkspaceRequest) -> HttpResponse:
    """Ask the bank now, in the background."""
    fetch_rates_now(request.user.pk)
    messages.success(request, translated("The bank is being asked; the result appears here."))
    return redirect("operator_rates")


def fetching() -> dict[str, Any]:
    """How fetching goes, for this page and the page of health."""
    last, good = last_fetch(), last_fetch(only_taken_in=True)
    return {
        "is_off": settings.ECB_RATES == OFF,
        "source": settings.ECB_RATES,
        "last": last,
        "outcome": outcome(last) if last else "",
        "is_failing": last is not None and last != good,
        "good": good,
        "newest_day": newest_day(ECB),
    }


def _page(
    request: WorkspaceRequest,
    *,
    form: RateForm | None = None,
    file_form: RateFileForm | None = None,
) -> HttpResponse:
    today = now().astimezone(UTC).date()
    in_force = rates_in_force(today)
    shown = {
        "rates": [(each, SOURCES[each.source]) for each in in_force],
        "fetching": fetching(),
        "days": DAYS_OLD_MAX,
        "form": form or RateForm(initial={"on": today}),
        "file_form": file_form or RateFileForm(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/ledger/rates.html", shown, status=status)


def _is_stated(request: WorkspaceRequest, form: RateForm) -> bool:
    given = form.cleaned_data
    try:
        state_rate(**given, user=request.user, now=now())
    except (RateRefused, RateStated) as refused:
        form.add_error("rate", refusal(refused, get_language() or "en"))
        return False
    except RateUnlikely as unlikely:
        form.ask_whether_sure()
        form.add_error("rate", refusal(unlikely, get_language() or "en"))
        return False
    return True
