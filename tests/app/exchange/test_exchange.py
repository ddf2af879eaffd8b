from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.app.exchange.bank import CSV, OF_THE_DAY, XML

from linkstar.accounts.models import AuditEvent
from linkstar.exchange.actions import (
    RateStated,
    RateUnlikely,
    exchange,
    import_ecb_rates,
    settle_exchange,
    state_rate,
)
from linkstar.exchange.ecb_files import BYTES_MAX, RatesUnreadable, read_ecb_file
from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.queries import RateMissing, rate_on, rates_in_force
from linkstar.exchange.rules import RateRefused
from linkstar.ledger.actions import post_entry
from linkstar.ledger.queries import balance, unsound
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.money.currencies import CurrencyUnknown

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
OWED = "liability:creator:ada:settled"


def stated(rate: str, base: str = "USD", quote: str = "CNY", on: date = TODAY, **more):
    return state_rate(base=base, quote=quote, on=on, rate=Decimal(rate), now=NOW, **more)


@pytest.fixture
def rates() -> None:
    import_ecb_rates(content=XML, now=NOW)


class TestTheBanksFile:
    @pytest.mark.parametrize(("content", "new"), [(XML, 4), (CSV, 4), (OF_THE_DAY, 2)])
    def test_is_taken_in_once(self, content, new) -> None:
        assert [import_ecb_rates(content=content, now=NOW) for _ in range(2)] == [new, 0]

    def test_is_the_same_in_both_forms(self) -> None:
        assert set(read_ecb_file(XML)) == set(read_ecb_file(CSV))

    @pytest.mark.parametrize(
        ("content", "code", "line"),
        [
            (b"", "no_header", 1),
            (b"creator,clicks\n", "no_header", 1),
            (b"Date,USD\n", "no_rates", 1),
            (b"Date,USD\n\xff\xfe\n", "not_text", 2),
            (b"Date,USD\n30/10/2026,1.1\n", "date_format", 2),
            (b"Date,USD\n2026-10-30,eins\n", "rate_format", 2),
            (b"Date,USD\n2026-10-30,-1\n", "rate_format", 2),
            (b"Date,USD\n2026-10-30,NaN\n", "rate_format", 2),
            (b"Date,USD\n2026-10-30,1e30\n", "rate_format", 2),
            (XML.replace(b"</Cube>", b""), "not_xml", 9),
            (XML.replace(b"2026-10-30", b"30.10."), "date_format", 6),
            (XML.replace(b' time="2026-10-30"', b""), "date_format", 7),
            (XML.replace(b'rate="1.1172"', b""), "rate_format", 7),
            (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "document_type", 1),
            (b"<html/>", "no_rates", 1),
            (b" " * (BYTES_MAX + 1), "too_large", 1),
        ],
    )
    def test_is_refused_whole_where_it_is_another(self, content, code, line) -> None:
        with pytest.raises(RatesUnreadable) as refused:
            import_ecb_rates(content=content, now=NOW)
        assert (refused.value.code, refused.value.line) == (code, line)
        assert not ExchangeRate.objects.exists()


class TestARate:
    def test_is_crossed_over_the_euro(self, rates) -> None:
        stamped = rate_on("USD", "CNY", date(2026, 10, 30))
        assert stamped.rate == Decimal("7.4326") / Decimal("1.1172")
        assert (stamped.source, stamped.on) == ("ECB", date(2026, 10, 30))

    def test_of_a_weekend_is_that_of_friday(self, rates) -> None:
        assert rate_on("EUR", "USD", date(2026, 11, 1)).on == date(2026, 10, 30)

    def test_is_missing_rather_than_old(self, rates) -> None:
        with pytest.raises(RateMissing):
            rate_on("EUR", "USD", date(2026, 11, 7))
        with pytest.raises(RateMissing):
            rate_on("EUR", "CNY", date(2026, 10, 29))

    def test_of_the_operator_goes_first_either_way_round(self, rates) -> None:
        stated("7")
        assert rate_on("USD", "CNY", TODAY).rate == 7
        assert rate_on("CNY", "USD", TODAY).rate == 1 / Decimal(7)
        assert rate_on("EUR", "CNY", TODAY).source == "ECB"

    def test_is_the_newer_one_of_both_directions(self) -> None:
        stated("7", on=TODAY - timedelta(days=2))
        stated("0.16", base="CNY", quote="USD", on=TODAY - timedelta(days=1), is_sure=True)
        assert rate_on("USD", "CNY", TODAY).rate == Decimal("6.25")

    def test_in_force_is_the_newest_of_each_source(self, rates) -> None:
        stated("7", on=TODAY - timedelta(days=3))
        own = stated("7.1")
        shown = rates_in_force(TODAY)
        assert shown[0] == own
        assert [(one.quote, one.on) for one in shown[1:]] == [
            (code, TODAY) for code in ("CNY", "JPY", "USD")
        ]
        assert rates_in_force(TODAY + timedelta(days=7)) == []


class TestStatingARate:
    def test_is_written_down_once(self, rates) -> None:
        assert stated("6.9") == stated("6.9")
        [said] = AuditEvent.objects.filter(verb="rates.stated")
        assert (said.target, said.detail) == ("USD/CNY", {"on": "2026-10-30", "rate": "6.9"})

    @pytest.mark.parametrize(
        ("rate", "base", "quote"), [("6.8", "USD", "CNY"), ("0.15", "CNY", "USD")]
    )
    def test_is_refused_where_another_was_stated_for_the_day(self, rates, rate, base, quote):
        first = stated("6.9")
        with pytest.raises(RateStated) as refused:
            stated(rate, base=base, quote=quote)
        assert refused.value.stated == first
        assert rate_on("USD", "CNY", TODAY).rate == Decimal("6.9")

    @pytest.mark.parametrize(
        ("rate", "code"),
        [("0", "not_positive"), ("-1", "not_positive"), ("NaN", "not_positive"),
         ("Infinity", "not_positive"), ("1.123456789", "too_fine"), ("10000000", "too_large")],
    )  # fmt: skip
    def test_is_refused_where_it_is_none(self, rate, code) -> None:
        with pytest.raises(RateRefused) as refused:
            stated(rate)
        assert refused.value.code == code

    def test_is_refused_between_a_currency_and_itself_and_for_days_to_come(self) -> None:
        with pytest.raises(RateRefused, match="same_currency"):
            stated("1", quote="usd")
        with pytest.raises(RateRefused, match="day_to_come"):
            stated("7", on=TODAY + timedelta(days=2))
        with pytest.raises(CurrencyUnknown):
            stated("7", quote="XXX")

    def test_is_asked_about_once_more_where_it_is_far_from_the_known_one(self, rates) -> None:
        with pytest.raises(RateUnlikely) as refused:
            stated("0.15")
        assert refused.value.known == rate_on("USD", "CNY", TODAY)
        assert stated("0.15", is_sure=True).rate == Decimal("0.15")

    def test_keeps_every_digit(self) -> None:
        stated("1234567.12345678")
        assert rate_on("USD", "CNY", TODAY).rate == Decimal("1234567.12345678")


class TestAnExchange:
    def owe(self, minor: int) -> None:
        owed = Posting("expense:commission", OWED, Money(minor, "USD"))
        post_entry(book="wsp", draft=Draft("owed", "k", NOW, (owed,)), now=NOW)

    def test_moves_what_is_owed_at_the_stamped_rate_and_books_the_difference(self, rates) -> None:
        self.owe(10_000)
        stamped = rate_on("USD", "CNY", date(2026, 10, 30))
        entry = exchange(
            book="wsp", account=OWED, amount=Money(10_000, "USD"), stamped=stamped, key="x", now=NOW
        )
        # 100.00 x 7.4326 / 1.1172 = 665.288...
        assert balance("wsp", OWED, "CNY").minor == -66_529
        assert balance("wsp", OWED, "USD").minor == 0
        settle_exchange(
            book="wsp", exchanged=entry, bank="asset:bank", received=Money(66_500, "CNY"),
            key="y", now=NOW,
        )  # fmt: skip
        assert balance("wsp", "expense:exchange", "CNY").minor == 29
        for code in ("USD", "CNY"):
            assert balance("wsp", f"clearing:exchange:{code}", code).minor == 0
        assert balance("wsp", "asset:bank", "USD").minor == -10_000
        assert list(unsound("wsp")) == []

    def test_happens_once_by_its_key(self, rates) -> None:
        self.owe(10_000)
        stamped = rate_on("USD", "JPY", date(2026, 10, 30))
        said = {"book": "wsp", "account": OWED, "stamped": stamped, "key": "x", "now": NOW}
        entries = [exchange(amount=Money(5_000, "USD"), **said) for _ in range(2)]
        assert entries[0] == entries[1]
        assert balance("wsp", OWED, "JPY").minor == -7_863
