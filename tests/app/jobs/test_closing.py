"""Periods close by themselves, once, and those who approve are told."""

from datetime import timedelta

import pytest
import time_machine
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import Desk

from linkstar.accounts.models import Notification
from linkstar.catalog.models import AffiliateService
from linkstar.jobs.money import close_due_periods
from linkstar.settlements.models import Settlement


@pytest.fixture
def desk(till) -> Desk:  # noqa: F811  # the fixture
    found = Desk(till)
    found.sell("o1")
    found.wait(8)
    return found


def serve(shop, user, now, **fields: object) -> AffiliateService:
    return AffiliateService.objects.create(
        shop=shop,
        enabled_at=now,
        accepted_at=now,
        accepted_by=user,
        terms_version="1",
        default_rate_bps=1_000,
        **fields,
    )


def work(at) -> None:
    with time_machine.travel(at, tick=False):
        close_due_periods.call_local()


class TestThePeriodThatEnded:
    def test_is_closed_once_however_often_the_job_runs(self, desk) -> None:
        serve(desk.shop, desk.till.cast.lin, desk.now)
        for _ in range(3):
            work(desk.now)
        assert Settlement.objects.get().payable_minor == 900
        told = Notification.objects.filter(code="settlement.closed")
        assert sorted(told.values_list("user__email", flat=True)) == [
            "finn@example.com", "lin@example.com", "mei@example.com",
        ]  # fmt: skip

    def test_of_a_shop_that_never_switched_it_on_stays_open(self, desk) -> None:
        work(desk.now)
        assert not Settlement.objects.exists()

    def test_of_a_shop_that_switched_it_off_is_still_settled(self, desk) -> None:
        serve(desk.shop, desk.till.cast.lin, desk.now, disabled_at=desk.now)
        work(desk.now)
        assert Settlement.objects.count() == 1

    def test_takes_along_what_a_long_stop_passed_over(self, desk) -> None:
        serve(desk.shop, desk.till.cast.lin, desk.now)
        work(desk.now + timedelta(days=35))
        work(desk.now + timedelta(days=42))
        assert Settlement.objects.get().lines == 1
