"""Papers are erased when they need not be kept any longer, and what was erased is on record."""

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.app.catalog.papers import Kind, hand_over, pdf, qualified

from linkstar.accounts.models import AuditEvent
from linkstar.catalog.forgetting import erase_papers
from linkstar.catalog.models import QualificationDocument
from linkstar.catalog.qualification import Verb
from linkstar.catalog.qualifying import add_document, decide, remove_document

YEARS = timedelta(days=3 * 366)


@pytest.fixture
def erase(settings, now):
    """Erases what was let go of three years before an instant, the first day by default."""

    def erased(at=now):
        return erase_papers(folder=settings.PLACES.documents, before=at - YEARS, now=at)

    return erased


@pytest.fixture
def replaced(cast, settings, tmp_path, now) -> QualificationDocument:
    """The licence of a shop that was approved, returned, and given another one."""
    settings.PLACES = type(settings.PLACES)(tmp_path)
    folder = settings.PLACES.documents
    qualified(cast.shop, owner=cast.lin, reviewer=cast.rita, folder=folder, now=now)
    decide(shop=cast.shop, verb=Verb.SEND_BACK, user=cast.rita, seen=2, reason="Run out", now=now)
    old = QualificationDocument.objects.get(kind=Kind.BUSINESS_LICENCE)
    remove_document(document=old, folder=folder, now=now)
    licence = {"kind": Kind.BUSINESS_LICENCE, "name": "new.pdf", "blocks": [pdf()]}
    add_document(shop=cast.shop, user=cast.lin, folder=folder, now=now, **licence)
    return old


class TestAReplacedPaper:
    def test_stays_for_its_time(self, replaced, erase, now):
        assert erase(now + YEARS) == 0

    def test_goes_after_it_and_leaves_a_record(self, cast, replaced, erase, settings, now):
        at = now + YEARS + timedelta(days=1)
        digest = replaced.sha256
        assert (erase(at), erase(at)) == (1, 0)
        replaced.refresh_from_db()
        assert (replaced.name, replaced.erased_at, replaced.sha256) == ("", at, digest)
        assert not (settings.PLACES.documents / replaced.stored_as).exists()
        told = AuditEvent.objects.get(verb="qualification.document_erased")
        assert (told.workspace, told.target, told.user) == (cast.workspace, replaced.pk, None)

    def test_leaves_the_papers_the_shop_stands_on(self, replaced, erase, settings, now):
        erase(now + 9 * YEARS)
        kept = QualificationDocument.objects.filter(erased_at=None)
        assert kept.count() == 2
        assert all((settings.PLACES.documents / paper.stored_as).exists() for paper in kept)

    def test_cannot_be_opened_any_more(self, cast, client, replaced, erase, now):
        erase(now + YEARS + timedelta(days=1))
        client.force_login(cast.rita)
        assert client.get(reverse("review_document", args=[replaced.pk])).status_code == 404
        page = client.get(reverse("review", args=[replaced.qualification_id]))
        assert "erased Oct" in page.content.decode()


def test_a_paper_of_a_draft_nobody_handed_in_goes_too(cast, erase, settings, tmp_path, now) -> None:
    settings.PLACES = type(settings.PLACES)(tmp_path)
    hand_over(cast.shop, cast.lin, settings.PLACES.documents, now)
    assert erase(now + YEARS + timedelta(days=1)) == 2
    assert list(settings.PLACES.documents.iterdir()) == []
