"""What is said in a dispute, with the files that show it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linkstar.settlements.evidence import Upload
from linkstar.settlements.models import Dispute
from linkstar.web.forms import CalmForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class _Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; none is fine."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in given]


class SayForm(CalmForm):
    text = forms.CharField(
        label=_("What you want to say"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 4}),
    )
    evidence = FilesField(
        label=_("Evidence"),
        required=False,
        allow_empty_file=True,  # refused with a better sentence when it is looked into
        max_length=1000,
        widget=_Files({"accept": ".pdf,.jpg,.jpeg,.png", "multiple": True}),
        help_text=_("PDF, JPEG or PNG, at most 10 MB each. Both sides and the operator see it."),
    )

    def uploads(self) -> Sequence[Upload]:
        return [Upload(str(each.name), each.chunks()) for each in self.cleaned_data["evidence"]]


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is filled with: nothing before it was sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


class DecideForm(CalmForm):
    outcome = forms.ChoiceField(label=_("In whose favour"), choices=Dispute.Outcome.choices)
    text = forms.CharField(
        label=_("Reasons"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Both sides read them."),
    )
