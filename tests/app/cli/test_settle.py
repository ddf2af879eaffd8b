"""`linkstar settle` closes what was payable, once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.app.cli.conftest import Linkstar, lins

AGREE = """
from datetime import UTC, datetime, timedelta
import django; django.setup()
from tests.conftest import let_promote
from linkstar.catalog.models import Product, Shop
from linkstar.collaborations.actions import (
    agree_collaboration, confirm_deliverable, submit_deliverable)
from linkstar.collaborations.rules import Terms
from linkstar.commissions.actions import work_through
from linkstar.config.places import places
from linkstar.creators.models import Creator
from linkstar.lake.store import Lake
from linkstar.money.amounts import Money
now = datetime.now(UTC); then = now - timedelta(days=20)
shop = Shop.objects.get()
let_promote(shop, user=None, now=then)
ada = Creator.objects.create(handle="ada", state="verified", created_at=then)
serum = Product.objects.create(shop=shop, external_id="1", seen_at=then)
terms = Terms(1_500, Money(20_000, "USD"), 1, 0, False, then.date(), now.date())
made = agree_collaboration(shop=shop, creator=ada, products=[serum], terms=terms, now=then)
due = made.deliverables.get()
submit_deliverable(deliverable=due, url="https://v.example/1", content_id="1", now=then)
confirm_deliverable(deliverable=due, now=then)
work_through(shop=shop, lake=Lake(places().lake), now=then)
"""


def run_python(folder: Path, program: str) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "linkstar.config.settings", "LINKSTAR_DATA": str(folder)}
    subprocess.run([sys.executable, "-c", program], env=os.environ | settings, check=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settle")


@pytest.fixture(scope="module")
def linkstar(folder: Path) -> Linkstar:
    run = lins(folder)
    run_python(folder, AGREE)
    return run


class TestClosing:
    def test_settles_a_confirmed_flat_fee_once(self, linkstar: Linkstar) -> None:
        [made] = linkstar("settle", "close", "--json").document["settlements"]
        assert (made["payable_minor"], made["lines"], made["state"]) == (20_000, 1, "closed")
        assert made["is_new"]
        [again] = linkstar("settle", "close", "--json").document["settlements"]
        assert again == made | {"is_new": False}
        [shown] = linkstar("settle", "show", "--json").document["settlements"]
        assert shown == again
        assert made["settlement"] in linkstar("settle", "show", "--csv").out

    def test_of_an_unknown_shop_is_refused(self, linkstar: Linkstar) -> None:
        ended = linkstar("settle", "close", "--shop", "Nowhere", "--json")
        assert (ended.code, ended.document["error"]["name"]) == (3, "shop_unknown")


class TestAnsweringPeople:
    def test_says_what_was_not_payable_and_writes_sums_and_states_in_words(
        self, linkstar: Linkstar, tmp_path: Path
    ) -> None:
        empty = lins(tmp_path / "empty")
        assert "Nothing is settled yet" in empty("settle", "show").err
        assert "Lin Beauty: nothing was payable when 20" in empty("settle", "close").err
        assert "No rate of the last seven days" in empty("rates", "show").err
        assert "no such account" in empty("ledger", "balances", "asset").err
        linkstar("settle", "close")
        shown = linkstar("settle", "show", "--lang", "zh").out
        assert "200.00" in shown
        assert "待审批" in shown


ACCOUNTS = """
import django; django.setup()
from linkstar.catalog.models import Shop
from linkstar.creators.models import Creator
from linkstar.settlements.models import BankAccount
where = {"number": "DE89370400440532013000", "bic": "COBADEFFXXX", "country": "DE"}
BankAccount.objects.get_or_create(creator=Creator.objects.get(), defaults=where | {"holder": "Ada"})
BankAccount.objects.get_or_create(shop=Shop.objects.get(), defaults=where | {"holder": "Lin"})
"""


@pytest.fixture
def closed(linkstar: Linkstar) -> str:
    [made] = linkstar("settle", "close", "--json").document["settlements"]
    return made["settlement"]


class TestApprovingAndPaying:
    def test_goes_from_approval_to_the_banks_answer(
        self, folder, linkstar, closed, tmp_path
    ) -> None:
        out = tmp_path / "payments.xml"
        early = linkstar("settle", "pay", closed, "--out", out, "--format", "csv", "--json")
        assert (early.code, early.document["error"]["name"]) == (5, "not_approved")
        assert not out.exists()
        stranger = linkstar("settle", "approve", closed, "--as", "otto@example.com", "--json")
        assert (stranger.code, stranger.document["error"]["name"]) == (4, "person_may_not")
        worded = linkstar("settle", "approve", closed, "--as", "otto@example.com", "--lang", "zh")
        assert "manager" not in worded.err
        [approved] = linkstar("settle", "approve", closed, "--json").document["settlements"]
        assert (approved["state"], approved["approvals"]) == ("approved", 1)
        again = linkstar("settle", "approve", closed, "--json")
        assert (again.code, again.document["error"]["name"]) == (5, "not_waiting_for_approval")
        assert "“已审批，待打款”" in linkstar("settle", "approve", closed, "--lang", "zh").err

        unnamed = linkstar("settle", "pay", closed, "--out", out, "--json")
        assert (unnamed.code, unnamed.document["error"]["name"]) == (5, "no_paying_account")
        nobody = linkstar("settle", "pay", closed, "--out", out, "--format", "csv", "--json")
        assert (nobody.code, nobody.document["without_account"]) == (6, ["ada"])
        run_python(folder, ACCOUNTS)
        nowhere = linkstar("settle", "pay", closed, "--out", tmp_path / "no" / "x", "--json")
        assert (nowhere.code, nowhere.document["error"]["name"]) == (3, "file_not_writable")
        barred = linkstar("settle", "pay", closed, "--out", "/proc/payments.xml", "--json")
        assert (barred.code, barred.document["error"]["name"]) == (3, "file_not_writable")
        paid = linkstar("settle", "pay", closed, "--out", out, "--json").document
        [payout] = paid["payouts"]
        assert (payout["amount_minor"], payout["state"], payout["number"]) == (20_000, "sent", 1)
        assert payout["payout"] in out.read_text()
        second = linkstar("settle", "pay", closed, "--out", out, "--json").document
        assert (second["batch"], second["payouts"]) == (None, [])
        kept = out.read_bytes()
        told = linkstar(
            "settle", "pay", closed, "--out", out, "--batch", paid["batch"], "--lang", "zh"
        )
        assert (told.code, out.read_bytes()) == (0, kept)
        assert "已提交银行" in told.out

        answer = tmp_path / "answer.csv"
        answer.write_text(f"payout,state\n{payout['payout']},paid\npay_no,paid\n")
        taken = linkstar("settle", "status", answer, "--json")
        assert (taken.code, taken.document["changed"]) == (6, 1)
        assert taken.document["problems"] == [
            {"row": 3, "payout": "pay_no", "state": "paid", "problem": "payout_unknown"}
        ]
        [shown] = linkstar("settle", "show", "--json").document["settlements"]
        assert shown["state"] == "paid"
        answer.write_text(f"payout,state\n{payout['payout']},failed\n")
        late = linkstar("settle", "status", answer, "--lang", "zh")
        assert "失败" in late.out
        assert "与当前状态不能衔接：“已支付”" in late.out
        answer.write_text("<!DOCTYPE x><x/>")
        trap = linkstar("settle", "status", answer, "--json")
        assert (trap.code, trap.document["error"]["name"]) == (1, "status_document_type")
        unknown = linkstar("settle", "approve", "stl_no", "--json")
        assert (unknown.code, unknown.document["error"]["name"]) == (3, "settlement_unknown")
