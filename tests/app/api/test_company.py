"""What owners do by program: members, qualification, the service; and what finance does."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.app.api.conftest import caller, error
from tests.app.catalog.papers import pdf

from linkstar.accounts.models import AuditEvent, Invitation, Reach
from linkstar.catalog.models import QualificationDocument
from linkstar.creators.models import Creator

pytestmark = pytest.mark.django_db


@pytest.fixture
def finns(cast):
    """Finn's program: settles and pays."""
    return caller(cast.finn, cast.workspace, Reach.MONEY)


class TestMembers:
    def test_are_invited_by_a_letter_changed_and_taken_out(self, lins, cast):
        made = lins.post("member-invitations", {"email": "New@Example.com", "role": "finance"})
        assert made.status_code == 201
        assert made.json()["email"] == "new@example.com"
        assert mail.outbox[0].to == ["New@Example.com"]
        [open_one] = lins.get("member-invitations").json()["items"]
        revoked = lins.post(f"member-invitations/{open_one['id']}/revoke").json()
        assert revoked["revoked_at"]
        vera = cast.vera.memberships.get().pk
        assert lins.post(f"members/{vera}/role", {"role": "manager"}).json()["role"] == "manager"
        assert lins.post(f"members/{vera}/remove").json()["email"] == cast.vera.email
        assert lins.post(f"members/{vera}/remove").status_code == 404
        assert AuditEvent.objects.get(verb="member.left").detail["api_key"]

    def test_keep_an_owner(self, lins, cast):
        own = cast.lin.memberships.get(workspace=cast.workspace).pk
        refused = lins.post(f"members/{own}/role", {"role": "viewer"})
        assert (refused.status_code, error(refused)["code"]) == (409, "LastOwner")

    def test_are_not_invited_where_the_letter_cannot_be_sent(self, lins, monkeypatch):
        def unreachable(*_args, **_fields):
            raise ConnectionRefusedError

        monkeypatch.setattr("linkstar.web.member_letters.send_mail", unreachable)
        refused = lins.post("member-invitations", {"email": "new@example.com", "role": "viewer"})
        assert error(refused)["code"] == "LetterNotSent"
        assert not Invitation.objects.exists()

    def test_have_an_address_that_can_be_written_to(self, lins):
        refused = lins.post("member-invitations", {"email": "nobody", "role": "viewer"})
        assert (refused.status_code, error(refused)["field"]) == (422, "body.email")

    def test_are_the_owners_business(self, cast, lins, ottos, veras):
        vera = cast.vera.memberships.get().pk
        assert ottos.post(f"members/{vera}/remove").status_code == 404
        assert veras.get("members").status_code == 403
        writing = caller(cast.lin, cast.workspace, Reach.WRITE)
        refused = writing.post(f"members/{vera}/remove")
        assert error(refused)["details"] == {"needed": "money"}


class TestQualification:
    def add(self, who, shop, content: bytes, call: str = "paper"):
        sent = {"kind": "business_licence", "file": SimpleUploadedFile("a.pdf", content)}
        headers = who.headers() | {"Idempotency-Key": call}
        return who.client.post(f"/api/v1/shops/{shop.pk}/papers", sent, headers=headers)

    def test_is_stated_with_papers_and_says_what_is_lacking(self, lins, cast):
        at = f"shops/{cast.shop.pk}/qualification"
        stated = lins.post(at, {"company_name": "Lin's", "contact_phone": "+86 (755) 1234-5678"})
        assert stated.json()["contact_phone"] == "+8675512345678"
        paper = self.add(lins, cast.shop, pdf())
        assert paper.status_code == 201
        shown = lins.get(at).json()
        assert [one["id"] for one in shown["papers"]] == [paper.json()["id"]]
        assert shown["lacks"]
        early = lins.post(f"{at}/submit", {"steps_taken": 0})
        assert (early.status_code, error(early)["code"]) == (409, "Incomplete")
        assert error(early)["details"]["lacks"][0]["code"]
        read = lins.get(f"papers/{paper.json()['id']}")
        assert read["X-Content-Type-Options"] == "nosniff"
        assert read.content == pdf() or read.content.startswith(b"%PDF")
        assert AuditEvent.objects.filter(verb="qualification.document_read").exists()
        assert lins.post(f"papers/{paper.json()['id']}/remove").json()["papers"] == []

    def test_takes_no_paper_that_is_none(self, lins, cast):
        refused = self.add(lins, cast.shop, b"MZ this is a program")
        assert (refused.status_code, error(refused)["code"]) == (422, "DocumentRefused")
        assert not QualificationDocument.objects.exists()

    def test_takes_no_address_nobody_confirmed_and_no_phone_without_country(self, lins, cast):
        at = f"shops/{cast.shop.pk}/qualification"
        strange = lins.post(at, {"contact_email": "somebody@example.com"})
        assert error(strange)["code"] == "ContactNotConfirmed"
        assert error(lins.post(at, {"contact_phone": "12345"}))["field"] == "body.contact_phone"

    def test_and_the_service_are_nobody_elses(self, ottos, veras, cast):
        for path in ("qualification", "service"):
            assert ottos.get(f"shops/{cast.shop.pk}/{path}").status_code == 404
        assert self.add(ottos, cast.shop, pdf()).status_code == 404
        assert self.add(veras, cast.shop, pdf()).status_code == 403


class TestTheService:
    def test_is_not_switched_on_before_the_shop_is_qualified(self, lins, cast):
        terms = lins.get(f"shops/{cast.shop.pk}/service").json()
        assert not terms["is_on"]
        asked = {"accepted_version": terms["terms_now"], "default_rate_bps": 1_000}
        refused = lins.post(f"shops/{cast.shop.pk}/service/enable", asked)
        assert (refused.status_code, error(refused)["code"]) == (409, "NotQualified")

    def test_is_on_changed_and_off(self, lins, cast, promoting):
        at = f"shops/{cast.shop.pk}/service"
        assert lins.get(at).json()["is_on"]
        changed = lins.post(f"{at}/change", {"default_rate_bps": 2_000, "ctr_target_ratio": 0.05})
        assert changed.json()["default_rate_bps"] == 2_000
        assert changed.json()["ctr_target_ratio"] == "0.0500"
        high = lins.post(f"{at}/change", {"default_rate_bps": 9_900})
        assert (high.status_code, error(high)["code"]) == (422, "RateOutOfBounds")
        assert not lins.post(f"{at}/disable").json()["is_on"]
        assert error(lins.post(f"{at}/disable"))["code"] == "NotOn"

    @pytest.fixture
    def promoting(self, cast, now):
        from tests.conftest import let_promote

        let_promote(cast.shop, user=cast.lin, now=now)


class TestPaymentsByProgram:
    def test_are_never_handed_over_nor_are_accounts_stated(self):
        from linkstar.api.main import api

        paths = api.get_openapi_schema()["paths"]
        assert not [path for path in paths if path.endswith(("/pay", "/bank-account"))]

    def test_news_of_a_payment_nobody_knows_is_a_problem_and_harms_nothing(self, finns, cast):
        said = {"payments": [{"id": "pay_x", "state": "paid"}]}
        told = finns.post(f"shops/{cast.shop.pk}/payments", said).json()
        assert (told["changed"], told["problems"][0]["code"]) == (0, "payout_unknown")

    def test_are_for_those_who_settle(self, finns, veras, ottos, cast):
        at = f"shops/{cast.shop.pk}/close-period"
        assert finns.post(at).json() == {"items": []}
        assert veras.post(at).status_code == 403
        assert ottos.post(at).status_code == 404


class TestTheBook:
    def test_is_read_as_it_stood_and_as_a_file(self, finns, cast, now):
        from tests.books import post_entry

        from linkstar.ledger.rules import Draft, Posting
        from linkstar.money.amounts import Money

        opened = Posting("asset:bank", "equity:opening", Money(700, "USD"))
        draft = Draft("opened", "=opened", now, (opened,))
        post_entry(book=cast.workspace.pk, draft=draft, now=now)
        balances = finns.get("ledger/balances").json()["items"]
        assert {one["path"]: one["balance"]["minor"] for one in balances} == {
            "asset:bank": 700, "equity:opening": -700,
        }  # fmt: skip
        before = finns.get("ledger/balances", as_of="2000-01-01T00:00:00Z").json()["items"]
        assert {one["balance"]["minor"] for one in before} == {0}
        [entry] = finns.get("ledger/entries").json()["items"]
        assert finns.get(f"ledger/entries/{entry['id']}").json() == entry
        [posting] = finns.get("ledger/postings?path=asset:bank&currency=USD").json()["items"]
        assert posting["amount"] == {"minor": 700, "currency": "USD"}
        book = b"".join(finns.get("ledger/file").streaming_content)
        assert b"'=opened" in book
        assert b"open" in b"".join(finns.get("ledger/file", form="beancount").streaming_content)

    def test_is_neither_a_viewers_nor_another_companys(self, veras, ottos):
        assert veras.get("ledger/balances").status_code == 403
        assert ottos.get("ledger/balances").json()["items"] == []
        assert ottos.get("ledger/postings?path=asset:bank&currency=USD").status_code == 404

    def test_wants_a_moment_with_its_zone(self, finns):
        refused = finns.get("ledger/balances", as_of="yesterday")
        assert (refused.status_code, error(refused)["field"]) == (422, "query.as_of")


class TestAProfile:
    def test_is_written_by_its_creator(self, adas, ada):
        profile = {"name": "Ada Tries", "region": "US", "languages": ["en"]}
        assert adas.post("me/profile/change", profile).json()["name"] == "Ada Tries"
        channel = {"channel": "tiktok", "stated_handle": "@ada.tries", "followers": 12_000}
        bound = adas.post("me/profile/bind-channel", channel).json()
        assert bound["handle"] == "ada.tries"
        assert bound["state"] != "verified"  # another handle is looked at again
        price = {"kind": "video", "price": {"minor": 9_900, "currency": "USD"}}
        [item] = adas.post("me/profile/rates", {"prices": [price]}).json()["rate_card"]
        assert item["price"]["minor"] == 9_900
        women = {"dimension": "gender", "value": "female", "share_bps": 6_000}
        shares = adas.post("me/profile/audience", {"shares": [women]}).json()["audience"]
        assert shares == [women]
        assert adas.post("me/profile/consent", {"is_given": True}).json()["shares_exact_figures"]
        gone = {"channel_id": bound["channels"][0]["id"]}
        assert adas.post("me/profile/unbind-channel", gone).json()["channels"] == []

    def test_refuses_what_is_no_country_no_handle_and_too_big_a_share(self, adas):
        assert error(adas.post("me/profile/change", {"name": "A", "region": "XX"}))["field"]
        bad = {"channel": "tiktok", "stated_handle": "not a handle!"}
        assert error(adas.post("me/profile/bind-channel", bad))["code"] == "HandleRefused"
        shares = [
            {"dimension": "gender", "value": value, "share_bps": 6_000}
            for value in ("female", "male")
        ]
        refused = adas.post("me/profile/audience", {"shares": shares})
        assert error(refused)["code"] == "AudienceRefused"

    def test_is_not_a_companys(self, lins, ada):
        assert error(lins.get("me/profile"))["code"] == "KeyForTheOtherSide"
        assert Creator.objects.get(pk=ada.pk).name == "Ada"


class TestTemplatesAndSearches:
    def test_are_kept_changed_and_forgotten(self, lins, ottos, veras):
        text = {"name": "First", "language": "en", "text": "Hi {creator}"}
        made = lins.post("invitation-templates", text).json()
        assert error(lins.post("invitation-templates", text))["code"] == "NameTaken"
        wrong = lins.post("invitation-templates", text | {"name": "B", "text": "Hi {nobody}"})
        assert error(wrong)["code"] == "PlaceholderUnknown"
        at = f"invitation-templates/{made['id']}"
        assert ottos.post(f"{at}/delete").status_code == 404
        assert veras.post(f"{at}/delete").status_code == 403
        assert lins.post(f"{at}/change", text | {"name": "Second"}).json()["name"] == "Second"
        lins.post(f"{at}/delete")
        assert lins.get("invitation-templates").json()["items"] == []
        kept = lins.post("saved-searches", {"name": "Serum", "filters": {"q": "serum"}}).json()
        assert kept["filters"] == {"q": "serum"}
        slip = lins.post("saved-searches", {"name": "S", "filters": {"nobody": "x"}})
        assert slip.status_code == 422
        lins.post(f"saved-searches/{kept['id']}/delete")
        assert veras.get("saved-searches").json()["items"] == []
