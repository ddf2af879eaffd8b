from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from linkstar.exchange.actions import (
    RateStated,
    exchange,
    import_ecb_rates,
    settle_exchange,
    state_rate,
)
from linkstar.exchange.queries import RateMissing, rate_on
from linkstar.exchange.rules import RatesUnreadable
from linkstar.ledger.actions import post_entry
from linkstar.ledger.queries import balance, unsound
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 30, 12, tzinfo=UTC)
# Reference rates of the European Central Bank, 29 and 30 October 2026 of the data set in use.
FILE = ["Date,USD,CNY,JPY,XXX\n", "2026-10-30,1.1172,7.4326,175.68,9\n", "2026-10-29,1.113,N/A,,\n"]
OWED = "liability:creator:ada:settled"


@pytest.fixture
def rates() -> None:
    import_ecb_rates(lines=FILE, now=NOW)


class TestTheBanksFile:
    def test_is_taken_in_once(self) -> None:
        assert [import_ecb_rates(lines=FILE, now=NOW) for _ in range(2)] == [4, 0]

    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            ([], "no_header"),
            (["creator,clicks\n"], "no_header"),
            (["Date,USD\n", "30/10/2026,1.1\n"], "date_format"),
            (["Date,USD\n", "2026-10-30,eins\n"], "rate_format"),
            (["Date,USD\n", "2026-10-30,-1\n"], "rate_format"),
        ],
    )
    def test_is_refused_whole_where_it_is_another(self, lines, code) -> None:
        with pytest.raises(RatesUnreadable) as refused:
            import_ecb_rates(lines=lines, now=NOW)
        assert refused.value.code == code


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

    def test_of_the_operator_goes_first_either_way_round_and_stays(self, rates) -> None:
        day = date(2026, 10, 30)
        state_rate(base="USD", quote="CNY", on=day, rate=Decimal(8), now=NOW)
        assert rate_on("USD", "CNY", day).rate == 8
        assert rate_on("CNY", "USD", day).rate == Decimal("0.125")
        with pytest.raises(RateStated):
            state_rate(base="USD", quote="CNY", on=day, rate=Decimal(9), now=NOW)


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
