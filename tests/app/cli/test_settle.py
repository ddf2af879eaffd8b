"""`linkstar settle` closes what was payable, once."""

import os
import subprocess
import sys

import pytest
from tests.app.cli.conftest import Linkstar, command

AGREE = """
from datetime import UTC, datetime, timedelta
import django; django.setup()
from linkstar.catalog.models import Product, Shop
from linkstar.collaborations.actions import (
    agree_collaboration, confirm_deliverable, submit_deliverable)
from linkstar.collaborations.rules import Terms
from linkstar.commissions.actions import work_through
from linkstar.config.places import places
from linkstar.creators.models import Creator
from linkstar.lake.store import Lake
from linkstar.money.amounts import Money
now = datetime.now(UTC); then = now - timedelta(days=20)
shop = Shop.objects.get()
ada = Creator.objects.create(handle="ada", state="verified", created_at=then)
serum = Product.objects.create(shop=shop, external_id="1", seen_at=then)
terms = Terms(1_500, Money(20_000, "USD"), 1, 0, False, then.date(), now.date())
made = agree_collaboration(shop=shop, creator=ada, products=[serum], terms=terms, now=then)
due = made.deliverables.get()
submit_deliverable(deliverable=due, url="https://v.example/1", content_id="1", now=then)
confirm_deliverable(deliverable=due, now=then)
work_through(shop=shop, lake=Lake(places().lake), now=then)
"""


@pytest.fixture(scope="module")
def linkstar(tmp_path_factory: pytest.TempPathFactory) -> Linkstar:
    folder = tmp_path_factory.mktemp("settle")
    made = command(folder)(
        "init", "--email", "lin@example.com", "--workspace", "Lin", "--shop", "Lin Beauty",
        LINKSTAR_PASSWORD="a long enough password",
    )  # fmt: skip
    assert made.code == 0, made.err
    settings = {"DJANGO_SETTINGS_MODULE": "linkstar.config.settings", "LINKSTAR_DATA": str(folder)}
    subprocess.run([sys.executable, "-c", AGREE], env=os.environ | settings, check=True)
    return command(folder)


class TestClosing:
    def test_settles_a_confirmed_flat_fee_once(self, linkstar: Linkstar) -> None:
        [made] = linkstar("settle", "close", "--json").document["settlements"]
        assert (made["payable_minor"], made["lines"], made["state"]) == (20_000, 1, "closed")
        assert made["is_new"]
        [again] = linkstar("settle", "close", "--json").document["settlements"]
        assert again == made | {"is_new": False}
        [shown] = linkstar("settle", "show", "--json").document["settlements"]
        assert shown == again
        assert made["settlement"] in linkstar("settle", "show", "--csv").out

    def test_of_an_unknown_shop_is_refused(self, linkstar: Linkstar) -> None:
        ended = linkstar("settle", "close", "--shop", "Nowhere", "--json")
        assert (ended.code, ended.document["error"]["name"]) == (3, "shop_unknown")
