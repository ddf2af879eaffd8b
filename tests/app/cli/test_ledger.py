"""`linkstar ledger` on a book with entries in it."""

import sqlite3
from pathlib import Path

import pytest
from tests.app.cli.conftest import Linkstar, command, lins

WRITE = """
from datetime import UTC, datetime
import django; django.setup()
from linkstar.accounts.models import Workspace
from linkstar.ledger.actions import post_entries
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money
at = datetime(2026, 10, 22, tzinfo=UTC)
posting = Posting("asset:cash", "equity:opening", Money(12345, "USD"))
drafts = [Draft("opened", "k", at, (posting,))]
post_entries(book=Workspace.objects.get().pk, drafts=drafts, now=at)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import os
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("book")
    lins(folder)
    settings = {"DJANGO_SETTINGS_MODULE": "linkstar.config.settings", "LINKSTAR_DATA": str(folder)}
    subprocess.run([sys.executable, "-c", WRITE], env=os.environ | settings, check=True)
    return folder


@pytest.fixture
def linkstar(data: Path) -> Linkstar:
    return command(data)


class TestBalances:
    def test_are_shown_now_and_as_they_were(self, linkstar: Linkstar) -> None:
        accounts = linkstar("ledger", "balances", "asset", "--json").document["accounts"]
        assert [(a["account"], a["balance"]) for a in accounts] == [("asset:cash", "123.45")]
        then = linkstar("ledger", "balances", "asset", "--as-of", "2026-10-21", "--json").document
        assert [a["balance_minor"] for a in then["accounts"]] == [0]

    def test_of_an_unreadable_moment_are_refused(self, linkstar: Linkstar) -> None:
        ended = linkstar("ledger", "balances", "--as-of", "yesterday", "--json")
        assert (ended.code, ended.document["error"]["name"]) == (2, "moment_unreadable")


class TestExport:
    def test_speaks_both_languages(self, linkstar: Linkstar) -> None:
        assert "asset:cash,equity:opening,123.45,USD" in linkstar("ledger", "export").out
        assert (
            "Assets:Xcash  123.45 USD" in linkstar("ledger", "export", "--format", "beancount").out
        )


class TestCheck:
    def test_finds_a_sound_book_sound_and_a_changed_one_changed(
        self, linkstar: Linkstar, data: Path
    ) -> None:
        assert linkstar("ledger", "check", "--json").document == {
            "version": 1, "ok": True, "entries": 1, "findings": [],
        }  # fmt: skip
        with sqlite3.connect(data / "linkstar.sqlite3") as records:
            records.execute("DROP TRIGGER ledger_posting_no_update")
            records.execute("UPDATE ledger_posting SET amount_minor = 1")
        ended = linkstar("ledger", "check", "--json")
        assert ended.code == 7
        assert "entry_changed" in {f["name"] for f in ended.document["findings"]}
