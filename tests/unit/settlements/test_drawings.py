"""docs/methods/settlement.md says what the tables and the dated policies say."""

import re
from datetime import date
from pathlib import Path

import pytest

from linkstar.settlements import rules
from linkstar.settlements.documents import LINE_FIELDS
from linkstar.settlements.status_files import STATUS_COLUMNS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "methods" / "settlement.md").read_text()
MACHINE = re.compile(r'state "(\w+)" as \w \{(.*?)\n    \}', re.DOTALL)
ARROW = re.compile(r"(\w+) --> (\w+):")


@pytest.mark.parametrize(
    ("machine", "moves"),
    [
        ("settlement", rules.SETTLEMENT_MOVES),
        ("statement", rules.STATEMENT_MOVES),
        ("payout", rules.PAYOUT_MOVES),
        ("dispute", rules.DISPUTE_MOVES),
    ],
)
def test_a_machine_is_drawn_as_it_is(machine, moves) -> None:
    drawn = set(ARROW.findall(dict(MACHINE.findall(DOCUMENT))[machine]))
    assert drawn == {(str(start), str(end)) for start, ends in moves.items() for end in ends}


def test_the_sums_and_days_it_names_are_those_in_force() -> None:
    today = date(2026, 11, 29)
    assert rules.minimum_minor("USD", today) == 100
    assert rules.two_people_above_minor("USD", today) == 1_000_000
    assert "1 US dollar;" in DOCUMENT
    assert "above 10,000 US dollars two different people" in DOCUMENT
    answer, appeal = rules.ANSWER_WITHIN.days, rules.APPEAL_WITHIN.days
    assert f"{answer} days to answer, {appeal} days to appeal" in DOCUMENT
    assert f"{answer} 天答复，{appeal} 天申诉" in DOCUMENT


def test_the_fields_it_names_are_those_of_the_files() -> None:
    part = DOCUMENT.partition("**Files.**")[2].partition("A statement carried over")[0]
    assert tuple(re.findall(r"`(\w+)`", part)) == LINE_FIELDS
    assert f"`{','.join(STATUS_COLUMNS)}`" in DOCUMENT
