"""Benchmarks of a company's own, built and published by its program."""

from datetime import date

import pytest
from tests.app.api.conftest import error
from tests.app.web.conftest import published_edition
from tests.app.web.test_imports import work

from linkstar.benchmarks.models import Benchmark
from linkstar.config.places import Places
from linkstar.jobs.queue import queue

pytestmark = pytest.mark.django_db
DAYS = {"market": "US", "starts_on": "2026-08-03", "ends_before": "2026-08-31"}


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = Places(tmp_path)
    queue.flush()
    yield
    queue.flush()


def test_building_says_how_it_ended_and_is_asked_for_once_at_a_time(lins, veras, ottos):
    asked = lins.post("benchmark-builds", DAYS)
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    again = lins.post("benchmark-builds", DAYS)
    assert (again.status_code, error(again)["code"]) == (409, "BuildUnderWay")
    work()
    [ended] = veras.get("benchmark-builds").json()["items"]
    assert (ended["state"], ended["failure"]) == ("failed", "PoolEmpty")  # no facts yet
    assert ended["message"] != "PoolEmpty"
    assert ottos.get("benchmark-builds").json()["items"] == []
    assert veras.post("benchmark-builds", DAYS).status_code == 403


def test_days_are_in_order_and_a_market_has_two_letters(lins):
    wrong = lins.post("benchmark-builds", DAYS | {"ends_before": "2026-08-03"})
    assert error(wrong)["code"] == "Invalid"
    assert error(lins.post("benchmark-builds", DAYS | {"market": "usa"}))["field"] == "body.market"


def draft_of(workspace, now) -> Benchmark:
    return Benchmark.objects.create(
        workspace=workspace, market="US", starts_on=date(2026, 8, 3),
        ends_before=date(2026, 8, 31), source="own_history", version=1, created_at=now,
    )  # fmt: skip


def test_the_markets_draft_is_not_a_companys_to_publish_or_discard(lins, now):
    draft = draft_of(None, now)
    for verb in ("publish", "discard"):
        assert lins.post(f"benchmarks/{draft.pk}/{verb}").status_code == 404


def test_what_is_published_stays(lins, cast, now):
    at = f"benchmarks/{published_edition(cast, now).pk}"
    assert lins.post(f"{at}/publish").json()["state"] == "published"
    refused = lins.post(f"{at}/discard")
    assert (refused.status_code, error(refused)["code"]) == (409, "BenchmarkFrozen")


def test_an_own_draft_is_its_companys_only(lins, ottos, cast, now):
    draft = draft_of(cast.workspace, now)
    at = f"benchmarks/{draft.pk}"
    assert ottos.post(f"{at}/publish").status_code == 404
    refused = lins.post(f"{at}/publish")
    assert (refused.status_code, error(refused)["code"]) == (409, "NothingToPublish")
    assert lins.post(f"{at}/discard").json() == {"id": draft.pk}
    assert lins.get(at).status_code == 404
