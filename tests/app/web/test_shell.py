"""The frame of every page: who gets in, in which words, over which shops and days."""

import pytest
from django.urls import reverse
from tests.conftest import PASSWORD

from linkstar.accounts.models import Membership, Role, User, Workspace
from linkstar.catalog.models import Shop

SETUP = {
    "language": "en",
    "email": "lin@example.com",
    "password": PASSWORD,
    "workspace": "Lin's brand",
    "shop": "Lin Beauty US",
    "zone": "America/New_York",
}


@pytest.mark.django_db
class TestAFreshInstallation:
    def test_leads_every_page_to_its_first_run(self, client):
        assert client.get("/uplift/").headers["Location"] == reverse("setup")

    def test_is_set_up_by_one_form(self, client):
        response = client.post(reverse("setup"), SETUP)
        assert response.headers["Location"] == reverse("overview")
        user, shop = User.objects.get(), Shop.objects.get()
        assert user.is_operator
        assert Membership.objects.get(user=user).role == Role.OWNER
        assert (shop.name, shop.zone) == ("Lin Beauty US", "America/New_York")

    def test_signs_the_first_person_in(self, client, lake):
        client.post(reverse("setup"), SETUP)
        assert client.get("/").status_code == 200

    def test_refuses_a_password_that_everybody_uses(self, client):
        response = client.post(reverse("setup"), {**SETUP, "password": "password"})
        assert response.status_code == 200
        assert not Workspace.objects.exists()

    def test_has_no_first_run_once_somebody_is_there(self, client, cast):
        assert client.get(reverse("setup")).status_code == 404
        assert client.post(reverse("setup"), SETUP).status_code == 404


class TestAStranger:
    def test_is_led_to_the_sign_in(self, client, cast):
        assert client.get("/").headers["Location"].startswith(reverse("account_login"))

    def test_signs_in_with_address_and_password(self, client, cast, lake):
        form = {"login": "lin@example.com", "password": PASSWORD}
        assert client.post(reverse("account_login"), form).headers["Location"] == "/"

    def test_may_read_the_glossary_in_either_language(self, client, cast):
        client.post(reverse("choose_language"), {"language": "zh-hans", "next": "/"})
        assert "点击率提升" in client.get(reverse("glossary")).content.decode()
        client.post(reverse("choose_language"), {"language": "en", "next": "/"})
        assert "CTR uplift" in client.get(reverse("glossary")).content.decode()

    def test_cannot_register_unless_the_installation_is_open(self, client, cast):
        form = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
        client.post(reverse("account_signup"), form)
        assert not User.objects.filter(email="new@example.com").exists()


class TestAPage:
    def test_is_never_kept_by_a_shared_cache(self, lin, lake):
        assert "no-store" in lin.get("/").headers["Cache-Control"]

    def test_allows_no_script_but_ours(self, lin, lake):
        policy = lin.get("/").headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]

    def test_speaks_the_language_of_the_person(self, lin, cast, lake):
        lin.post(reverse("choose_language"), {"language": "zh-hans", "next": "/"})
        cast.lin.refresh_from_db()
        assert cast.lin.language == "zh-hans"
        assert 'lang="zh-Hans"' in lin.get("/").content.decode()

    def test_remembers_light_or_dark(self, lin, lake):
        lin.post(reverse("choose_theme"), {"theme": "dark", "next": "/"})
        assert 'data-theme="dark"' in lin.get("/").content.decode()

    def test_never_sends_a_person_to_another_site(self, lin):
        away = {"language": "en", "next": "https://example.org/"}
        assert lin.post(reverse("choose_language"), away).headers["Location"] == "/"

    def test_shows_only_the_shops_of_the_workspace(self, lin, lake):
        page = lin.get("/").content.decode()
        assert "Lin Beauty US" in page
        assert "Otto Home US" not in page

    def test_ignores_a_shop_of_another_workspace(self, lin, cast, lake):
        page = lin.get("/", {"shop": cast.other_shop.id})
        assert page.wsgi_request.shop is None
        assert page.wsgi_request.workspace == cast.workspace

    def test_keeps_shop_and_days_in_its_links(self, lin, cast, lake):
        page = lin.get("/", {"shop": cast.shop.id, "period": "7d"}).content.decode()
        assert f'href="/uplift/?shop={cast.shop.id}&amp;period=7d"' in page

    def test_says_whom_to_ask_when_a_person_belongs_nowhere(self, client, cast):
        cast.olga.is_operator = False
        cast.olga.save()
        client.force_login(cast.olga)
        response = client.get("/")
        assert response.status_code == 403
        assert "olga@example.com" in response.content.decode()


class TestSettings:
    def test_change_a_shop_and_write_it_down(self, lin, cast, lake):
        form = {
            "name": "Lin Skin US",
            "zone": "America/New_York",
            "category": "Beauty & Personal Care>Skincare",
            "shares_with_benchmark": "on",
        }
        lin.post(reverse("shop_settings", args=[cast.shop.id]), form)
        cast.shop.refresh_from_db()
        assert cast.shop.category == "Beauty & Personal Care > Skincare"
        assert cast.shop.shares_with_benchmark
        assert cast.workspace.auditevent_set.get().verb == "shop.changed"

    def test_add_a_shop(self, lin, cast):
        form = {"name": "Lin UK", "market": "GB", "zone": "Europe/London", "currency": "GBP"}
        lin.post(reverse("new_shop"), form)
        shop = Shop.objects.get(name="Lin UK")
        assert (shop.workspace, shop.market, shop.currency) == (cast.workspace, "GB", "GBP")

    def test_refuse_a_zone_that_is_none(self, lin, cast):
        form = {"name": "Lin", "zone": "Mars/Olympus"}
        response = lin.post(reverse("shop_settings", args=[cast.shop.id]), form)
        assert response.status_code == 200
        cast.shop.refresh_from_db()
        assert cast.shop.zone == "America/Los_Angeles"

    def test_are_not_for_people_who_may_only_look(self, client, cast):
        client.force_login(cast.vera)
        assert client.get(reverse("shop_settings", args=[cast.shop.id])).status_code == 404
        assert client.get(reverse("settings")).status_code == 200

    def test_list_the_members_with_their_roles(self, lin):
        page = lin.get(reverse("settings")).content.decode()
        assert "vera@example.com" in page
        assert "otto@example.com" not in page

    def test_keep_what_a_person_chose_for_themselves(self, lin, cast):
        form = {"language": "zh-hans", "display_zone": "Asia/Shanghai"}
        response = lin.post(reverse("profile"), form)
        cast.lin.refresh_from_db()
        assert (cast.lin.language, cast.lin.display_zone) == ("zh-hans", "Asia/Shanghai")
        assert response.cookies["linkstar_keys"].value == "off"


class TestAnInstant:
    def test_is_told_in_the_shop_s_zone_and_beside_it_in_the_reader_s_own(self, lin, cast, edition):
        address = reverse("benchmark", args=[edition.id])
        assert "3:10 AM PT" in lin.get(address).content.decode()
        cast.lin.display_zone = "America/New_York"
        cast.lin.save()
        assert "(6:10 AM ET)" in lin.get(address).content.decode()
        cast.lin.display_zone = ""
        cast.lin.save()
        assert "ET)" not in lin.get(address).content.decode()
