from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.app.exchange.bank import CSV, OF_THE_DAY, XML
from tests.books import balance

from linkstar.accounts.models import AuditEvent
from linkstar.exchange.actions import (
    RateStated,
    RateUnlikely,
    import_ecb_rates,
    state_rate,
)
from linkstar.exchange.booking import (
    Exchange,
    ExchangeRefused,
    exchange_at,
    exchanged,
    settled,
    settled_back,
)
from linkstar.exchange.ecb_files import BYTES_MAX, RatesUnreadable, read_ecb_file
from linkstar.exchange.models import ExchangeRate
from linkstar.exchange.queries import RateMissing, rate_on, rates_in_force
from linkstar.exchange.rules import RateRefused, Stamped
from linkstar.ledger.actions import KeyReused, post_entries
from linkstar.ledger.queries import unsound
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
from linkstar.money.currencies import CurrencyUnknown

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
NAMES = {settled: "taken", settled_back: "given"}
OWED = "liability:creator:ada:settled"


def stated(rate: str, base: str = "USD", quote: str = "CNY", on: date = TODAY, **more):
    said = {"now": NOW} | more
    return state_rate(base=base, quote=quote, on=on, rate=Decimal(rate), **said)


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

    def test_is_asked_about_where_the_known_one_is_too_old_to_pay_by(self, rates) -> None:
        later = TODAY + timedelta(days=40)
        with pytest.raises(RateMissing):
            rate_on("USD", "CNY", later)
        with pytest.raises(RateUnlikely) as refused:
            stated("71", on=later, now=NOW + timedelta(days=40))
        assert refused.value.known == rate_on("USD", "CNY", TODAY)

    def test_keeps_every_digit(self) -> None:
        stated("1234567.12345678")
        assert rate_on("USD", "CNY", TODAY).rate == Decimal("1234567.12345678")


class TestAnExchange:
    """Entries of a book of its own; settlements write them (`test_exchanged_payouts.py`)."""

    STAMPED = Stamped("USD", "CNY", Decimal("7.4326") / Decimal("1.1172"), TODAY, "ECB")

    def written(self, *drafts: Draft) -> None:
        post_entries(book="wsp", drafts=drafts, now=NOW)

    def test_moves_what_is_owed_at_the_stamped_rate_and_books_the_difference(self) -> None:
        one = exchange_at(self.STAMPED, Money(10_000, "USD"), key="x")
        owed = Posting("expense:commission", OWED, one.sold)
        self.written(
            Draft("owed", "k", NOW, (owed,)),
            exchanged(one, self.STAMPED, account=OWED, now=NOW),
        )
        # 100.00 x 7.4326 / 1.1172 = 665.288...
        assert balance("wsp", OWED, "CNY").minor == -66_529
        assert balance("wsp", OWED, "USD").minor == 0
        self.written(settled(one, bank="asset:bank", taken=Money(10_043, "USD"), now=NOW))
        assert balance("wsp", "expense:exchange", "USD").minor == 43
        for code in ("USD", "CNY"):
            assert balance("wsp", f"clearing:exchange:{code}", code).minor == 0
        assert balance("wsp", "asset:bank", "USD").minor == -10_043
        assert list(unsound("wsp")) == []

    def test_is_written_and_settled_once(self) -> None:
        one = exchange_at(self.STAMPED, Money(5_000, "USD"), key="x")
        self.written(*[exchanged(one, self.STAMPED, account=OWED, now=NOW)] * 2)
        took = [settled(one, bank="asset:bank", taken=Money(n, "USD"), now=NOW) for n in (1, 2)]
        self.written(took[0], took[0])
        with pytest.raises(KeyReused):
            self.written(took[1])

    @pytest.mark.parametrize(
        ("sold", "rate", "code"),
        [
            (Money(0, "USD"), "7", "not_positive"),
            (Money(-100, "USD"), "7", "not_positive"),
            (Money(1, "USD"), "0.4", "rounds_to_nothing"),
            (Money(100, "EUR"), "7", "other_currency"),
        ],
    )
    def test_is_refused_where_there_is_none(self, sold, rate, code) -> None:
        with pytest.raises(ExchangeRefused) as refused:
            exchange_at(Stamped("USD", "CNY", Decimal(rate), TODAY, "ECB"), sold, key="x")
        assert refused.value.code == code

    def test_is_refused_between_a_currency_and_itself(self) -> None:
        with pytest.raises(ExchangeRefused, match="same_currency"):
            Exchange("x", Money(1, "USD"), Money(1, "USD"))

    @pytest.mark.parametrize("settling", [settled, settled_back])
    @pytest.mark.parametrize(
        ("said", "code"),
        [(Money(1, "CNY"), "other_currency"), (Money(0, "USD"), "not_positive"),
         (Money(-1, "USD"), "not_positive")],
    )  # fmt: skip
    def test_is_settled_in_what_was_sold_alone(self, settling, said, code) -> None:
        one = exchange_at(self.STAMPED, Money(5_000, "USD"), key="x")
        with pytest.raises(ExchangeRefused) as refused:
            settling(one, bank="asset:bank", now=NOW, **{NAMES[settling]: said})
        assert refused.value.code == code
