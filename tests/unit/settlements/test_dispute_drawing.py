"""docs/methods/disputes.md draws the machine as it is, with the days in force."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkstar.settlements.rules import (
    ANSWER_WITHIN,
    APPEAL_WITHIN,
    DISPUTE_MOVES,
    EVIDENCE_PER_DISPUTE_MAX,
    EVIDENCE_PER_MESSAGE_MAX,
    DisputeVerb,
    may_decide,
    side_verbs,
)

DOCUMENT = (Path(__file__).parents[3] / "docs" / "methods" / "disputes.md").read_text()
NOW = datetime(2026, 11, 29, tzinfo=UTC)
SOON = NOW + timedelta(days=1)


def test_the_machine_is_drawn_as_it_is() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+):", DOCUMENT, re.MULTILINE))
    assert drawn == {(str(a), str(b)) for a, ends in DISPUTE_MOVES.items() for b in ends}


def test_the_limits_are_those_in_force() -> None:
    assert f"{ANSWER_WITHIN.days} days without an answer" in DOCUMENT
    assert f"within {APPEAL_WITHIN.days} days" in DOCUMENT
    assert f"{EVIDENCE_PER_MESSAGE_MAX} with a message, {EVIDENCE_PER_DISPUTE_MAX} in" in DOCUMENT


class TestASide:
    def verbs(self, state: str, outcome: str = "", ends_at=SOON, **who: bool) -> list[DisputeVerb]:
        return side_verbs(state, outcome, ends_at, NOW, **who)

    def test_answers_what_the_other_one_opened(self) -> None:
        answer, message = DisputeVerb.ANSWER, DisputeVerb.MESSAGE
        assert self.verbs("open", is_opener=False, is_creator=True) == [answer, message]
        assert self.verbs("open", is_opener=True, is_creator=True) == [message]

    def test_appeals_what_went_against_it_in_time(self) -> None:
        appeal, message = DisputeVerb.APPEAL, DisputeVerb.MESSAGE
        creator = {"is_opener": True, "is_creator": True}
        assert self.verbs("decided", "seller", **creator) == [appeal, message]
        assert self.verbs("decided", "creator", **creator) == [message]
        assert self.verbs("decided", "seller", ends_at=NOW, **creator) == [message]

    def test_says_nothing_more_when_it_is_final(self) -> None:
        assert self.verbs("final", "seller", is_opener=True, is_creator=True) == []


def test_the_operator_decides_when_it_is_time() -> None:
    assert [may_decide(state, SOON, NOW) for state in DISPUTE_MOVES] == [
        False, True, False, True, False,
    ]  # fmt: skip
    assert may_decide("open", NOW, NOW)
