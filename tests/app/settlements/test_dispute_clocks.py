"""Disputes about content, who is told at each step, and clocks that run by themselves."""

from datetime import timedelta

import pytest

from linkstar.accounts.models import Notification
from linkstar.catalog.models import Product
from linkstar.collaborations.actions import (
    agree_collaboration,
    confirm_deliverable,
    return_deliverable,
    submit_deliverable,
    take_down_content,
)
from linkstar.collaborations.rules import Terms
from linkstar.commissions.actions import accrue_flat_fees, make_payable
from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences, misbooked
from linkstar.creators.models import Creator
from linkstar.ledger.queries import unsound
from linkstar.money.amounts import Money
from linkstar.settlements.actions import (
    DisputeRefused,
    answer_dispute,
    decide_dispute,
    dispute_deliverable,
    open_dispute,
    remind_of_disputes,
    run_dispute_clocks,
)
from linkstar.settlements.rules import Outcome


@pytest.fixture
def ada(desk) -> Creator:
    return Creator.objects.create(
        user=desk.till.cast.ada, handle="ada", state="verified", created_at=desk.now
    )


@pytest.fixture
def content(desk, ada, promoting):
    """Two videos for 100.00, the first one handed in."""
    terms = Terms(
        rate_bps=1_500, flat_fee=Money(10_000, "USD"), videos=2, lives=0, needs_sample=False,
        starts_on=desk.now.date(), ends_before=desk.now.date() + timedelta(days=60),
    )  # fmt: skip
    serum = Product.objects.get(external_id="serum")
    made = agree_collaboration(
        shop=desk.shop, creator=ada, products=[serum], terms=terms, now=desk.now
    )
    first = made.deliverables.order_by("number")[0]
    return submit_deliverable(
        deliverable=first, url="https://v.example/1", content_id="1", now=desk.now
    )


@pytest.fixture(autouse=True)
def _book_agrees(desk):
    yield
    assert list(unsound(desk.till.book)) == []
    assert list(differences(desk.till.cast.workspace)) == []
    assert misbooked(desk.till.cast.workspace) == 0


def disputed_fee(desk):
    return open_dispute(
        commission=Commission.objects.get(), user=desk.till.cast.mei, is_from_creator=False,
        text="Taken down.", now=desk.now,
    )  # fmt: skip


def decided(desk, dispute, outcome: Outcome):
    answered = answer_dispute(
        dispute=dispute, user=desk.till.cast.ada, is_creator=not dispute.is_from_creator,
        text="No.", now=desk.now,
    )  # fmt: skip
    decide_dispute(
        dispute=answered, outcome=outcome, user=desk.till.cast.olga, text="So.", now=desk.now
    )
    desk.wait(7)
    [ended] = run_dispute_clocks(now=desk.now)
    return ended


class TestAFlatFee:
    @pytest.fixture
    def earned(self, desk, content):
        confirm_deliverable(deliverable=content, now=desk.now)
        accrue_flat_fees(shop=desk.shop, now=desk.now)

    def test_is_held_and_let_go_again(self, desk, earned) -> None:
        dispute = disputed_fee(desk)
        assert (desk.till.owed("ada", "held"), desk.till.owed("ada", "approved")) == (5_000, 0)
        decided(desk, dispute, Outcome.CREATOR)
        assert (desk.till.owed("ada", "held"), desk.till.owed("ada", "approved")) == (0, 5_000)

    def test_is_taken_back_once_where_the_seller_wins(self, desk, earned) -> None:
        decided(desk, disputed_fee(desk), Outcome.SELLER)
        assert desk.till.amounts() == [("accrued", 5_000), ("clawed_back", -5_000)]
        assert desk.till.owed("ada", "approved") == 0
        assert accrue_flat_fees(shop=desk.shop, now=desk.now) == 0

    def test_that_was_settled_lowers_what_is_paid_next(self, desk, earned) -> None:
        make_payable(shop=desk.shop, now=desk.now)
        desk.close()
        dispute = disputed_fee(desk)
        assert desk.till.owed("ada", "held") == 0
        decided(desk, dispute, Outcome.SELLER)
        assert desk.till.owed("ada", "payable") == -5_000


class TestContent:
    @pytest.fixture
    def returned(self, desk, content):
        return return_deliverable(deliverable=content, reason="Too dark.", now=desk.now)

    def doubt(self, desk, deliverable):
        return dispute_deliverable(
            deliverable=deliverable, user=desk.till.cast.ada, text="It is as agreed.", now=desk.now
        )

    def test_that_was_returned_counts_as_confirmed_where_the_creator_wins(
        self, desk, returned
    ) -> None:
        decided(desk, self.doubt(desk, returned), Outcome.CREATOR)
        returned.refresh_from_db()
        assert returned.state == "confirmed"
        assert desk.till.owed("ada", "approved") == 5_000

    def test_stays_returned_where_the_seller_wins(self, desk, returned) -> None:
        decided(desk, self.doubt(desk, returned), Outcome.SELLER)
        returned.refresh_from_db()
        assert (returned.state, Commission.objects.count()) == ("returned", 0)

    def test_is_disputed_once_and_only_when_it_was_returned(self, desk, content) -> None:
        with pytest.raises(DisputeRefused, match="not_returned"):
            self.doubt(desk, content)
        returned = return_deliverable(deliverable=content, reason="Too dark.", now=desk.now)
        self.doubt(desk, returned)
        with pytest.raises(DisputeRefused, match="already_disputed"):
            self.doubt(desk, returned)

    def test_that_was_taken_down_is_not_disputed(self, desk, content) -> None:
        down = take_down_content(deliverable=content, now=desk.now)
        with pytest.raises(DisputeRefused, match="not_returned"):
            self.doubt(desk, down)


class TestTheClocks:
    @pytest.fixture
    def dispute(self, desk, ada):
        desk.sell("o1")
        return open_dispute(
            commission=Commission.objects.get(), user=desk.till.cast.ada, is_from_creator=True,
            text="Two were sold.", now=desk.now,
        )  # fmt: skip

    def told(self, code: str) -> set[str]:
        rows = Notification.objects.filter(code=code)
        return {each.user.email.partition("@")[0] for each in rows}

    def test_tell_the_other_side_when_it_is_opened_and_once_before_time_is_over(
        self, desk, dispute
    ) -> None:
        assert self.told("dispute.opened") == {"lin", "mei", "finn"}
        assert remind_of_disputes(now=desk.now) == 0
        desk.wait(4)
        assert remind_of_disputes(now=desk.now) == 3
        assert remind_of_disputes(now=desk.now) == 0
        assert self.told("dispute.answer_due") == {"lin", "mei", "finn"}

    def test_say_once_that_nobody_answered(self, desk, dispute) -> None:
        desk.wait(5)
        for _ in range(2):
            assert run_dispute_clocks(now=desk.now) == []
        assert self.told("dispute.unanswered") == {"ada", "olga"}
        assert Notification.objects.filter(code="dispute.unanswered").count() == 2

    def test_end_a_decision_nobody_appealed_and_tell_both_sides(self, desk, dispute) -> None:
        decided(desk, dispute, Outcome.CREATOR)
        assert self.told("dispute.final_creator") == {"lin", "mei", "finn", "ada"}
        assert run_dispute_clocks(now=desk.now) == []


class TestWhoDecides:
    def test_belongs_to_no_side_while_somebody_else_can(self, desk, ada) -> None:
        desk.sell("o1")
        cast = desk.till.cast
        dispute = disputed_fee(desk)
        desk.wait(5)
        cast.lin.is_operator = True
        cast.lin.save()
        say = {"dispute": dispute, "outcome": Outcome.SELLER, "text": "Mine.", "now": desk.now}
        with pytest.raises(DisputeRefused, match="own_company"):
            decide_dispute(user=cast.lin, **say)
        type(cast.olga).objects.filter(pk=cast.olga.pk).update(is_operator=False)
        assert decide_dispute(user=cast.lin, **say).state == "decided"
