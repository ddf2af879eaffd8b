"""Sessions that end, changes from elsewhere, headers on every answer, a required second factor."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linkstar.web.session_pages import THEME_COOKIE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def lin(client, cast, lake):
    client.force_login(cast.lin)
    return client


def is_signed_in(client) -> bool:
    return client.get(reverse("settings")).status_code == 200


class TestASession:
    def test_ends_when_nobody_used_it_for_eight_hours(self, lin):
        begins = timezone.now()
        with time_machine.travel(begins, tick=False) as clock:
            assert is_signed_in(lin)
            clock.move_to(begins + timedelta(hours=7, minutes=59))
            assert is_signed_in(lin)
            clock.move_to(begins + timedelta(hours=16))
            assert not is_signed_in(lin)

    def test_ends_after_seven_days_however_busy(self, lin):
        begins = timezone.now()
        with time_machine.travel(begins, tick=False) as clock:
            for hour in range(0, 7 * 24, 6):
                clock.move_to(begins + timedelta(hours=hour))
                assert is_signed_in(lin)
            clock.move_to(begins + timedelta(days=7))
            assert not is_signed_in(lin)

    def test_gets_another_name_when_somebody_signs_in(self, client, cast):
        client.get(reverse("account_login"))
        client.force_login(cast.lin)
        first = client.session.session_key
        client.logout()
        client.force_login(cast.lin)
        assert client.session.session_key != first


class TestAChange:
    def ask(self, client, **headers):
        return client.post(
            reverse("choose_theme"), {"theme": "dark", "next": "/"}, headers=headers
        ).status_code

    def test_is_refused_when_another_sites_page_asks_for_it(self, lin):
        assert self.ask(lin, sec_fetch_site="cross-site") == 403
        assert self.ask(lin, sec_fetch_site="same-site") == 403

    def test_is_made_for_our_own_pages(self, lin):
        assert self.ask(lin, sec_fetch_site="same-origin") == 302
        assert self.ask(lin) == 302

    def test_with_an_old_form_is_refused_in_the_reader_s_language(self, cast, lake):
        careful = Client(enforce_csrf_checks=True, headers={"Accept-Language": "zh-CN"})
        answer = careful.post("/theme/", {"theme": "dark"})
        assert answer.status_code == 403
        assert "此表单已失效" in answer.content.decode()
        cast.lin.language = "en"
        cast.lin.save()
        careful.force_login(cast.lin)
        page = careful.post("/theme/", {"theme": "dark"}).content.decode()
        assert "This form is no longer valid" in page

    def test_can_be_linked_to_from_elsewhere_when_it_only_reads(self, lin):
        response = lin.get(reverse("settings"), headers={"sec_fetch_site": "cross-site"})
        assert response.status_code == 200


class TestEveryAnswer:
    @pytest.mark.parametrize(
        ("path", "status"), [("/settings/", 200), ("/nowhere/", 404), ("/theme/", 405)]
    )
    def test_bears_the_headers(self, lin, path, status):
        response = lin.get(path)
        assert response.status_code == status
        assert "object-src 'none'" in response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response.headers["Permissions-Policy"]
        assert "no-store" in response.headers["Cache-Control"]

    def test_that_refuses_bears_them_too(self, lin):
        response = lin.post("/theme/", headers={"sec_fetch_site": "cross-site"})
        assert "object-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


class TestASecondFactor:
    def test_is_asked_of_those_whose_role_needs_one(self, lin, cast, settings):
        settings.TWO_FACTOR_REQUIRED = frozenset({"owners"})
        assert lin.get("/settings/").headers["Location"] == reverse("mfa_index")
        assert "two-step" in lin.get(reverse("mfa_index")).content.decode()
        Authenticator.objects.create(user=cast.lin, type="totp", data={})
        assert lin.get("/settings/").status_code == 200

    def test_is_not_asked_of_others(self, client, cast, settings, lake):
        settings.TWO_FACTOR_REQUIRED = frozenset({"owners", "operators", "reviewers"})
        client.force_login(cast.vera)
        assert client.get("/settings/").status_code == 200
        for person in (cast.rita, cast.olga):
            client.force_login(person)
            assert client.get("/review/").headers["Location"] == reverse("mfa_index")


class TestASecureInstallation:
    def test_has_nothing_that_django_warns_of(self, tmp_path):
        environment = {
            **os.environ,
            "LINKSTAR_BASE_URL": "https://linkstar.example",
            "LINKSTAR_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
        checked = subprocess.run(
            command, check=False, env=environment, capture_output=True, text=True
        )
        assert checked.returncode == 0, checked.stderr


class TestAnErrorNobodyForesaw:
    @pytest.fixture
    def broken(self, cast, lake, shop_with_facts) -> Client:
        """Lin's browser, where a disk has lost the facts."""
        for file in lake.root.rglob("*.parquet"):
            file.unlink()
        client = Client(raise_request_exception=False)
        client.force_login(cast.lin)
        return client

    @pytest.mark.parametrize(("spoken", "said"), [("en", "Try again"), ("zh-hans", "重试")])
    def test_is_told_in_the_readers_language_and_colours(self, broken, cast, spoken, said):
        cast.lin.language = spoken
        cast.lin.save()
        broken.cookies[THEME_COOKIE] = "dark"
        response = broken.get(reverse("uplift"), {"period": "all"})
        page = response.content.decode()
        assert response.status_code == 500
        assert said in page
        assert 'data-theme="dark"' in page
        assert f'href="{reverse("uplift")}?period=all"' in page

    def test_has_a_number_that_stands_in_the_log(self, broken, caplog):
        page = broken.get(reverse("uplift"), {"period": "all"}).content.decode()
        [number] = re.findall(r"<code>(\w{8})</code>", page)
        assert f"The error below was told as {number}." in caplog.messages
