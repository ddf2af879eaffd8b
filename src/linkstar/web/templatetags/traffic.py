"""Words for tracked traffic: rules, decisions, shops."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.web.traffic_words import class_name, rule_name

register = template.Library()

register.filter(rule_name)
register.filter(class_name)


@register.filter
def named(names: dict[int, str], number: int) -> str:
    """A shop's name; nobody's where lines could be given to no shop."""
    return names.get(number, "–")


RUNS: dict[str, str | Promise] = {
    "retention.run": _("old visitor data removed"),
    "retention.erasure": _("a person's data erased"),
}


@register.filter
def verb_name(verb: str) -> str:
    """What was done, in the reader's language."""
    return str(RUNS.get(verb, verb))


ACTIONS: dict[str, str | Promise] = {
    "replay": _("replayed"),
    "correct": _("corrected"),
    "dismiss": _("dismissed"),
}
OUTCOMES: dict[str, str | Promise] = {
    "stored": _("counts"),
    "duplicate": _("a repeat of what counts"),
    "conflict": _("in conflict with what counts"),
    "quarantined": _("still set aside"),
    "dismissed": _("never counts"),
    "void": _("had been decided before"),
}


@register.filter
def action_name(action: str) -> str:
    """What a person decided about a line."""
    return str(ACTIONS.get(action, action))


@register.filter
def outcome_name(outcome: str) -> str:
    """What became of a line that was decided on."""
    return str(OUTCOMES.get(outcome, outcome))
