"""Files and functions stay small enough to explain."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "linkstar"
FILES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 80


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
class TestASourceFile:
    def test_has_at_most_500_lines(self, path: Path) -> None:
        assert len(path.read_text().splitlines()) <= FILE_LINES_MAX

    def test_has_no_function_over_80_lines(self, path: Path) -> None:
        long = [
            node.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
        ]
        assert not long


def test_the_source_was_found() -> None:
    assert len(FILES) > 20
