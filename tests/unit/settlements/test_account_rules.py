"""Numbers of bank accounts: what can be right passes, one wrong digit does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.settlements.account_rules import (
    AccountRefused,
    checked,
    is_iban,
    is_new,
    is_routing_number,
)

GERMAN = "DE89370400440532013000"  # the registry's own example, as the two below
IBANS = [GERMAN, "GB82WEST12345698765432", "NO9386011117947"]
CHASE = "021000021"


def us(**said: str):
    return checked(
        **{"holder": "Ada", "country": "US", "number": "123456789", "routing_number": CHASE} | said
    )


class TestAnIban:
    @pytest.mark.parametrize("number", IBANS)
    def test_of_the_registry_passes(self, number) -> None:
        assert is_iban(number)

    @given(st.sampled_from(IBANS), st.data())
    def test_with_one_other_digit_does_not(self, number, data) -> None:
        digits = [place for place, each in enumerate(number) if each.isdigit()]
        place = data.draw(st.sampled_from(digits))
        other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
        assert not is_iban(number[:place] + other + number[place + 1 :])

    @pytest.mark.parametrize("number", ["DE5137040044053201300", "XX46370400440532013000"])
    def test_has_the_length_of_its_country_and_is_of_one(self, number) -> None:
        assert not is_iban(number)
        with pytest.raises(AccountRefused) as refused:
            checked(holder="Bo", number=number, country=number[:2])
        assert refused.value.reason == "iban_form"

    @given(st.text(max_size=40))
    def test_is_told_from_any_text(self, written) -> None:
        assert is_iban(written) in {True, False}

    def test_is_kept_without_spaces_and_in_capitals(self) -> None:
        kept = checked(holder=" Bo  Li ", number="de89 3704 0044 0532 0130 00", country="DE")
        assert (kept.holder, kept.number) == ("Bo Li", GERMAN)


class TestARoutingNumber:
    @pytest.mark.parametrize("number", [CHASE, "011000015", "322271627"])
    def test_of_a_bank_passes(self, number) -> None:
        assert is_routing_number(number)

    @given(st.integers(0, 8), st.integers(1, 9))
    def test_with_one_other_digit_does_not(self, place, step) -> None:
        other = str((int(CHASE[place]) + step) % 10)
        assert not is_routing_number(CHASE[:place] + other + CHASE[place + 1 :])

    @pytest.mark.parametrize("number", ["", "02100002", "0210000210", "02100002x", "990000002"])
    def test_has_nine_digits_of_a_district(self, number) -> None:
        assert not is_routing_number(number)


class TestAnAccount:
    def test_in_the_us_has_both_numbers(self) -> None:
        assert us(number="0001 2345-6789").number == "000123456789"

    @pytest.mark.parametrize(
        ("said", "field", "reason"),
        [
            ({"holder": "  "}, "holder", "holder_missing"),
            ({"number": "12AB"}, "number", "number_form"),
            ({"number": "123"}, "number", "number_form"),
            ({"routing_number": ""}, "routing_number", "routing_missing"),
            ({"routing_number": "021000022"}, "routing_number", "routing_check"),
            ({"bic": "COBA"}, "bic", "bic_form"),
            ({"country": "DE", "number": GERMAN}, "routing_number", "routing_not_us"),
            (
                {"country": "DE", "number": GERMAN[:-1] + "1", "routing_number": ""},
                "number",
                "iban_check",
            ),
            (
                {"country": "FR", "number": GERMAN, "routing_number": ""},
                "country",
                "iban_country",
            ),
            ({"country": "CN", "number": "622202", "routing_number": ""}, "bic", "bic_missing"),
            ({"country": "CN", "number": "六二二", "routing_number": ""}, "number", "number_form"),
        ],
    )
    def test_that_cannot_be_right_is_refused_by_name(self, said, field, reason) -> None:
        with pytest.raises(AccountRefused) as refused:
            us(**said)
        assert (refused.value.field, refused.value.reason) == (field, reason)

    def test_is_new_for_fourteen_days(self) -> None:
        now = datetime(2026, 11, 29, tzinfo=UTC)
        assert is_new(now - timedelta(days=13), now)
        assert not is_new(now - timedelta(days=14), now)
        assert not is_new(None, now)
