"""A dispute from both sides' pages to the operator's decision, with evidence, and its walls."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.app.catalog.papers import pdf
from tests.app.settlements.conftest import Desk, Till, desk, serum, till  # noqa: F401  # fixtures

from linkstar.commissions.models import Commission
from linkstar.config.places import Places
from linkstar.creators.models import Creator
from linkstar.settlements.models import Dispute, DisputeEvidence


@pytest.fixture
def earned(cast, desk, now, settings, tmp_path) -> Commission:  # noqa: F811  # the fixture
    """Nine dollars of Ada's, payable."""
    settings.PLACES = Places(tmp_path)
    Creator.objects.create(user=cast.ada, handle="ada", state="verified", created_at=now)
    Creator.objects.create(user=cast.bo, handle="bo", state="verified", created_at=now)
    desk.sell("o1")
    return Commission.objects.get()


def paper(name: str = "../proof.pdf", body: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if body is None else body)


def say(client, user, path: str, **said: object):
    client.force_login(user)
    return client.post(path, said, follow=True)


@pytest.fixture
def dispute(client, cast, earned) -> Dispute:
    said = {"text": "Two were sold.", "evidence": [paper(), paper("two.pdf")]}
    say(client, cast.ada, f"/creator/income/{earned.pk}/dispute/", **said)
    return Dispute.objects.get()


def read(client, user, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestOpening:
    def test_holds_the_amount_and_shows_it_to_both_sides(self, client, cast, dispute) -> None:
        page = read(client, cast.finn, f"/disputes/{dispute.pk}/")
        for words in ("Two were sold.", "proof.pdf", "$9.00 of it are held", "to answer"):
            assert words in page, words
        assert "is disputed" in read(client, cast.vera, f"/orders/{dispute.commission.line_id}/")
        page = read(client, cast.ada, "/creator/income/")
        assert "until a dispute is decided" in page
        assert dispute.pk in read(client, cast.ada, f"/creator/income/{dispute.commission_id}/")

    @pytest.mark.parametrize(
        ("body", "words"), [(b"", "is empty"), (b"MZ not a paper", "holds no PDF"),
        (pdf(script="app.alert(1)"), "runs something")],
    )  # fmt: skip
    def test_keeps_nothing_where_a_file_is_refused(  # noqa: PLR0917  # what it is about
        self, client, cast, earned, settings, body, words
    ) -> None:
        said = {"text": "See.", "evidence": [paper(), paper("bad.pdf", body)]}
        answer = say(client, cast.ada, f"/creator/income/{earned.pk}/dispute/", **said)
        assert f"bad.pdf {words}" in answer.content.decode()
        assert not Dispute.objects.exists()
        assert list(settings.PLACES.documents.iterdir()) == []

    def test_twice_is_refused_and_without_a_word_too(self, client, cast, dispute, earned) -> None:
        path = f"/commissions/{earned.pk}/dispute/"
        assert "disputed already" in say(client, cast.mei, path, text="No.").content.decode()
        assert "Disputes to answer" in client.get("/").content.decode()
        assert client.get(path).headers["Location"] == f"/disputes/{dispute.pk}/"
        assert "This field is required" in say(client, cast.mei, path).content.decode()

    def test_takes_five_files_at_most(self, client, cast, earned) -> None:
        said = {"text": "See.", "evidence": [paper(f"{n}.pdf") for n in range(6)]}
        answer = say(client, cast.ada, f"/creator/income/{earned.pk}/dispute/", **said)
        assert "At most 5 files" in answer.content.decode()


class TestFromAnswerToTheEnd:
    def test_goes_through_every_page(self, client, cast, dispute, desk) -> None:  # noqa: F811
        own, shop, office = (
            f"/creator/disputes/{dispute.pk}/",
            f"/disputes/{dispute.pk}/",
            f"/operator/disputes/{dispute.pk}/",
        )
        assert "still has time to answer" in read(client, cast.olga, office)
        say(client, cast.mei, shop, text="One came back.", verb="answer")
        assert "One came back." in read(client, cast.ada, own)
        assert "Order o1" in read(client, cast.olga, "/operator/disputes/")
        said = {"outcome": "seller", "text": "The refund is on record."}
        assert "both sides were told" in say(client, cast.olga, office, **said).content.decode()
        say(client, cast.ada, own, text="It was another order.", verb="appeal")
        say(client, cast.olga, office, outcome="creator", text="So it was.")
        dispute.refresh_from_db()
        assert (dispute.state, dispute.outcome) == ("final", "creator")
        assert desk.till.owed("ada", "payable") == 900
        assert "It is over" in read(client, cast.vera, shop)
        assert "So it was." in read(client, cast.ada, own)

    def test_about_what_is_settled_takes_nothing_until_it_is_over(
        self,
        client,
        cast,
        earned,
        desk,  # noqa: F811
    ) -> None:
        desk.close()
        say(client, cast.mei, f"/commissions/{earned.pk}/dispute/", text="They came back.")
        dispute = Dispute.objects.get()
        shop, office = f"/disputes/{dispute.pk}/", f"/operator/disputes/{dispute.pk}/"
        page = read(client, cast.mei, shop)
        assert "nothing is held" in page
        assert "for the seller, $9.00 are taken off the next statement" in page
        say(client, cast.ada, f"/creator/disputes/{dispute.pk}/", text="No.", verb="answer")
        say(client, cast.olga, office, outcome="seller", text="They did.")
        say(client, cast.ada, f"/creator/disputes/{dispute.pk}/", text="Look.", verb="appeal")
        say(client, cast.olga, office, outcome="seller", text="Still.")
        assert "It was taken back; what had been settled" in read(client, cast.mei, shop)
        assert desk.till.owed("ada", "payable") == -900

    def test_decided_by_the_only_operator_says_whose_side_that_is(
        self, client, cast, dispute
    ) -> None:
        office = f"/operator/disputes/{dispute.pk}/"
        say(client, cast.mei, f"/disputes/{dispute.pk}/", text="One came back.", verb="answer")
        assert "belong to one of the sides" not in read(client, cast.olga, office)
        cast.olga.memberships.create(workspace=cast.workspace, role="viewer")
        assert "there is no other operator" in read(client, cast.olga, office)
        say(client, cast.olga, office, outcome="seller", text="The refund is on record.")
        page = read(client, cast.ada, f"/creator/disputes/{dispute.pk}/")
        assert "who decided belongs to the shop's company" in page

    def test_a_step_that_came_too_late_is_refused_in_words(self, client, cast, dispute) -> None:
        path = f"/disputes/{dispute.pk}/"
        say(client, cast.mei, path, text="One came back.", verb="answer")
        page = say(client, cast.finn, path, text="Again.", verb="answer").content.decode()
        assert "somebody acted first" in page
        assert dispute.messages.count() == 2

    def test_says_anything_else_as_a_message(self, client, cast, dispute) -> None:
        say(client, cast.ada, f"/creator/disputes/{dispute.pk}/", text="Also.", verb="?")
        assert dispute.messages.latest("pk").kind == "message"


class TestTheWalls:
    def test_hide_it_from_other_creators_and_other_companies(self, client, cast, dispute) -> None:
        evidence = DisputeEvidence.objects.first()
        for user, path in (
            (cast.bo, f"/creator/disputes/{dispute.pk}/"),
            (cast.bo, f"/creator/evidence/{evidence.pk}/"),
            (cast.bo, f"/creator/income/{dispute.commission_id}/dispute/"),
            (cast.otto, f"/disputes/{dispute.pk}/"),
            (cast.otto, f"/disputes/evidence/{evidence.pk}/"),
            (cast.otto, f"/commissions/{dispute.commission_id}/dispute/"),
        ):
            client.force_login(user)
            assert client.get(path).status_code == 404, path
            assert client.post(path, {"text": "x"}).status_code in {404, 405}, path

    def test_hand_evidence_out_as_a_download_that_nothing_runs(self, client, cast, dispute) -> None:
        evidence = DisputeEvidence.objects.get(name="proof.pdf")
        client.force_login(cast.finn)
        answer = client.get(f"/disputes/evidence/{evidence.pk}/")
        assert answer.content == pdf()
        assert answer.headers["Content-Disposition"] == 'attachment; filename="proof.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert cast.workspace.auditevent_set.filter(verb="dispute.evidence_read").exists()
