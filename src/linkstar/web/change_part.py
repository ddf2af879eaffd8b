"""What changed since the days compared with, split into better rates and another mix."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linkstar.benchmarks.queries import BenchmarkNotFound
from linkstar.insights.changes import Along, Change
from linkstar.insights.queries import compare
from linkstar.web import formats
from linkstar.web.category_names import CategoryNames
from linkstar.web.facts import lake
from linkstar.web.parts_pages import meant
from linkstar.web.periods import Compare, compared_with
from linkstar.web.requests import WorkspaceRequest

PARTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """A sentence, then the parts with the largest effects."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


@require_GET
def change_part(request: WorkspaceRequest) -> HttpResponse:
    """CTR now against the days before, category by category; both effects add up to the change."""
    question, key = meant(request)
    language = get_language() or "en"
    wanted = Compare.YEAR if request.compare is Compare.YEAR else Compare.PREVIOUS
    before = compared_with(request.period, wanted)
    assert before is not None, "both comparisons name days"
    days = (before.starts_on, before.ends_before)
    try:
        found = compare(lake(), question, days, key=key, along=Along.CATEGORY)
    except BenchmarkNotFound as unknown:
        raise Http404 from unknown
    known = found.impressions > 0 and found.impressions_before > 0
    context = {"change": change_table(found, language) if known else None, "before": before}
    return render(request, "web/parts/change.html", context)


def change_table(found: Change, language: str) -> ChangeTable:
    """The change in words and, part by part, in percentage points."""
    names = CategoryNames(language)
    parts = found.parts.slice(0, PARTS_SHOWN).to_pylist()
    names.learn(part["part"] for part in parts)
    points = formats.points
    title = _("CTR changed by %(change)s: %(rate)s from other rates, %(mix)s from another mix") % {
        "change": points(found.ctr - found.ctr_before, language),
        "rate": points(found.rate_effect, language),
        "mix": points(found.mix_effect, language),
    }
    rows = tuple(
        (
            names.full(part["part"]) if part["part"] else _("unknown"),
            formats.ctr(part["ctr_before"], language),
            formats.ctr(part["ctr"], language),
            formats.whole(part["impressions_before"], language),
            formats.whole(part["impressions"], language),
            points(part["rate_effect"], language),
            points(part["mix_effect"], language),
        )
        for part in parts
    )
    total = (
        _("All together"),
        formats.ctr(found.ctr_before, language),
        formats.ctr(found.ctr, language),
        formats.whole(found.impressions_before, language),
        formats.whole(found.impressions, language),
        points(found.rate_effect, language),
        points(found.mix_effect, language),
    )
    return ChangeTable(title, rows, total)
