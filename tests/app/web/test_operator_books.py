"""Whoever runs the installation sees whether every book is sound, and nobody's earnings."""

import pytest
from django.db import connection
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import desk  # noqa: F401  # fixture

from linkstar.commissions.models import Commission
from linkstar.jobs.money import check_one_book
from linkstar.jobs.queue import queue, waiting
from linkstar.ledger.models import BookCheck
from linkstar.settlements.checking import check_book
from linkstar.settlements.queries import pending_of


@pytest.fixture(autouse=True)
def _empty_queue():
    queue.flush()
    yield
    queue.flush()


@pytest.fixture
def paid(desk):  # noqa: F811  # the fixture
    """Ada's 9.00 are with the bank, Bo's failed."""
    desk.sell("o1")
    desk.sell("o2", creator="bo")
    desk.account("ada")
    desk.account("bo")
    desk.close()
    desk.approve()
    payouts = {one.statement.creator.handle: one for one in desk.pay().payouts}
    desk.bank_says(payouts["bo"], "failed")
    return desk


def page(client, user) -> str:
    client.force_login(user)
    answer = client.get("/operator/books/")
    assert answer.status_code == 200
    return answer.content.decode()


class TestTheBooks:
    def test_say_what_is_owed_and_what_waits_and_name_no_creator(self, client, cast, paid) -> None:
        shown = page(client, cast.olga)
        for words in ("Lin&#x27;s brand", "Otto&#x27;s brand", "not checked yet", "$9.00", "$0.00"):
            assert words in shown, words
        assert "@ada" not in shown
        pending = pending_of(cast.workspace, now=paid.now)
        assert (pending.to_approve, pending.to_pay, pending.failed) == (0, 1, 1)
        assert pending.unanswered == 0
        paid.wait(6)
        assert pending_of(cast.workspace, now=paid.now).unanswered == 1

    def test_are_checked_when_asked_by_the_worker(self, client, cast, paid) -> None:
        client.force_login(cast.olga)
        client.post(f"/operator/books/{cast.workspace.pk}/check/")
        assert waiting("check_one_book") == [(cast.workspace.pk,)]
        check_one_book.call_local(cast.workspace.pk)
        assert BookCheck.objects.get().found == 0
        assert "sound" in page(client, cast.olga)

    def test_that_disagree_with_the_records_say_where(self, client, cast, paid) -> None:
        paid.sell("o3")
        Commission.objects.filter(line__order_id="o3").update(state="approved")
        checked = check_book(workspace=cast.workspace, now=paid.now)
        assert {finding["name"] for finding in checked.findings} == {"records_differ"}
        shown = page(client, cast.olga)
        assert "2 findings" in shown
        assert "records $9.00, book $0.00" in shown

    def test_whose_entry_was_changed_say_so(self, client, cast, paid) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"
                           " AND tbl_name = 'ledger_entry'")  # fmt: skip
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute("UPDATE ledger_entry SET kind = 'gift' WHERE sequence = 1")
        check_book(workspace=cast.workspace, now=paid.now)
        assert "an entry was changed" in page(client, cast.olga)
