"""Strangers sign up where they may, confirm their address, and cannot try for ever."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from tests.conftest import PASSWORD

from linkstar.accounts.models import Role, User, Workspace
from linkstar.accounts.queries import role_in

NEW = {
    "kind": "seller",
    "company": "Nina Home",
    "email": "nina@example.com",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture(autouse=True)
def opened(settings, db, cast):
    cache.clear()
    settings.ACCOUNT_SIGNUP_ALLOWED = True
    yield
    cache.clear()


def sign_up(client, **changed):
    return client.post(reverse("account_signup"), {**NEW, **changed})


def sign_in(client, email="nina@example.com", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def confirm(client) -> None:
    address = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)
    client.post(address.group(1))


class TestASeller:
    def test_signs_up_with_a_company_and_enters_once_the_address_is_confirmed(self, client, lake):
        sign_up(client)
        nina = User.objects.get(email="nina@example.com")
        workspace = Workspace.objects.get(name="Nina Home")
        assert role_in(nina, workspace) == Role.OWNER
        assert "confirm-email" in sign_in(client).headers["Location"]
        confirm(client)
        assert sign_in(client).headers["Location"] == "/"
        assert client.get("/").status_code == 200

    def test_names_a_company(self, client):
        assert "what is it called" in sign_up(client, company=" ").content.decode()
        assert not User.objects.filter(email="nina@example.com").exists()

    def test_is_told_in_chinese_too_that_a_password_is_too_short(self, client):
        client.post(reverse("choose_language"), {"language": "zh-hans"})
        page = sign_up(client, password1="short", password2="short").content.decode()
        assert "密码太短：至少需要 8 个字符。" in page
        assert not User.objects.filter(email="nina@example.com").exists()

    def test_sees_nothing_of_other_companies(self, client, cast, lake):
        sign_up(client)
        confirm(client)
        sign_in(client)
        assert client.get(reverse("shop_settings", args=[cast.shop.id])).status_code == 404


class TestACreator:
    def test_signs_up_without_a_company(self, client):
        sign_up(client, kind="creator", company="")
        nina = User.objects.get(email="nina@example.com")
        assert nina.is_creator
        assert not nina.memberships.exists()


class TestAStranger:
    def test_does_not_learn_who_has_an_account(self, client, cast):
        known = sign_up(client, email="lin@example.com")
        unknown = sign_up(client)
        assert known.status_code == unknown.status_code == 302
        assert known.headers["Location"] == unknown.headers["Location"]
        assert Workspace.objects.filter(name="Nina Home").count() == 1

    def test_is_not_let_in_where_the_installation_is_closed(self, client, settings):
        settings.ACCOUNT_SIGNUP_ALLOWED = False
        sign_up(client)
        assert not User.objects.filter(email="nina@example.com").exists()
        assert "Sign up" not in client.get(reverse("account_login")).content.decode()

    def test_is_stopped_after_five_wrong_passwords(self, client):
        for _ in range(5):
            sign_in(client, "lin@example.com", "wrong wrong wrong")
        answer = sign_in(client, "lin@example.com")
        assert "_auth_user_id" not in client.session
        assert answer.status_code in {200, 429}

    def test_is_stopped_from_asking_for_letters_without_end(self, client):
        for _ in range(2):
            client.post(reverse("account_reset_password"), {"email": "lin@example.com"})
        answer = client.post(reverse("account_reset_password"), {"email": "lin@example.com"})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "60"
        assert len(mail.outbox) == 2


class TestAForgottenPassword:
    def test_is_replaced_by_the_link_in_a_letter(self, client, cast, lake):
        client.post(reverse("account_reset_password"), {"email": "lin@example.com"})
        link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
        page = client.get(link.group(1), follow=True)
        form = {"password1": "quite another word", "password2": "quite another word"}
        client.post(page.request["PATH_INFO"], form)
        assert sign_in(client, "lin@example.com", "quite another word").headers["Location"] == "/"
