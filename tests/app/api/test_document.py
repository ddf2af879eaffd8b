"""docs/api.md names everything there is, in both languages, and no more."""

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest
from ninja import Schema

import linkstar.api
from linkstar.api.errors import Refusal
from linkstar.api.main import ROOT, api
from linkstar.api.refusals import REFUSALS

DOCS = Path(__file__).parents[3] / "docs"
DOCUMENTS = ("api.md", "api.zh-Hans.md")


@pytest.mark.parametrize("name", DOCUMENTS)
class TestTheDocument:
    def test_names_every_operation_and_no_other(self, name):
        written = set(
            re.findall(r"`((?:GET|POST|PATCH|DELETE) /[^`]*)`", (DOCS / name).read_text())
        )
        there = {
            f"{method.upper()} /{path.removeprefix(ROOT)}"
            for path, methods in api.get_openapi_schema()["paths"].items()
            for method in methods
        }
        assert written == there

    def test_names_only_refusals_there_are(self, name):
        text = (DOCS / name).read_text()
        table = text[text.index("| 400") : text.index("| 500")]
        codes = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", table))
        assert codes - {kind.__name__ for kind in REFUSALS} == {"ApiKeyMissing"}

    def test_shows_refusals_in_the_form_they_have(self, name):
        shown = re.findall(r'\{"error": \{"code".*?\}\}\}', (DOCS / name).read_text(), re.DOTALL)
        assert shown
        for one in shown:
            names = set(re.findall(r'"(\w+)": ', one)) - {"error", "rate_bps"}
            assert {name for name in names if "bps" not in name} <= set(Refusal.model_fields)


def test_both_languages_show_the_same_calls_and_answers():
    """But for the sentence of a refusal, which is in the reader's language."""
    shown = [re.findall(r"```\w+\n(.*?)```", (DOCS / n).read_text(), re.DOTALL) for n in DOCUMENTS]
    english, chinese = ([each for each in one if '"message"' not in each] for one in shown)
    assert english == chinese


def test_no_two_forms_share_the_name_by_which_the_description_knows_them():
    modules = [
        importlib.import_module(f"linkstar.api.{module.name}")
        for module in pkgutil.iter_modules(linkstar.api.__path__)
    ]
    names = Counter(
        name
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, Schema) and one.__module__ == module.__name__
        if not name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []
