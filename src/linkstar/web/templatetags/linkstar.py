"""What templates say: figures in the reader's language, icons, navigation."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.db.models import QuerySet
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linkstar.accounts.models import Workspace
from linkstar.accounts.queries import workspaces_of
from linkstar.web import formats
from linkstar.web.forms import dress
from linkstar.web.periods import Compare, Period, PeriodName, shifted

register = template.Library()

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}
PERIODS_OFFERED = [name for name in PeriodName if name is not PeriodName.CUSTOM]


def language() -> str:
    return get_language() or "en"


def figure(name: str, write: Callable[..., str]) -> None:
    """Make a way of writing a value a filter of the same name, in the reader's language."""

    @register.filter(name)
    def written(value: object, *rest: object) -> str:
        return write(value, *rest, language())


figure("whole", formats.whole)
figure("short", formats.short)
figure("ctr", formats.ctr)
figure("share", formats.share)
figure("percent_uplift", formats.uplift)
figure("times", formats.ratio)
figure("both_spellings", formats.both_spellings)
figure("points", formats.points)
figure("day", formats.day)
figure("zone_name", formats.zone)
figure("money", formats.money)


@register.filter
def html_language(code: str) -> str:
    return HTML_LANGUAGES.get(code, code)


@register.filter
def moment(at: datetime | None, zone_name: str) -> str:
    return formats.moment(at, zone_name, language())


@register.filter
def days(period: Period) -> str:
    return formats.days(period.starts_on, period.ends_before, language())


@register.simple_tag
def interval(low: float | None, high: float | None) -> str:
    return formats.interval(low, high, language())


@register.simple_tag
def day_range(starts_on: date | None, ends_before: date | None) -> str:
    return formats.days(starts_on, ends_before, language())


def period_label(name: PeriodName) -> str:
    return {
        PeriodName.TODAY: _("Today"),
        PeriodName.YESTERDAY: _("Yesterday"),
        PeriodName.DAYS_7: _("Last 7 days"),
        PeriodName.DAYS_28: _("Last 28 days"),
        PeriodName.DAYS_90: _("Last 90 days"),
        PeriodName.THIS_WEEK: _("This week"),
        PeriodName.LAST_WEEK: _("Last week"),
        PeriodName.THIS_MONTH: _("This month"),
        PeriodName.LAST_MONTH: _("Last month"),
        PeriodName.ALL: _("All data"),
        PeriodName.CUSTOM: _("Chosen days"),
    }[name]


@register.filter
def period_name(period: Period) -> str:
    written = formats.days(period.starts_on, period.ends_before, language())
    if period.name is PeriodName.CUSTOM:
        return written
    return f"{period_label(period.name)} · {written}"


@register.inclusion_tag("web/dates.html", takes_context=True)
def dates_menu(context: dict[str, Any]) -> dict[str, Any]:
    """The choice of days and of what they are compared with."""
    request = context["request"]
    dropped = {"from", "to", "dates", "period", "page"}
    return {
        "request": request,
        "period_choices": [(name.value, period_label(name)) for name in PERIODS_OFFERED],
        "compare_choices": [
            (Compare.OFF.value, _("Nothing")),
            (Compare.PREVIOUS.value, _("The period before")),
            (Compare.YEAR.value, _("A year earlier")),
        ],
        "kept_parts": [(k, v) for k, v in request.GET.items() if k not in dropped],
        "earlier": _shift_address(request, back=True),
        "later": _shift_address(request, back=False),
    }


def _shift_address(request: Any, *, back: bool) -> str:
    moved = shifted(request.period, back=back)
    parts = request.GET.copy()
    for name in ("period", "dates", "page"):
        parts.pop(name, None)
    parts["from"], parts["to"] = moved.starts_on.isoformat(), moved.last_day.isoformat()
    return f"?{parts.urlencode()}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside words; it says nothing to screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("bundle/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], route: str, picture: str, label: str, key: str) -> SafeString:
    """A link of the sidebar that keeps the chosen shop and days."""
    try:
        address = reverse(route)
    except NoReverseMatch:
        return SafeString("")
    request = context["request"]
    is_here = request.path == address if address == "/" else request.path.startswith(address)
    return format_html(
        '<a href="{}{}" data-key="{}"{}>{}<span class="text">{}</span></a>',
        address,
        context.get("carried", ""),
        key,
        SafeString(' aria-current="page"' if is_here else ""),
        icon(picture),
        label,
    )


@register.simple_tag(takes_context=True)
def other_workspaces(context: dict[str, Any]) -> QuerySet[Workspace]:
    request = context["request"]
    return workspaces_of(request.user).exclude(id=request.workspace.id)


@register.filter
def dressed(form: forms.BaseForm) -> forms.BaseForm:
    """A form made elsewhere with the class names of ours."""
    for name, field in form.fields.items():
        dress(field, is_wrong=form.is_bound and name in form.errors)
    return form
