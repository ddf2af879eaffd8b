"""What people ask first is asked before they do, and forgotten when names have to go."""

import pytest
from tests.app.jobs.test_imports import _own_places, ready, running, work  # noqa: F401

from linkstar.insights import queries, remembering
from linkstar.insights.questions import TABS
from linkstar.jobs.asking import ask_beforehand, ask_soon
from linkstar.jobs.imports import run_import
from linkstar.jobs.queue import waiting
from linkstar.jobs.retention import erase
from linkstar.jobs.undoing import undo_import
from linkstar.lake.store import Lake


@pytest.fixture
def judged(monkeypatch) -> list[object]:
    """Whatever is judged, where every answer is worth keeping."""
    monkeypatch.setattr(remembering, "ROWS_MIN", 0)
    asked: list[object] = []
    judge = queries.judged_counts
    monkeypatch.setattr(
        queries, "judged_counts", lambda *given: asked.append(given) or judge(*given)
    )
    return asked


@pytest.fixture
def done(running):  # noqa: F811
    """An import the worker has run, and all that followed."""
    run_import(running.pk)
    work()
    running.refresh_from_db()
    return running


def kept(settings) -> list[object]:
    return list(Lake(settings.PLACES.lake).root.glob("answers/*/*/*.arrow"))


class TestAfterAnImport:
    def test_the_first_person_finds_every_page_judged(self, judged, done, client, cast):
        assert (done.state, len(judged)) == ("done", len(TABS))
        client.force_login(cast.lin)
        for address in ("/", *(f"/uplift/?by={by}" for by in TABS)):
            assert client.get(address).status_code == 200
        assert len(judged) == len(TABS)

    def test_few_rows_are_left_to_who_asks(self, judged, monkeypatch, running):  # noqa: F811
        monkeypatch.setattr(remembering, "ROWS_MIN", 10**9)
        run_import(running.pk)
        work()
        assert judged == []

    def test_nothing_is_asked_while_another_file_runs(self, judged, running):  # noqa: F811
        ask_beforehand.call_local(running.workspace_id)
        assert judged == []

    def test_two_files_in_a_row_are_asked_about_once(self, cast):
        ask_soon(cast.workspace.pk)
        ask_soon(cast.workspace.pk)
        assert waiting("ask_beforehand") == [(cast.workspace.pk,)]

    def test_a_workspace_without_facts_has_nothing_to_ask(self, judged, cast):
        ask_beforehand.call_local(cast.workspace.pk)
        assert judged == []


class TestNamesThatHaveToGo:
    def test_go_when_the_import_is_undone(self, judged, done, cast, now, settings):
        assert kept(settings)
        undo_import(done, user=cast.lin, now=now)
        assert kept(settings) == []

    def test_of_other_workspaces_stay_when_an_import_is_undone(
        self, judged, done, cast, now, settings
    ):
        (ours,) = {path.parent for path in kept(settings)}
        theirs = ours.with_name("999") / "answer.arrow"
        theirs.parent.mkdir()
        theirs.touch()
        undo_import(done, user=cast.lin, now=now)
        assert kept(settings) == [theirs]

    def test_go_everywhere_when_a_creator_is_erased(self, judged, done, now, settings):
        assert kept(settings)
        erase(settings.PLACES, creator="ada", now=now)
        assert kept(settings) == []
