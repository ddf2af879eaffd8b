from datetime import date, timedelta

import pytest

from linkstar.collaborations.models import Collaboration, Deliverable
from linkstar.commissions.actions import accrue_flat_fees, make_payable
from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator


@pytest.fixture
def agreed(cast, now) -> Collaboration:
    """Three videos for 100.00 together."""
    ada = Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)
    agreement = Collaboration.objects.create(
        shop=cast.shop, creator=ada, rate_bps=1_000, flat_fee_minor=10_000, videos=3,
        starts_on=date(2026, 10, 1), ends_before=date(2026, 12, 1), agreed_at=now,
    )  # fmt: skip
    for number in (1, 2, 3):
        Deliverable.objects.create(
            collaboration=agreement, number=number, kind="video", due_at=now + timedelta(days=14)
        )
    return agreement


def confirm(agreed, now, *numbers: int) -> None:
    agreed.deliverables.filter(number__in=numbers).update(state="confirmed", confirmed_at=now)


class TestAFlatFee:
    def test_is_earned_video_by_video_and_adds_up(self, till, agreed, now) -> None:
        assert accrue_flat_fees(shop=till.shop, now=now) == 0
        confirm(agreed, now, 1)
        assert accrue_flat_fees(shop=till.shop, now=now) == 1
        assert till.owed("ada", "approved") == 3_334
        confirm(agreed, now, 2, 3)
        for _ in range(2):
            accrue_flat_fees(shop=till.shop, now=now)
        assert till.owed("ada", "approved") == 10_000
        assert Commission.objects.count() == 3

    def test_does_not_wait_to_be_payable(self, till, agreed, now) -> None:
        confirm(agreed, now, 1)
        accrue_flat_fees(shop=till.shop, now=now)
        make_payable(shop=till.shop, now=now)
        assert till.owed("ada", "payable") == 3_334


class TestTheAgreement:
    def test_promises_its_frozen_rate_before_any_plan(self, till, agreed) -> None:
        till.state()
        till.work()
        assert till.owed("ada") == 600
        assert Commission.objects.get().rate_source == "agreement"
