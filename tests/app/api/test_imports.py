"""Files handed in by programs: from the upload to the report, and back."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.app.api.conftest import Caller, error
from tests.app.web.test_imports import GOOD, MIXED, OWN_TABLE, work

from linkstar.accounts.models import AuditEvent
from linkstar.connectors.models import ImportFile
from linkstar.jobs.queue import queue

pytestmark = pytest.mark.django_db
ANSWERS = {"starts_on": "2026-10-01", "ends_before": "2026-10-15", "currency": "USD"}


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = replace(settings.PLACES, data=tmp_path)
    queue.flush()
    yield
    queue.flush()


def hand_in(caller: Caller, shop, content: bytes = GOOD, name: str = "v.csv", call: str = "one"):
    sent = {"shop_id": shop.pk, "file": SimpleUploadedFile(name, content)}
    headers = caller.headers() | {"Idempotency-Key": call}
    return caller.client.post("/api/v1/imports", sent, headers=headers)


@pytest.fixture
def ready(lins, cast) -> str:
    """The id of a file with one bad row, of which nothing is open."""
    taken = hand_in(lins, cast.shop, MIXED).json()
    lins.post(f"imports/{taken['id']}/answer", ANSWERS)
    return taken["id"]


class TestHandingIn:
    def test_tells_what_the_file_is_and_what_it_leaves_unsaid(self, lins, cast):
        response = hand_in(lins, cast.shop)
        taken = response.json()
        assert response.status_code == 201
        assert (taken["layout"], taken["state"]) == ("tiktok.video_performance", "needs_answers")
        assert "period" in taken["needs"]
        assert "Video product clicks" in [one["header"] for one in taken["columns"]]
        line = AuditEvent.objects.get(verb="import.uploaded")
        assert line.detail["api_key"]

    def test_twice_under_one_name_is_done_once_and_other_bytes_are_refused(self, lins, cast):
        first, again = hand_in(lins, cast.shop), hand_in(lins, cast.shop)
        assert first.json() == again.json()
        assert again.headers["Idempotent-Replayed"] == "true"
        assert ImportFile.objects.count() == 1
        assert error(hand_in(lins, cast.shop, MIXED))["code"] == "IdempotencyKeyReused"

    def test_a_file_that_cannot_be_read_is_refused_by_name_and_not_kept(self, lins, cast):
        lins.language = "zh-Hans"
        response = hand_in(lins, cast.shop, b"", "empty.csv")
        assert response.status_code == 422
        assert error(response)["code"] == "FileRefused"
        assert error(response)["details"]["reason"] == "empty"
        assert not error(response)["message"].isascii()
        assert not ImportFile.objects.exists()

    def test_without_a_file_says_so(self, lins, cast):
        response = lins.post("imports", {"shop_id": cast.shop.pk})
        assert response.status_code == 422
        assert error(response)["code"] == "Invalid"

    def test_is_not_for_viewers_nor_about_others_shops(self, veras, ottos, cast):
        assert hand_in(veras, cast.shop).status_code == 403
        assert hand_in(ottos, cast.shop).status_code == 404


class TestAFile:
    def test_is_looked_at_run_and_taken_back(
        self, lins, veras, ready, django_capture_on_commit_callbacks
    ):
        looked = lins.post(f"imports/{ready}/dry-run").json()["preview"]
        assert (looked["rows"], looked["new"], looked["rejected"]) == (3, 2, 1)
        assert looked["problems"][0]["found"] == "many"
        with django_capture_on_commit_callbacks(execute=True):
            assert lins.post(f"imports/{ready}/run").json()["state"] == "running"
        work()
        done = veras.get(f"imports/{ready}").json()
        assert (done["state"], done["loaded"], done["rejected"]) == ("done", 2, 1)
        [problem] = veras.get(f"imports/{ready}/problems").json()["items"]
        assert (problem["row"], problem["code"]) == (3, "number.format")
        errors = veras.get(f"imports/{ready}/error-file")
        assert errors["Content-Type"] == "text/csv"
        assert b"many" in b"".join(errors.streaming_content)
        assert lins.post(f"imports/{ready}/undo").json()["state"] == "undone"

    def test_is_run_once(self, lins, ready):
        lins.post(f"imports/{ready}/run")
        response = lins.post(f"imports/{ready}/run")
        assert response.status_code == 409
        assert error(response)["code"] == "ImportNotReady"

    def test_that_leaves_something_open_is_not_looked_at(self, lins, cast):
        taken = hand_in(lins, cast.shop).json()
        response = lins.post(f"imports/{taken['id']}/dry-run")
        assert response.status_code == 409
        assert error(response)["code"] == "AnswerMissing"

    def test_of_ones_own_is_mapped(self, lins, cast):
        taken = hand_in(lins, cast.shop, OWN_TABLE).json()
        assert "mapping" in taken["needs"]
        mapping = {"who": "creator", "shown": "impressions", "tapped": "clicks"}
        wrong = lins.post(f"imports/{taken['id']}/answer", {"mapping": {"nobody": "clicks"}})
        assert error(wrong)["code"] == "MappingWrong"
        said = ANSWERS | {"mapping": mapping, "market": "US"}
        answered = lins.post(f"imports/{taken['id']}/answer", said)
        assert answered.status_code == 200, answered.content
        assert (answered.json()["state"], answered.json()["missing"]) == ("ready", [])
        looked = lins.post(f"imports/{taken['id']}/dry-run").json()["preview"]
        assert (looked["rows"], looked["new"], looked["rejected"]) == (2, 2, 0)

    def test_with_half_a_period_or_an_unknown_zone_is_not_answered(self, lins, ready):
        half = lins.post(f"imports/{ready}/answer", {"starts_on": "2026-10-01"})
        assert error(half)["code"] == "Invalid"
        zone = lins.post(f"imports/{ready}/answer", ANSWERS | {"zone": "Mars/Base"})
        assert error(zone)["code"] == "ZoneNotKnown"

    def test_is_nobody_elses(self, ottos, ready):
        for path in ("", "/problems", "/error-file"):
            assert ottos.get(f"imports/{ready}{path}").status_code == 404
        assert ottos.post(f"imports/{ready}/run").status_code == 404
        assert ottos.get("imports").json()["items"] == []
