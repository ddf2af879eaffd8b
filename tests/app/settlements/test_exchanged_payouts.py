"""Creators paid in another currency: exchanged once, at a stamped rate, whatever the bank says."""

from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linkstar.exchange.actions import state_rate
from linkstar.ledger.models import Entry
from linkstar.ledger.queries import balances
from linkstar.money.amounts import Money
from linkstar.orders.actions import StatedRefund, record_refunds
from linkstar.orders.rules import Source
from linkstar.settlements.actions import (
    Overdrawn,
    StatedPayout,
    import_payout_status,
    import_status_file,
    make_payouts,
)
from linkstar.settlements.checking import findings_of
from linkstar.settlements.documents import statement_document
from linkstar.settlements.models import BankAccount, Payout, PayoutExchange, Settlement, Statement
from linkstar.settlements.payment_files import NAMESPACE, payments_csv, payments_xml


@pytest.fixture(autouse=True)
def _book_agrees(desk):
    """Whatever a test did, book and records agree afterwards, and every currency adds up."""
    yield
    assert list(findings_of(desk.till.cast.workspace)) == []
    sums: dict[str, int] = {}
    for each in balances(desk.till.book):
        sums[each.money.currency] = sums.get(each.money.currency, 0) + each.money.minor
    assert not any(sums.values())


@pytest.fixture
def abroad(desk):
    """Ada earned 18.00 dollars and is paid in yuan, Bo 9.00 and is paid as earned; approved."""
    desk.sell("o1", "o2")
    desk.sell("o3", creator="bo")
    desk.account("bo")
    desk.account("ada", "CNY")
    desk.close()
    desk.approve()
    return desk


def state(desk, rate: str = "7", quote: str = "CNY") -> None:
    state_rate(
        base="USD", quote=quote, on=desk.now.date(), rate=Decimal(rate), now=desk.now, is_sure=True
    )


def of_ada(desk) -> Payout:
    return Payout.objects.filter(statement__creator__handle="ada").latest("number")


def said(desk, word: str, amount: Money | None = None):
    stated = [StatedPayout(of_ada(desk).pk, word, "by the bank", amount)]
    return import_payout_status(shop=desk.shop, stated=stated, now=desk.now)


def stands(desk, path: str) -> dict[str, int]:
    """What is not nothing on an account, by currency."""
    found = balances(desk.till.book, path=path)
    return {each.money.currency: each.money.minor for each in found if each.money.minor}


class TestPaying:
    def test_exchanges_at_the_rate_of_the_day_and_pays_in_the_accounts_currency(self, abroad):
        state(abroad, "7.123457")
        paid = abroad.pay()
        assert [(each.settled, each.paid) for each in paid.payouts] == [
            (Money(1_800, "USD"), Money(12_822, "CNY")),  # 18.00 x 7.123457 = 128.222226
            (Money(900, "USD"), Money(900, "USD")),
        ]
        exchange = of_ada(abroad).exchange
        assert (exchange.stamped.rate, exchange.stamped.on, exchange.stamped.source) == (
            Decimal("7.123457"), abroad.now.date(), "operator",
        )  # fmt: skip
        assert stands(abroad, "liability:shop:1:payouts_sent") == {"USD": -900, "CNY": -12_822}
        assert stands(abroad, "clearing") == {"USD": -1_800, "CNY": 12_822}

    def test_hands_the_bank_the_sum_in_that_currency(self, abroad) -> None:
        state(abroad)
        batch = abroad.pay().batch
        root = ET.fromstring(
            payments_xml(batch, debtor=BankAccount.objects.first(), execute_on=abroad.now.date())
        )
        amounts = [(each.get("Ccy"), each.text) for each in root.iter(f"{{{NAMESPACE}}}InstdAmt")]
        assert sorted(amounts) == [("CNY", "126.00"), ("USD", "9.00")]
        assert {each.text for each in root.iter(f"{{{NAMESPACE}}}CtrlSum")} == {"135.00"}
        assert "126.00,CNY" in payments_csv(batch)

    def test_waits_by_name_where_no_rate_is_known_and_nothing_is_half_done(self, abroad) -> None:
        paid = abroad.pay()
        [waits] = paid.without_rate
        assert (waits.statement.creator.handle, waits.currency, waits.reason) == (
            "ada", "CNY", "no_rate",
        )  # fmt: skip
        assert [each.statement.creator.handle for each in paid.payouts] == ["bo"]
        assert not Entry.objects.filter(kind="exchanged").exists()
        assert waits.statement.settlement.state == "approved"
        state(abroad)
        assert len(abroad.pay().payouts) == 1

    def test_waits_for_a_rate_that_is_not_a_week_old(self, abroad) -> None:
        state(abroad)
        abroad.wait(7)
        assert [each.reason for each in abroad.pay().without_rate] == ["no_rate"]

    def test_takes_a_rate_stated_today_while_the_shop_still_has_yesterday(self, abroad) -> None:
        abroad.till.now = (abroad.now + timedelta(days=1)).replace(hour=2)  # 18:00 Pacific
        state(abroad)
        assert [each.paid for each in abroad.pay().payouts] == [
            Money(12_600, "CNY"),
            Money(900, "USD"),
        ]

    def test_waits_where_the_sum_would_be_nothing(self, abroad) -> None:
        state(abroad, "0.0001")
        assert [each.reason for each in abroad.pay().without_rate] == ["rounds_to_nothing"]

    def test_happens_once_however_often_it_is_asked_for(self, abroad) -> None:
        state(abroad)
        assert [len(abroad.pay().payouts) for _ in range(3)] == [2, 0, 0]
        assert PayoutExchange.objects.count() == 1
        assert Entry.objects.filter(kind="exchanged").count() == 1

    def test_stops_where_the_book_has_less_than_the_records_say(self, abroad) -> None:
        state(abroad)
        Statement.objects.filter(creator__handle="ada").update(total_minor=1_900, lines_minor=1_900)
        with pytest.raises(Overdrawn):
            abroad.pay()
        assert not Payout.objects.exists()
        Statement.objects.filter(creator__handle="ada").update(total_minor=1_800, lines_minor=1_800)

    def test_asks_the_book_once_however_many_are_exchanged(self, desk) -> None:
        asked = []
        for creators in (("ada",), ("ada", "bo", "cy")):
            for creator in creators:
                desk.sell(f"o{len(asked)}-{creator}", creator=creator)
                if not BankAccount.objects.filter(creator__handle=creator).exists():
                    desk.account(creator, "CNY")
            desk.close()
            desk.approve()
            state(desk)
            with CaptureQueriesContext(connection) as queries:
                assert len(desk.pay().payouts) == len(creators)
            asked.append(len(queries))
        assert asked[1] <= asked[0]  # the first opens accounts, besides

    def test_is_not_stopped_by_what_later_statements_take_back(self, abroad) -> None:
        first = Settlement.objects.get()
        back = StatedRefund(
            key="r", order_id="o1", line_id="1", happened_at=abroad.now, items=3, amount_minor=0
        )
        record_refunds(shop=abroad.shop, refunds=[back], source=Source.API, now=abroad.now)
        abroad.till.work()
        abroad.close()
        assert Statement.objects.get(state="carried").total_minor == -900
        state(abroad)
        paid = make_payouts(settlement=first, user=abroad.till.cast.finn, now=abroad.now)
        assert [each.paid for each in paid.payouts] == [Money(12_600, "CNY"), Money(900, "USD")]
        assert abroad.till.owed("ada", "settled") == -900


class TestTheBank:
    @pytest.fixture
    def sent(self, abroad):
        state(abroad)
        abroad.pay()
        return abroad

    @pytest.mark.parametrize(("taken", "loss", "gain"), [(1_843, 43, 0), (1_790, 0, 10)])
    def test_says_what_it_took_and_the_rest_is_loss_or_gain(self, sent, taken, loss, gain):
        assert said(sent, "paid", Money(taken, "USD")).changed == 1
        assert stands(sent, "clearing") == {}
        assert stands(sent, "asset:shop:1:bank") == {"USD": -taken}
        assert stands(sent, "expense:exchange") == ({"USD": loss} if loss else {})
        assert stands(sent, "income:exchange") == ({"USD": -gain} if gain else {})

    def test_may_say_it_later_and_only_once(self, sent) -> None:
        assert said(sent, "paid").changed == 1
        assert stands(sent, "clearing") == {"USD": -1_800, "CNY": 12_600}
        results = [said(sent, "paid", Money(minor, "USD")) for minor in (1_810, 1_810, 1_811)]
        assert [(each.changed, each.known) for each in results] == [(1, 0), (0, 1), (0, 0)]
        assert [problem for _, problem in results[2].problems] == ["amount_stated_before"]
        assert stands(sent, "expense:exchange") == {"USD": 10}

    def test_changes_no_exchange_it_says_nothing_new_of(self, sent) -> None:
        assert said(sent, "paid", Money(1_810, "USD")).changed == 1
        with CaptureQueriesContext(connection) as queries:
            assert said(sent, "paid", Money(1_810, "USD")).known == 1
        assert not [each for each in queries if "UPDATE" in each["sql"]]

    @pytest.mark.parametrize(
        ("word", "amount", "problem"),
        [
            ("paid", Money(12_600, "CNY"), "amount_currency"),
            ("paid", Money(0, "USD"), "amount_not_positive"),
            ("paid", Money(-5, "USD"), "amount_not_positive"),
            ("failed", Money(1_800, "USD"), "amount_too_early"),
            ("sent", Money(1_800, "USD"), "amount_too_early"),
            ("returned", Money(1_800, "USD"), "step_impossible"),
        ],
    )
    def test_says_nothing_that_cannot_be(self, sent, word, amount, problem) -> None:
        told = said(sent, word, amount)
        assert (told.changed, [each for _, each in told.problems]) == (0, [problem])
        assert of_ada(sent).state == "sent"

    def test_says_of_what_was_not_exchanged_no_other_amount(self, sent) -> None:
        bo = Payout.objects.get(statement__creator__handle="bo")
        for amount, changed in ((Money(901, "USD"), 0), (Money(900, "USD"), 1)):
            stated = [StatedPayout(bo.pk, "paid", "", amount)]
            told = import_payout_status(shop=sent.shop, stated=stated, now=sent.now)
            assert told.changed == changed

    def test_fails_and_the_exchange_is_taken_back_at_its_rate(self, sent) -> None:
        assert said(sent, "failed").changed == 1
        assert stands(sent, "clearing") == {}
        assert sent.till.owed("ada", "settled") == 1_800
        sent.wait(1)
        state(sent, "7.1")
        [again] = sent.pay().payouts
        assert (again.number, again.paid) == (2, Money(12_780, "CNY"))
        assert said(sent, "paid", Money(1_800, "USD")).changed == 1

    def test_returns_it_and_says_what_it_gave_back(self, sent) -> None:
        said(sent, "paid", Money(1_843, "USD"))
        assert said(sent, "returned", Money(1_770, "USD")).changed == 1
        assert stands(sent, "clearing") == {}
        assert sent.till.owed("ada", "settled") == 1_800
        assert stands(sent, "asset:shop:1:bank") == {"USD": -73}
        assert stands(sent, "expense:exchange") == {"USD": 73}

    def test_returns_it_before_anybody_says_anything(self, sent) -> None:
        said(sent, "paid")
        said(sent, "returned")
        assert stands(sent, "clearing") == {}
        said(sent, "returned", Money(1_770, "USD"))
        assert stands(sent, "clearing") == {"USD": -1_800, "CNY": 12_600}
        assert said(sent, "paid", Money(1_843, "USD")).changed == 1
        assert stands(sent, "clearing") == {}
        assert stands(sent, "expense:exchange") == {"USD": 73}

    def test_says_it_in_its_file(self, sent) -> None:
        pk = of_ada(sent).pk
        file = f"payout,state,reason,amount,currency\n{pk},paid,,18.43,USD\n{pk},paid,,18.431,USD\n"
        told = import_status_file(shop=sent.shop, content=file.encode(), now=sent.now)
        assert (told.changed, [row.problem for row in told.problems]) == (1, ["amount_unreadable"])
        assert of_ada(sent).exchange.taken_minor == 1_843


class TestWhatIsTold:
    def test_names_both_sums_and_the_rate(self, abroad) -> None:
        state(abroad)
        abroad.pay()
        [payment] = statement_document(of_ada(abroad).statement)["payments"]
        assert payment == {
            "payout": of_ada(abroad).pk, "number": 1, "state": "sent",
            "amount_minor": 1_800, "currency": "USD", "paid_minor": 12_600, "paid_currency": "CNY",
            "rate": "7", "rate_on": abroad.now.date().isoformat(), "rate_source": "operator",
        }  # fmt: skip


class TestTheCheckOfTheBook:
    def test_finds_an_exchange_the_records_do_not_know(self, abroad) -> None:
        state(abroad)
        abroad.pay()
        said(abroad, "paid", Money(1_843, "USD"))
        PayoutExchange.objects.update(taken_minor=1_844)
        found = {
            (each.where, each.currency, each.records_minor, each.book_minor)
            for each in findings_of(abroad.till.cast.workspace)
        }
        assert found == {("asset:shop:1:bank", "USD", 1_844, 1_843)}
        PayoutExchange.objects.update(taken_minor=1_843)
