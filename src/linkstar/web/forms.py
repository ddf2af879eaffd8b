"""How forms look: one field under the other, its help and its error beside it."""

from collections.abc import Mapping, Sequence

from django import forms


class CalmForm(forms.Form):
    """A form drawn with the product's own field template and Bootstrap's class names."""

    template_name = "web/form.html"
    ids = "id_%s"
    """How fields are known on the page: a form that stands beside another has ids of its own."""

    def __init__(
        self,
        *args: object,
        offered: Mapping[str, Sequence[tuple[str, object]]] | None = None,
        **kwargs: object,
    ) -> None:
        """`offered` gives fields of choice what can be chosen, before anything is looked at."""
        super().__init__(*args, **{"auto_id": self.ids, **kwargs})  # type: ignore[arg-type]
        for name, choices in (offered or {}).items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.prepare()
        for name, field in self.fields.items():
            dress(field, is_wrong=self.is_bound and name in self.errors)

    def prepare(self) -> None:
        """Fill in what a form's fields offer, before anything given is looked at."""


DAY_OF_BROWSERS = "%Y-%m-%d"
"""How a date field of a browser is filled in, in every language; anything else shows as empty."""


def dress(field: forms.Field, *, is_wrong: bool = False) -> None:
    """Give a field's widget the class its kind needs, and a day the form browsers read."""
    if isinstance(field.widget, forms.DateInput):
        field.widget.format = DAY_OF_BROWSERS
    kind = getattr(field.widget, "input_type", "")
    names = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}
    classes = [names.get(kind, "form-control")]
    if is_wrong:
        classes.append("is-invalid")
    field.widget.attrs["class"] = " ".join(classes)
