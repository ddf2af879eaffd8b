"""The written forms of values, one table per form; NULL means: cannot be read."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.connectors.fields.catalogue import Form
from linkstar.connectors.fields.engine import macros_named_in, open_engine
from linkstar.connectors.reading.detected import Match
from linkstar.connectors.reading.values import MoneyWritten, Reading

READ = (*(f"{form}_value" for form in Form), "content_id_of_link", "lost_digits",
        "money_of_another", "range_end", "range_start", "stated_slow", "time_value")  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine() as opened:
        opened.execute(macros_named_in(*(f"{name}(x)" for name in READ)))
        yield opened


def read(engine: duckdb.DuckDBPyConnection, macro: str, cell: str, *more: str) -> object:
    arguments = "".join(f", {argument}" for argument in more)
    row = engine.execute(f"SELECT {macro}(stated(tidy($1)){arguments})", [cell]).fetchone()
    assert row is not None
    return row[0]


def read_money(engine: duckdb.DuckDBPyConnection, cell: str, code: str) -> object:
    like = MoneyWritten.of(code)
    return read(engine, "money_value", cell, like.exponent, like.dots, like.dollar, like.marks)


class TestACellThatSaysNothing:
    @pytest.mark.parametrize("cell", ["", " ", "--", "-", "—", "–", "N/A", "\u200b", "\t", "null"])
    def test_is_not_stated_and_never_zero(self, engine, cell: str) -> None:
        assert read(engine, "count_value", cell) is None
        assert read(engine, "stated", cell) is None

    def test_zero_is_stated(self, engine) -> None:
        assert read(engine, "count_value", "0") == 0


class TestACount:
    @pytest.mark.parametrize(
        ("cell", "count"),
        [
            ("12", 12),
            ("1,234", 1_234),
            ("1,234,567", 1_234_567),
            ("1 234", 1_234),
            ("12.0", 12),
            ("1.2万", 12_000),
            ("3.4亿", 340_000_000),
            ("3.4K", 3_400),
            ("2m", 2_000_000),
            ("１，２３４", 1_234),
            ("+7", 7),
            ("-5", -5),
            ("−5", -5),
            ("(5)", -5),
            ("\ufeff42\u200b\t", 42),
            ("'42", 42),
            ('="42"', 42),
        ],
    )
    def test_is_read_in_every_written_form(self, engine, cell: str, count: int) -> None:
        assert read(engine, "count_value", cell) == count

    @pytest.mark.parametrize("cell", ["1.5", "abc", "1,23", "1.234", "12 apples", "1-2", "1..2"])
    def test_is_not_made_of_what_is_none(self, engine, cell: str) -> None:
        assert read(engine, "count_value", cell) is None

    @settings(max_examples=60, deadline=None)
    @given(count=st.integers(0, 10**15), form=st.sampled_from(["{}", "{:,}", " {:,}\t", "{}.0"]))
    def test_comes_back_from_how_it_is_written(self, engine, count: int, form: str) -> None:
        assert read(engine, "count_value", form.format(count)) == count


class TestAPercentage:
    @pytest.mark.parametrize(
        ("cell", "ratio"),
        [
            ("5.93%", 0.0593),
            ("0.0593", 0.0593),
            ("12.5%", 0.125),
            ("12,5%", 0.125),
            ("200%", 2.0),
            ("1,250%", 12.5),
            ("1e-05", 0.00001),
            ("-3%", -0.03),
            ("５．９３％", 0.0593),
            ("0", 0.0),
        ],
    )
    def test_is_read_in_every_written_form(self, engine, cell: str, ratio: float) -> None:
        assert read(engine, "ratio_value", cell) == pytest.approx(ratio, abs=1e-12)

    @pytest.mark.parametrize("cell", ["high", "5%%", "1-2%"])
    def test_is_not_made_of_what_is_none(self, engine, cell: str) -> None:
        assert read(engine, "ratio_value", cell) is None

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 30_000))
    def test_comes_back_from_how_it_is_written(self, engine, hundredths: int) -> None:
        written = f"{Decimal(hundredths) / 100}%"
        assert read(engine, "ratio_value", written) == pytest.approx(hundredths / 10_000)


class TestACommissionRate:
    @pytest.mark.parametrize(
        ("cell", "bps"), [("15%", 1_500), ("15", 1_500), ("7.5%", 750), ("0.5%", 50), ("0", 0)]
    )
    def test_is_read_in_basis_points(self, engine, cell: str, bps: int) -> None:
        assert read(engine, "rate_value", cell) == bps

    @pytest.mark.parametrize("cell", ["0.15", "1550", "6000"])
    def test_that_may_mean_two_things_is_not_guessed(self, engine, cell: str) -> None:
        assert read(engine, "rate_value", cell) is None


class TestAnAmount:
    @pytest.mark.parametrize(
        ("cell", "code", "minor"),
        [
            ("$1,234.56", "USD", 123_456),
            ("1234.5", "USD", 123_450),
            ("1,234", "USD", 123_400),
            ("US$123.5万", "USD", 123_500_000),
            ("$1.2K", "USD", 120_000),
            ("-$5.00", "USD", -500),
            ("$-5.00", "USD", -500),
            ("(5.00)", "USD", -500),
            ("1.234,50", "USD", 123_450),
            ("2926.185", "USD", 292_618),
            ("19.99 USD", "USD", 1_999),
            ("£3.10", "GBP", 310),
            ("₱1,200.50", "PHP", 120_050),
            ("Rp154.530", "IDR", 15_453_000),
            ("Rp9.900", "IDR", 990_000),
            ("RM1,200.50", "MYR", 120_050),
            ("70,036円", "JPY", 70_036),
            ("1.250.000₫", "VND", 1_250_000),
            ("￥5,000.00", "CNY", 500_000),
            ("$5", "MXN", 500),
        ],
    )
    def test_is_read_in_every_written_form(self, engine, cell, code, minor) -> None:
        assert read_money(engine, cell, code) == minor

    @pytest.mark.parametrize("cell", ["$1,2,3", "free", "$1K-$5K", "12 34 56"])
    def test_is_not_made_of_what_is_none(self, engine, cell: str) -> None:
        assert read_money(engine, cell, "USD") is None

    @pytest.mark.parametrize("cell", ["Rp5", "£3", "RM1,200.50", "5円"])
    def test_of_another_currency_is_told_apart(self, engine, cell: str) -> None:
        marks = MoneyWritten.of("USD").marks
        assert read_money(engine, cell, "USD") is None
        assert read(engine, "money_of_another", cell, marks) is True

    @settings(max_examples=80, deadline=None)
    @given(
        minor=st.integers(-(10**13), 10**13),
        form=st.sampled_from(["{}", "{:,}", "${:,}", "US${:,}", "{:,} USD"]),
    )
    def test_comes_back_from_how_it_is_written(self, engine, minor: int, form: str) -> None:
        written = form.format(Decimal(minor) / 100)
        assert read_money(engine, written, "USD") == minor


class TestAnId:
    @pytest.mark.parametrize(
        "cell",
        [
            "7312345678901234567",
            "7312345678901234567\t",
            "'7312345678901234567",
            '="7312345678901234567"',
            "\u200b7312345678901234567",
        ],
    )
    def test_of_nineteen_digits_survives_every_guard(self, engine, cell: str) -> None:
        assert read(engine, "id_value", cell) == "7312345678901234567"

    @pytest.mark.parametrize("cell", ["7.3E+18", "7.31234567890123e+18", "7312345678901234567.0"])
    def test_that_went_through_a_float_is_lost(self, engine, cell: str) -> None:
        assert read(engine, "lost_digits", cell) is True
        assert read(engine, "id_value", cell) is None

    def test_of_few_digits_may_come_from_a_number_cell(self, engine) -> None:
        assert read(engine, "id_value", "12345.0") == "12345"

    def test_several_in_one_cell_stay_in_order(self, engine) -> None:
        assert read(engine, "ids_value", "1730000000000000001, 1729000000000000002") == [
            "1730000000000000001",
            "1729000000000000002",
        ]

    @pytest.mark.parametrize(
        ("link", "found"),
        [
            (
                "https://www.tiktok.com/@ada/video/7312345678901234567?is_copy=1",
                "7312345678901234567",
            ),
            ("https://www.tiktok.com/@ada/photo/7312345678901234567", "7312345678901234567"),
            ("https://cdn.example.com/obj/7312345678901234567.mp4", None),
        ],
    )
    def test_is_found_in_a_link_to_a_content(self, engine, link: str, found: str | None) -> None:
        assert read(engine, "content_id_of_link", link) == found


class TestADate:
    def test_of_the_orders_file_is_day_first(self, engine) -> None:
        assert read(engine, "date_value", "03/08/2026", "'DMY'") == dt.date(2026, 8, 3)

    def test_of_the_video_file_is_month_first(self, engine) -> None:
        assert read(engine, "date_value", "08/03/2026", "'MDY'") == dt.date(2026, 8, 3)

    @pytest.mark.parametrize("order", ["DMY", "MDY", "YMD"])
    @pytest.mark.parametrize(
        "cell", ["2026-07-22", "2026/7/22", "2026年7月22日", "20260722", "46225", "2026.07.22"]
    )
    def test_with_the_year_in_front_explains_itself(self, engine, cell: str, order: str) -> None:
        assert read(engine, "date_value", cell, f"'{order}'") == dt.date(2026, 7, 22)

    @pytest.mark.parametrize(
        "cell", ["07/22/2026 03:04:05 PM", "07/22/2026 15:04:05", "2026-07-22 03:04:05 pm"]
    )
    def test_may_carry_a_time_in_either_clock(self, engine, cell: str) -> None:
        read_time = read(engine, "time_value", cell, "'MDY'")
        assert read_time == dt.datetime(2026, 7, 22, 15, 4, 5)

    @pytest.mark.parametrize("cell", ["22/07/2026", "2026-13-01", "yesterday", "13/40/2026"])
    def test_that_cannot_be_is_not_bent_into_one(self, engine, cell: str) -> None:
        assert read(engine, "date_value", cell, "'MDY'") is None

    @pytest.mark.parametrize(
        ("cell", "utc"),
        [
            ("2026-07-22 10:00:00", "2026-07-22 17:00:00"),
            ("2026-01-22 10:00:00", "2026-01-22 18:00:00"),
            ("2026-07-22T10:00:00Z", "2026-07-22 10:00:00"),
            ("2026-07-22 10:00:00+08:00", "2026-07-22 02:00:00"),
            ("2026-07-22 10:00:00 UTC", "2026-07-22 10:00:00"),
            ("1784714400", "2026-07-22 10:00:00"),
            ("1784714400000", "2026-07-22 10:00:00"),
        ],
    )
    def test_of_an_instant_is_read_in_the_zone_given_unless_it_states_one(
        self, engine, cell: str, utc: str
    ) -> None:
        instant = "instant_value($1, 'YMD', 'America/Los_Angeles')"
        sql = f"SELECT CAST(timezone('UTC', {instant}) AS VARCHAR)"
        assert engine.execute(sql, [cell]).fetchone() == (utc,)


class TestARangeOfDays:
    @pytest.mark.parametrize(
        ("cell", "first", "last"),
        [
            ("2026-09-28-2026-09-29", "2026-09-28", "2026-09-29"),
            ("2026-09-28 ~ 2026-10-04", "2026-09-28", "2026-10-04"),
            ("2026-09-28..2026-10-04", "2026-09-28", "2026-10-04"),
            ("2026-09-28", "2026-09-28", "2026-09-28"),
            ("2026-W42", "2026-10-12", "2026-10-18"),
            ("2026W01", "2025-12-29", "2026-01-04"),
            ("last week", None, None),
        ],
    )
    def test_has_a_first_and_a_last_day(self, engine, cell, first, last) -> None:
        assert read(engine, "range_start", cell) == first
        assert read(engine, "range_end", cell) == last


class TestAWord:
    @pytest.mark.parametrize(
        ("macro", "cell", "meant"),
        [
            ("content_type_value", "Video", "video"),
            ("content_type_value", "LIVE streams", "live"),
            ("content_type_value", "商品卡", "product_card"),
            ("content_type_value", "External Traffic Program", "other"),
            ("event_kind_value", "Add to cart", "add_to_cart"),
            ("event_kind_value", "点击", "click"),
            ("event_kind_value", "sneeze", None),
            ("traffic_source_value", "广告", "ads"),
            ("gender_value", "女", "female"),
            ("weekday_value", "周日", 7),
            ("weekday_value", "Monday", 1),
            ("hour_value", "23:00", 23),
            ("hour_value", "24", None),
            ("yes_no_value", "是", True),
            ("yes_no_value", "No", False),
            ("handle_value", "@Ada.Lee", "ada.lee"),
            (
                "category_value",
                "Beauty & Personal Care/ Skincare",
                "Beauty & Personal Care > Skincare",
            ),
            ("category_value", "A>B", "A > B"),
            ("category_value", "Beauty & Care > Skin", "Beauty & Care > Skin"),
            ("category_value", "美妆个护/ 护肤 > 精华", "Beauty & Personal Care > Skincare > 精华"),
            ("category_value", "儿童时尚", "Kids' Fashion"),
            ("category_value", "美妆个护店", "美妆个护店"),
        ],
    )
    def test_is_understood_in_both_languages(self, engine, macro, cell, meant) -> None:
        assert read(engine, macro, cell) == meant


class TestMacrosForAStatement:
    def test_are_those_it_names_and_those_they_are_made_of(self) -> None:
        defined = macros_named_in("SELECT handle_value(x), category_value(y) FROM t")
        names = re.findall(r"CREATE MACRO ([a-z_]+)", defined)
        assert names == ["in_english", "handle_value", "category_slow", "category_value"]

    @pytest.mark.parametrize("form", [*Form])
    def test_are_enough_to_plan_every_form(self, form: Form) -> None:
        like = MoneyWritten.of("USD")
        match = Match(index=0, header="", field="it", day_order="YMD")
        sql = Reading(match, form, "VARCHAR", "UTC", "'USD'", like).value
        with open_engine() as engine:
            engine.execute(macros_named_in(sql))
            engine.execute("CREATE TABLE shop_names(name VARCHAR, shop INTEGER)")
            engine.execute(f"SELECT {sql} FROM (SELECT NULL::VARCHAR AS s_it, NULL::BIGINT AS n0)")


class TestACellReadClosely:
    @pytest.mark.parametrize("cell", ["12", " 12 ", "--", "\u200b7", "'3", '="5"', "", "1,234"])
    def test_states_what_it_states_tidied(self, engine, cell: str) -> None:
        assert read(engine, "", cell) == read(engine, "stated_slow", cell)
