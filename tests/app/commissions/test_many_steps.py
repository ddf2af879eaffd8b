import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.app.commissions.money_machine import MoneyMachine


def live(lives: int, steps: int) -> None:
    limits = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(MoneyMachine, settings=limits)


@pytest.mark.django_db
class TestTheShop:
    def test_keeps_every_promise_through_ten_thousand_steps(self) -> None:
        live(167, 60)

    @pytest.mark.long
    def test_keeps_every_promise_through_a_million_steps(self) -> None:
        live(16_700, 60)
