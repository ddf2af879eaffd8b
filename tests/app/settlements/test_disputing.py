"""Disputes: held in the book until decided, released or taken back for good."""

from datetime import date, timedelta

import pytest

from linkstar.attribution.actions import reattribute_by_hand
from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences
from linkstar.creators.models import Creator
from linkstar.ledger.queries import unsound
from linkstar.plans.models import Incentive
from linkstar.settlements.actions import (
    DisputeRefused,
    answer_dispute,
    appeal_dispute,
    decide_dispute,
    end_dispute,
    open_dispute,
    say_in_dispute,
)
from linkstar.settlements.rules import MoveRefused, Outcome


@pytest.fixture(autouse=True)
def _book_agrees(desk):
    yield
    assert list(unsound(desk.till.book)) == []
    assert list(differences(desk.till.cast.workspace)) == []


@pytest.fixture
def dispute(desk):
    desk.sell("o1")
    return open_dispute(
        commission=Commission.objects.get(), user=desk.till.cast.finn, is_from_creator=False,
        text="Bought by the creator.", now=desk.now,
    )  # fmt: skip


@pytest.fixture
def answered(desk, dispute):
    return answer_dispute(
        dispute=dispute, user=desk.till.cast.ada, is_creator=True, text="No.", now=desk.now
    )


def decide(desk, dispute, outcome: Outcome):
    return decide_dispute(
        dispute=dispute, outcome=outcome, user=desk.till.cast.olga, text="So.", now=desk.now
    )


class TestADispute:
    def test_holds_the_amount_and_no_statement_takes_it(self, desk, dispute) -> None:
        assert (desk.till.owed("ada", "held"), desk.till.owed("ada", "payable")) == (900, 0)
        assert desk.close().settlements == []

    def test_cannot_be_opened_twice_or_without_a_word(self, desk, dispute) -> None:
        for text, reason in (("Again.", "already_disputed"), (" ", "no_text")):
            with pytest.raises(DisputeRefused) as refused:
                open_dispute(
                    commission=dispute.commission, user=desk.till.cast.ada, is_from_creator=True,
                    text=text, now=desk.now,
                )  # fmt: skip
            assert refused.value.reason == reason

    def test_is_answered_by_the_other_side_only(self, desk, dispute) -> None:
        with pytest.raises(DisputeRefused, match="own_claim"):
            answer_dispute(
                dispute=dispute, user=desk.till.cast.lin, is_creator=False, text="I", now=desk.now
            )

    def test_is_not_decided_while_the_other_side_may_answer(self, desk, dispute) -> None:
        with pytest.raises(DisputeRefused, match="clock_running"):
            decide(desk, dispute, Outcome.SELLER)
        desk.wait(5)
        assert decide(desk, dispute, Outcome.SELLER).state == "decided"

    def test_for_the_creator_lets_the_amount_go_and_the_next_statement_takes_it(
        self, desk, answered
    ) -> None:
        decided = decide(desk, answered, Outcome.CREATOR)
        with pytest.raises(DisputeRefused, match="appeal_open"):
            end_dispute(dispute=decided, now=desk.now)
        desk.wait(7)
        assert end_dispute(dispute=decided, now=desk.now).state == "final"
        assert (desk.till.owed("ada", "held"), desk.till.owed("ada", "payable")) == (0, 900)
        assert desk.close().settlements[0].lines_minor == 900

    def test_for_the_seller_takes_the_amount_back(self, desk, answered) -> None:
        decided = decide(desk, answered, Outcome.SELLER)
        desk.wait(7)
        end_dispute(dispute=decided, now=desk.now)
        assert desk.till.amounts() == [("accrued", 900), ("reattributed", -900)]
        assert (desk.till.owed("ada", "held"), desk.till.owed("ada", "payable")) == (0, 0)

    def test_may_be_appealed_once_by_who_lost_and_then_is_final(self, desk, answered) -> None:
        decided = decide(desk, answered, Outcome.SELLER)
        with pytest.raises(DisputeRefused, match="own_claim"):
            appeal_dispute(
                dispute=decided, user=desk.till.cast.lin, is_creator=False, text="!", now=desk.now
            )
        appealed = appeal_dispute(
            dispute=decided, user=desk.till.cast.ada, is_creator=True, text="Look.", now=desk.now
        )
        assert decide(desk, appealed, Outcome.CREATOR).state == "final"
        assert desk.till.owed("ada", "payable") == 900
        with pytest.raises(MoveRefused):
            decide(desk, appealed, Outcome.SELLER)

    def test_too_late_to_appeal_and_to_speak(self, desk, answered) -> None:
        decided = decide(desk, answered, Outcome.SELLER)
        desk.wait(7)
        with pytest.raises(DisputeRefused, match="too_late"):
            appeal_dispute(
                dispute=decided, user=desk.till.cast.ada, is_creator=True, text="!", now=desk.now
            )
        end_dispute(dispute=decided, now=desk.now)
        with pytest.raises(DisputeRefused, match="too_late"):
            say_in_dispute(
                dispute=decided, user=desk.till.cast.ada, side="creator", text="But", now=desk.now
            )

    def test_about_what_was_paid_for_the_seller_lowers_the_next_statement(self, desk) -> None:
        desk.sell("o1")
        desk.close()
        dispute = open_dispute(
            commission=Commission.objects.get(), user=desk.till.cast.finn, is_from_creator=False,
            text="Bought by the creator.", now=desk.now,
        )  # fmt: skip
        desk.wait(5)
        decided = decide(desk, dispute, Outcome.SELLER)
        desk.wait(7)
        end_dispute(dispute=decided, now=desk.now)
        assert desk.till.owed("ada", "payable") == -900

    def test_about_a_line_somebody_else_earned_meanwhile_takes_nothing_from_them(
        self, desk, answered
    ) -> None:
        bo = Creator.objects.create(
            workspace=desk.till.cast.workspace, handle="bo", created_at=desk.now
        )
        reattribute_by_hand(
            line=desk.till.line(), creator=bo, reason="Bo's", user=desk.till.cast.lin, now=desk.now
        )
        desk.till.work()
        decided = decide(desk, answered, Outcome.SELLER)
        desk.wait(7)
        end_dispute(dispute=decided, now=desk.now)
        assert (desk.till.owed("bo"), desk.till.owed("ada", "held")) == (900, 0)


class TestADepositThatWasDisputed:
    def test_goes_back_whole_with_what_was_given_back_meanwhile(self, desk) -> None:
        till = desk.till
        Incentive.objects.create(
            shop=till.shop, kind="boost", funded_by="seller", bonus_bps=100,
            starts_on=date(2026, 9, 1), ends_before=date(2026, 12, 1), created_at=till.now,
        )  # fmt: skip
        till.state(tier_rates_bps="3.0 OR 5.0")
        till.work()
        doubted = Commission.objects.get(component="standard")
        dispute = open_dispute(
            commission=doubted, user=till.cast.finn, is_from_creator=False, text="?", now=till.now
        )
        till.state(tier_rates_bps="3.0 OR 5.0", items_returned=1)
        till.work()
        till.now += timedelta(days=6)
        decided = decide_dispute(
            dispute=dispute, outcome=Outcome.CREATOR, user=till.cast.olga, text=".", now=till.now
        )
        end_dispute(dispute=decided, now=decided.clock_ends_at)
        assert (till.owed("ada", "deposit"), till.owed("ada")) == (200, 40)
