"""What templates say: figures in the reader's language, icons, navigation."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms, template
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linkstar.accounts.models import Workspace
from linkstar.accounts.queries import workspaces_of
from linkstar.web import formats
from linkstar.web.forms import dress
from linkstar.web.glossary import terms
from linkstar.web.labels import market_name, state_name
from linkstar.web.periods import Compare, Period, PeriodName, shifted
from linkstar.web.uplift_columns import Column

register = template.Library()

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}
PERIODS_OFFERED = [name for name in PeriodName if name is not PeriodName.CUSTOM]


def language() -> str:
    return get_language() or "en"


def figure(name: str, write: Callable[..., str]) -> None:
    """Make a way of writing a value a filter of the same name, in the reader's language."""

    @register.filter(name)
    def written(value: object) -> str:
        return write(value, language())


figure("whole", formats.whole)
figure("short", formats.short)
figure("ctr", formats.ctr)
figure("share", formats.share)
figure("probability", formats.probability)
figure("percent_uplift", formats.uplift)
figure("times", formats.ratio)
figure("both_spellings", formats.both_spellings)
figure("points", formats.points)
figure("seconds", formats.seconds)
figure("day", formats.day)
figure("zone_name", formats.zone)
register.filter("market_name", market_name)


@register.filter
def money(minor: int | None, currency: str) -> str:
    return formats.money(minor, currency, language())


@register.filter
def amount(minor: int | None, currency: str) -> str:
    return formats.amount(minor, currency, language())


@register.filter
def exchange_rate(rate: Decimal) -> str:
    return formats.exchange_rate(rate, language())


@register.filter
def short_money(minor: int | None, currency: str) -> str:
    return formats.short_money(minor, currency, language())


@register.filter
def html_language(code: str) -> str:
    return HTML_LANGUAGES.get(code, code)


@register.filter
def moment(at: datetime | None, zone_name: str) -> str:
    """An instant in the shop's zone, with the reader's own beside it if they named one."""
    own = timezone.get_current_timezone_name()
    own_zone = "" if own == settings.TIME_ZONE else own
    return formats.moment(at, zone_name, language(), own_zone=own_zone)


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
    """How the range is called; nothing for one that was typed."""
    return "" if period.name is PeriodName.CUSTOM else period_label(period.name)


@register.filter
def short_days(period: Period) -> str:
    """08-30 – 11-21: the range for narrow places."""
    ends = (period.starts_on, period.last_day)
    return " – ".join(formats.short_day(on, language()) for on in ends)


@register.inclusion_tag("web/dates.html", takes_context=True)
def dates_menu(context: dict[str, Any]) -> dict[str, Any]:
    """The choice of days and of what they are compared with."""
    request = context["request"]
    dropped = {"from", "to", "dates", "period", "page"}
    return {
        "request": request,
        "period_choices": [(name.value, period_label(name)) for name in PERIODS_OFFERED],
        "compare_choices": [
            (Compare.OFF.value, _("No comparison")),
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
    address = reverse(route)
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
def split(words: str) -> list[str]:
    return words.split()


@register.filter
def part(params: QueryDict, name: str) -> str:
    """One part of the address."""
    return params.get(name, "")


@register.filter
def plain(number: float) -> str:
    """A number for machines: a dot, no thousands, whatever the language."""
    return f"{number:g}"


@register.filter
def chart_rows(count: int) -> int:
    """The height class of a chart with so many bars: 4, 8, 12, 16 or 24 of them."""
    return next((height for height in (4, 8, 12, 16) if count <= height), 24)


@register.inclusion_tag("web/parts/lazy.html", takes_context=True)
def lazy_part(
    context: dict[str, Any], route: str, by: str, key: str = "", trigger: str = "load"
) -> dict[str, str]:
    """A part of the page that is fetched by itself, with the shop, days and filters in force."""
    params = context["request"].GET.copy()
    for gone in ("page", "sort", "size", "state"):
        params.pop(gone, None)
    params["by"] = by
    if key:
        params["key"] = key
    return {"address": f"{reverse(route)}?{params.urlencode()}", "trigger": trigger}


@register.simple_tag(takes_context=True)
def drop_part(context: dict[str, Any], name: str) -> str:
    """The same address without one filter."""
    params = context["request"].GET.copy()
    for gone in (name, "page"):
        params.pop(gone, None)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def change_parts(context: dict[str, Any], changes: dict[str, str | None]) -> str:
    """The same address with some parts changed; those that become None are taken out."""
    params = context["request"].GET.copy()
    for name, value in {"page": None, **changes}.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def toggle_part(context: dict[str, Any], name: str, value: str) -> str:
    """The same address with one value of a filter added, or taken away where it is in force."""
    params = context["request"].GET.copy()
    params.pop("page", None)
    chosen = params.getlist(name)
    kept = [v for v in chosen if v != value] if value in chosen else [*chosen, value]
    params.setlist(name, kept)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_link(context: dict[str, Any], column: Column) -> str:
    """Sorted by this column: numbers from the top, words from A; the other way when it is now."""
    params = context["request"].GET.copy()
    params.pop("page", None)
    view = context["view"]
    is_now = view.sort == column.sort
    descending = not view.is_descending if is_now else column.is_number or column.name == "forest"
    params["sort"] = f"{'-' if descending else ''}{column.sort}"
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_state(context: dict[str, Any], column: Column) -> SafeString:
    """`aria-sort` for the first column that is sorted by."""
    if not is_sorted_by(context, column):
        return SafeString("")
    direction = "descending" if context["view"].is_descending else "ascending"
    return format_html(' aria-sort="{}"', direction)


@register.simple_tag(takes_context=True)
def sort_arrow(context: dict[str, Any], column: Column) -> SafeString:
    if not is_sorted_by(context, column):
        return SafeString("")
    return icon("arrow-down" if context["view"].is_descending else "arrow-up")


def is_sorted_by(context: dict[str, Any], column: Column) -> bool:
    """Two columns may share a sort; only the first of them says so."""
    columns = context["table"].columns
    first = next((c for c in columns if c.sort == context["view"].sort), None)
    return first is column


@register.filter
def day_before(on: date) -> date:
    """The last day of what ends before `on`."""
    return on - timedelta(days=1)


@register.simple_tag
def change_in_percent(value: float, earlier: float) -> SafeString:
    """▲ +12%: how a count changed, with its direction in a sign and a word for screen readers."""
    return _change(formats.uplift(value / earlier - 1 if earlier else None, language()))


@register.simple_tag
def change_in_points(value: float | None, earlier: float | None) -> SafeString:
    """▲ +0.91 pp: how a rate changed."""
    difference = value - earlier if value is not None and earlier is not None else None
    return _change(formats.points(difference, language()))


def _change(written: str) -> SafeString:
    arrow = {"+": "▲", formats.MINUS: "▼"}.get(written[:1], "")
    kind = {"▲": "up", "▼": "down"}.get(arrow, "same")
    return format_html('<span class="change change-{}">{} {}</span>', kind, arrow, written)


@register.filter
def state_label(state: str) -> str:
    return state_name(state)


@register.inclusion_tag("web/help.html")
def help(name: str) -> dict[str, Any]:  # noqa: A001  # templates say {% help "ctr" %}
    """What a figure means, beside the figure."""
    return {"term": next(term for term in terms() if term.name == name)}


@register.filter
def dressed(form: forms.BaseForm) -> forms.BaseForm:
    """A form made elsewhere with the class names of ours."""
    for name, field in form.fields.items():
        dress(field, is_wrong=form.is_bound and name in form.errors)
    return form
