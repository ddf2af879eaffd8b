"""From a file of affiliate orders to what creators are owed, by the worker alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from linkstar.commissions.models import Commission
from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.connectors.reading.detected import Answers
from linkstar.jobs.imports import run_import
from linkstar.jobs.money import reconcile_books, work_shops_through
from linkstar.jobs.queue import queue
from linkstar.ledger.models import BookCheck, Entry
from linkstar.orders.models import OrderLine

FILE = Path(__file__).parents[2] / "golden" / "exports" / "affiliate_orders_us.csv"


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = replace(settings.PLACES, data=tmp_path / "data")
    queue.flush()
    yield
    queue.flush()


@pytest.fixture
def running(cast, now) -> ImportFile:
    import_file = actions.upload(
        workspace=cast.workspace, shop=cast.shop, user=cast.lin, name=FILE.name, file=FILE, now=now
    )
    answered = actions.answer(import_file, Answers(zone="America/Los_Angeles", currency="USD"))
    return actions.start(answered, user=cast.lin, now=now)


def work() -> None:
    while task := queue.dequeue():
        queue.execute(task)


class TestAFileOfOrders:
    def test_ends_as_commission_that_the_book_confirms(self, running, cast, caplog) -> None:
        run_import(running.pk)
        work()
        assert OrderLine.objects.count() == 2
        # One of two came back: the platform paid 3.00 of 6.00, which its actual base tells.
        settled = OrderLine.objects.get(state="settled")
        assert (settled.items, settled.items_returned, settled.stated_commission_minor) == (
            2, 1, 300,
        )  # fmt: skip
        earned = Commission.objects.select_related("line")
        assert {one.line.state: one.amount_minor for one in earned} == {"settled": 300, "paid": 600}
        for one in earned:
            assert one.rate_source == "stated"
            assert one.attribution.method == "platform"
        before = list(Commission.objects.order_by("pk").values_list("pk", "amount_minor"))
        work_shops_through.call_local()
        assert list(Commission.objects.order_by("pk").values_list("pk", "amount_minor")) == before
        reconcile_books.call_local()
        assert "book of" not in caplog.text
        checked = BookCheck.objects.get(book=cast.workspace.pk)
        assert (checked.found, checked.entries) == (0, Entry.objects.count())
