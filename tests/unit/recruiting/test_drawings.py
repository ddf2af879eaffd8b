"""The diagrams of docs/methods/recruiting.md say what the tables say, and nothing else."""

import re
from pathlib import Path

import pytest

from linkstar.creators.rules import STATE_MOVES
from linkstar.recruiting.rules import MACHINES

DOCUMENT = Path(__file__).parents[3] / "docs" / "methods" / "recruiting.md"
TITLES = {"campaign": "campaign", "sign-up": "application", "creator": "creator",
          "invitation": "invitation", "negotiation": "negotiation"}  # fmt: skip
MACHINE = re.compile(r'state "([\w-]+)" as \w \{(.*?)\n    \}', re.DOTALL)
ARROW = re.compile(r"(\w+) --> (\w+): ([a-z, ]+)")


def drawn() -> dict[str, set[tuple[str, str, str]]]:
    found = {}
    for title, body in re.findall(
        r'state "([\w-]+)" as \w \{(.*?)\n    \}', DOCUMENT.read_text(), re.DOTALL
    ):
        found[TITLES[title]] = {
            (start.rstrip("_"), event.strip(), end.rstrip("_"))
            for start, end, events in ARROW.findall(body)
            for event in events.split(",")
        }
    return found


@pytest.mark.parametrize("machine", [*MACHINES, "creator"])
def test_a_machine_is_drawn_as_it_is(machine) -> None:
    moves = {**MACHINES, "creator": STATE_MOVES}[machine]
    assert drawn()[machine] == {(start, event, end) for (start, event), end in moves.items()}
