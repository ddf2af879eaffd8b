"""A call that changes something is done once, however often it arrives."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.app.api.conftest import caller, error

from linkstar.accounts.models import RememberedAnswer
from linkstar.accounts.remembering import forget_answers
from linkstar.catalog.models import Shop

SHOP = {"name": "Second"}
PROGRAM = Path(__file__).with_name("calling_at_once.py")
ROOT = Path(__file__).parents[3]


@pytest.mark.django_db
class TestTheSameCallAgain:
    def test_is_answered_the_same_and_does_nothing(self, lins):
        first, second = lins.post("shops", SHOP, "a"), lins.post("shops", SHOP, "a")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        assert Shop.objects.filter(name="Second").count() == 1

    def test_with_another_body_is_refused(self, lins):
        lins.post("shops", SHOP, "a")
        response = lins.post("shops", {"name": "Third"}, "a")
        assert response.status_code == 409
        assert error(response)["code"] == "IdempotencyKeyReused"

    def test_to_another_address_is_refused(self, lins, cast):
        lins.post("shops", SHOP, "a")
        assert (
            lins.post("products", {"shop_id": cast.shop.id, "external_id": "a"}, "a").status_code
            == 409
        )

    def test_after_a_refusal_is_a_new_try(self, lins):
        assert lins.post("shops", {"name": "A", "market": "QQ"}, "a").status_code == 422
        assert not RememberedAnswer.objects.exists()
        assert lins.post("shops", SHOP, "a").status_code == 201

    def test_by_another_key_of_the_company_is_the_same_call(self, lins, cast):
        lins.post("shops", SHOP, "a")
        again = caller(cast.lin, cast.workspace).post("shops", SHOP, "a")
        assert again.headers["Idempotent-Replayed"] == "true"

    def test_of_another_company_is_another_call(self, lins, ottos):
        lins.post("shops", SHOP, "a")
        assert "Idempotent-Replayed" not in ottos.post("shops", SHOP, "a").headers

    def test_without_a_name_is_refused(self, lins):
        response = lins.client.post(
            "/api/v1/shops", SHOP, "application/json", headers=lins.headers()
        )
        assert response.status_code == 422
        assert error(response)["field"] == "header.Idempotency-Key"

    def test_is_forgotten_after_thirty_days(self, lins):
        lins.post("shops", SHOP, "a")
        now = timezone.now()
        assert forget_answers(now=now + timedelta(days=29)) == 0
        assert forget_answers(now=now + timedelta(days=31)) == 1


def test_four_at_once_are_done_once(tmp_path):
    environment = {
        **os.environ,
        "LINKSTAR_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    command = [sys.executable, str(PROGRAM)]
    output = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, timeout=120, check=True
    ).stdout
    assert json.loads(output) == {"statuses": [201] * 4, "answers": 1, "shops": 1}
