"""What row security of PostgreSQL holds; `tests/faults/test_row_security.py` runs this there."""

import pytest
from django.db import ProgrammingError, connection, transaction

from linkstar.accounts.actions import add_user
from linkstar.accounts.models import AuditEvent, Membership, Workspace
from linkstar.accounts.row_security import (
    everything_in_sight,
    see_everything,
    see_only,
    walls_stand,
    ways_to_workspaces,
)
from linkstar.catalog import queries
from linkstar.catalog.actions import open_shop
from linkstar.catalog.models import Product, Shop
from linkstar.collector.registry import RegistryFile
from linkstar.creators.models import Creator
from linkstar.tracking.actions import allow_host, make_link
from linkstar.tracking.directory import RecordedDirectory
from tests.architecture.test_access_matrix import things  # noqa: F401  # a fixture


@pytest.fixture
def as_lin(cast):
    see_only([cast.workspace.pk])
    yield cast
    see_everything()


def in_sight() -> dict[str, int]:
    """How many rows of each table that leads to a workspace this connection finds."""
    return {model._meta.label: model.objects.count() for model in ways_to_workspaces()}


class TestEveryTable:
    def test_that_leads_to_a_workspace_has_its_wall(self, db) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class JOIN pg_policies ON relname = tablename"
                " WHERE relrowsecurity AND relforcerowsecurity"
            )
            walled = {name for (name,) in cursor.fetchall()}
        assert walled == {model._meta.db_table for model in ways_to_workspaces()}
        assert walls_stand()

    def test_hands_out_nothing_to_who_named_nobody(self, things) -> None:  # noqa: F811
        """Only what belongs to nobody: creators by their own names, what is the operator's."""
        everything = in_sight()
        see_only([])
        nobody = in_sight()
        see_everything()
        found = {label for label, rows in nobody.items() if rows}
        assert found <= {
            "accounts.ApiKey", "accounts.RememberedAnswer", "accounts.AuditEvent",
            "accounts.Notification", "creators.Creator", "creators.Channel",
            "creators.AudienceShare", "creators.RateCardItem", "creators.Consent",
            "recruiting.Campaign", "recruiting.Application", "benchmarks.Benchmark",
            "benchmarks.BenchmarkCell", "benchmarks.PoolFacts", "settlements.BankAccount",
        }  # fmt: skip
        filled = {label for label, rows in everything.items() if rows}
        assert {
            "catalog.QualificationDocument", "collaborations.Sample", "commissions.Commission",
            "ledger.Posting", "orders.OrderLine", "recruiting.Offer", "settlements.Payout",
            "tracking.TrackedLink",
        } <= filled - found, "one of everything, or nothing is proved"  # fmt: skip


class TestACompany:
    def test_finds_its_own_rows_and_those_of_nobody(self, as_lin, now) -> None:
        Creator.objects.create(handle="ada", created_at=now)
        assert list(Workspace.objects.all()) == [as_lin.workspace]
        assert list(Shop.objects.all()) == [as_lin.shop]
        assert set(Membership.objects.values_list("workspace", flat=True)) == {as_lin.workspace.pk}
        assert Creator.objects.filter(handle="ada").exists()

    def test_changes_no_row_of_another(self, as_lin) -> None:
        Shop.objects.update(name="ours")
        see_everything()
        as_lin.other_shop.refresh_from_db()
        assert as_lin.other_shop.name == "Otto Home US"

    def test_writes_no_row_into_another(self, as_lin) -> None:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Product.objects.create(shop=as_lin.other_shop, external_id="p", name="p")

    def test_sees_more_for_what_is_done_on_behalf_of_all(self, as_lin, now) -> None:
        with everything_in_sight():
            assert Shop.objects.count() == 2
        assert Shop.objects.count() == 1
        assert open_shop(workspace=as_lin.workspace, name="third", now=now).number == 3

    def test_sees_no_more_after_that_failed(self, as_lin) -> None:
        with pytest.raises(ProgrammingError), everything_in_sight(), connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        assert list(Shop.objects.all()) == [as_lin.shop]

    def test_who_makes_a_link_keeps_those_of_others(self, cast, now, tmp_path) -> None:
        path = tmp_path / "registry.json"
        for shop in (cast.other_shop, cast.shop):
            see_only([shop.workspace_id])
            allow_host(shop=shop, host="shop.example.com", now=now)
            make_link(shop=shop, destination="https://shop.example.com/p", registry=path, now=now)
        see_everything()
        assert {link.shop for link in RegistryFile(path).current(0).links.values()} == {
            cast.shop.number, cast.other_shop.number,
        }  # fmt: skip

    def test_who_has_lines_loaded_resolves_those_of_others(self, as_lin) -> None:
        """A replay takes in every decision that waits, whoever made it."""
        numbers = [as_lin.shop.number, as_lin.other_shop.number]
        assert RecordedDirectory().shops(numbers).num_rows == 2


class TestARequest:
    """Of a company sees that company's rows, even where a page forgot to ask for them only."""

    @pytest.fixture(autouse=True)
    def forgetful(self, monkeypatch: pytest.MonkeyPatch) -> None:
        everybodys = lambda _workspace: Shop.objects.order_by("number")  # noqa: E731
        monkeypatch.setattr("linkstar.web.middleware.shops_of", everybodys)
        monkeypatch.setattr(queries, "shops_of", everybodys)

    def test_to_a_page(self, client, cast) -> None:
        client.force_login(cast.lin)
        page = client.get("/settings/audit/").content.decode()
        assert "Lin Beauty US" in page
        assert Shop.objects.count() == 2, "the connection was given back as it was"

    def test_of_nobody_in_particular_is_not_narrowed(self, client, cast) -> None:
        client.force_login(cast.olga)
        page = client.get("/operator/books/").content.decode()
        assert "Lin&#x27;s brand" in page
        assert "Otto&#x27;s brand" in page

    def test_in_a_person_of_two_companies_sees_both(self, cast, now) -> None:
        both = add_user(email="both@example.com", password="a long enough password")
        for workspace in (cast.workspace, cast.other_workspace):
            Membership.objects.create(user=both, workspace=workspace, role="owner")
        see_only(Membership.objects.filter(user=both).values_list("workspace", flat=True))
        assert Shop.objects.count() == 2
        see_everything()
        assert AuditEvent.objects.count() == 0
