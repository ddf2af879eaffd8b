"""Statements and settlements as files, by either side's program."""

import csv
import io

import pytest
from tests.app.api.conftest import error
from tests.architecture.settlement_things import settlement_things

from linkstar.accounts.models import AuditEvent, Notification
from linkstar.config.places import Places
from linkstar.jobs.papers import print_paper
from linkstar.jobs.queue import queue, waiting
from linkstar.settlements.documents import LINE_FIELDS
from linkstar.settlements.models import Statement
from linkstar.web.settlements.files import PRINTED_AT_ONCE_ROWS

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(cast, ada, now) -> dict:
    return settlement_things(cast, now)


def content(response) -> bytes:
    return response.getvalue() if response.streaming else response.content


class TestSettlementFiles:
    def test_come_as_tables_and_as_documents(self, veras, adas, settled):
        own = f"statements/{settled['statement_id']}/file"
        for one, path in (
            (veras, f"settlements/{settled['settlement_id']}/file"), (veras, own), (adas, own),
        ):  # fmt: skip
            table = one.get(path)
            assert table.headers["Content-Type"].startswith("text/csv")
            assert "attachment" in table.headers["Content-Disposition"]
            rows = csv.reader(io.StringIO(content(table).decode("utf-8-sig")))
            assert next(rows) == list(LINE_FIELDS)
            document = one.get(path, form="json")
            assert document.headers["Content-Type"] == "application/json"
            assert "USD" in content(document).decode()
        assert AuditEvent.objects.filter(verb="settlement.exported").count() == 6

    def test_come_on_paper_in_the_language_asked_for(self, veras, adas, settled):
        own = f"statements/{settled['statement_id']}/file"
        for one, path in ((veras, f"settlements/{settled['settlement_id']}/file"), (adas, own)):
            one.language = "zh-Hans"
            paper = one.get(path, form="pdf")
            assert paper.headers["Content-Type"] == "application/pdf"
            assert content(paper).startswith(b"%PDF-")

    def test_that_are_long_are_printed_by_a_job(self, adas, settled, settings, tmp_path):
        settings.PLACES = Places(tmp_path)
        Statement.objects.update(lines=PRINTED_AT_ONCE_ROWS + 1)
        own = f"statements/{settled['statement_id']}/file"
        queue.flush()
        waits = adas.get(own, form="pdf")
        assert (waits.status_code, waits.headers["Retry-After"]) == (202, "10")
        [asked] = waiting("print_paper")
        print_paper.call_local(*asked)
        assert content(adas.get(own, form="pdf")).startswith(b"%PDF-")
        notice = Notification.objects.get(code="paper.ready")
        assert notice.address.startswith(f"/creator/statements/{settled['statement_id']}/")
        queue.flush()

    def test_are_of_known_forms(self, veras, settled):
        veras.language = "zh-Hans"
        refused = veras.get(f"statements/{settled['statement_id']}/file", form="docx")
        assert (refused.status_code, error(refused)["field"]) == (422, "query.form")
        assert not error(refused)["message"].isascii()

    def test_are_not_strangers(self, ottos, adas, settled):
        settlement = f"settlements/{settled['settlement_id']}/file"
        assert ottos.get(settlement).status_code == 404
        assert ottos.get(f"statements/{settled['statement_id']}/file").status_code == 404
        assert adas.get(settlement).status_code == 403
