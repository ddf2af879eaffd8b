"""A new edition from a file of figures that somebody publishes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.benchmarks.actions import import_benchmark
from linkstar.benchmarks.cells import CellInvalid
from linkstar.benchmarks.stated import MarketNotStated, PeriodsDiffer, StatedBenchmark
from linkstar.connectors.reading.refusals import Refusal
from linkstar.insights.benchmark_files import BenchmarkFileHasProblems, read_benchmark_file
from linkstar.web.access import writers_only
from linkstar.web.forms import CalmForm
from linkstar.web.markets import MARKETS
from linkstar.web.middleware import now
from linkstar.web.problems import sentence_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from linkstar.benchmarks.models import Benchmark
    from linkstar.web.requests import WorkspaceRequest

REFUSALS = (Refusal, MarketNotStated, PeriodsDiffer, CellInvalid)
WHEN_SILENT = gettext_lazy("Needed where the file does not say it.")


class FiguresForm(CalmForm):
    """The file, and what it may leave unsaid."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX with the columns market, category, definition, impressions, clicks; and, "
            "where known, period, content type, channel, median, p25, p75, shops, creators, "
            "contents, source, licence."
        ),
    )
    market = forms.ChoiceField(label=gettext_lazy("Market"), choices=[(m, m) for m in MARKETS])
    source_name = forms.CharField(
        label=gettext_lazy("Name of the source"),
        max_length=200,
        required=False,
        help_text=WHEN_SILENT,
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"), max_length=200, required=False, help_text=WHEN_SILENT
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=WHEN_SILENT,
    )
    last_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        """Read the file and fill in what it says; what nobody says is asked for by field."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if not isinstance(file, TemporaryUploadedFile) or "market" not in cleaned:
            return cleaned
        stated = self._stated(Path(file.temporary_file_path()), cleaned["market"])
        last_on: date | None = cleaned.get("last_on")
        cleaned["stated"] = stated
        cleaned["source_name"] = stated.source_name or cleaned.get("source_name")
        cleaned["licence"] = stated.licence or cleaned.get("licence")
        cleaned["starts_on"] = stated.starts_on or cleaned.get("starts_on")
        cleaned["ends_before"] = stated.ends_before or (last_on and last_on + timedelta(days=1))
        self._ask_for_what_is_open(cleaned)
        return cleaned

    def _stated(self, path: Path, market: str) -> StatedBenchmark:
        try:
            return read_benchmark_file(path, market=market)
        except BenchmarkFileHasProblems as refused:
            self.problems = refused.problems.to_pylist()
            told = _("Some rows cannot be read, so nothing was imported. Correct them below.")
            raise forms.ValidationError(told) from refused
        except REFUSALS as refused:
            raise forms.ValidationError(sentence_of(refused)) from refused

    def _ask_for_what_is_open(self, cleaned: dict[str, Any]) -> None:
        for name in ("source_name", "licence", "starts_on"):
            if not cleaned[name]:
                self.add_error(name, _("The file does not say it."))
        if not cleaned["ends_before"]:
            self.add_error("last_on", _("The file does not say it."))
        elif cleaned.get("starts_on") and cleaned["ends_before"] <= cleaned["starts_on"]:
            self.add_error("last_on", _("The last day is before the first."))


@writers_only
@require_http_methods(["GET", "POST"])
def import_figures(request: WorkspaceRequest) -> HttpResponse:
    """Import a file of figures as a draft that only this workspace reads."""
    if request.method == "POST":
        form = FiguresForm(request.POST, request.FILES)
        if form.is_valid():
            draft = draft_of(request, form.cleaned_data)
            messages.success(request, _("The figures are imported as a draft."))
            return redirect("benchmark", benchmark_id=draft.pk)
    else:
        form = FiguresForm(initial={"market": request.GET.get("market", MARKETS[0])})
    context = {"form": form, "problems": getattr(form, "problems", [])}
    return render(request, "web/benchmarks/figures.html", context)


def draft_of(request: WorkspaceRequest, cleaned: dict[str, Any]) -> Benchmark:
    return import_benchmark(
        cleaned["stated"].cells,
        workspace=request.workspace,
        market=cleaned["market"],
        starts_on=cleaned["starts_on"],
        ends_before=cleaned["ends_before"],
        source_name=cleaned["source_name"],
        licence=cleaned["licence"],
        user=request.user,
        now=now(),
    )
