"""Journals that are loaded in turns are rebuilt in few loads, and come out the same."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.app.lake.journals import NOW, Desk, followed, single

from linkstar.lake.journaled_history import past_loads
from linkstar.lake.rebuilding import archived, differences, load_archived
from linkstar.lake.store import Lake

ROUNDS = 4


@pytest.fixture
def desks(tmp_path: Path) -> list[Desk]:
    return [Desk(tmp_path, "journal"), Desk(tmp_path, "journal-2")]


def in_turns(desks: list[Desk], *rounds: tuple[str, str]) -> None:
    """In each round one event comes to each journal, and both are loaded."""
    for second, names in enumerate(rounds):
        for desk, name in zip(desks, names, strict=True):
            desk.write(single(followed(name)))
            desk.load(now=NOW + timedelta(seconds=second))


def rebuilt(desks: list[Desk], folder: Path) -> tuple[Lake, int]:
    """The facts made anew, and in how many loads."""
    lake, parts = Lake(folder / "rebuilt"), archived([desk.folder for desk in desks])
    for part in parts:
        load_archived(lake, part, desks[0].directory, scratch=folder / "scratch")
    return lake, len(parts)


class TestLoadsThatTookTurns:
    def test_become_one_of_each_journal(self, desks: list[Desk], tmp_path: Path) -> None:
        in_turns(desks, *((f"a{n}", f"b{n}") for n in range(ROUNDS)))
        assert len(past_loads(tmp_path)) == 2 * ROUNDS
        lake, loads = rebuilt(desks, tmp_path)
        assert loads == 2
        assert list(differences(desks[0].lake, lake)) == []

    def test_stay_as_they_were_where_an_event_came_to_both(
        self, desks: list[Desk], tmp_path: Path
    ) -> None:
        in_turns(desks, ("a0", "twice"), ("twice", "b1"), ("a2", "b2"))
        lake, loads = rebuilt(desks, tmp_path)
        assert loads == 6
        assert list(differences(desks[0].lake, lake)) == []

    def test_stay_apart_from_those_nothing_could_be_made_of(
        self, desks: list[Desk], tmp_path: Path
    ) -> None:
        in_turns(desks, ("a0", "b0"), ("a1", "b1"))
        desks[1].write(single(followed("stray", link="gone")))
        desks[1].load(now=NOW + timedelta(seconds=2))
        in_turns(desks, ("a2", "b2"), ("a3", "b3"))
        lake, loads = rebuilt(desks, tmp_path)
        assert loads == 5
        assert list(differences(desks[0].lake, lake)) == []
