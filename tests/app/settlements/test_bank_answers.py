"""What a bank answers: good rows count, the others are named, a trap is refused unread."""

import pytest

from linkstar.accounts.models import Notification
from linkstar.creators.models import Creator
from linkstar.settlements.actions import import_status_file
from linkstar.settlements.models import Payout, Settlement
from linkstar.settlements.payment_files import BankFile, NoPayingAccount, bank_file
from linkstar.settlements.status_files import StatusUnreadable, read_status_file

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B-1</MsgId><CreDtTm>2026-11-20T10:00:00Z</CreDtTm></GrpHdr>
{body}</CstmrPmtStsRpt></Document>"""
ORIGINAL = (
    "<OrgnlGrpInfAndSts><OrgnlMsgId>{batch}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09"
    "</OrgnlMsgNmId>{status}</OrgnlGrpInfAndSts>"
)


def report(body: str) -> bytes:
    return REPORT.format(body=body).encode()


def transaction(payout: str, status: str, reason: str = "") -> str:
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{payout}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{reason}</TxInfAndSts>"
    )


def of_batch(batch: str, *transactions: str, status: str = "") -> bytes:
    told = f"<PmtInfSts>{status}</PmtInfSts>" if status else ""
    part = f"<OrgnlPmtInfId>{batch}</OrgnlPmtInfId>{told}{''.join(transactions)}"
    group = ORIGINAL.format(batch=batch, status="")
    return report(f"{group}<OrgnlPmtInfAndSts>{part}</OrgnlPmtInfAndSts>")


@pytest.fixture
def batch(desk):
    """Ada and Bo are each to be paid 9.00."""
    desk.sell("o1")
    desk.sell("o2", creator="bo")
    desk.account("ada")
    desk.account("bo")
    desk.close()
    desk.approve()
    return desk.pay().batch


def take(desk, content: bytes):
    return import_status_file(shop=desk.shop, content=content, now=desk.now)


def states() -> dict[str, str]:
    return dict(Payout.objects.values_list("statement__creator__handle", "state"))


def of(handle: str) -> Payout:
    return Payout.objects.get(statement__creator__handle=handle)


class TestACsvFile:
    def test_good_rows_count_and_the_others_are_named_by_their_line(self, desk, batch) -> None:
        content = (
            f"\ufeffPayout,State,Reason\r\n{of('ada').pk},PAID,\r\n\r\n{of('bo').pk},lost,\r\n"
            "pay_nobodys,paid,\r\n,paid,\r\n"
        ).encode()
        taken = take(desk, content)
        assert (taken.changed, taken.known) == (1, 0)
        assert [(row.place, row.problem) for row in taken.problems] == [
            (4, "state_unknown"), (5, "payout_unknown"), (6, "cells_missing"),
        ]  # fmt: skip
        assert states() == {"ada": "paid", "bo": "sent"}
        again = take(desk, content)
        assert (again.changed, again.known) == (0, 1)

    def test_of_another_shop_names_nobody(self, desk, batch) -> None:
        taken = import_status_file(
            shop=desk.till.cast.other_shop,
            content=f"payout,state\n{of('ada').pk},paid\n".encode(),
            now=desk.now,
        )
        assert [row.problem for row in taken.problems] == ["payout_unknown"]
        assert states() == {"ada": "sent", "bo": "sent"}

    @pytest.mark.parametrize(
        ("content", "reason", "line"),
        [
            (b"", "header", 1),
            (b"something,else\n", "header", 1),
            (b"payout,state\n\xff\xfe,paid\n", "not_text", 2),
            (b"payout,state\n" + b'"' + b"x" * 200_000 + b'",paid\n', "not_text", 1),
        ],
    )
    def test_of_something_else_is_refused_whole(self, content, reason, line) -> None:
        with pytest.raises(StatusUnreadable) as refused:
            read_status_file(content)
        assert (refused.value.reason, refused.value.line) == (reason, line)


class TestAStatusReport:
    def test_tells_of_each_payment_with_the_banks_reason(self, desk, batch) -> None:
        why = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></StsRsnInf>"
        rows = (transaction(of("ada").pk, "ACSC"), transaction(of("bo").pk, "RJCT", why))
        taken = take(desk, of_batch(batch.pk, *rows))
        assert (taken.changed, list(taken.problems)) == (2, [])
        assert states() == {"ada": "paid", "bo": "failed"}
        assert of("bo").reason == "AC04 Account closed"
        assert Settlement.objects.get().state == "approved"
        assert desk.till.owed("bo", "settled") == 900

    def test_of_what_is_pending_is_no_news(self, desk, batch) -> None:
        taken = take(desk, of_batch(batch.pk, transaction(of("ada").pk, "ACSP")))
        assert (taken.changed, taken.known, list(taken.problems)) == (0, 1, [])

    @pytest.mark.parametrize("level", ["batch", "group"])
    def test_of_a_whole_batch_is_of_each_of_its_payments(self, desk, batch, level) -> None:
        whole = ORIGINAL.format(batch=batch.pk, status="<GrpSts>RJCT</GrpSts>")
        content = of_batch(batch.pk, status="RJCT") if level == "batch" else report(whole)
        assert take(desk, content).changed == 2
        assert set(states().values()) == {"failed"}

    def test_names_what_it_cannot_use_and_takes_in_the_rest(self, desk, batch) -> None:
        rows = (
            transaction("", "ACSC"),
            transaction(of("ada").pk, "XXXX"),
            transaction("pay_nobodys", "ACSC"),
            transaction(of("bo").pk, "ACCC"),
        )
        taken = take(desk, of_batch(batch.pk, *rows))
        assert [(row.place, row.problem) for row in taken.problems] == [
            (1, "cells_missing"), (2, "state_unknown"), (3, "payout_unknown"),
        ]  # fmt: skip
        assert states() == {"ada": "sent", "bo": "paid"}

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'<!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>', "document_type"),
            (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "document_type"),
            (b"<Document><unclosed></Document>", "not_xml"),
            (b"<Document/>", "not_pain_002"),
            (
                (
                    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">'
                    b"<CstmrPmtStsRpt/></Document>"
                ),
                "not_pain_002",
            ),
            (b"\x00" * 20_000_001, "too_large"),
        ],
    )
    def test_of_another_kind_or_with_a_trap_is_refused_unread(self, content, reason) -> None:
        with pytest.raises(StatusUnreadable) as refused:
            read_status_file(content)
        assert refused.value.reason == reason


class TestWhatPeopleAreTold:
    def test_is_told_once_each_creator_of_theirs_and_who_settles_of_failures(
        self, desk, batch
    ) -> None:
        Creator.objects.filter(handle="ada").update(user=desk.till.cast.ada)
        Creator.objects.filter(handle="bo").update(user=desk.till.cast.bo)
        rows = (transaction(of("ada").pk, "ACSC"), transaction(of("bo").pk, "RJCT"))
        for _ in range(2):
            take(desk, of_batch(batch.pk, *rows))
        told = Notification.objects.filter(code__startswith="payout.")
        assert sorted(told.values_list("code", "user__email")) == [
            ("payout.failed", "finn@example.com"),
            ("payout.failed", "lin@example.com"),
            ("payout.not_arrived", "bo@example.com"),
            ("payout.paid", "ada@example.com"),
        ]
        assert told.get(code="payout.paid").params == {
            "shop": desk.shop.name, "amount": "9.00 USD",
        }  # fmt: skip


class TestTheBanksFile:
    def test_is_the_same_payments_each_time_it_is_asked_for(self, desk, batch) -> None:
        first, again = (bank_file(batch, BankFile.CSV, execute_on=desk.now.date()) for _ in "12")
        assert first == again
        assert first.count(b",9.00,USD,") == 2

    def test_as_pain_001_needs_the_account_that_is_paid_from(self, desk, batch) -> None:
        with pytest.raises(NoPayingAccount):
            bank_file(batch, BankFile.PAIN_001, execute_on=desk.now.date())
