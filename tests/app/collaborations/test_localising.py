"""The localisation checklist: ticked by either side, kept with who and when, taken back."""

from datetime import date

import pytest

from linkstar.collaborations.actions import cancel_collaboration, tick_localisation
from linkstar.collaborations.rules import NotNow, TermsRefused, localisation_items

ITEMS = localisation_items("US", date(2026, 10, 22))


@pytest.fixture
def made(agree):
    return agree(needs_sample=False)


@pytest.fixture
def tick(made, now):
    def ticked(item: str, *, is_ticked: bool = True, is_creator: bool = True) -> None:
        tick_localisation(
            collaboration=made, item=item, is_ticked=is_ticked, is_creator=is_creator, now=now
        )

    return ticked


def test_a_market_nobody_wrote_down_has_no_list() -> None:
    assert localisation_items("ZZ", date(2026, 10, 22)) == ()
    assert localisation_items("US", date(2020, 1, 1)) == ()


class TestATick:
    def test_stays_whose_it_was_first(self, made, tick):
        tick("units")
        tick("units", is_creator=False)
        assert made.ticks.get().is_creators

    def test_is_taken_back(self, made, tick):
        tick("units")
        tick("units", is_ticked=False)
        assert not made.ticks.exists()

    def test_that_completes_the_list_is_noted_once(self, made, tick):
        for item in (*ITEMS, ITEMS[0]):
            tick(item)
        assert made.timeline.filter(verb="localised").count() == 1

    def test_of_something_not_on_the_list_is_refused(self, tick):
        with pytest.raises(TermsRefused) as refused:
            tick("weather")
        assert refused.value.reason == "no_such_item"

    def test_comes_too_late_once_the_agreement_ended(self, made, tick, now):
        cancel_collaboration(collaboration=made, is_creator=True, reason="Ill", now=now)
        made.refresh_from_db()
        with pytest.raises(NotNow):
            tick("units")


def test_both_sides_see_and_tick_it(cast, ada, made, client) -> None:
    ada.user = cast.ada
    ada.save()
    client.force_login(cast.ada)
    own = f"/creator/collaborations/{made.pk}/"
    page = client.post(f"{own}localisation/", {"item": "units", "is_ticked": "1"}, follow=True)
    assert f"1 / {len(ITEMS)}" in page.content.decode()
    client.force_login(cast.lin)
    page = client.get(f"/collaborations/{made.pk}/").content.decode()
    assert "ticked by the creator" in page
    client.post(f"/collaborations/{made.pk}/localisation/", {"item": "units"})
    assert not made.ticks.exists()
    client.force_login(cast.vera)
    assert "It is right" not in client.get(f"/collaborations/{made.pk}/").content.decode()
