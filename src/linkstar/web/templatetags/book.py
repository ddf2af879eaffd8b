"""What the pages of imports and benchmarks say about codes and values of the vocabulary."""

from django import template

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
