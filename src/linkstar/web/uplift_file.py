"""An answer about uplift as a file: every row, and on the first sheet what was asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from django.http import HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from linkstar.catalog.models import Shop
from linkstar.events.vocabulary import Segment
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.questions import Filters, Question
from linkstar.stats.states import State
from linkstar.web import formats
from linkstar.web.benchmark_labels import summary_label
from linkstar.web.category_names import CategoryNames
from linkstar.web.labels import (
    BY,
    DEFINITIONS,
    SOURCES,
    STATES,
    content_type_name,
    segment_value,
)
from linkstar.web.notes import sentences
from linkstar.web.uplift_export import about_lines, csv_file, xlsx_file

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, for whom, and which verdicts are kept; none named keeps all."""

    question: Question
    workspace: str
    shops: tuple[Shop, ...]
    states: Iterable[State] = ()

    @property
    def zone(self) -> str:
        return self.shops[0].zone if self.shops else "UTC"


def uplift_file(
    kind: str, rows: pa.Table, asked: Asked, answer: UpliftAnswer, *, now: datetime
) -> HttpResponse:
    """The rows as `csv`, or as `xlsx` with a sheet about them."""
    if kind == "csv":
        body = csv_file(rows)
    else:
        body = xlsx_file(rows, list(about_lines(_facts(asked, answer, now))))
    name = f"linkstar-uplift-{asked.question.by.value}-{asked.question.starts_on or 'all'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, MEDIA[kind], headers=headers)


def _facts(asked: Asked, answer: UpliftAnswer, now: datetime) -> dict[str, str]:
    """What the first sheet says was asked."""
    language = get_language() or "en"
    question = asked.question
    names = CategoryNames(language)
    names.learn([question.filters.category])
    filters = [text for text in filter_words(question.filters, names).values() if text]
    filters += [str(STATES[state]) for state in sorted(asked.states)]
    first, after = answer.starts_on, answer.ends_before
    return {
        _("What"): f"{_('CTR uplift')} · {BY[question.by]}",
        _("Workspace"): asked.workspace,
        pgettext("list", "Shops"): ", ".join(shop.name for shop in asked.shops),
        _("Days"): formats.days(first, after, language) if first and after else formats.NOTHING,
        _("Time zone"): asked.zone,
        _("Market"): answer.market,
        _("Definition"): str(DEFINITIONS[answer.definition]),
        _("Source"): str(SOURCES[answer.source]) if answer.source else formats.NOTHING,
        _("Benchmark"): summary_label(answer.benchmark, language),
        _("Filters"): "; ".join(filters) or formats.NOTHING,
        _("Made at"): formats.moment(now, asked.zone, language),
        _("Notes"): " ".join(sentences(answer.notes, language)) or formats.NOTHING,
    }


def filter_words(filters: Filters, names: CategoryNames) -> dict[str, str]:
    """Filters in words, by their part of the page's address; empty where one is not in force."""
    said = {
        "q": filters.text and _("contains “%(text)s”") % {"text": filters.text},
        "category": filters.category and names.full(filters.category),
        "content_type": filters.content_type and content_type_name(filters.content_type),
        "channel": filters.channel and segment_value(Segment.CHANNEL, filters.channel),
    }
    return {name: str(text) for name, text in said.items()}
