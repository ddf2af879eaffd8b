"""From a product file to a rate that can be explained: a seller's first and thirtieth day."""

from datetime import date, timedelta
from io import BytesIO

import pyarrow as pa
import pytest
import time_machine
from tests.app.facts import order_lines

from linkstar.catalog.models import Product
from linkstar.config.places import Places
from linkstar.creators.models import Creator
from linkstar.lake.store import Lake
from linkstar.plans.models import Plan
from linkstar.plans.offers import start_promotion
from linkstar.plans.pricing import ASKED
from linkstar.plans.queries import rate_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
FILE = """商品ID,商品名称,类目,价格,SKU ID
1001,精华,Beauty > Skincare,24.99,1
1002,拖把,Home,abc,
"""


@pytest.fixture
def lin(client, cast, settings, tmp_path):
    settings.PLACES = Places(tmp_path)
    client.force_login(cast.lin)
    return client


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def test_a_seller_imports_promises_cuts_and_can_say_why(lin, cast, settings, now) -> None:
    file = BytesIO(FILE.encode())
    file.name = "商品.csv"
    ada = Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)

    with time_machine.travel(now, tick=False):
        report = lin.post("/catalogue/import/", {"file": file}, follow=True).content.decode()
        assert "1 row was rejected" in report
        serum = Product.objects.get()
        assert (serum.price_minor, serum.category) == (2_499, "Beauty > Skincare")

        promise = {
            "kind": "open", "name": "Beauty", "scope": "category", "category": "Beauty",
            "rate_bps": "18%", "starts_on": day(0).isoformat(),
        }  # fmt: skip
        lin.post("/plans/new/", promise)
        plan = Plan.objects.get()
        start_promotion(creator=ada, product=serum, now=now)

    sale = {
        "creator": "ada", "product_id": "1001", "commission_base_estimated_minor": 2_499,
        "ordered_on": day(5),
    }  # fmt: skip
    order_lines(Lake(settings.PLACES.lake), cast.shop, [sale], exported_on=day(6))

    with time_machine.travel(now + timedelta(days=10), tick=False):
        lin.force_login(cast.lin)
        asked = {"plan": plan.id, "rate_bps": "12%", "starts_on": day(11).isoformat()}
        cost = lin.get("/plans/simulation/", asked).content.decode()
        assert "$4.50" in cost
        assert "$3.00" in cost
        cut = {"rate_bps": "12%", "starts_on": day(11).isoformat()}
        told = lin.post(f"/plans/{plan.id}/rate/", cut, follow=True).content.decode()
        assert "keep 18% until Dec 1, 2026" in told

        asked = {"creator": "@Ada", "product": "1001", "on": day(40).isoformat()}
        assert "keeps it until Dec 1, 2026" in lin.get("/plans/why/", asked).content.decode()

    lines = [
        {"creator": creator, "product": "1001", "day": day(number)}
        for creator in ("ada", "bo")
        for number in (5, 40, 41)
    ]
    rates = rate_for(shop=cast.shop, asked=pa.Table.from_pylist(lines, schema=ASKED))
    assert rates["rate_bps"].to_pylist() == [1_800, 1_800, 1_200, 1_800, 1_200, 1_200]
