"""Worked examples of `docs/methods/` are run as they stand, and told in Chinese as well."""

import doctest
import re
from pathlib import Path

import pytest

METHODS = Path(__file__).parents[2] / "docs" / "methods"
EXPLAINED = (
    *("ctr", "uplift", "benchmark", "shrinkage", "flags", "mix"),
    *("benchmark-book", "uplift-answer", "commission-plans", "attribution", "commission"),
    "settlement",
    *("experiments", "sequential", "allocation", "series", "rootcause", "features", "forecast"),
)
BLOCK = re.compile(r"```pycon\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"\d[\d,]*\.?\d*")


def text_of(name: str) -> str:
    return (METHODS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXPLAINED)
class TestMethod:
    def test_example_gives_what_the_document_says(self, name: str) -> None:
        blocks = BLOCK.findall(text_of(name))
        examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, name, 0)
        report: list[str] = []
        found = doctest.DocTestRunner(verbose=False).run(examples, out=report.append)

        assert found.attempted >= 4
        assert found.failed == 0, "".join(report)

    def test_is_explained_in_chinese_with_the_numbers_of_the_example(self, name: str) -> None:
        english, chinese = text_of(name).split("\n## 中文\n")
        told = chinese[chinese.index("上面的例子") :]
        known = {number.rstrip(".,") for number in NUMBER.findall(english)}
        numbers = {number.rstrip(".,") for number in NUMBER.findall(told)}

        assert len(numbers) >= 4
        assert {number for number in numbers if len(number) > 1} <= known
