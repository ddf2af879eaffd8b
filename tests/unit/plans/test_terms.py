"""Markets' bounds and change rules as they are written down."""

from datetime import date

from linkstar.plans.rules import Kind
from linkstar.plans.terms import terms_of

TODAY = date(2026, 11, 29)


class TestTermsOfTheUnitedStates:
    def test_let_an_open_rate_be_1_to_80_percent_and_lock_it_30_days(self) -> None:
        terms = terms_of("US").on(Kind.OPEN, TODAY)
        assert (terms.rate_bps_min, terms.rate_bps_max) == (100, 8_000)
        assert (terms.lock_days, terms.notice_days) == (30, 2)

    def test_want_10_percent_of_a_targeted_one_and_lock_nothing(self) -> None:
        terms = terms_of("US").on(Kind.TARGETED, TODAY)
        assert (terms.rate_bps_min, terms.creators_max, terms.lock_days) == (1_000, 50, 0)

    def test_name_the_source_and_the_day_of_each(self) -> None:
        for terms in terms_of("US").terms:
            assert len(terms.source) > 20
            assert terms.seen_on <= TODAY

    def test_hold_before_the_first_known_day_as_on_it(self) -> None:
        us = terms_of("US")
        assert us.on(Kind.OPEN, date(2020, 1, 1)) == us.on(Kind.OPEN, date(2025, 9, 26))


class TestTermsOfAMarketWithoutItsOwn:
    def test_are_those_of_the_us_marked_as_not_verified(self) -> None:
        terms = terms_of("MX").on(Kind.OPEN, TODAY)
        assert not terms.is_verified
        assert terms.rate_bps_max == 8_000
