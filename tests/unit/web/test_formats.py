"""How figures are written, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linkstar.web import formats

ZH, EN = "zh-hans", "en"


class TestAShortCount:
    @pytest.mark.parametrize(
        ("value", "zh", "en"),
        [
            (0, "0", "0"),
            (9_999, "9,999", "10K"),
            (12_345, "1.2万", "12.3K"),
            (12_345_678, "1,234.6万", "12.3M"),
            (99_999_000, "1亿", "100M"),
            (123_456_789, "1.23亿", "123.5M"),
            (-12_345, "−1.2万", "−12.3K"),
        ],
    )
    def test_uses_the_units_of_the_language(self, value, zh, en):
        assert (formats.short(value, ZH), formats.short(value, EN)) == (zh, en)


class TestAFullCount:
    def test_is_grouped_by_thousands(self):
        assert formats.whole(1_234_567, ZH) == "1,234,567"

    def test_has_a_true_minus(self):
        assert formats.whole(-5, EN) == "\N{MINUS SIGN}5"


class TestARate:
    def test_has_two_digits(self):
        assert formats.ctr(0.0218, EN) == "2.18%"

    def test_that_is_small_has_three_so_that_it_is_not_nothing(self):
        assert formats.ctr(0.00042, EN) == "0.042%"

    def test_above_one_is_written_as_it_is(self):
        assert formats.ctr(1.25, ZH) == "125.00%"


class TestAnUplift:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (0.42, "+42%"),
            (1.5, "+150%"),
            (-0.034, "\N{MINUS SIGN}3.4%"),
            (0.0995, "+10%"),
            (-0.0001, "0%"),
            (0.0, "0%"),
            (11.85, "+1,185%"),
        ],
    )
    def test_is_signed(self, value, written):
        assert formats.uplift(value, EN) == written

    def test_of_150_percent_is_two_and_a_half_times_the_benchmark(self):
        assert formats.both_spellings(1.5, EN) == "+150% (2.5×)"
        assert formats.both_spellings(1.5, ZH) == "+150%（2.5×）"

    @pytest.mark.parametrize("value", [None, float("nan")])
    def test_that_cannot_be_told_is_a_dash_and_never_zero(self, value):
        assert formats.both_spellings(value, EN) == "–"
        assert formats.uplift(value, EN) == "–"

    def test_stands_with_its_interval(self):
        assert formats.interval(0.31, 0.54, EN) == "+31% to +54%"
        assert formats.interval(0.31, 0.54, ZH) == "+31%\N{NO-BREAK SPACE}~\N{NO-BREAK SPACE}+54%"

    def test_without_limits_has_no_interval(self):
        assert formats.interval(0.31, None, EN) == "–"


class TestADifferenceOfRates:
    def test_is_written_in_points(self):
        assert formats.points(0.0091, EN) == "+0.91 pp"
        assert formats.points(-0.0091, ZH) == "\N{MINUS SIGN}0.91 个百分点"

    def test_of_nothing_has_no_sign(self):
        assert formats.points(-0.000001, EN) == "0.00 pp"


class TestAnAmountBesideItsCurrency:
    def test_has_no_sign(self):
        assert formats.amount(114_341, "USD", ZH) == "1,143.41"
        assert formats.amount(-1_155, "USD", EN) == "−11.55"

    def test_has_the_decimals_of_its_currency(self):
        assert formats.amount(1_200, "JPY", EN) == "1,200"
        assert formats.amount(None, "USD", EN) == "–"


class TestAProbability:
    def test_is_never_certain(self):
        assert formats.probability(1.0, EN) == ">99.9%"
        assert formats.probability(0.0, EN) == "<0.1%"

    def test_has_one_digit(self):
        assert formats.probability(0.9312, EN) == "93.1%"


class TestAShare:
    def test_may_be_everything(self):
        assert formats.share(1.0, EN) == "100%"

    def test_that_is_almost_everything_is_not_everything(self):
        assert formats.share(0.9996, EN) == ">99.9%"


class TestDays:
    def test_say_the_year_once(self):
        starts_on, ends_before = date(2026, 9, 24), date(2026, 10, 22)
        assert formats.days(starts_on, ends_before, ZH) == "2026-09-24 – 10-21"
        assert formats.days(starts_on, ends_before, EN) == "Sep 24 – Oct 21, 2026"

    def test_across_years_say_both(self):
        starts_on, ends_before = date(2025, 12, 30), date(2026, 1, 3)
        assert formats.days(starts_on, ends_before, EN) == "Dec 30, 2025 – Jan 2, 2026"

    def test_of_one_day_are_that_day(self):
        assert formats.days(date(2026, 9, 24), date(2026, 9, 25), EN) == "Sep 24, 2026"


class TestAMoment:
    AT = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)

    def test_is_told_in_the_zone_of_the_shop_with_beijing_beside_it_in_chinese(self):
        written = formats.moment(self.AT, "America/Los_Angeles", ZH)
        assert written == "2026-10-22 03:10 PT（北京 18:10）"

    def test_names_the_zone_in_english(self):
        written = formats.moment(self.AT, "America/Los_Angeles", EN)
        assert written.replace("\N{NARROW NO-BREAK SPACE}", " ") == "Oct 22, 2026, 3:10 AM PT"

    def test_in_beijing_is_told_once(self):
        assert formats.moment(self.AT, "Asia/Shanghai", ZH) == "2026-10-22 18:10 北京时间"

    def test_has_the_other_day_where_it_is_another(self):
        at = self.AT + timedelta(hours=7)
        written = formats.moment(at, "America/Los_Angeles", ZH)
        assert written == "2026-10-22 10:10 PT（北京 10-23 01:10）"
        written = formats.moment(at, "America/Los_Angeles", EN, own_zone="Asia/Shanghai")
        assert "(Oct 23, 1:10 AM Beijing time)" in written.replace("\u202f", " ")


class TestMoney:
    def test_is_written_in_full(self):
        assert formats.money(123_450, "USD", ZH) == "US$1,234.50"
        assert formats.money(123_450, "USD", EN) == "$1,234.50"

    def test_of_a_currency_without_minor_units_has_none(self):
        assert formats.money(1_234, "JPY", EN) == "¥1,234"

    def test_in_brief_uses_the_units_of_the_language(self):
        assert formats.short_money(123_456_700, "USD", ZH) == "US$123.5万"
        assert formats.short_money(123_456_700, "USD", EN) == "$1.2M"

    def test_sets_a_code_apart_that_stands_for_a_sign(self) -> None:
        for language in (ZH, EN):
            assert formats.money(-21_576, "MYR", language) == "−MYR\xa0215.76"
            assert formats.short_money(21_576, "MYR", language).startswith("MYR\xa0")


class TestAMomentBesideTheReaderSOwnZone:
    AT = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)

    def test_is_told_twice(self):
        written = formats.moment(self.AT, "America/Los_Angeles", EN, own_zone="Asia/Shanghai")
        plain = written.replace("\N{NARROW NO-BREAK SPACE}", " ")
        assert plain == "Oct 22, 2026, 3:10 AM PT (6:10 PM Beijing time)"

    def test_is_told_in_the_zone_a_chinese_reader_named(self):
        written = formats.moment(self.AT, "America/Los_Angeles", ZH, own_zone="America/New_York")
        assert written == "2026-10-22 03:10 PT（ET 06:10）"
