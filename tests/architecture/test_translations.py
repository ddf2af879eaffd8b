"""Everything LinkStar says is said in Chinese, completely and with the same placeholders."""

import importlib.util
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "src" / "linkstar" / "locale"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd%]|\{\w*\}")
NEVER = ("佣金计划", "基准库", "基准册", "冲回", "卖家", "经理", "邀约", "你", "「")
"""Other words for what docs/glossary.md calls by one, and other marks than ours."""
CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def extractor():
    """The script behind `make messages`."""
    path = ROOT / "frontend" / "messages.py"
    spec = importlib.util.spec_from_file_location("frontend_messages", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=path.parts[-3]) if message.id]


def texts(said) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def test_there_is_a_chinese_catalogue():
    assert [path.parts[-3] for path in CATALOGUES] == ["zh_Hans"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
class TestACatalogue:
    def test_knows_everything_that_is_said(self, path):
        script = extractor()
        said = {(m.id, m.context) for m in script.catalogue_of(script.all_messages()) if m.id}
        known = {(m.id, m.context) for m in messages(path)}
        assert said - known == set(), "run `make messages` and translate"
        assert known - said == set(), "run `make messages`"

    def test_leaves_nothing_untranslated(self, path):
        assert [m.id for m in messages(path) if not all(texts(m.string))] == []

    def test_has_nothing_fuzzy(self, path):
        assert [m.id for m in messages(path) if m.fuzzy] == []

    def test_keeps_every_placeholder(self, path):
        differing = []
        for message in messages(path):
            wanted = set(PLACEHOLDER.findall(texts(message.id)[-1])) - {"%%"}
            found = set(PLACEHOLDER.findall(texts(message.string)[-1])) - {"%%"}
            if wanted != found:
                differing.append((message.id, sorted(wanted ^ found)))
        assert differing == []

    def test_uses_chinese_punctuation_between_han(self, path):
        ascii_mark = re.compile(r"[\u4e00-\u9fff][,;!?](?=[\u4e00-\u9fff])")
        assert [m.string for m in messages(path) if ascii_mark.search(str(m.string))] == []

    def test_uses_chinese_brackets_beside_han(self, path):
        ascii_bracket = re.compile(r"[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]")
        assert [m.string for m in messages(path) if ascii_bracket.search(str(m.string))] == []

    def test_has_one_word_for_one_thing(self, path):
        said = [text for message in messages(path) for text in texts(message.string)]
        assert [text for text in said if any(word in text for word in NEVER)] == []
