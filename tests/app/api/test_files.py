"""Files by API: products, creators and figures from them, and tables and papers as them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from tests.app.api.conftest import Caller, error
from tests.app.facts import export
from tests.app.web.conftest import contents

from linkstar.accounts.models import AuditEvent
from linkstar.benchmarks.models import Benchmark
from linkstar.catalog.models import Product
from linkstar.config.places import Places
from linkstar.connectors.models import CreatorImport
from linkstar.creators.models import Creator
from linkstar.jobs import creators as jobs
from linkstar.jobs.queue import queue, waiting
from linkstar.lake.store import Lake

pytestmark = pytest.mark.django_db
PRODUCTS = "product_id,product_name,price\nserum-30,Glow serum,19.99\ntoner,Toner,cheap\n"
CREATORS = "handle,followers\ndi,5000\ntwo words,1\n"
FIGURES = "market,category,definition,impressions,clicks\nUS,beauty,product_impressions,9000,{}\n"
SAID = {
    "source_name": "Trade fair", "licence": "CC BY 4.0", "starts_on": "2026-08-03",
    "ends_before": "2026-08-31",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = Places(tmp_path)
    queue.flush()
    yield
    queue.flush()


def upload(caller: Caller, path: str, content: str, name: str = "table.csv", **said: str):
    file = SimpleUploadedFile(name, content.encode())
    headers = caller.headers() | {"Idempotency-Key": f"{path}-{hash(content)}"}
    return caller.client.post(f"/api/v1/{path}", said | {"file": file}, headers=headers)


def text_of(response) -> str:
    streamed = getattr(response, "streaming_content", None)
    return (b"".join(streamed) if streamed else response.content).decode("utf-8-sig")


class TestAProductFile:
    def test_puts_good_rows_into_the_catalogue_and_gives_the_others_back(self, lins, veras, cast):
        made = upload(lins, "product-imports", PRODUCTS, shop_id=cast.shop.id)
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["rows"], told["loaded"], told["rejected"]) == (2, 1, 1)
        assert [one["code"] for one in told["problems"]] == ["money.format"]
        assert Product.objects.get(external_id="serum-30").price_minor == 1999
        assert veras.get("product-imports").json()["items"] == [told]
        errors = veras.get(f"product-imports/{told['id']}/error-file")
        assert "cheap" in text_of(errors)

    def test_sent_again_under_its_name_is_taken_once(self, lins, cast):
        for _again in range(2):
            upload(lins, "product-imports", PRODUCTS, shop_id=cast.shop.id)
        assert len(lins.get("product-imports").json()["items"]) == 1

    def test_that_is_none_is_refused_by_name_and_nothing_kept(self, lins, cast):
        refused = upload(lins, "product-imports", "colour\nred\n", shop_id=cast.shop.id)
        assert refused.status_code == 422
        assert lins.get("product-imports").json()["items"] == []


class TestAFileOfCreators:
    def test_keeps_good_rows_and_gives_the_others_back(self, lins, cast):
        told = upload(lins, "creator-imports", CREATORS, currency="USD").json()
        assert (told["state"], told["added"], told["rejected"]) == ("done", 1, 1)
        assert Creator.objects.get(workspace=cast.workspace).handle == "di"
        assert "two words" in text_of(lins.get(f"creator-imports/{told['id']}/error-file"))

    def test_that_is_long_is_taken_in_by_a_job(
        self, lins, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(jobs, "TAKEN_IN_AT_ONCE_BYTES", 10)
        with django_capture_on_commit_callbacks(execute=True):
            told = upload(lins, "creator-imports", CREATORS).json()
        assert (told["state"], told["added"]) == ("running", 0)
        assert (told["id"],) in waiting("take_in_creators")
        jobs.take_in_creators.call_local(told["id"])
        assert lins.get(f"creator-imports/{told['id']}").json()["added"] == 1
        assert CreatorImport.objects.count() == 1


class TestAFileOfFigures:
    def test_becomes_a_draft_of_the_companys_own(self, lins, ottos):
        told = upload(lins, "benchmark-files", FIGURES.format(200), **SAID).json()
        assert (told["state"], told["source_name"]) == ("draft", "Trade fair")
        assert ottos.get(f"benchmarks/{told['id']}").status_code == 404

    def test_without_its_source_or_its_days_is_not_taken(self, lins):
        hearsay = upload(lins, "benchmark-files", FIGURES.format(200), **SAID | {"licence": ""})
        assert error(hearsay)["code"] == "SourceNotNamed"
        undated = upload(lins, "benchmark-files", FIGURES.format(201), source_name="A", licence="B")
        assert error(undated)["code"] == "AnswerMissing"
        assert Benchmark.objects.count() == 0

    def test_with_a_bad_row_is_refused_whole_and_names_it(self, lins):
        refused = error(upload(lins, "benchmark-files", FIGURES.format("many"), **SAID))
        assert refused["code"] == "RowsUnreadable"
        assert refused["details"]["problems"][0]["value"] == "many"


class TestTables:
    def test_of_uplift_have_every_row_in_the_language_asked_for(self, lins, cast, settings):
        export(Lake(settings.PLACES.lake), cast.shop, contents("ada", videos=2, clicks=500))
        assert "ada" in text_of(lins.get("uplift/file"))
        lins.language = "zh-Hans"
        book = load_workbook(io.BytesIO(lins.get("uplift/file", form="xlsx").content))
        first, rows = book.worksheets
        assert first["B1"].value.startswith("点击率提升")
        assert "Lin Beauty US" in [cell.value for cell in first["B"]]
        assert rows["A2"].value == "ada"
        assert AuditEvent.objects.filter(verb="uplift.exported").count() == 2

    def test_of_profit_reconciliation_and_the_log_say_what_they_are(self, lins, veras):
        days = {"starts_on": "2026-08-01", "ends_before": "2026-09-01"}
        assert text_of(veras.get("profit/file", **days)).startswith('"ID","Currency"')
        assert text_of(veras.get("reconciliation/file")).startswith('"Comparison","Reason"')
        assert "profit.exported" in text_of(lins.get("audit-log/file"))
        assert veras.get("audit-log/file").status_code == 403

    def test_of_income_are_a_creators_own(self, adas, lins):
        assert text_of(adas.get("commissions/file")).startswith('"Shop","Order"')
        assert error(lins.get("commissions/file"))["code"] == "KeyForTheOtherSide"
