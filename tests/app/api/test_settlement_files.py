"""Statements and settlements as files, by either side's program."""

import csv
import io

import pytest
from tests.app.api.conftest import error
from tests.architecture.settlement_things import settlement_things

from linkstar.accounts.models import AuditEvent
from linkstar.settlements.documents import LINE_FIELDS

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
