"""What a person fills in to decide on lines that were set aside."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linkstar.events.wire import EVENT_BYTES_MAX
from linkstar.lake.decisions import Action
from linkstar.web.forms import CalmForm

WHY_MIN = 3
REFUSALS = {
    "too_long": _("A line has at most 16,384 bytes."),
    "control_character": _("The line contains a control character."),
    "not_json": _('One JSON object is expected, such as {"event_id": …}.'),
    "key_twice": _("A key stands there twice."),
    "invalid": _("This is not an event."),
    "sender_changed": _("Who sent the line cannot be changed."),
}
"""Why a line may not be corrected like this, by the code of the refusal."""


class DecisionForm(CalmForm):
    """What is to become of lines, and why."""

    action = forms.ChoiceField(choices=[(each.value, each.value) for each in Action])
    why = forms.CharField(label=_("Why"), max_length=300, required=False)

    def clean(self) -> dict[str, object]:
        said: dict[str, object] = super().clean() or {}
        needs_reason = said.get("action") in {Action.CORRECT, Action.DISMISS}
        if needs_reason and len(str(said.get("why", "")).strip()) < WHY_MIN:
            self.add_error("why", _("Say why, so that others can follow it."))
        return said


class LineForm(DecisionForm):
    """One line, as it is to be loaded."""

    line = forms.CharField(
        label=_("The line"),
        max_length=EVENT_BYTES_MAX,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "class": "code"}),
        help_text=_("As it was received. Change it only to correct it."),
    )
    field_order = ("line", "why")


class ReasonForm(DecisionForm):
    """All lines of one reason."""

    reason = forms.CharField(max_length=40)
