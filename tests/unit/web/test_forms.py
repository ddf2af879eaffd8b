"""Forms are filled in alike in every language."""

from datetime import date

import pytest
from django import forms
from django.utils import translation

from linkstar.web.forms import CalmForm


class Days(CalmForm):
    starts_on = forms.DateField(widget=forms.DateInput({"type": "date"}))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_day_filled_in_beforehand_is_one_that_browsers_read(language) -> None:
    with translation.override(language):
        form = Days(initial={"starts_on": date(2026, 10, 22)})
        assert 'value="2026-10-22"' in str(form["starts_on"])
        assert Days({"starts_on": "2026-10-22"}).is_valid()
