"""The names of invalid-traffic rules and of their classes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
CLASSES: dict[str, str | Promise] = {
    "general": _("general"),
    "sophisticated": _("sophisticated"),
    "repeat": _("repeat"),
}


def rule_name(rule: str) -> str:
    """The rule in the reader's language; a rule of a later version by its code."""
    return str(RULES.get(rule, rule))


def class_name(kind: str | None) -> str:
    """Whether a rule needs lists and counts only, more than that, or finds plain repeats."""
    return str(CLASSES.get(kind or "", ""))
