"""The company's and the reviewer's pages of a shop's qualification."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.app.catalog.papers import Kind, hand_over, pdf, qualified

from linkstar.accounts.models import AuditEvent
from linkstar.catalog.actions import open_shop
from linkstar.catalog.models import AffiliateService, Qualification, QualificationDocument
from linkstar.catalog.qualifying import hand_in, take_back
from linkstar.config.places import Places

COMPANY = {
    "company_name": "Lin Cosmetics Ltd.",
    "registration_number": "91440300MA5EXAMPLE",
    "legal_representative": "Lin Wei",
    "contact_email": "lin@example.com",
    "contact_phone": "+86 (755) 1234-5678",
    "licence_valid_until": "2030-01-01",
    "shop_rating": "4.6",
    "returns": "3.25",
}
START = {"default_rate": "15", "ctr_target": "3.5", "accepts": "on", "version": "2026-11-01"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PLACES = Places(tmp_path)
    return settings.PLACES.documents


@pytest.fixture
def lin(client, cast):
    client.force_login(cast.lin)
    return client


@pytest.fixture
def handed_in(cast, folder, now) -> Qualification:
    filled = hand_over(cast.shop, cast.lin, folder, now)
    hand_in(shop=cast.shop, user=cast.lin, seen=0, now=now)
    return filled


@pytest.fixture
def rita(client, cast, handed_in):
    client.force_login(cast.rita)
    return client


def upload(client, shop, content, *, name="licence.pdf", kind=Kind.BUSINESS_LICENCE):
    file = SimpleUploadedFile(name, content, "application/pdf")
    address = reverse("qualification_add", args=[shop.id])
    return client.post(address, {"kind": kind, "file": file}, follow=True)


def text(response) -> str:
    return response.content.decode()


class TestACompany:
    def test_states_itself_uploads_its_papers_and_hands_them_in(self, lin, cast):
        lin.post(reverse("qualification", args=[cast.shop.id]), COMPANY)
        for kind in (Kind.BUSINESS_LICENCE, Kind.LEGAL_REPRESENTATIVE_ID):
            upload(lin, cast.shop, pdf(), kind=kind)
        response = lin.post(
            reverse("qualification_hand_in", args=[cast.shop.id]), {"seen": "0"}, follow=True
        )
        found = Qualification.objects.get()
        assert (found.state, found.contact_phone, found.return_bps) == (
            "submitted", "+8675512345678", 325,
        )  # fmt: skip
        assert "Waiting for review" in text(response)
        assert set(AuditEvent.objects.values_list("verb", flat=True)) == {
            "qualification.stated", "qualification.document_added", "qualification.submit",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", " is empty."),
            (b"<script>alert(1)</script>", "holds no PDF, JPEG or PNG"),
            (pdf(password="secret"), "protected by a password"),
            (bytes(11 * 1024 * 1024), "bigger than 10 MB"),
        ],
    )
    def test_is_told_why_a_file_is_refused(self, lin, cast, folder, content, sentence):
        assert sentence in text(upload(lin, cast.shop, content))
        assert not QualificationDocument.objects.exists()
        assert list(folder.glob("*")) == []

    def test_is_told_all_that_is_missing(self, lin, cast):
        response = lin.post(
            reverse("qualification_hand_in", args=[cast.shop.id]), {"seen": "0"}, follow=True
        )
        assert "The business licence is not uploaded." in text(response)
        assert "phone number is missing" in text(response)

    def test_cannot_bind_an_address_nobody_confirmed(self, lin, cast):
        lin.post(
            reverse("qualification", args=[cast.shop.id]),
            {**COMPANY, "contact_email": "somebody@else.example"},
        )
        assert not Qualification.objects.exists()

    def test_need_not_type_the_same_again_for_another_shop(self, lin, cast, handed_in, now):
        second = open_shop(workspace=cast.workspace, name="Lin GB", market="GB", now=now)
        shown = text(lin.get(reverse("qualification", args=[second.id])))
        assert "Lin Cosmetics Ltd." in shown
        assert 'value="4.6' not in shown
        assert "Taken over from another shop of yours." in shown
        assert not Qualification.objects.filter(shop=second).exists()

    def test_keeps_the_name_of_a_file_to_its_last_part(self, lin, cast):
        upload(lin, cast.shop, pdf(), name="C:\\papers\\营业执照.pdf")
        assert QualificationDocument.objects.get().name == "营业执照.pdf"

    def test_downloads_its_own_file_and_that_is_written_down(self, lin, cast, handed_in):
        paper = handed_in.documents.first()
        response = lin.get(reverse("qualification_document", args=[paper.id]))
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.content.startswith(b"%PDF-")
        read = AuditEvent.objects.get(verb="qualification.document_read")
        assert (read.user, read.target, read.workspace) == (cast.lin, paper.id, cast.workspace)

    def test_lets_no_manager_read_an_identity_document(self, client, cast, handed_in):
        client.force_login(cast.mei)
        paper = handed_in.documents.first()
        assert client.get(reverse("qualification_document", args=[paper.id])).status_code == 404


class TestAReviewer:
    def decide(self, rita, found, verb, *, seen=1, **given):
        address = reverse("review", args=[found.id])
        return rita.post(address, {"verb": verb, "seen": seen, **given}, follow=True)

    def test_finds_what_waits(self, rita, handed_in):
        assert "Lin Cosmetics Ltd." in text(rita.get(reverse("review_queue")))

    def test_reads_the_papers_and_that_is_written_down_with_the_company(
        self, rita, cast, handed_in
    ):
        paper = handed_in.documents.first()
        assert rita.get(reverse("review_document", args=[paper.id])).status_code == 200
        read = AuditEvent.objects.get(verb="qualification.document_read")
        assert (read.user, read.workspace) == (cast.rita, cast.workspace)

    def test_never_sees_a_paper_that_was_not_handed_in(self, rita, cast, handed_in, lin, now):
        take_back(shop=cast.shop, user=cast.lin, seen=1, now=now)
        upload(lin, cast.shop, pdf(), kind=Kind.OTHER, name="later.pdf")
        later = QualificationDocument.objects.get(name="later.pdf")
        rita.force_login(cast.rita)
        assert rita.get(reverse("review_document", args=[later.id])).status_code == 404

    def test_returns_it_with_reasons_the_company_reads(self, rita, cast, handed_in):
        paper = handed_in.documents.first()
        self.decide(
            rita, handed_in, "send_back", reason="Please look again.",
            **{f"why-{paper.id}": "The seal cannot be read."},
        )  # fmt: skip
        rita.force_login(cast.lin)
        shown = text(rita.get(reverse("qualification", args=[cast.shop.id])))
        assert "Please look again." in shown
        assert "The seal cannot be read." in shown

    def test_cannot_return_it_without_a_word(self, rita, handed_in):
        response = self.decide(rita, handed_in, "send_back", reason="  ")
        assert "Say why" in text(response)
        handed_in.refresh_from_db()
        assert handed_in.state == "submitted"

    def test_is_told_that_another_was_faster(self, rita, handed_in):
        self.decide(rita, handed_in, "approve")
        response = self.decide(rita, handed_in, "send_back", reason="No")
        assert "rita@example.com was faster. Approved." in text(response)
        handed_in.refresh_from_db()
        assert handed_in.state == "approved"

    def test_does_not_decide_about_the_own_company_while_there_is_another(
        self, client, cast, handed_in
    ):
        cast.lin.is_reviewer = True
        cast.lin.save()
        client.force_login(cast.lin)
        response = self.decide(client, handed_in, "approve")
        assert "Another reviewer has to decide" in text(response)
        cast.rita.is_active = False
        cast.rita.save()
        self.decide(client, handed_in, "approve")
        handed_in.refresh_from_db()
        assert handed_in.state == "approved"


class TestTheAffiliatePage:
    @pytest.fixture
    def approved(self, cast, folder, now):
        return qualified(cast.shop, owner=cast.lin, reviewer=cast.rita, folder=folder, now=now)

    def test_switches_linkstar_on_with_terms_rate_and_targets(self, lin, cast, approved):
        response = lin.post(reverse("affiliate_enable", args=[cast.shop.id]), START, follow=True)
        assert "Plans of this shop are shown to creators." in text(response)
        service = AffiliateService.objects.get()
        assert (service.default_rate_bps, str(service.ctr_target_ratio)) == (1500, "0.0350")
        line = AuditEvent.objects.get(verb="service.enabled")
        assert line.detail["terms"] == "2026-11-01"
        assert line.detail["terms_sha256"] == service.terms_sha256

    def test_asks_for_consent(self, lin, cast, approved):
        given = {**START}
        del given["accepts"]
        response = lin.post(reverse("affiliate_enable", args=[cast.shop.id]), given)
        assert "needs your consent" in text(response)

    def test_names_the_bounds_of_the_market(self, lin, cast, approved):
        response = lin.post(
            reverse("affiliate_enable", args=[cast.shop.id]), {**START, "default_rate": "90"}
        )
        assert "90% is not possible: this market allows from 1% to 80%." in text(response)

    def test_keeps_it_off_for_a_shop_that_is_not_qualified(self, lin, cast):
        response = lin.post(reverse("affiliate_enable", args=[cast.shop.id]), START, follow=True)
        assert "not qualified" in text(response)
        assert not AffiliateService.objects.exists()

    def test_changes_the_rate_and_switches_it_off(self, lin, cast, approved):
        lin.post(reverse("affiliate_enable", args=[cast.shop.id]), START)
        lin.post(reverse("affiliate_change", args=[cast.shop.id]), {"default_rate": "20.5"})
        running = AffiliateService.objects.filter(disabled_at=None)
        assert running.get().default_rate_bps == 2050
        lin.post(reverse("affiliate_disable", args=[cast.shop.id]))
        assert not running.exists()
