"""Who is let in by a key, how far, and until when."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.app.api.conftest import Caller, caller, error

from linkstar.accounts.actions import acting_key, join_workspace
from linkstar.accounts.api_keys import (
    ApiKeyUnknown,
    ReachTooWide,
    key_for,
    make_api_key,
    revoke_api_key,
)
from linkstar.accounts.models import ApiKey, AuditEvent, Reach, Role

pytestmark = pytest.mark.django_db


class TestAKey:
    def test_tells_whom_it_acts_for(self, lins, cast):
        told = lins.get("me").json()
        assert told["side"] == "seller"
        assert told["workspace"]["name"] == "Lin's brand"
        assert told["role"] == "owner"
        assert [shop["name"] for shop in told["shops"]] == ["Lin Beauty US"]

    def test_of_a_creator_acts_under_her_name(self, adas):
        assert adas.get("me").json()["creator"]["name"] == "Ada"

    def test_is_kept_as_a_digest_only(self, lins):
        kept = ApiKey.objects.get()
        assert lins.key not in str(vars(kept))
        assert lins.key.startswith(kept.shown_start)

    def test_notes_that_it_is_used_now_and_then(self, lins):
        lins.get("me")
        first = ApiKey.objects.get().used_at
        lins.get("me")
        assert first is not None
        assert ApiKey.objects.get().used_at == first

    def test_works_no_more_once_revoked(self, lins):
        revoke_api_key(key=ApiKey.objects.get(), now=timezone.now())
        assert error(lins.get("me"))["code"] == "ApiKeyUnknown"

    def test_works_no_more_once_its_time_is_over(self, cast, now):
        old = caller(cast.lin, cast.workspace, expires_at=now + timedelta(days=1))
        response = old.get("me")
        assert response.status_code == 401
        assert error(response)["code"] == "ApiKeyExpired"

    def test_works_no_more_once_its_maker_left(self, lins, cast):
        cast.lin.memberships.all().delete()
        assert lins.get("me").status_code == 401

    def test_works_no_more_once_its_maker_is_shut_out(self, lins, cast):
        cast.lin.is_active = False
        cast.lin.save()
        assert lins.get("me").status_code == 401

    def test_does_no_more_than_its_maker_may_now(self, lins, cast):
        join_workspace(user=cast.lin, workspace=cast.workspace, role=Role.VIEWER)
        response = lins.post("shops", {"name": "Second"})
        assert response.status_code == 403
        assert error(response)["code"] == "RoleTooNarrow"

    def test_that_reads_changes_nothing(self, cast):
        reading = caller(cast.lin, cast.workspace, Reach.READ)
        response = reading.post("shops", {"name": "Second"})
        assert response.status_code == 403
        assert error(response)["details"] == {"needed": "write"}

    def test_of_a_creator_opens_nothing_of_a_company(self, adas):
        assert error(adas.get("shops"))["code"] == "KeyForTheOtherSide"

    def test_cannot_reach_further_than_its_maker(self, cast, now):
        with pytest.raises(ReachTooWide):
            make_api_key(
                user=cast.vera, workspace=cast.workspace, name="x", reach=Reach.WRITE, now=now
            )
        with pytest.raises(ReachTooWide):
            make_api_key(
                user=cast.otto, workspace=cast.workspace, name="x", reach=Reach.READ, now=now
            )

    def test_is_found_by_its_whole_secret_only(self, lins, now):
        with pytest.raises(ApiKeyUnknown):
            key_for(lins.key[:-1], now=now)


class TestNobodyElse:
    def test_is_let_in_without_a_key(self, cast):
        response = Client().get("/api/v1/me")
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert error(response)["code"] == "ApiKeyMissing"

    def test_is_let_in_by_a_session(self, client, cast):
        client.force_login(cast.lin)
        assert client.get("/api/v1/me").status_code == 401

    def test_is_let_in_by_a_key_in_the_address(self, lins):
        assert Client().get("/api/v1/me", {"key": lins.key}).status_code == 401

    def test_is_let_in_by_a_key_for_events(self, cast):
        assert Caller("ls_live_abc").get("me").status_code == 401


class TestARefusal:
    def test_speaks_the_language_that_is_asked_for(self, veras):
        veras.language = "zh-Hans"
        assert "密钥" in error(veras.post("shops", {"name": "Second"}))["message"]

    def test_names_what_was_expected_and_found(self, lins):
        said = error(lins.get("products", limit="many"))
        assert said["field"] == "query.limit"
        assert said["expected"] == "a whole number"
        assert said["found"] == "many"

    def test_names_every_value_that_is_wrong(self, lins):
        response = lins.post("shops", {"name": "", "zone": 3, "colour": "red"})
        assert response.status_code == 422
        said = error(response)
        fields = {said["field"], *(other["field"] for other in said["others"])}
        assert fields == {"body.name", "body.zone", "body.colour"}

    def test_of_a_body_that_is_no_json_says_so(self, lins):
        response = lins.client.post(
            "/api/v1/shops", "{", "application/json",
            headers=lins.headers() | {"Idempotency-Key": "a"},
        )  # fmt: skip
        assert response.status_code == 400
        assert error(response)["code"] == "BodyUnreadable"

    def test_of_a_body_that_is_too_big_says_so(self, lins):
        response = lins.post("shops", {"name": "x" * 3_000_000})
        assert response.status_code == 413

    def test_of_an_unknown_address_has_the_same_shape(self, lins):
        response = lins.get("nothing/of/the/kind")
        assert response.status_code == 404
        assert error(response)["code"] == "NotFound"

    def test_of_a_method_has_the_same_shape(self, lins):
        response = lins.send("DELETE", "shops")
        assert response.status_code == 405
        assert error(response)["code"] == "MethodNotAllowed"

    def test_of_a_caller_who_calls_too_often_says_when_to_go_on(self, lins, monkeypatch):
        from linkstar.api.throttling import PerKey

        monkeypatch.setattr(PerKey, "allow_request", lambda *_: False)
        monkeypatch.setattr(PerKey, "wait", lambda _: 12.2)
        response = lins.get("me")
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "13"
        assert error(response)["code"] == "TooManyCalls"

    def test_for_a_fault_of_ours_tells_nothing_of_it(self, lins, monkeypatch, caplog):
        from linkstar.api import me as module

        def broken(_key):
            message = "secret innards"
            raise RuntimeError(message)

        monkeypatch.setattr(module.KeyTold, "of", broken)
        response = lins.get("me")
        assert response.status_code == 500
        assert error(response)["code"] == "Unexpected"
        assert "innards" not in response.content.decode()
        assert "innards" in caplog.text


class TestCallingTooOften:
    def test_is_counted_for_each_key(self, lins, veras, settings, monkeypatch):
        from linkstar.api.main import api
        from linkstar.api.throttling import PerKey

        [throttle] = [api.throttle]
        assert isinstance(throttle, PerKey)
        monkeypatch.setattr(throttle, "num_requests", 3)
        assert [lins.get("me").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert veras.get("me").status_code == 200

    def test_without_a_key_is_counted_for_each_address(self, lins, monkeypatch):
        from linkstar.api.urls import WITHOUT_KEY

        monkeypatch.setattr(WITHOUT_KEY, "num_requests", 2)
        stranger = Caller("ls_api_made_up")
        answers = [stranger.get("me") for _ in range(3)]
        assert [one.status_code for one in answers] == [401, 401, 429]
        assert error(answers[-1])["code"] == "TooManyCalls"
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert stranger.get("nothing-here").status_code == 429
        elsewhere = Client(REMOTE_ADDR="203.0.113.9").get("/api/v1/me")
        assert elsewhere.status_code == 401
        assert lins.get("me").status_code == 200  # a key that works is not held up by others


class TestTheAuditLog:
    def test_says_by_which_key_something_was_done(self, lins, cast):
        lins.post("shops", {"name": "Second"})
        line = AuditEvent.objects.get(verb="shop.opened")
        assert line.user == cast.lin
        assert line.workspace == cast.workspace
        assert line.detail["api_key"] == ApiKey.objects.get().id

    def test_names_no_key_for_what_is_done_on_pages_afterwards(self, lins, cast):
        lins.get("me")
        assert acting_key.get() == ""
