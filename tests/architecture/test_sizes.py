"""Files and functions stay small enough to explain."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "linkstar"
FILES = {
    str(path.relative_to(SOURCE)): path.read_text()
    for path in sorted(SOURCE.rglob("*.py"))
    if "migrations" not in path.parts
}
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 80


class TestASourceFile:
    def test_has_at_most_500_lines(self) -> None:
        assert [
            name for name, text in FILES.items() if len(text.splitlines()) > FILE_LINES_MAX
        ] == []

    def test_has_no_function_over_80_lines(self) -> None:
        long = [
            f"{name}: {node.name}"
            for name, text in FILES.items()
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
        ]
        assert long == []


def test_the_source_was_found() -> None:
    assert len(FILES) > 20
