"""Long lists of creators are taken in by a job, and the page shows how far it is."""

import io

import pytest
from django.urls import reverse

from linkstar.config.places import Places
from linkstar.connectors.creator_import import UPLOAD, folder_of
from linkstar.connectors.models import CreatorImport
from linkstar.creators.models import Creator
from linkstar.jobs import creators as jobs
from linkstar.jobs.queue import queue, waiting

LONG = "handle,followers\n" + "".join(f"creator{n},{n}\n" for n in range(2_500)) + "two words,1\n"
STATES = CreatorImport.State


@pytest.fixture
def lin(client, cast, settings, tmp_path, monkeypatch):
    """Lin's browser, over a data directory of its own, where a short list is a long one."""
    settings.PLACES = Places(tmp_path)
    monkeypatch.setattr(jobs, "TAKEN_IN_AT_ONCE_BYTES", 100)
    queue.flush()
    client.force_login(cast.lin)
    yield client
    queue.flush()


@pytest.fixture
def begun(lin, django_capture_on_commit_callbacks):
    """Uploads a list; the job has not begun."""

    def upload(content: str = LONG) -> CreatorImport:
        file = io.BytesIO(content.encode())
        file.name = "long.csv"
        with django_capture_on_commit_callbacks(execute=True):
            lin.post(reverse("import_creators"), {"file": file, "currency": "USD"})
        return CreatorImport.objects.get()

    return upload


def page(lin, made, **headers) -> str:
    return lin.get(reverse("creator_import", args=[made.pk]), headers=headers).content.decode()


class TestALongList:
    def test_waits_in_the_queue_and_says_so(self, lin, begun):
        made = begun()
        assert (made.state, Creator.objects.count()) == (STATES.RUNNING, 0)
        assert (made.pk,) in waiting("take_in_creators")
        assert "Reading the file" in page(lin, made)

    def test_is_taken_in_whole_and_reported(self, lin, begun):
        made = begun()
        jobs.take_in_creators.call_local(made.pk)
        made.refresh_from_db()
        assert (made.state, made.rows, made.added, made.rejected) == (STATES.DONE, 2_501, 2_500, 1)
        assert made.rows_done == 2_500
        assert not (folder_of(made) / UPLOAD).exists()
        assert "Download these rows" in page(lin, made)

    def test_run_again_after_it_is_done_changes_nothing(self, begun):
        made = begun()
        for _again in range(2):
            jobs.take_in_creators.call_local(made.pk)
        assert Creator.objects.count() == 2_500

    def test_that_cannot_be_read_says_why_and_keeps_nothing(self, lin, begun):
        made = begun("colour,size\n" + "red,5\n" * 100)
        jobs.take_in_creators.call_local(made.pk)
        made.refresh_from_db()
        assert (made.state, Creator.objects.count()) == (STATES.FAILED, 0)
        assert "No column of handles was found." in page(lin, made)

    def test_left_by_a_killed_worker_is_taken_up_once(self, begun):
        made = begun()
        queue.flush()
        for _again in range(2):
            jobs.take_up_interrupted()
        assert waiting("take_in_creators").count((made.pk,)) == 1

    def test_shows_how_far_it_is_and_then_loads_the_report(self, lin, begun):
        made = begun()
        CreatorImport.objects.update(rows=2_500, rows_done=1_000)
        assert "1,000 of 2,500 rows" in page(lin, made, **{"HX-Request": "true"})
        jobs.take_in_creators.call_local(made.pk)
        address = reverse("creator_import", args=[made.pk])
        answer = lin.get(address, headers={"HX-Request": "true"})
        assert answer.headers["HX-Refresh"] == "true"
