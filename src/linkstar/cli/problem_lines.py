"""One line for one bad row: where, what was expected, what was found."""

from collections.abc import Mapping
from typing import Any

from linkstar.cli.words import gettext as _
from linkstar.web.problems import told


def problem_line(path: str, problem: Mapping[str, Any]) -> str:
    """The sentence of a row's problem."""
    sentence = _("{path}, row {row}, {column}: expected {expected}, found “{value}”")
    return sentence.format(
        path=path,
        row=problem["row"],
        column=problem["column"] or "-",
        expected=told(problem["code"], problem["expected"]).expected,
        value=problem["value"],
    )
