"""Landing-page speed as buyers' browsers measured it, from events that came through the door."""

from datetime import date

import pytest
from tests.app.lake.journals import NOON, Desk, batch

from linkstar.lake.landing import LANDINGS_MIN, LandingSpeed, TooFewLandings, landing_speed
from linkstar.lake.selection import Scope

OWN = Scope(1, (1, 2))


def landings(count: int, product: str = "serum", **more: object) -> list[dict]:
    """Buyers who waited 10, 20, 30 ... milliseconds for a product's page."""
    return [
        {
            "event_id": f"{product}-{n}", "kind": "landing", "occurred_at": NOON,
            "product_id": product, "load_ms": 10 * n, **more,
        }
        for n in range(1, count + 1)
    ]  # fmt: skip


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


class TestLandingSpeed:
    def test_is_what_half_three_quarters_and_nearly_all_waited(self, desk: Desk) -> None:
        desk.write(batch(*landings(200), *landings(120, product="toner")))
        desk.load()
        told = landing_speed(desk.lake, OWN, product="serum")
        assert told == LandingSpeed(
            200, p50_ms=1_000, p75_ms=1_500, p95_ms=1_900, others_p50_ms=600
        )

    def test_stands_beside_that_of_the_same_shops_other_products(self, desk: Desk) -> None:
        desk.write(
            batch(*landings(200), *landings(99, product="toner")),
            batch(*landings(150, product="mask"), shop=2),
        )
        desk.load()
        assert landing_speed(desk.lake, OWN, product="serum").others_p50_ms is None
        assert landing_speed(desk.lake, OWN, product="mask").others_p50_ms is None
        desk.write(batch(*landings(151, product="soap"), shop=2))
        desk.load()
        assert landing_speed(desk.lake, OWN, product="mask").others_p50_ms == 760

    def test_counts_the_same_landing_once(self, desk: Desk) -> None:
        desk.write(batch(*landings(150)), batch(*landings(150)))
        desk.load()
        assert landing_speed(desk.lake, OWN, product="serum").landings == 150

    def test_of_too_few_says_how_many_are_needed(self, desk: Desk) -> None:
        desk.write(batch(*landings(99)))
        desk.load()
        assert landing_speed(desk.lake, OWN, product="serum") == TooFewLandings(99, LANDINGS_MIN)
        assert landing_speed(desk.lake, OWN, product="unknown") == TooFewLandings(0, LANDINGS_MIN)

    def test_is_of_the_days_and_shops_asked_for_alone(self, desk: Desk) -> None:
        desk.write(batch(*landings(100)))
        desk.load()
        later = {"starts_on": date(2026, 1, 6)}
        assert landing_speed(desk.lake, OWN, product="serum", **later).landings == 0
        assert landing_speed(desk.lake, Scope(1, (2,)), product="serum").landings == 0
        assert landing_speed(desk.lake, Scope(2, (1,)), product="serum").landings == 0
