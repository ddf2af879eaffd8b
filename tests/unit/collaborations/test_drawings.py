"""docs/methods/collaborations.md says what the tables and the dated clocks say."""

import re
from datetime import date
from pathlib import Path

import pytest

from linkstar.collaborations.rules import (
    DELIVERABLE_MOVES,
    SAMPLE_MOVES,
    SUPPORT_MOVES,
    clocks_of,
    fulfilment_bps,
)

DOCUMENT = (Path(__file__).parents[3] / "docs" / "methods" / "collaborations.md").read_text()
MACHINE = re.compile(r'state "(\w+)" as \w \{(.*?)\n    \}', re.DOTALL)
ARROW = re.compile(r"(\w+) --> (\w+): ([a-z, ]+)")


@pytest.mark.parametrize(
    ("machine", "moves"),
    [("sample", SAMPLE_MOVES), ("deliverable", DELIVERABLE_MOVES), ("support", SUPPORT_MOVES)],
)
def test_a_machine_is_drawn_as_it_is(machine, moves) -> None:
    body = dict(MACHINE.findall(DOCUMENT))[machine]
    drawn = {
        (start, event.strip(), end)
        for start, end, events in ARROW.findall(body)
        for event in events.split(",")
    }
    assert drawn == {(str(start), event, str(end)) for (start, event), end in moves.items()}


def test_the_days_it_names_are_those_in_force() -> None:
    clocks = clocks_of("US", date(2026, 11, 29))
    english = DOCUMENT.split("## 中文")[0]
    assert f"reviewed within {clocks.sample_review_days} days" in english
    assert f"content is due {clocks.content_days} days after the start" in english
    assert f"{clocks.content_extension_days} more days can be given once" in english
    assert f"stayed up for {clocks.video_kept_up_days} days" in english
    shipping = f"{clocks.sample_shipping_days} days to ship, {clocks.confirmation_days} to confirm"
    support = f"{clocks.support_answer_days} to answer and {clocks.support_days} to give"
    assert f"{shipping}, {support}" in " ".join(english.split())


def test_its_worked_example_is_right() -> None:
    assert "fulfilment is 75%, not 60%" in DOCUMENT
    assert fulfilment_bps(completed=3, overdue=1) == 7_500
