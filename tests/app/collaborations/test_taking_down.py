"""Content that is taken down: before its time it does not count, and a kept rate is lost."""

from datetime import timedelta

import pytest

from linkstar.accounts.models import Notification
from linkstar.collaborations.actions import (
    confirm_deliverable,
    submit_deliverable,
    take_down_content,
)
from linkstar.collaborations.rules import NotNow
from linkstar.plans.models import Promotion

DAY = timedelta(days=1)
VIDEO = "https://t.example/v/1"


@pytest.fixture
def posted(agree, now):
    """A video that was handed in just now."""
    due = agree(needs_sample=False).deliverables.get()
    return submit_deliverable(deliverable=due, url=VIDEO, content_id="7", now=now)


def told(user) -> list[str]:
    found = Notification.objects.filter(user=user, code__contains="taken_down")
    return list(found.values_list("code", flat=True))


class TestAVideoTakenDown:
    def test_before_three_days_does_not_count_and_is_due_again(self, cast, posted, now):
        at = now + 3 * DAY - timedelta(seconds=1)
        down = take_down_content(deliverable=posted, now=at)
        assert (down.state, down.confirm_by, down.due_at) == ("returned", None, now + 14 * DAY)
        assert told(cast.lin) == ["content.taken_down_early"]

    def test_after_three_days_stays_delivered(self, cast, posted, now):
        down = take_down_content(deliverable=posted, now=now + 3 * DAY)
        assert (down.state, down.taken_down_at) == ("submitted", now + 3 * DAY)
        assert told(cast.lin) == ["content.taken_down"]

    def test_once_it_is_confirmed_stays_delivered(self, posted, now):
        confirm_deliverable(deliverable=posted, now=now)
        down = take_down_content(deliverable=posted, now=now + DAY)
        assert (down.state, down.collaboration.state) == ("confirmed", "completed")

    def test_no_longer_shows_the_product_from_the_next_day(self, posted, now):
        assert Promotion.objects.get().ends_before is None
        take_down_content(deliverable=posted, now=now + 4 * DAY)
        assert Promotion.objects.get().ends_before == (now + 5 * DAY).date()

    def test_leaves_a_product_shown_that_other_content_shows(self, agree, now):
        first, second = agree(needs_sample=False, videos=2).deliverables.order_by("number")
        for place, due in enumerate((first, second)):
            submit_deliverable(deliverable=due, url=VIDEO, content_id=str(place), now=now)
        take_down_content(deliverable=first, now=now + 4 * DAY)
        assert Promotion.objects.get().ends_before is None

    def test_twice_is_refused_and_so_is_what_was_never_up(self, agree, posted, now):
        take_down_content(deliverable=posted, now=now + 4 * DAY)
        with pytest.raises(NotNow):
            take_down_content(deliverable=posted, now=now + 5 * DAY)
        with pytest.raises(NotNow):
            take_down_content(deliverable=agree().deliverables.get(), now=now)

    def test_may_be_handed_in_again(self, posted, now):
        down = take_down_content(deliverable=posted, now=now + DAY)
        again = submit_deliverable(deliverable=down, url=VIDEO, content_id="8", now=now + 2 * DAY)
        assert (again.state, again.taken_down_at) == ("submitted", None)
        assert again.confirm_by >= now + 5 * DAY
