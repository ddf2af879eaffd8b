"""A shop's whole life of money in any order; the fourteen promises hold after every step."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.app.money.life import BEGINNINGS, MoneyLife

STEPS_A_LIFE = 100
HAPPENS = (
    "refund", "refund after settlement", "refund above the sale refused", "given by hand",
    "closed", "payouts", "without account", "paid", "failed", "returned", "dispute",
    "final for the creator", "final for the seller", "exchanged", "waits for a rate",
    "exchange cleared", "second rate refused", "another order",
    "fewer items than came back refused", "second reversal refused", "one person alone refused",
    "amount in deposit for standard", "amount in deposit for ads", "amount in held for standard",
    "amount in paid for ads", "import undone", "import undone after settlement",
    "refund of a withdrawn line", "amount released", "amount clawed_back", "amount reattributed",
)  # fmt: skip


def live(lives: int) -> None:
    """Every beginning once by itself, since chance may leave one out; then so many whole lives."""
    MoneyLife.happened.clear()
    for beginning in BEGINNINGS:
        life = MoneyLife()
        life.begins(beginning)
        life.teardown()
    limits = settings(
        max_examples=lives,
        stateful_step_count=STEPS_A_LIFE,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(MoneyLife, settings=limits)
    assert not [each for each in HAPPENS if not MoneyLife.happened[each]]


@pytest.mark.django_db
class TestTheShop:
    def test_keeps_every_promise_through_ten_thousand_steps(self) -> None:
        live(10_000 // STEPS_A_LIFE)

    @pytest.mark.long
    def test_keeps_every_promise_through_a_million_steps(self) -> None:
        live(1_000_000 // STEPS_A_LIFE)
