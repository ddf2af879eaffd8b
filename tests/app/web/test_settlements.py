"""Settlements on pages: approved by those who may, paid after signing in again, explained."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import desk  # noqa: F401  # fixture
from tests.conftest import PASSWORD

from linkstar.catalog.models import Shop
from linkstar.commissions.actions import charge_platform_fees
from linkstar.commissions.models import Commission
from linkstar.creators.models import Creator
from linkstar.ledger.models import Entry
from linkstar.orders.actions import StatedRefund, record_refunds
from linkstar.orders.rules import Source, State
from linkstar.plans.models import Incentive
from linkstar.settlements.actions import decide_dispute, end_dispute, open_dispute
from linkstar.settlements.models import BankAccount, Dispute, Payout, Settlement, Statement
from linkstar.settlements.queries import costs_of
from linkstar.settlements.rules import Outcome
from linkstar.web.money_words import ENTRIES


@pytest.fixture
def closed(desk) -> Settlement:  # noqa: F811  # the fixture
    """Ada 18.00 for two orders, Bo 9.00 for one."""
    desk.sell("o1", "o2")
    desk.sell("o3", creator="bo")
    return desk.close().settlements[0]


def page(client, user, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def say(client, path: str, **said: object) -> str:
    return client.post(path, said, follow=True).content.decode()


def sign_in_again(client) -> None:
    """As the page asks before it pays."""
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


class TestTheList:
    def test_says_what_is_settled_waits_is_held_and_is_carried(self, client, cast, desk, closed):  # noqa: F811
        desk.sell("o4")
        desk.sell("o5")
        open_dispute(
            commission=Commission.objects.get(line__order_id="o5"), user=cast.finn,
            is_from_creator=False, text="Bought by the creator.", now=desk.now,
        )  # fmt: skip
        shown = page(client, cast.vera, "/settlements/")
        assert f"/settlements/{closed.pk}/" in shown
        assert "$27.00" in shown
        assert "1 amount; it goes into the next settlement" in shown
        assert "1 amount waits for a dispute" in shown
        assert "waiting for an answer" in shown

    def test_of_somebody_else_is_empty(self, client, cast, closed) -> None:
        shown = page(client, cast.otto, "/settlements/")
        assert closed.pk not in shown
        assert "Nothing is settled yet" in shown


class TestASettlement:
    def test_says_by_which_rule_fees_are_booked_and_from_where_it_is(
        self, client, cast, closed
    ) -> None:
        shown = page(client, cast.vera, f"/settlements/{closed.pk}/")
        assert "6% of what the customer paid" in shown
        assert "20% of its referral fee is kept, at most $5.00 a line" in shown
        assert "Seller University (US) 5982454398175018" in shown

    def test_of_a_market_whose_fees_nobody_states_says_so_and_never_nothing(
        self, client, cast, closed
    ) -> None:
        Shop.objects.filter(pk=closed.shop_id).update(market="MY")
        shown = page(client, cast.vera, f"/settlements/{closed.pk}/")
        assert costs_of(Settlement.objects.get()).fees_minor is None
        assert "no public source states them for this market" in shown
        assert "It depends on the product cluster" in shown

    def test_shows_deposits_set_aside_and_let_go(self, client, cast, desk) -> None:  # noqa: F811
        desk.sell("o1", tier_rates_bps="3.0 OR 5.0")
        assert "1 amount at the highest rate" in page(client, cast.vera, "/settlements/")
        desk.till.state(order_id="o1", state=State.SETTLED, stated_rate_bps=300)
        desk.till.work()
        desk.till.confirm(days=1)
        made = desk.close().settlements[0]
        assert costs_of(made).released_minor == -120
        assert "of it deposits let go" in page(client, cast.vera, f"/settlements/{made.pk}/")
        assert "1 amount at the highest rate" not in page(client, cast.vera, "/settlements/")

    def test_works_a_deposit_that_was_let_go_out_on_the_statement_and_its_files(
        self, client, cast, desk  # noqa: F811
    ) -> None:  # fmt: skip
        desk.sell("o0")
        desk.sell("o1", tier_rates_bps="3.0 OR 5.0")
        desk.till.state(order_id="o1", state=State.SETTLED, stated_rate_bps=300)
        desk.till.work()
        desk.till.confirm(days=1)
        desk.close()
        path = f"/statements/{Statement.objects.get().pk}/"
        working = (
            "$3.00 was set aside at 5%, the highest of 3% / 5%. The platform says that 3% was"
            " reached: base $59.97 × 3% = $1.80, so $1.20 is let go."
        )
        shown = page(client, cast.vera, path)
        assert working in shown
        assert "At which sales a rate is reached the platform does not state." in shown
        written = client.get(f"{path}statement.csv").getvalue().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(written)))
        told = [
            (row["rate_bps"], row["tier_rates_bps"], row["deposit_minor"], row["due_minor"])
            for row in rows if row["order_id"] == "o1"
        ]  # fmt: skip
        assert told == [("500", "", "", ""), ("300", "300 500", "300", "180")]
        printed = PdfReader(io.BytesIO(client.get(f"{path}statement.pdf").getvalue()))
        words = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
        assert working in words

    def test_calls_a_bonus_no_commission_plan(self, client, cast, desk, now) -> None:  # noqa: F811
        Incentive.objects.create(
            shop=desk.shop, kind="boost", funded_by="seller", bonus_bps=200,
            starts_on=date(2026, 9, 1), ends_before=date(2026, 12, 1), created_at=now,
        )  # fmt: skip
        desk.sell("o1")
        desk.close()
        line = Commission.objects.filter(component="seller_boost").get().line_id
        for path in (f"/orders/{line}/", f"/statements/{Statement.objects.get().pk}/"):
            shown = page(client, cast.vera, path)
            assert "on top of the commission" in shown
            assert "bonus from the seller" in shown


class TestApproving:
    def test_is_offered_to_those_who_may_and_done_once(self, client, cast, closed) -> None:
        address = f"/settlements/{closed.pk}/"
        assert "Approve $27.00" not in page(client, cast.vera, address)
        assert "Approve $27.00" in page(client, cast.mei, address)
        assert "It may be paid now" in say(client, f"{address}approve/")
        assert "does not wait for an approval" in say(client, f"{address}approve/")
        assert "mei@example.com" in page(client, cast.vera, address)
        event = cast.workspace.auditevent_set.get(verb="settlement.approved")
        assert event.detail["payable_minor"] == 2_700

    def test_waits_on_the_first_page_of_those_who_may(self, client, cast, closed) -> None:
        for user, waits in ((cast.finn, True), (cast.mei, True), (cast.vera, False)):
            client.force_login(user)
            assert ("Settlements to approve" in client.get("/").content.decode()) is waits
        client.force_login(cast.finn)
        client.post(f"/settlements/{closed.pk}/approve/")
        page = client.get("/").content.decode()
        assert "Settlements to approve" not in page
        assert "Settlements to pay" in page

    def test_of_a_large_sum_says_that_another_person_has_to(self, client, cast, desk) -> None:  # noqa: F811
        desk.sell("o1", items=3_000, price_micros=39_990_000)
        address = f"/settlements/{desk.close().settlements[0].pk}/"
        shown = page(client, cast.finn, address)
        assert "above $10,000.00 two different people do" in shown
        assert "Here it takes 2 people" in shown
        shown = say(client, f"{address}approve/")
        assert "One more person has to" in shown
        assert "1 more person has to approve" in shown
        assert f"{address}approve/" not in shown
        assert "Another person has to" in say(client, f"{address}approve/")
        client.force_login(cast.lin)
        assert "It may be paid now" in say(client, f"{address}approve/")

    def test_of_nothing_to_pay_ends_it(self, client, cast, desk) -> None:  # noqa: F811
        desk.sell("o1", items=1, price_micros=1_990_000)
        made = desk.close().settlements[0]
        client.force_login(cast.lin)
        say(client, f"/settlements/{made.pk}/approve/")
        assert Settlement.objects.get().state == "paid"


class TestPaying:
    def test_asks_for_the_password_then_pays_and_hands_out_the_file(
        self, client, cast, desk, closed  # noqa: F811
    ) -> None:  # fmt: skip
        desk.approve()
        desk.account("ada")
        address = f"/settlements/{closed.pk}/pay/"
        client.force_login(cast.lin)
        assert client.get(address).headers["Location"].startswith("/accounts/reauthenticate/")
        assert client.post(address).headers["Location"].startswith("/accounts/reauthenticate/")
        assert not Payout.objects.exists()
        sign_in_again(client)
        asked = client.get(address).content.decode()
        assert "1 creator has stated no bank account" in asked
        assert "@bo $9.00" in asked
        assert "Pay $18.00" in asked
        told = say(client, address)
        assert "1 payment was made" in told
        assert "Pay $9.00" in told
        say(client, address)
        assert Payout.objects.count() == 1
        batch = Payout.objects.get().batch
        refused = client.get(f"/settlements/batches/{batch.pk}/xml/", follow=True)
        assert "has not said which account it pays from" in refused.content.decode()
        BankAccount.objects.create(
            shop=desk.shop, holder="Lin", number="DE89370400440532013000", country="DE"
        )
        for kind, media in (("xml", "application/xml"), ("csv", "text/csv; charset=utf-8")):
            file = client.get(f"/settlements/batches/{batch.pk}/{kind}/?on=2026-12-01")
            assert file.headers["Content-Type"] == media
            assert b"18.00" in file.content
        assert (
            b"<Dt>2026-12-01</Dt>"
            in client.get(f"/settlements/batches/{batch.pk}/xml/?on=2026-12-01").content
        )

    def test_of_what_is_not_approved_pays_nothing(self, client, cast, closed) -> None:
        client.force_login(cast.finn)
        sign_in_again(client)
        assert "It is not approved yet" in say(client, f"/settlements/{closed.pk}/pay/")

    def test_takes_in_the_banks_answer_row_by_row_and_pays_again(
        self, client, cast, desk, closed  # noqa: F811
    ) -> None:  # fmt: skip
        desk.account("ada")
        desk.account("bo")
        desk.approve()
        paid = {payout.statement.creator.handle: payout for payout in desk.pay().payouts}
        client.force_login(cast.finn)
        rows = (
            f"payout,state,reason\n{paid['ada'].pk},paid,\n{paid['bo'].pk},failed,closed\nx,paid,\n"
        )
        file = SimpleUploadedFile("answer.csv", rows.encode())
        answer = client.post("/settlements/status/", {"shop": desk.shop.pk, "file": file})
        told = answer.content.decode()
        assert "no payment of this shop" in told
        assert ">Row 4<" in told
        rows = f"payout,state\n{paid['ada'].pk},failed\n{paid['bo'].pk},soon\n"
        file = SimpleUploadedFile("later.csv", rows.encode())
        answer = client.post("/settlements/status/", {"shop": desk.shop.pk, "file": file})
        told = answer.content.decode()
        assert "cannot follow on its present state, “paid”" in told
        assert "a CSV says paid, failed or returned" in told
        shown = page(client, cast.finn, f"/settlements/{closed.pk}/")
        assert "failed: closed" in shown
        assert "Pay $9.00" in shown
        sign_in_again(client)
        asked = client.get(f"/settlements/{closed.pk}/pay/").content.decode()
        assert "the last payment to this account failed: closed" in asked
        account = BankAccount.objects.get(creator__handle="bo")
        account.number, account.country = "GB82WEST12345698765432", "GB"
        account.save()
        asked = client.get(f"/settlements/{closed.pk}/pay/").content.decode()
        assert "Pay $9.00" in asked
        assert "the last payment to this account failed" not in asked
        trap = SimpleUploadedFile("answer.xml", b'<!DOCTYPE x [<!ENTITY a "a">]><x/>')
        refused = client.post("/settlements/status/", {"shop": desk.shop.pk, "file": trap})
        assert refused.status_code == 422
        assert "it has a document type" in refused.content.decode()

    def test_says_before_paying_again_who_came_to_owe_the_shop(
        self, client, cast, desk, closed  # noqa: F811
    ) -> None:  # fmt: skip
        desk.account("bo")
        desk.approve()
        [payout] = desk.pay().payouts
        desk.bank_says(payout, "paid")
        back = StatedRefund(
            key="r", order_id="o3", line_id="1", happened_at=desk.now, items=3, amount_minor=0
        )
        record_refunds(shop=desk.shop, refunds=[back], source=Source.API, now=desk.now)
        desk.till.work()
        desk.close()
        desk.bank_says(payout, "returned")
        client.force_login(cast.finn)
        sign_in_again(client)
        asked = client.get(f"/settlements/{closed.pk}/pay/").content.decode()
        assert "Pay $9.00" in asked
        assert "stands at −$9.00 by a later settlement" in asked

    def test_of_another_company_takes_in_nothing(self, client, cast, desk, closed) -> None:  # noqa: F811
        client.force_login(cast.otto)
        file = SimpleUploadedFile("a.csv", b"payout,state\nx,paid\n")
        answer = client.post("/settlements/status/", {"shop": desk.shop.pk, "file": file})
        assert answer.status_code == 422


class TestAStatement:
    def test_explains_every_amount_and_leads_to_why(self, client, cast, closed) -> None:
        statement = Statement.objects.get(creator__handle="ada")
        line = Commission.objects.filter(creator__handle="ada").first().line
        shown = page(client, cast.vera, f"/statements/{statement.pk}/")
        for words in (
            "$18.00",
            "$59.97",
            "15%",
            "commission plan",
            f"/orders/{line.pk}/#why-title",
        ):
            assert words in shown, words
        assert "The settlement has to be approved" in shown
        assert "/ledger/entries/" not in shown
        assert "/ledger/entries/" in page(client, cast.lin, f"/statements/{statement.pk}/")

    def test_as_files_adds_up_to_its_total(self, client, cast, desk, closed) -> None:  # noqa: F811
        desk.account()
        statement = Statement.objects.get(creator__handle="ada")
        client.force_login(cast.vera)
        document = client.get(f"/statements/{statement.pk}/statement.json").json()
        assert document["statement"]["total_minor"] == 1_800
        assert sum(line["amount_minor"] for line in document["lines"]) == 1_800
        assert {line["order_id"] for line in document["lines"]} == {"o1", "o2"}
        body = client.get(f"/settlements/{closed.pk}/settlement.csv").getvalue()
        rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
        assert sum(int(row["amount_minor"]) for row in rows) == 2_700
        assert [(row["order_id"], row["amount"], row["base"]) for row in rows] == [
            ("o1", "9.00", "59.97"), ("o2", "9.00", "59.97"), ("o3", "9.00", "59.97"),
        ]  # fmt: skip

    def test_is_the_creators_own_to_download_and_nobody_elses(self, client, cast, closed) -> None:
        statement = Statement.objects.get(creator__handle="ada")
        address = f"/creator/statements/{statement.pk}/statement.json"
        client.force_login(cast.ada)
        assert client.get(address).status_code == 404
        Creator.objects.filter(pk=statement.creator_id).update(user=cast.ada)
        assert client.get(address).json()["statement"]["total_minor"] == 1_800
        client.force_login(cast.bo)
        assert client.get(address).status_code == 404


class TestWhatItCosts:
    def test_has_each_fee_of_the_book_in_one_settlement(self, client, cast, desk, closed) -> None:  # noqa: F811
        booked = f"expense:shop:{desk.shop.number}:platform_fee"
        charge_platform_fees(shop=desk.shop, now=closed.closed_at - timedelta(days=7))
        first = desk.stands(booked)
        assert first > 0
        costs = costs_of(closed)
        assert costs.fees_minor == first
        assert [(part.kind, part.minor) for part in costs.commissions] == [("standard", 2_700)]
        desk.sell("o9")
        [later] = desk.close().settlements
        charge_platform_fees(shop=desk.shop, now=later.closed_at - timedelta(days=7))
        assert costs_of(closed).fees_minor == first
        assert costs_of(later).fees_minor == desk.stands(booked) - first > 0


class TestTheBook:
    def test_has_a_word_for_each_entry_of_a_settlement(self, cast, desk, closed) -> None:  # noqa: F811
        desk.account("ada")
        desk.approve()
        [payout] = desk.pay().payouts
        for state in ("paid", "returned"):
            desk.bank_says(payout, state)
        [again] = desk.pay().payouts
        desk.bank_says(again, "failed")
        desk.sell("o8")
        dispute = open_dispute(
            commission=Commission.objects.get(line__order_id="o8"), user=cast.finn,
            is_from_creator=False, text="Bought by the creator.", now=desk.now,
        )  # fmt: skip
        desk.wait(5)
        decide_dispute(
            dispute=dispute, outcome=Outcome.CREATOR, user=cast.olga, text="So.", now=desk.now
        )
        desk.wait(7)
        end_dispute(dispute=Dispute.objects.get(), now=desk.now)
        kinds = set(Entry.objects.values_list("kind", flat=True))
        assert {"payout_returned", "payout_failed", "dispute_released"} <= kinds
        assert kinds - set(ENTRIES) == set()
