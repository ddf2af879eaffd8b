"""Step 2: what was found out about a file is shown, and what it leaves unsaid is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import detected_of
from linkstar.connectors.reading.detected import Answers, Window
from linkstar.connectors.reading.layouts import DayOrder, Kind
from linkstar.connectors.reading.refusals import Refusal
from linkstar.money.currencies import CURRENCIES
from linkstar.orders.models import OrderLine
from linkstar.stats.ctr import Definition
from linkstar.web import names
from linkstar.web.access import writers_only
from linkstar.web.forms import CalmForm
from linkstar.web.imports_history import import_named
from linkstar.web.imports_mapping import (
    GENERIC_KINDS,
    columns_of,
    kind_of,
    lacks_subject,
    mapping_in,
    matched_lines,
    other_lines,
)
from linkstar.web.markets import MARKETS
from linkstar.web.problems import sentence_of, why
from linkstar.web.zones import zone_choices

if TYPE_CHECKING:
    from django.http import HttpResponse

    from linkstar.connectors.reading.detected import Detected
    from linkstar.web.requests import WorkspaceRequest

State = ImportFile.State
ANSWERABLE = frozenset({State.UPLOADED, State.NEEDS_ANSWERS, State.READY})
QUESTIONS = frozenset({"zone", "currency", "day_order", "state"})
PERIOD = frozenset({"starts_on", "last_on"})
CHOOSE = ("", _("Choose…"))
HOW_FAR = (
    OrderLine.State.PLACED,
    OrderLine.State.PAID,
    OrderLine.State.SHIPPED,
    OrderLine.State.DELIVERED,
)
DAY_ORDERS = [
    (DayOrder.MDY, _("month first: 03/08/2026 is March 8")),
    (DayOrder.DMY, _("day first: 03/08/2026 is August 3")),
    (DayOrder.YMD, _("year first: 2026-03-08")),
]


class AnswersForm(CalmForm):
    """Only what the file does not say. Nothing is preselected that could be guessed wrong."""

    zone = forms.ChoiceField(
        label=_("Time zone of the times in this file"),
        choices=lambda: [CHOOSE, *zone_choices()],
        help_text=_("The file does not say it. US shops usually show Pacific time."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of the amounts"),
        choices=[CHOOSE, *((code, code) for code in CURRENCIES)],
        help_text=_("The file does not say it."),
    )
    starts_on = forms.DateField(
        label=_("First day the file covers"),
        widget=forms.DateInput({"type": "date"}),
        help_text=_("As chosen when the file was exported."),
    )
    last_on = forms.DateField(
        label=_("Last day the file covers"), widget=forms.DateInput({"type": "date"})
    )
    day_order = forms.ChoiceField(label=_("How dates are written"), choices=[CHOOSE, *DAY_ORDERS])
    state = forms.ChoiceField(
        label=_("How far these orders are"),
        choices=[CHOOSE, *((state.value, state.label) for state in HOW_FAR)],
        required=False,
        help_text=_(
            "No column chosen below says it. Commission is confirmed once an order is delivered."
        ),
    )
    market = forms.ChoiceField(label=_("Market"), choices=[(m, m) for m in MARKETS])
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(c.value, name) for c, name in names.CHANNELS.items()]
    )
    definition = forms.ChoiceField(
        label=_("One impression in this file is a"),
        choices=[(d.value, name) for d, name in names.DENOMINATORS.items()],
    )

    def __init__(self, detected: Detected, kind: Kind, **kwargs: Any) -> None:
        asked = asked_fields(detected, kind)
        self.base_fields = {  # type: ignore[misc]  # what is asked differs from file to file
            name: field for name, field in self.base_fields.items() if name in asked
        }
        super().__init__(**kwargs)
        for name in asked & PERIOD:
            self.fields[name].required = "period" in detected.needs

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day is before the first."))
        return cleaned

    @property
    def period(self) -> Window | None:
        first: date | None = self.cleaned_data.get("starts_on")
        last: date | None = self.cleaned_data.get("last_on")
        return Window(first, last + timedelta(days=1)) if first and last else None


def asked_fields(detected: Detected, kind: Kind) -> set[str]:
    """The questions this file leaves open; generic files also leave market, channel, definition."""
    asked = {need for need in detected.needs if need in QUESTIONS}
    if "period" in detected.needs:
        asked |= PERIOD
    if is_generic(detected):
        says_days = detected.window or detected.has_own_days
        may_need_period = kind is Kind.PERFORMANCE and detected.missing and not says_days
        asked |= PERIOD if may_need_period else set()
        filled = {match.field for match in detected.columns}
        asked |= {"market", "channel"} - filled
        asked |= {"definition"} if kind is Kind.PERFORMANCE else set()
    return asked


def is_generic(detected: Detected) -> bool:
    return detected.layout.startswith("generic.")


def shown_kind(request: WorkspaceRequest, detected: Detected) -> Kind:
    """What the rows are taken for on this page: the person's choice, where there is one."""
    if not is_generic(detected):
        return detected.kind
    return kind_of(detected, request.POST.get("rows") or request.GET.get("rows", ""))


def show_answers(
    request: WorkspaceRequest, import_file: ImportFile, form: AnswersForm | None = None
) -> HttpResponse:
    detected = detected_of(import_file)
    kind = shown_kind(request, detected)
    context = {
        "import_file": import_file,
        "detected": detected,
        "kind": kind,
        "kinds": GENERIC_KINDS,
        "lacks_subject": lacks_subject(detected, kind),
        "form": form or AnswersForm(detected, kind, initial=given_before(import_file)),
        "lines": matched_lines(detected, kind),
        "others": other_lines(detected, kind) if is_generic(detected) else [],
        "columns": columns_of(detected),
        "is_generic": is_generic(detected),
        "step": 2,
    }
    return render(request, "web/imports/answers.html", context)


def market_of(import_file: ImportFile) -> str:
    return import_file.shop.market if import_file.shop else MARKETS[0]


def given_before(import_file: ImportFile) -> dict[str, Any]:
    """What was answered last time, in the words of the form."""
    given: dict[str, Any] = {"market": market_of(import_file), **import_file.answers}
    if period := given.pop("period", None):
        given["starts_on"] = period["starts_on"]
        given["last_on"] = date.fromisoformat(period["ends_before"]) - timedelta(days=1)
    return given


@writers_only
@require_http_methods(["GET", "POST"])
def answers(request: WorkspaceRequest, import_id: str) -> HttpResponse:
    """Answer, or change the answers of a file that has not run yet."""
    import_file = import_named(request, import_id)
    if import_file.state not in ANSWERABLE:
        raise Http404
    if request.method == "GET":
        return show_answers(request, import_file)
    detected = detected_of(import_file)
    form = AnswersForm(detected, shown_kind(request, detected), data=request.POST)
    if not form.is_valid():
        return show_answers(request, import_file, form)
    try:
        actions.answer(import_file, answers_in(request, import_file, form))
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return show_answers(request, import_file, form)
    if import_file.state == State.NEEDS_ANSWERS:
        messages.warning(request, why("answer.missing"))
    return redirect("import", import_id=import_file.pk)


def answers_in(request: WorkspaceRequest, import_file: ImportFile, form: AnswersForm) -> Answers:
    given, detected = form.cleaned_data, detected_of(import_file)
    kind = shown_kind(request, detected)
    mapping = mapping_in(request.POST.dict(), detected, kind) if is_generic(detected) else {}
    return Answers(
        zone=given.get("zone", ""),
        currency=given.get("currency", ""),
        period=form.period,
        mapping=mapping,
        day_order=given.get("day_order", ""),
        state=given.get("state", ""),
        market=given.get("market") or market_of(import_file),
        channel=given.get("channel", "tiktok"),
        definition=given.get("definition", Definition.PRODUCT_IMPRESSIONS.value),
    )
