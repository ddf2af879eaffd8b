"""The names of invalid-traffic rules."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

RULES: dict[str, str | Promise] = {
    "robot": _("A robot that says so"),
    "not_a_browser": _("A program, not a browser"),
    "data_centre": _("From a data centre"),
    "self_click": _("By the shop's own people"),
    "too_many": _("More clicks than a person makes"),
    "too_regular": _("Clicks at machine-regular intervals"),
    "too_fast": _("Clicked before it could be seen"),
    "not_shown": _("Clicked without having been shown"),
    "too_good": _("A link's CTR no other comes near"),
    "double_click": _("The same click again within 30 seconds"),
    "double_impression": _("The same impression again within 60 seconds"),
}


@register.filter
def rule_name(rule: str) -> str:
    """The rule in the reader's language; a rule of a later version by its code."""
    return str(RULES.get(rule, rule))


CLASSES: dict[str, str | Promise] = {
    "general": _("general"),
    "sophisticated": _("sophisticated"),
    "repeat": _("repeat"),
}


@register.filter
def class_name(kind: str | None) -> str:
    """Whether a rule needs lists and counts only, more than that, or finds plain repeats."""
    return str(CLASSES.get(kind or "", ""))


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
