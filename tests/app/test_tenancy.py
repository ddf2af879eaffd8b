"""The wall below the views sees what it should."""

import pytest
from tests.tenancy import tenant_tables, watched

from linkstar.accounts.models import AuditEvent, Membership, Workspace
from linkstar.accounts.queries import workspaces_of
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import products_of, shops_of


def leaks(cast, ask, *given) -> list[str]:
    with watched(cast.lin, given) as spy:
        ask()
    return spy.leaks


class TestTheWall:
    def test_stands_before_every_table_that_leads_to_a_workspace(self):
        tables = tenant_tables()
        assert {"catalog_shop", "catalog_product", "catalog_qualificationdocument",
                "accounts_auditevent", "tracking_trackedlink"} <= tables  # fmt: skip
        assert not {"accounts_user", "django_session", "catalog_category"} & tables

    @pytest.mark.parametrize(
        "ask",
        [
            lambda cast: list(Shop.objects.all()),
            lambda cast: Product.objects.count(),
            lambda cast: list(AuditEvent.objects.filter(verb="link.made")),
            lambda cast: Shop.objects.update(name="ours"),
            lambda cast: list(shops_of(cast.other_workspace)),
            lambda cast: list(products_of(cast.other_workspace)),
        ],
    )
    def test_reports_what_names_nobody_or_another(self, cast, ask):
        assert leaks(cast, lambda: ask(cast))

    @pytest.mark.parametrize(
        "ask",
        [
            lambda cast: list(shops_of(cast.workspace)),
            lambda cast: list(products_of(cast.workspace)),
            lambda cast: list(workspaces_of(cast.lin)),
            lambda cast: list(Membership.objects.filter(user=cast.lin)),
            lambda cast: list(Product.objects.filter(shop=cast.shop)),
            lambda cast: cast.shop.save(),
        ],
    )
    def test_lets_through_what_names_the_own_workspace_or_something_of_it(self, cast, ask):
        assert leaks(cast, lambda: ask(cast)) == []

    def test_reports_a_key_taken_from_the_request_as_it_came(self, cast):
        given = cast.other_shop.id
        assert leaks(cast, lambda: Shop.objects.filter(id=given).first(), given)
        assert leaks(cast, lambda: list(Product.objects.filter(shop_id=given)), given)
        assert leaks(cast, lambda: Workspace.objects.get(id=cast.other_workspace.id))

    def test_lets_a_key_through_once_it_was_found_within_the_own_workspace(self, cast):
        given = cast.shop.id

        def ask() -> None:
            shop = Shop.objects.get(workspace=cast.workspace, id=given)
            list(Product.objects.filter(shop_id=shop.id))

        assert leaks(cast, ask, given) == []
