"""What a seller booked under a handle before its creator signed up: shown to that creator alone."""

import pytest
from django.urls import reverse
from tests.app.settlements.conftest import Desk, desk, serum, till  # noqa: F401  # fixtures
from tests.app.web.test_income import read

from linkstar.accounts.models import Notification
from linkstar.attribution.models import Attribution
from linkstar.creators.models import Channel, Creator
from linkstar.orders.models import OrderLine
from linkstar.settlements.actions import import_status_file, open_dispute
from linkstar.settlements.income import amounts_of, disagreeing, upcoming
from linkstar.settlements.models import BankAccount, Dispute, Payout, Statement
from linkstar.settlements.owners import person_behind, records_of
from linkstar.tracking.actions import allow_host, make_link
from linkstar.tracking.models import TrackedLink

HIDDEN = "Nothing earned yet"


@pytest.fixture
def record(desk: Desk) -> Creator:  # noqa: F811  # the fixture
    """Lin's own record of @ada, made by what was sold: two orders, one of them in a statement."""
    desk.sell("o1")
    desk.close()
    desk.sell("o2")
    return Creator.objects.get(handle="ada")


@pytest.fixture
def ada(cast, record: Creator, now) -> Creator:
    """Ada signs up later, and her channel is verified."""
    signed_up = Creator.objects.create(
        user=cast.ada, handle="ada", state=Creator.State.VERIFIED, created_at=now
    )
    Channel.objects.create(creator=signed_up, channel="tiktok", handle="ada", verified_at=now)
    return signed_up


class TestWhatASellerBookedBefore:
    def test_is_on_the_income_of_whoever_verified_the_channel(
        self, client, cast, desk, ada, record  # noqa: F811
    ) -> None:  # fmt: skip
        assert records_of(ada) == [ada.pk, record.pk]
        shown = read(client, cast.ada, "/creator/income/")
        assert "order o1" in shown
        assert "order o2" in shown
        assert disagreeing(ada) == []
        assert upcoming(ada, now=desk.now)[0].payable_minor == 900
        amount = amounts_of(ada).first()
        assert "stated by the platform" in read(client, cast.ada, f"/creator/income/{amount.pk}/")
        statement = Statement.objects.get()
        assert statement.creator == record
        for kind in ("csv", "json", "pdf"):
            client.force_login(cast.ada)
            address = reverse("own_statement_file", args=[statement.pk, kind])
            assert client.get(address).status_code == 200

    def test_is_nobody_elses(self, client, cast, ada, record) -> None:
        Creator.objects.create(
            user=cast.bo, handle="bo", state=Creator.State.VERIFIED, created_at=ada.created_at
        )
        assert HIDDEN in read(client, cast.bo, "/creator/income/")
        statement, amount = Statement.objects.get(), amounts_of(ada).first()
        for path in (
            reverse("own_statement_file", args=[statement.pk, "csv"]),
            f"/creator/income/{amount.pk}/",
            f"/creator/income/{amount.pk}/dispute/",
        ):
            assert client.get(path).status_code == 404, path

    @pytest.mark.parametrize(
        "change",
        [
            lambda ada: ada.channels.update(verified_at=None),
            lambda ada: ada.channels.update(channel="instagram"),
            lambda ada: ada.channels.update(handle="ada.too"),
            lambda ada: Creator.objects.filter(pk=ada.pk).update(state=Creator.State.SUSPENDED),
            lambda ada: Creator.objects.filter(pk=ada.pk).update(handle="ada.too"),
        ],
        ids=["unverified", "another channel", "another handle", "suspended", "renamed"],
    )
    def test_is_hidden_where_that_channel_is_not_theirs(self, cast, ada, record, change) -> None:
        change(ada)
        ada.refresh_from_db()
        assert records_of(ada) == [ada.pk]
        assert person_behind(record) is None

    def test_is_hidden_where_it_was_also_sold_elsewhere_or_nobody_says_where(
        self, desk, ada, record  # noqa: F811
    ) -> None:  # fmt: skip
        for channel in ("", "instagram"):
            OrderLine.objects.filter(order_id="o2").update(channel=channel)
            assert records_of(ada) == [ada.pk]

    def test_is_theirs_where_the_order_came_by_a_link_on_that_channel(
        self, desk, ada, record, tmp_path  # noqa: F811
    ) -> None:  # fmt: skip
        """What a shop's own server reports of an order names no channel."""
        OrderLine.objects.filter(order_id="o2").update(channel="other")
        Attribution.objects.filter(line__order_id="o2").update(method="last_click")
        assert records_of(ada) == [ada.pk]
        allow_host(shop=desk.shop, host="shop.example", now=desk.now)
        link = make_link(
            shop=desk.shop, destination="https://shop.example/1", creator="@Ada",
            registry=tmp_path / "registry.json", now=desk.now,
        )  # fmt: skip
        assert records_of(ada) == [ada.pk, record.pk]
        TrackedLink.objects.filter(pk=link.pk).update(channel="instagram")
        assert records_of(ada) == [ada.pk]

    @pytest.mark.parametrize("method", ["promo_code", "by_hand"])
    def test_is_theirs_where_the_seller_named_them_and_the_order_no_channel(
        self, desk, ada, record, method  # noqa: F811
    ) -> None:  # fmt: skip
        OrderLine.objects.filter(order_id="o2").update(channel="")
        Attribution.objects.filter(line__order_id="o2").update(method=method)
        assert records_of(ada) == [ada.pk, record.pk]
        OrderLine.objects.update(channel="")
        Attribution.objects.update(method=method)
        assert records_of(ada) == [ada.pk]
        known = Channel.objects.create(creator=record, channel="tiktok", handle="ada")
        assert records_of(ada) == [ada.pk, record.pk]
        known.delete()
        Channel.objects.create(creator=record, channel="instagram", handle="ada")
        assert records_of(ada) == [ada.pk]

    def test_is_paid_once_to_the_creators_account_who_is_told(
        self, desk, cast, ada, record  # noqa: F811
    ) -> None:  # fmt: skip
        desk.approve()
        assert [each.creator for each in desk.pay().without_account] == [record]
        account = BankAccount.objects.create(
            creator=ada, holder="Ada", number="DE89370400440532013000", bic="COBADEFFXXX",
            country="DE",
        )  # fmt: skip
        for _ in range(2):
            desk.pay()
        payout = Payout.objects.get()
        assert (payout.amount_minor, payout.holder) == (900, account.holder)
        said = f"payout,state\n{payout.pk},paid\n".encode()
        import_status_file(shop=desk.shop, content=said, now=desk.now)
        assert Notification.objects.get(code="payout.paid").user == cast.ada
        assert disagreeing(ada) == []

    def test_can_be_disputed_by_the_creator_who_hears_of_it(
        self, client, desk, cast, ada, record  # noqa: F811
    ) -> None:  # fmt: skip
        amount = amounts_of(ada).get(line__order_id="o2")
        read(client, cast.ada, f"/creator/income/{amount.pk}/dispute/")
        open_dispute(
            commission=amount, user=cast.finn, is_from_creator=False, text="Why?", now=desk.now
        )
        assert Notification.objects.get(code="dispute.opened").user == cast.ada
        dispute = Dispute.objects.get()
        assert "Why?" in read(client, cast.ada, f"/creator/disputes/{dispute.pk}/")
