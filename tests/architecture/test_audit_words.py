"""Whatever a company's audit log may hold is told in words, and found under some subject."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from linkstar.web.audit_words import SUBJECTS, VERBS

SOURCE = Path(__file__).parents[2] / "src" / "linkstar"
VERB = re.compile(r"[a-z_]+\.[a-z_]+")
LOGGING = {"log", "record"}
NAMED_BY = {"verb", "logs", "logged"}
BY_CREATORS = {
    "application.withdraw", "deliverable.submit", "deliverable.take_down", "income.exported",
    "invitation.decline",
    "promotion.stopped", "sample.receive", "sample.withdraw", "support.request",
    "support.withdraw",
}  # fmt: skip
"""Done for themselves, so in no company's log; so is whatever they do to their profile."""


def verbs_written() -> Iterator[str]:
    """Every verb that stands as a literal where something is written down."""
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            given = [word.value for word in call.keywords if word.arg in NAMED_BY]
            if ast.unparse(call.func).rpartition(".")[2] in LOGGING:
                given += call.args[1:2]
            for literal in (each for value in given for each in ast.walk(value)):
                if isinstance(literal, ast.Constant) and VERB.fullmatch(str(literal.value)):
                    yield literal.value


def test_every_verb_has_words() -> None:
    written = {verb for verb in verbs_written() if not verb.startswith("profile.")} - BY_CREATORS
    assert "shop.changed" in written
    assert written - set(VERBS) == set()


def test_every_verb_is_found_under_one_subject() -> None:
    firsts = [first for _, its in SUBJECTS.values() for first in its]
    assert len(firsts) == len(set(firsts))
    assert {verb.partition(".")[0] for verb in VERBS} == set(firsts)
