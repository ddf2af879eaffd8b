from datetime import timedelta

import pytest

from linkstar.accounts.models import Notification
from linkstar.collaborations.actions import (
    approve_sample,
    approve_support,
    cancel_collaboration,
    cancel_deliverable,
    confirm_deliverable,
    extend_deliverable,
    extend_sample,
    post_message,
    receive_sample,
    reject_sample,
    request_sample,
    request_support,
    return_deliverable,
    run_clocks,
    ship_sample,
    submit_deliverable,
)
from linkstar.collaborations.reminding import remind
from linkstar.collaborations.rules import NotNow
from linkstar.money.amounts import Money

DAY = timedelta(days=1)
VIDEO = "https://t.example/v/1"


@pytest.fixture
def signed_up(cast, ada):
    """Ada has an account."""
    ada.user = cast.ada
    ada.save()
    return cast.ada


def codes(user) -> list[str]:
    return list(
        Notification.objects.filter(user=user).order_by("pk").values_list("code", flat=True)
    )


def test_each_step_is_told_to_the_side_that_did_not_take_it(
    cast, agree, serum, now, signed_up
) -> None:
    made = agree()
    refused = request_sample(collaboration=made, product=serum, address="x", now=now)
    reject_sample(sample=refused, reason="No stock", now=now)
    sample = request_sample(collaboration=made, product=serum, address="x", now=now)
    approve_sample(sample=sample, now=now)
    free = Money(0, "USD")
    ship_sample(
        sample=sample, carrier="USPS", tracking_number="94", cost=free, shipping=free, now=now
    )
    receive_sample(sample=sample, now=now)
    due = made.deliverables.get()
    submit_deliverable(deliverable=due, url=VIDEO, content_id="7", now=now)
    return_deliverable(deliverable=due, reason="No disclosure", now=now)
    submit_deliverable(deliverable=due, url=VIDEO, content_id="7", now=now)
    confirm_deliverable(deliverable=due, now=now)
    post_message(collaboration=made, user=cast.ada, is_from_creator=True, text="Hi", now=now)
    post_message(collaboration=made, user=cast.lin, is_from_creator=False, text="Yes?", now=now)
    assert codes(cast.lin) == [
        "sample.requested", "sample.requested", "sample.received", "content.submitted",
        "content.submitted", "message.received",
    ]  # fmt: skip
    assert codes(cast.ada) == [
        "sample.rejected", "sample.approved", "sample.shipped", "content.returned",
        "content.confirmed", "message.received",
    ]  # fmt: skip
    assert codes(cast.otto) == []
    told = Notification.objects.filter(user=cast.ada).first()
    assert (told.address, told.workspace) == (f"/creator/collaborations/{made.pk}/", None)
    assert told.params["reason"] == "No stock"


def test_what_was_refused_is_not_told(cast, agree, serum, now, signed_up) -> None:
    sample = request_sample(collaboration=agree(), product=serum, address="x", now=now)
    approve_sample(sample=sample, now=now)
    with pytest.raises(NotNow):
        reject_sample(sample=sample, reason="Too late", now=now)
    assert codes(cast.ada) == ["sample.approved"]


def test_calling_off_is_told_to_the_other_side_only(cast, agree, now, signed_up) -> None:
    cancel_collaboration(collaboration=agree(), is_creator=True, reason="Ill", now=now)
    assert (codes(cast.lin), codes(cast.ada)) == (["collaboration.cancelled"], [])
    assert Notification.objects.get(user=cast.lin).params == {"sender": "Ada", "reason": "Ill"}


class TestAReminder:
    def test_comes_once_for_each_deadline(self, cast, agree, now, signed_up) -> None:
        due = agree(needs_sample=False).deliverables.get()
        assert remind(now=now) == 0
        near = due.due_at - DAY
        assert remind(now=near) == 1
        assert remind(now=near + DAY / 2) == 0
        extend_deliverable(deliverable=due, now=near)
        assert remind(now=near) == 0
        assert remind(now=near + 7 * DAY) == 1
        assert codes(cast.ada) == ["content.due_soon", "content.extended", "content.due_soon"]

    def test_has_nobody_to_go_to_before_the_creator_signs_up(self, agree, now) -> None:
        due = agree(needs_sample=False).deliverables.get()
        assert remind(now=due.due_at - DAY) == 0
        assert not Notification.objects.exists()

    def test_goes_to_the_shop_for_what_the_shop_has_to_do(
        self, cast, agree, serum, now, signed_up
    ) -> None:
        made = agree()
        request_sample(collaboration=made, product=serum, address="x", now=now)
        sample = request_sample(collaboration=made, product=serum, address="x", now=now)
        approve_sample(sample=sample, now=now)
        ask = {"collaboration": made, "kind": "crew", "wanted_on": None, "now": now}
        request_support(text="Two lights", **ask)
        promised = request_support(text="A bright room", **ask)
        approve_support(support=promised, cost=Money(0, "USD"), now=now)
        Notification.objects.all().delete()
        assert remind(now=now + 4 * DAY) == 2
        assert codes(cast.lin) == codes(cast.mei) == ["sample.to_ship", "support.answer_due"]
        assert remind(now=now + 5.5 * DAY) == 1
        assert codes(cast.lin)[2:] == ["sample.answer_due"]
        assert remind(now=now + 13 * DAY) == 2  # with the content that is due
        assert codes(cast.lin)[3:] == ["support.due_soon"]
        assert codes(signed_up) == ["content.due_soon"]

    def test_asks_for_an_answer_to_what_was_handed_in(self, cast, agree, now, signed_up) -> None:
        due = agree(needs_sample=False).deliverables.get()
        submit_deliverable(deliverable=due, url=VIDEO, content_id="7", now=now)
        assert remind(now=now + 6 * DAY) == 1
        assert codes(cast.lin) == ["content.submitted", "content.answer_due"]


class TestAClock:
    def test_that_ends_a_request_for_a_sample_is_told_to_both(
        self, cast, agree, serum, now, signed_up
    ):
        request_sample(collaboration=agree(), product=serum, address="x", now=now)
        run_clocks(now=now + 7 * DAY)
        assert codes(signed_up) == ["sample.expired"]
        assert codes(cast.lin) == codes(cast.mei) == ["sample.requested", "sample.expired"]

    def test_that_ends_shipping_and_content_is_told_to_both(
        self, cast, agree, serum, now, signed_up
    ):
        made = agree()
        sample = request_sample(collaboration=made, product=serum, address="x", now=now)
        approve_sample(sample=sample, now=now)
        run_clocks(now=now + 60 * DAY)
        both = ["sample.not_shipped", "content.overdue"]
        assert codes(signed_up) == ["sample.approved", *both]
        assert codes(cast.lin) == ["sample.requested", *both]

    def test_that_confirms_content_is_told_to_both_once(self, cast, agree, now, signed_up):
        due = agree(needs_sample=False).deliverables.get()
        submit_deliverable(deliverable=due, url=VIDEO, content_id="7", now=now)
        for days in (30, 31):
            run_clocks(now=now + days * DAY)
        assert codes(signed_up) == ["content.counted"]
        assert codes(cast.lin) == ["content.submitted", "content.counted"]


def test_content_let_go_of_is_told_to_the_creator(agree, now, signed_up) -> None:
    due = agree(needs_sample=False).deliverables.get()
    cancel_deliverable(deliverable=due, reason="Sold out", now=now)
    [told] = Notification.objects.filter(user=signed_up)
    assert (told.code, told.params["reason"]) == ("content.cancelled", "Sold out")


def test_more_time_is_told_to_the_side_that_did_not_ask(cast, agree, serum, now, signed_up) -> None:
    sample = request_sample(collaboration=agree(), product=serum, address="x", now=now)
    approve_sample(sample=sample, now=now)
    free = Money(0, "USD")
    ship_sample(sample=sample, carrier="U", tracking_number="9", cost=free, shipping=free, now=now)
    receive_sample(sample=sample, now=now)
    extend_sample(sample=sample, now=now, user=cast.ada)
    assert codes(cast.lin)[-1] == "sample.extended"
    assert "sample.extended" not in codes(signed_up)
