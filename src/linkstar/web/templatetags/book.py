"""What the pages of imports and benchmarks say about codes and values of the vocabulary."""

from dataclasses import asdict
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.connectors.models import ImportFile
from linkstar.events.vocabulary import Channel, ContentType
from linkstar.stats.ctr import Definition
from linkstar.web import names, problems

register = template.Library()


@register.filter
def why_refused(code: str) -> str:
    return problems.why(code)


@register.filter
def denominator_name(definition: str) -> str:
    return str(names.DENOMINATORS[Definition(definition)])


@register.filter
def content_type_name(content_type: str) -> str:
    return str(names.CONTENT_TYPES[ContentType(content_type)])


@register.filter
def channel_name(channel: str) -> str:
    return str(names.CHANNELS[Channel(channel)])


@register.filter
def layout_name(layout: str) -> str:
    return str(names.LAYOUTS.get(layout, layout))


@register.filter
def rows_name(kind: str) -> str:
    return str(names.ROWS[kind])


@register.filter
def import_state(state: str) -> str:
    return str(names.IMPORT_STATES[state])


@register.filter
def header_language(language: str) -> str:
    return {"zh": _("Chinese headers"), "en": _("English headers")}.get(language, language)


@register.filter
def delimiter_name(delimiter: str) -> str:
    known = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("vertical bars")}
    return known.get(delimiter, delimiter)


@register.filter
def encoding_name(encoding: str) -> str:
    return _("UTF-8 with BOM") if encoding == "utf-8-sig" else encoding.upper()


@register.filter
def problem_told(problem: Any) -> problems.Told:
    known = problem if isinstance(problem, dict) else asdict(problem)
    return problems.told(known["code"], known["expected"])


@register.filter
def notice_sentence(notice: Any) -> str:
    return problems.notice(notice.code, notice.params, notice.count)


@register.filter
def unlocalized(value: float) -> str:
    """A number as attributes of elements need it, whatever the language."""
    return f"{value:.4f}"


@register.filter
def seconds_told(seconds: float) -> str:
    """40 seconds, 3 minutes: a wait in whole units."""
    whole = max(1, round(seconds))
    if whole < 90:
        return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}
    minutes = round(whole / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@register.filter
def failure_sentence(import_file: ImportFile) -> str:
    failure = import_file.failure
    return problems.why(failure.get("code", "unexpected"), failure.get("params"))
