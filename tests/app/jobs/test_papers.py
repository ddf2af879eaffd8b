"""Long statements are printed by a job; whoever asked is told, and fetches the paper."""

import io
import os

import pytest
from django.urls import reverse
from pypdf import PdfReader
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import desk  # noqa: F401  # fixture

from linkstar.accounts.models import Notification
from linkstar.accounts.notices import NOTICES
from linkstar.config.places import Places
from linkstar.jobs import papers
from linkstar.jobs.queue import queue, waiting
from linkstar.settlements.models import Statement
from linkstar.web.settlements import files


@pytest.fixture
def statement(desk, settings, tmp_path, monkeypatch) -> Statement:  # noqa: F811  # the fixture
    """Two amounts, where more than one is a long paper."""
    settings.PLACES = Places(tmp_path)
    monkeypatch.setattr(files, "PRINTED_AT_ONCE_ROWS", 1)
    desk.sell("o1", "o2")
    desk.close()
    queue.flush()
    yield Statement.objects.get()
    queue.flush()


@pytest.fixture
def asked(client, cast, statement):
    """Vera asks for the paper in Chinese."""
    client.force_login(cast.vera)
    address = reverse("statement_file", args=[statement.pk, "pdf"]) + "?language=zh-hans"
    return lambda: client.get(address)


def work() -> None:
    for arguments in waiting("print_paper"):
        papers.print_paper.call_local(*arguments)
    queue.flush()


class TestALongPaper:
    def test_is_not_waited_for_in_the_page_and_asked_for_once(self, asked) -> None:
        for _ in range(2):
            answer = asked()
            assert answer.status_code == 202
            assert "you are told when it is ready" in answer.content.decode()
        assert len(waiting("print_paper")) == 1

    def test_is_printed_told_of_and_fetched_in_the_language_asked_for(self, asked, cast) -> None:
        asked()
        work()
        told = Notification.objects.get(code="paper.ready")
        assert (told.user, told.workspace) == (cast.vera, cast.workspace)
        assert told.params["paper"].endswith(".pdf")
        assert told.code in NOTICES
        fetched = asked()
        assert fetched.status_code == 200
        text = PdfReader(io.BytesIO(b"".join(fetched.streaming_content))).pages[0].extract_text()
        assert "结算单" in text

    def test_is_printed_anew_once_something_in_it_changed(self, asked, desk) -> None:  # noqa: F811
        asked()
        work()
        desk.approve()
        desk.account("ada")
        desk.pay()
        assert asked().status_code == 202

    def test_that_fails_is_told_of_and_never_there_in_part(self, asked, monkeypatch) -> None:
        asked()
        monkeypatch.setitem(papers.settings.PRINTERS, "statement", "linkstar.no.such.printer")
        work()
        assert Notification.objects.get().code == "paper.failed"
        assert asked().status_code == 202

    def test_of_somebody_else_is_not_found(self, client, cast, asked, statement) -> None:
        asked()
        work()
        client.force_login(cast.otto)
        address = reverse("statement_file", args=[statement.pk, "pdf"])
        assert client.get(address).status_code == 404

    def test_is_forgotten_when_it_is_old(self, asked) -> None:
        asked()
        work()
        [kept] = papers.paper("").glob("*.pdf")
        papers.forget_old_papers.call_local()
        assert kept.exists()
        os.utime(kept, (0, 0))
        papers.forget_old_papers.call_local()
        assert not kept.exists()


class TestAShortPaper:
    def test_is_printed_at_once(self, asked, monkeypatch) -> None:
        monkeypatch.setattr(files, "PRINTED_AT_ONCE_ROWS", 2)
        assert asked().status_code == 200
        assert waiting("print_paper") == []
