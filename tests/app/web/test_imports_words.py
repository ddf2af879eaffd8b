"""Every code a file can meet has a sentence, and every field and layout a name."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from linkstar.connectors.fields.catalogue import FIELDS, WRITTEN
from linkstar.connectors.reading.refusals import ColumnMissing, FileRefused, Refusal
from linkstar.connectors.registry import BENCHMARK_LAYOUTS, LAYOUTS
from linkstar.web import names, problems
from linkstar.web.field_names import FIELD_NAMES

SOURCE = Path(problems.__file__).parents[1] / "connectors"
TEXT = "\n".join(path.read_text() for path in sorted(SOURCE.rglob("*.py")))
OF_ROWS = "choice|clicks|currency|date|id|money|number|percent|required|row|shop|text"


def refusals() -> set[str]:
    """The codes of every kind of refusal, and of every reason a file is refused for."""
    reasons = set(re.findall(r'FileRefused\(\s*"(\w+)"', TEXT))
    codes = {kind.code for kind in Refusal.__subclasses__() if isinstance(kind.code, str)}
    return (codes | {f"file.{reason}" for reason in reasons}) - {""}


class TestProblemsOfRows:
    def test_each_have_what_was_expected_and_what_to_do(self):
        stated = set(re.findall(rf"""['"]((?:{OF_ROWS})\.[a-z_]+)['"]""", TEXT))
        codes = stated | {form.code for form in WRITTEN.values()}
        notices = set(problems.NOTICES)
        assert codes - notices - set(problems.ROW_PROBLEMS) == set()

    def test_say_the_example(self):
        told = problems.told("date.format", "MM/DD/YYYY")
        assert told.expected == "a date such as MM/DD/YYYY"
        assert "step 2" in told.todo

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("code", sorted(problems.ROW_PROBLEMS))
    def test_are_complete_sentences_whatever_the_example(self, code, language):
        with translation.override(language):
            told = problems.told(code, "5.93%")
        assert told.expected
        assert told.todo[-1] in ".。"


class TestTheErrorFile:
    def test_speaks_the_language_of_the_files_headers(self):
        english, chinese = (problems.in_error_files(one)["date.format"] for one in ("en", "zh"))
        assert english.startswith(
            "“{column}” should be a date such as {expected}, found “{value}”."
        )
        assert chinese != english

    def test_has_words_for_every_problem(self):
        assert set(problems.in_error_files("en")) == set(problems.ROW_PROBLEMS)


class TestNotices:
    def test_each_have_a_sentence(self):
        codes = set(re.findall(r'Notice\(\s*"([a-z_.]+)"', TEXT))
        assert codes - set(problems.NOTICES) == set()

    def test_name_the_column_that_may_have_been_renamed(self):
        told = problems.notice("column.unknown", {"column": "Umsatz", "nearest": "GMV"}, 1)
        assert "Umsatz" in told
        assert "GMV" in told

    def test_count_what_they_are_about(self):
        assert problems.notice("row.summary", {"rows": [2, 9]}, 2) == (
            "Rows that are totals of other rows and were left out: 2 (row 2, 9)."
        )


class TestRefusals:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_can_be_told_in_both_languages(self, language):
        params = dict.fromkeys(
            ("found", "column", "nearest", "zone", "zones", "name", "market", "stated", "value"),
            "x",
        )
        with translation.override(language):
            told = [problems.why(code, params | {"row": 3}) for code in problems.REFUSALS]
        assert all(told)

    def test_each_have_a_sentence(self):
        assert len(refusals()) > 10
        assert refusals() - set(problems.REFUSALS) == set()

    def test_name_the_missing_column_and_its_likely_new_name(self):
        refused = ColumnMissing("Product clicks", "tiktok.x", "Clicks on product", ("a", "b"))
        told = problems.sentence_of(refused)
        assert "“Product clicks” is missing" in told
        assert "“Clicks on product” may be its new name" in told

    def test_survive_a_detail_with_a_percent_sign(self):
        assert "damaged" in problems.sentence_of(FileRefused("damaged", "100% broken"))


class TestNames:
    def test_are_there_for_every_field(self):
        fields = {field for kind in FIELDS.values() for field in kind}
        assert fields - set(FIELD_NAMES) == set()

    def test_are_there_for_every_layout(self):
        layouts = {layout.name for layout in (*LAYOUTS, *BENCHMARK_LAYOUTS)}
        assert layouts - set(names.LAYOUTS) == set()
