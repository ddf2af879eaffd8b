"""Closing, approving and paying: every amount once, whatever happens in between."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences, misbooked
from linkstar.ledger.queries import unsound
from linkstar.orders.actions import StatedRefund, record_refunds
from linkstar.orders.rules import Source
from linkstar.settlements.actions import (
    AlreadyApproved,
    PeriodNotOver,
    StatedPayout,
    approve_settlement,
    close_period,
    import_payout_status,
    make_payouts,
)
from linkstar.settlements.models import (
    BankAccount,
    Payout,
    Settlement,
    Statement,
    StatementLine,
)
from linkstar.settlements.payment_files import (
    NAMESPACE,
    payments_csv,
    payments_xml,
)
from linkstar.settlements.rules import MoveRefused, last_ended, period_of


@pytest.fixture(autouse=True)
def _book_agrees(desk):
    """Whatever a test did, records and book agree afterwards."""
    yield
    workspace = desk.till.cast.workspace
    assert list(unsound(workspace.pk)) == []
    assert list(differences(workspace)) == []
    assert misbooked(workspace) == 0


class TestClosing:
    def test_takes_every_payable_amount_into_its_creators_statement(self, desk) -> None:
        desk.sell("o1", "o2")
        desk.sell("o3", creator="bo")
        closed = desk.close()
        [settlement] = closed.settlements
        assert (settlement.lines, settlement.lines_minor) == (3, 2_700)
        assert sorted(Statement.objects.values_list("creator__handle", "total_minor")) == [
            ("ada", 1_800), ("bo", 900),
        ]  # fmt: skip
        assert set(Commission.objects.values_list("state", flat=True)) == {"settled"}
        assert desk.till.owed("ada", "payable") == 0
        assert desk.till.owed("ada", "settled") == 1_800

    def test_twice_settles_once(self, desk) -> None:
        desk.sell("o1")
        first = desk.close()
        again = close_period(shop=desk.shop, period=last_ended("US", desk.now.date()), now=desk.now)
        assert (first.is_new, again.is_new) == (True, False)
        assert again.settlements == list(first.settlements)
        assert StatementLine.objects.count() == 1

    def test_before_the_period_is_over_is_refused(self, desk) -> None:
        with pytest.raises(PeriodNotOver):
            close_period(shop=desk.shop, period=period_of("US", desk.now.date()), now=desk.now)

    def test_leaves_what_became_payable_later_for_the_next_period(self, desk) -> None:
        desk.sell("o1")
        desk.sell("o2")
        period = last_ended("US", desk.now.date())
        close_period(shop=desk.shop, period=period, now=desk.now)
        assert StatementLine.objects.count() == 1
        desk.close()
        assert StatementLine.objects.count() == 2

    def test_cut_off_in_the_middle_leaves_nothing(self, desk, monkeypatch) -> None:
        desk.sell("o1", "o2")

        def cut_off(*_: object) -> None:
            raise RuntimeError("power cut")

        with monkeypatch.context() as cut:
            cut.setattr("linkstar.settlements.actions.closing._take_lines", cut_off)
            with pytest.raises(RuntimeError, match="power cut"):
                desk.close()
        assert not Settlement.objects.exists()
        assert not Statement.objects.exists()
        assert desk.till.owed("ada", "payable") == 1_800
        desk.close(0)
        assert desk.till.owed("ada", "settled") == 1_800

    def test_an_amount_can_never_be_in_two_statements(self, desk) -> None:
        desk.sell("o1")
        desk.close()
        line = StatementLine.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            StatementLine.objects.create(statement=line.statement, commission=line.commission)

    def test_carries_forward_what_is_below_the_minimum_and_below_nothing(self, desk) -> None:
        desk.sell("o1")
        desk.account()
        desk.close()
        desk.approve()
        desk.pay()
        desk.bank_says(Payout.objects.get(), "paid")
        refund = StatedRefund(
            key="r", order_id="o1", line_id="1", happened_at=desk.now, items=3, amount_minor=0
        )
        record_refunds(shop=desk.shop, refunds=[refund], source=Source.API, now=desk.now)
        desk.till.work()
        desk.close()
        below = Statement.objects.get(state="carried")
        assert below.total_minor == -900
        desk.sell("o2", "o3")
        desk.close()
        last = Statement.objects.get(state="open")
        assert (last.carried_minor, last.lines_minor, last.total_minor) == (-900, 1_800, 900)
        below.refresh_from_db()
        assert below.carried_into == last
        assert desk.till.owed("ada", "settled") == 900


class TestApproving:
    def test_a_small_sum_takes_one_person(self, desk) -> None:
        desk.sell("o1")
        desk.close()
        assert desk.approve().state == "approved"

    def test_a_large_sum_takes_two_different_people(self, desk) -> None:
        desk.sell("o1", items=3_000, price_micros=39_990_000)
        [settlement] = desk.close().settlements
        assert settlement.approvals_needed == 2
        assert desk.approve().state == "closed"
        with pytest.raises(AlreadyApproved):
            desk.approve()
        with pytest.raises(MoveRefused):
            desk.pay()
        lin = desk.till.cast.lin
        done = approve_settlement(settlement=settlement, user=lin, now=desk.now)
        assert done.state == "approved"


class TestPaying:
    def test_pays_each_statement_once_however_often_it_runs(self, desk) -> None:
        desk.sell("o1")
        desk.account()
        desk.close()
        desk.approve()
        paid = [desk.pay() for _ in range(3)]
        assert [len(each.payouts) for each in paid] == [1, 0, 0]
        assert desk.till.owed("ada", "settled") == 0
        desk.bank_says(Payout.objects.get(), "paid")
        assert desk.bank_says(Payout.objects.get(), "paid").known == 1
        assert desk.pay().batch is None
        assert Settlement.objects.get().state == "paid"
        assert Commission.objects.get().state == "paid"
        assert desk.stands(f"asset:shop:{desk.shop.number}:bank") == -900
        assert desk.stands(f"liability:shop:{desk.shop.number}:payouts_sent") == 0

    def test_asks_no_more_of_the_database_for_many_creators(self, desk) -> None:
        asked = []
        for handles in (["ada"], ["ada", "bo", "cleo"]):
            for handle in handles:
                desk.sell(f"{handle} {len(asked)}", creator=handle)
                BankAccount.objects.filter(creator__handle=handle).delete()
                desk.account(handle)
            desk.close()
            desk.approve()
            with CaptureQueriesContext(connection) as queries:
                assert len(desk.pay().payouts) == len(handles)
            asked.append(len(queries))
        assert asked[1] <= asked[0]  # the first opens the account of what is on its way

    def test_names_who_has_no_bank_account_and_pays_the_others(self, desk) -> None:
        desk.sell("o1")
        desk.sell("o2", creator="bo")
        desk.account("bo")
        desk.close()
        desk.approve()
        paid = desk.pay()
        assert [each.creator.handle for each in paid.without_account] == ["ada"]
        assert [each.amount_minor for each in paid.payouts] == [900]
        assert Settlement.objects.get().state == "approved"

    @pytest.mark.parametrize("steps", [("failed",), ("paid", "returned")])
    def test_what_fails_or_comes_back_is_owed_again_and_paid_again(self, desk, steps) -> None:
        desk.sell("o1")
        desk.account()
        desk.close()
        desk.approve()
        [first] = desk.pay().payouts
        for step in steps:
            desk.bank_says(first, step)
        assert desk.till.owed("ada", "settled") == 900
        assert desk.stands(f"asset:shop:{desk.shop.number}:bank") == 0
        [second] = desk.pay().payouts
        assert (second.number, second.amount_minor) == (2, 900)
        desk.bank_says(second, "paid")
        assert desk.stands(f"asset:shop:{desk.shop.number}:bank") == -900

    def test_a_status_that_cannot_be_is_a_problem_and_the_others_are_taken_in(self, desk) -> None:
        desk.sell("o1")
        desk.account()
        desk.close()
        desk.approve()
        [payout] = desk.pay().payouts
        assert desk.bank_says(payout, "returned").problems[0][1] == "step_impossible"
        assert desk.bank_says(payout, "lost").problems[0][1] == "state_unknown"
        payout.pk = "pay_nobodys"
        assert desk.bank_says(payout, "paid").problems[0][1] == "payout_unknown"

    def test_two_words_about_one_payout_in_one_file_are_both_booked(self, desk) -> None:
        desk.sell("o1")
        desk.account()
        desk.close()
        desk.approve()
        [payout] = desk.pay().payouts
        words = [StatedPayout(payout.pk, word) for word in ("paid", "returned", "returned")]
        done = import_payout_status(shop=desk.shop, stated=words, now=desk.now)
        assert (done.changed, done.known) == (2, 1)
        assert desk.till.owed("ada", "settled") == 900
        assert desk.stands(f"asset:shop:{desk.shop.number}:bank") == 0
        assert Statement.objects.get().state == "open"
        assert Commission.objects.get().state == "settled"

    def test_database_refuses_a_second_living_payout(self, desk) -> None:
        desk.sell("o1")
        desk.account()
        desk.close()
        desk.approve()
        [payout] = desk.pay().payouts
        payout.pk, payout.number = "pay_second", 2
        with pytest.raises(IntegrityError), transaction.atomic():
            payout.save(force_insert=True)

    def test_of_what_is_not_approved_is_refused(self, desk) -> None:
        desk.sell("o1")
        [settlement] = desk.close().settlements
        with pytest.raises(MoveRefused):
            make_payouts(settlement=settlement, user=None, now=desk.now)


class TestPaymentFiles:
    @pytest.fixture
    def batch(self, desk):
        desk.sell("o1")
        desk.sell("o2", creator="bo")
        desk.account("ada")
        desk.account("bo")
        desk.close()
        desk.approve()
        return desk.pay().batch

    def test_pain_001_names_every_payment_and_their_sum(self, desk, batch) -> None:
        debtor = BankAccount.objects.create(
            shop=desk.shop, holder="Lin", number="123456789", country="US"
        )
        written = payments_xml(batch, debtor=debtor, execute_on=date(2026, 12, 1))
        root = ET.fromstring(written)  # our own file
        spaces = {"p": NAMESPACE}
        transfers = root.findall(".//p:CdtTrfTxInf", spaces)
        assert root.findtext(".//p:GrpHdr/p:NbOfTxs", namespaces=spaces) == "2"
        assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=spaces) == "18.00"
        assert root.findtext(".//p:ReqdExctnDt/p:Dt", namespaces=spaces) == "2026-12-01"
        assert [t.findtext("p:Amt/p:InstdAmt", namespaces=spaces) for t in transfers] == [
            "9.00", "9.00",
        ]  # fmt: skip
        ends = {t.findtext("p:PmtId/p:EndToEndId", namespaces=spaces) for t in transfers}
        assert ends == set(Payout.objects.values_list("pk", flat=True))
        assert all(len(end) <= 35 for end in ends)
        names = {t.findtext("p:Cdtr/p:Nm", namespaces=spaces) for t in transfers}
        assert names == {"ada & Söhne <GmbH>", "bo & Söhne <GmbH>"}
        order = [child.tag.partition("}")[2] for child in transfers[0]]
        assert order == ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]

    def test_pain_001_names_banks_in_the_us_by_their_routing_numbers(self, desk, batch) -> None:
        batch.payouts.update(bic="", routing_number="021000021", country="US")
        debtor = BankAccount.objects.create(
            shop=desk.shop, holder="Lin", number="123456789", routing_number="011000015",
            country="US",
        )  # fmt: skip
        root = ET.fromstring(payments_xml(batch, debtor=debtor, execute_on=date(2026, 12, 1)))
        member = "p:FinInstnId/p:ClrSysMmbId/p:MmbId"
        spaces = {"p": NAMESPACE}
        assert root.findtext(f".//p:DbtrAgt/{member}", namespaces=spaces) == "011000015"
        banks = [
            each.findtext(f"p:CdtrAgt/{member}", namespaces=spaces)
            for each in root.findall(".//p:CdtTrfTxInf", spaces)
        ]
        assert banks == ["021000021", "021000021"]
        assert {each.text for each in root.iter(f"{{{NAMESPACE}}}Cd")} == {"USABA"}

    def test_csv_has_a_payment_a_row(self, batch) -> None:
        header, *rows = payments_csv(batch).splitlines()
        assert header.startswith("payout,holder,account")
        assert len(rows) == 2
        assert all(",9.00,USD," in row for row in rows)
