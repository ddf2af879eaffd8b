"""CTR uplift, benchmarks, links and valid traffic as programs read them."""

from datetime import UTC, datetime

import pytest
from tests.app.api.conftest import error
from tests.app.facts import ENDS_BEFORE, STARTS_ON
from tests.app.lake.journals import Desk, followed, single
from tests.app.web.conftest import edition, lake, shop_with_facts  # noqa: F401  # fixtures

from linkstar.collector.refusals import Refusals
from linkstar.collector.registry import RegistryFile
from linkstar.tracking.directory import RecordedDirectory

pytestmark = pytest.mark.django_db
DAYS = {"starts_on": STARTS_ON.isoformat(), "ends_before": ENDS_BEFORE.isoformat()}


@pytest.fixture
def rows(lins, shop_with_facts):  # noqa: F811
    return lins.get("uplift", **DAYS).json()


class TestUplift:
    def test_carries_its_counts_definition_interval_and_benchmark(self, rows):
        ada = rows["items"][0]
        assert ada["key"] == "ada"
        assert ada["ctr"]["numerator"] / ada["ctr"]["denominator"] == ada["ctr"]["ratio"]
        assert ada["ctr"]["definition"] == "product_impressions"
        uplift = ada["uplift"]
        assert uplift["low"] < uplift["ratio"] < uplift["high"]
        assert uplift["ratio"] == pytest.approx(1.5, abs=0.02)
        assert uplift["confidence"] == 0.95
        assert rows["benchmark"]["source_name"] == "Agency report"

    def test_that_cannot_be_told_says_why_and_is_null(self, rows):
        cy = next(row for row in rows["items"] if row["key"] == "cy")
        assert cy["state"] == "not_enough_data"
        assert cy["impressions_needed"] > 0
        assert cy["ctr"]["denominator"] == 120

    def test_is_of_the_companys_own_shops_only(self, rows, ottos):
        assert "otto.star" not in [row["key"] for row in rows["items"]]
        keys = [row["key"] for row in ottos.get("uplift", **DAYS).json()["items"]]
        assert keys == ["otto.star"]

    def test_of_another_companys_shop_is_not_there(self, ottos, cast):
        assert ottos.get("uplift", shop_id=cast.shop.id).status_code == 404

    def test_against_another_companys_benchmark_is_refused(self, ottos, edition):  # noqa: F811
        response = ottos.get("uplift", benchmark_id=edition.id)
        assert response.status_code == 404
        assert error(response)["code"] == "BenchmarkNotFound"

    def test_in_pieces_is_the_same_list(self, lins, rows):
        first = lins.get("uplift", limit=2, **DAYS).json()
        second = lins.get("uplift", limit=2, cursor=first["next_cursor"], **DAYS).json()
        assert first["items"] + second["items"] == rows["items"]
        assert second["next_cursor"] is None

    def test_of_a_period_turned_around_is_refused(self, lins):
        response = lins.get("uplift", starts_on="2026-10-02", ends_before="2026-10-01")
        assert response.status_code == 422
        assert "ends after" in error(response)["message"]

    def test_by_week_by_segment_and_against_another_period(self, lins, shop_with_facts):  # noqa: F811
        [point] = lins.get("uplift/trend", key="ada", **DAYS).json()["items"]
        assert point["ctr"]["denominator"] == 120_000
        segments = lins.get("uplift/segments", dimension="channel", **DAYS).json()["items"]
        assert [row["segment"] for row in segments] == ["tiktok"]
        other = {"compared_from": "2026-08-24", "compared_before": "2026-09-21"}
        change = lins.get("uplift/change", **other, **DAYS).json()
        assert change["before"]["ratio"] is None
        assert change["rate_effect"] is None
        assert change["after"]["denominator"] > 0


class TestABenchmark:
    def test_is_listed_and_read_with_its_cells(self, lins, edition):  # noqa: F811
        [listed] = lins.get("benchmarks").json()["items"]
        assert listed == lins.get(f"benchmarks/{edition.id}").json()
        cells = lins.get(f"benchmarks/{edition.id}/cells").json()["items"]
        assert {cell["ctr"] for cell in cells} == {0.02}

    def test_of_another_company_is_not_there(self, ottos, edition):  # noqa: F811
        assert ottos.get("benchmarks").json()["items"] == []
        assert ottos.get(f"benchmarks/{edition.id}").status_code == 404
        assert ottos.get(f"benchmarks/{edition.id}/cells").status_code == 404


class TestALink:
    @pytest.fixture
    def made(self, lins, cast, lake):  # noqa: F811
        lins.post("hosts", {"shop_id": cast.shop.id, "host": "Shop.Example"})
        link = {"shop_id": cast.shop.id, "destination": "https://shop.example/1", "creator": "ada"}
        return lins.post("links", link).json()

    def test_is_made_and_followed(self, lins, made, settings):
        assert made["state"] == "unchecked"
        token = made["address"].rpartition("/")[2]
        registry = RegistryFile(settings.PLACES.collector / "registry.json").current(1.0)
        assert registry.links[token].destination == "https://shop.example/1"
        assert lins.get("links").json()["items"] == [made]

    def test_is_stopped(self, lins, made, settings):
        assert lins.post(f"links/{made['id']}/stop").json()["state"] == "stopped"
        registry = RegistryFile(settings.PLACES.collector / "registry.json").current(1.0)
        assert registry.links == {}

    def test_to_a_host_that_is_not_allowed_is_refused(self, lins, cast, made):
        link = {"shop_id": cast.shop.id, "destination": "https://evil.example/"}
        response = lins.post("links", link)
        assert response.status_code == 422
        assert error(response)["details"]["code"] == "host"
        assert "Allow the host first" in error(response)["message"]

    def test_that_would_be_over_is_refused(self, lins, cast, made):
        link = {"shop_id": cast.shop.id, "destination": "https://shop.example/2"}
        response = lins.post("links", link | {"expires_at": "2020-01-01T00:00:00Z"})
        assert (response.status_code, error(response)["code"]) == (422, "LinkOver")
        assert error(response)["field"] == "body.expires_at"

    def test_of_another_company_is_not_there(self, ottos, made):
        assert ottos.get(f"links/{made['id']}").status_code == 404
        assert ottos.post(f"links/{made['id']}/stop").status_code == 404


class TestTraffic:
    def test_of_nothing_is_no_rate_rather_than_zero(self, lins, lake):  # noqa: F811
        told = lins.get("tracking/traffic").json()
        assert told["gross"] == {"impressions": 0, "clicks": 0, "billable_clicks": 0}
        assert told["decision_rate"]["ratio"] is None
        assert lins.get("tracking/books").json() == {"items": []}

    def test_of_one_link_comes_by_sub_id(self, lins, ottos, cast, lake, tmp_path):  # noqa: F811
        lins.post("hosts", {"shop_id": cast.shop.id, "host": "shop.example"})
        link = {"shop_id": cast.shop.id, "destination": "https://shop.example/1"}
        made = lins.post("links", link).json()
        token = made["address"].rpartition("/")[2]
        desk = Desk(tmp_path)
        desk.directory = RecordedDirectory()
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number}
        desk.write(
            single(followed("a", link=token, sub_id="autumn", **whose)),
            single(followed("b", link=token, **whose)),
            single(followed("c", **whose | {"link": None})),
        )
        desk.load()
        told = lins.get(f"links/{made['id']}/traffic").json()
        assert told["net"]["clicks"] == 2
        [sub_id] = told["sub_ids"]
        assert (sub_id["sub_id"], sub_id["clicks"]) == ("autumn", 1)
        before = lins.get(f"links/{made['id']}/traffic", ends_before="2026-01-01").json()
        assert before["net"]["clicks"] == 0
        assert ottos.get(f"links/{made['id']}/traffic").status_code == 404


class TestRefusals:
    def test_are_those_of_the_companys_own_shops(
        self,
        lins,
        ottos,
        cast,
        settings,
        lake,  # noqa: F811
    ):
        folder = settings.PLACES.collector / "journal"
        folder.mkdir(parents=True)
        tally = Refusals(folder)
        tally.add("invalid", now=datetime.now(UTC), shop=cast.shop.number, times=3, detail="x")
        tally.add("link_unknown", now=datetime.now(UTC))
        tally.write(tally.unwritten())
        [told] = lins.get("tracking/refusals").json()["items"]
        assert (told["shop_id"], told["code"], told["times"]) == (cast.shop.id, "invalid", 3)
        assert ottos.get("tracking/refusals").json() == {"items": []}
