"""Finding creators as a person does: odd addresses, odd files, and what viewers may not do."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.conftest import let_promote

from linkstar.accounts.models import SavedView
from linkstar.accounts.notifying import notify
from linkstar.catalog.models import Product
from linkstar.connectors.models import CreatorImport
from linkstar.creators.actions import CreatorRow, make_list, save_creators
from linkstar.creators.models import Creator
from linkstar.recruiting.models import Invitation, InvitationTemplate, OutreachLimit
from linkstar.web.recruiting.finding import hundredths, percent, whole

pytestmark = pytest.mark.django_db


def upload(lin, name: str, content: bytes):
    file = SimpleUploadedFile(name, content)
    return lin.post("/recruiting/import/", {"file": file, "currency": "USD"}, follow=True)


class TestTheSearch:
    def test_reads_numbers_as_people_write_them(self) -> None:
        assert [whole(w) for w in ("12500", "12,500", "12.5k", "1.2万", "2M", "")] == [
            12_500, 12_500, 12_500, 12_000, 2_000_000, None,
        ]  # fmt: skip
        assert (hundredths("4.5%"), percent("-20"), percent("15%")) == (450, -0.2, 0.15)

    @pytest.mark.parametrize("odd", ["nan", "inf", "1e400", "-5", "abc", "9" * 40, "１２"])
    def test_takes_odd_filters_as_if_they_were_not_there(self, lin, shop_with_facts, odd) -> None:
        names = ("min", "max", "engagement", "price", "low", "share", "list", "page")
        query = dict.fromkeys(names, odd) | {"sort": odd, "audience": odd, "worked": odd}
        assert lin.get("/recruiting/", query).status_code == 200

    def test_of_another_workspaces_list_narrows_nothing(self, lin, cast, lake, now) -> None:
        theirs = make_list(workspace=cast.other_workspace, name="Secret", now=now)
        page = lin.get("/recruiting/", {"list": theirs.pk})
        assert page.context["asked"].wanted.list_id is None
        assert "Secret" not in page.content.decode()

    def test_is_kept_under_a_name_and_found_again(self, lin, lake) -> None:
        page = lin.get("/recruiting/", {"tier": "mid", "page": "3"})
        saved = page.context["saved"]
        lin.post("/views/", {"page": saved.page, "parts": saved.parts, "name": "Mid"})
        kept = SavedView.objects.get()
        assert kept.parts == {"tier": ["mid"]}
        assert lin.get(f"/views/{kept.pk}/").url == f"/recruiting/?tier=mid&view={kept.pk}"

    def test_says_when_nobody_fits_and_when_there_is_nobody(self, lin, cast, lake, now) -> None:
        assert "No creators yet" in lin.get("/recruiting/").content.decode()
        save_creators(workspace=cast.workspace, rows=[CreatorRow("bo")], on=now.date(), now=now)
        page = lin.get("/recruiting/", {"q": "nobody"}).content.decode()
        assert "Nobody fits these filters" in page

    def test_keeps_the_secret_of_a_session_out_of_addresses(self, lin, cast, lake, now) -> None:
        save_creators(workspace=cast.workspace, rows=[CreatorRow("bo")], on=now.date(), now=now)
        page = lin.get("/recruiting/").content.decode()
        chosen = page[page.index('id="chosen"') :]
        assert '<input type="hidden" name="csrfmiddlewaretoken"' not in chosen

    def test_shows_a_viewer_no_buttons_that_change_anything(
        self, client, cast, shop_with_facts
    ) -> None:
        client.force_login(cast.vera)
        page = client.get("/recruiting/").content.decode()
        assert "Import a list" not in page
        assert "Invite" not in page


class TestInvitations:
    def test_are_told_before_they_are_sent_that_the_rate_cannot_be(
        self, lin, cast, shop_with_facts, now
    ) -> None:
        let_promote(cast.shop, user=cast.lin, now=now)
        save_creators(workspace=cast.workspace, rows=[CreatorRow("bo")], on=now.date(), now=now)
        serum = Product.objects.create(
            shop=cast.shop, external_id="serum", name="Serum", seen_at=now
        )
        asked = {
            "creator": Creator.objects.get(handle="bo").pk, "products": serum.pk, "rate": "95",
            "text": "Hi {creator}", "days": 7, "videos": 1, "lives": 0,
            "starts_on": timezone.now().date(),
            "last_on": timezone.now().date() + timedelta(days=30),
        }  # fmt: skip
        looked = lin.post("/recruiting/invitations/new/", asked)
        assert "95%" in looked.content.decode()
        assert looked.context["planned"] is None
        allowed = lin.post("/recruiting/invitations/new/", asked | {"rate": "20"})
        assert len(allowed.context["planned"]) == 1
        assert not Invitation.objects.exists()


class TestAnImport:
    def test_reports_and_gives_back_what_it_could_not_read(self, lin, lake) -> None:
        page = upload(lin, "达人.csv", "账号,粉丝数\n@ada,1.2万\n@bo,many\n".encode())
        assert "Download these rows" in page.content.decode()
        made = CreatorImport.objects.get()
        assert (made.rows, made.added, made.rejected) == (2, 1, 1)
        back = lin.get(f"/recruiting/import/{made.pk}/errors/")
        assert "attachment" in back["Content-Disposition"]
        text = back.content.decode("utf-8-sig")
        assert "@bo" in text
        assert "@ada" not in text
        assert Creator.objects.get().followers == 12_000

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("empty.csv", b" ", "The file is empty."),
            ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(500), "No column of handles"),
            ("broken.xlsx", b"PK\x03\x04 not a workbook", "is damaged"),
            ("other.csv", b"colour,size\nred,5\n", "No column of handles was found."),
        ],
    )
    def test_of_no_table_says_so_and_keeps_nothing(self, lin, lake, name, content, said) -> None:
        page = upload(lin, name, content)
        assert page.status_code == 200
        assert said in page.content.decode()
        assert not CreatorImport.objects.exists()
        assert not Creator.objects.exists()


class TestATemplate:
    def test_with_an_unknown_placeholder_is_not_kept(self, lin, lake) -> None:
        form = {"name": "A", "language": "en", "text": "Hi {name}"}
        page = lin.post("/recruiting/templates/new/", form).content.decode()
        assert "Nobody knows what {name} stands for." in page
        assert not InvitationTemplate.objects.exists()

    def test_is_one_per_name_and_language(self, lin, lake) -> None:
        form = {"name": "A", "language": "en", "text": "Hi {creator}"}
        lin.post("/recruiting/templates/new/", form)
        again = lin.post("/recruiting/templates/new/", form).content.decode()
        assert "There is one of this name already." in again
        lin.post("/recruiting/templates/new/", form | {"language": "zh"})
        assert InvitationTemplate.objects.count() == 2


def test_a_shop_states_what_seller_center_tells_it(lin, cast, lake) -> None:
    prefix = f"s{cast.shop.number}"
    address = f"/recruiting/outreach/{cast.shop.pk}/"
    lin.post(address, {f"{prefix}-tier": "2", f"{prefix}-weekly_limit": "700"})
    assert OutreachLimit.objects.get().weekly_limit == 700
    assert "700 of 700 left" in lin.get("/recruiting/invitations/").content.decode()
    lin.post(address, {f"{prefix}-tier": "9", f"{prefix}-weekly_limit": "-1"})
    assert OutreachLimit.objects.get().weekly_limit == 700


def test_a_shop_of_a_market_without_time_limits_is_told_before_it_writes(lin, cast, lake) -> None:
    let_promote(cast.shop, user=cast.lin, now=timezone.now())
    unknown = "No time limits are known for this market; nothing can be agreed yet."
    assert unknown not in lin.get("/recruiting/campaigns/").content.decode()
    cast.shop.market = "GB"
    cast.shop.save(update_fields=["market"])
    assert unknown in lin.get("/recruiting/campaigns/").content.decode()
    assert unknown in lin.get("/recruiting/invitations/").content.decode()


class TestNotifications:
    def test_are_counted_at_the_bell_until_they_are_read(self, lin, cast, lake, now) -> None:
        notify(
            users=[cast.lin], code="invitation.declined", now=now, address="/recruiting/",
            creator="Ada",
        )  # fmt: skip
        page = lin.get("/notifications/").content.decode()
        assert "Ada declined your invitation" in page
        assert "Notifications (1)" in page
        [one] = cast.lin.notifications.all()
        assert lin.post(f"/notifications/{one.pk}/").url == "/recruiting/"
        assert "Notifications (1)" not in lin.get("/notifications/").content.decode()
