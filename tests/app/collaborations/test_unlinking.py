"""Creators learn that a seller stopped their links."""

import pytest

from linkstar.accounts.models import Notification
from linkstar.catalog.models import Product
from linkstar.collaborations.actions import (
    make_collaboration_link,
    stop_link_of_shop,
    take_host_off_shop,
)
from linkstar.creators.models import Creator
from linkstar.plans.offers import start_promotion
from linkstar.tracking.actions import allow_host, make_link
from linkstar.tracking.models import ShopHost
from linkstar.tracking.rules import HostInUse

PAGE = "https://lin.example/serum"


@pytest.fixture
def registry(tmp_path):
    return tmp_path / "registry.json"


@pytest.fixture(autouse=True)
def signed_up(cast, ada, now):
    """Ada has an account, and Lin's links may lead to her pages."""
    ada.user = cast.ada
    ada.save()
    allow_host(shop=cast.shop, host="lin.example", now=now)


@pytest.fixture
def of_agreement(agree, serum, registry, now):
    made = agree()

    def link(variant: str = ""):
        return make_collaboration_link(
            collaboration=made,
            product=serum,
            destination=PAGE,
            variant=variant,
            registry=registry,
            now=now,
        )

    return link


def notices(user) -> list[tuple[str, str]]:
    found = Notification.objects.filter(user=user, code="link.stopped").order_by("pk")
    return [(one.params["links"], one.address) for one in found]


def test_of_an_agreement_once(cast, of_agreement, registry, now) -> None:
    link = of_agreement()
    for _ in range(2):
        stop_link_of_shop(link=link, registry=registry, now=now)
    page = f"/creator/collaborations/{link.collaboration_id}/"
    assert notices(cast.ada) == [(f"/r/{link.token}", page)]
    assert not Notification.objects.filter(code="link.stopped").exclude(user=cast.ada).exists()


def test_under_an_open_plan(cast, ada, serum, registry, now) -> None:
    link = make_link(
        shop=cast.shop, destination=PAGE, creator="ada", product_id="serum",
        registry=registry, now=now,
    )  # fmt: skip
    start_promotion(creator=ada, product=serum, now=now)
    stop_link_of_shop(link=link, registry=registry, now=now)
    assert notices(cast.ada) == [(f"/r/{link.token}", f"/creator/open/{serum.pk}/")]


def test_with_a_host_in_one_notice_that_names_some(cast, of_agreement, registry, now) -> None:
    links = [of_agreement(f"v{number}") for number in range(5)]
    allowed = ShopHost.objects.get(shop=cast.shop)
    with pytest.raises(HostInUse):
        take_host_off_shop(allowed=allowed, links=4, registry=registry, now=now)
    assert notices(cast.ada) == []
    stopped = take_host_off_shop(allowed=allowed, links=5, registry=registry, now=now)
    assert {link.pk for link in stopped} == {link.pk for link in links}
    [(named, _)] = notices(cast.ada)
    assert named == ", ".join(f"/r/{link.token}" for link in stopped[:3]) + " …"


def test_not_where_a_seller_wrote_their_handle_into_a_link(
    cast, agree, serum, registry, now
) -> None:
    allow_host(shop=cast.other_shop, host="otto.example", now=now)
    Product.objects.create(
        shop=cast.other_shop, external_id="serum", name="S", category="Beauty", seen_at=now
    )
    made = agree()
    start_promotion(creator=made.creator, product=serum, now=now)
    for collaboration_id in ("", made.pk):
        link = make_link(
            shop=cast.other_shop, destination="https://otto.example/1", creator="ada",
            product_id="serum", collaboration_id=collaboration_id, registry=registry, now=now,
        )  # fmt: skip
        stop_link_of_shop(link=link, registry=registry, now=now)
    assert notices(cast.ada) == []


def test_not_of_what_somebody_else_posts_nor_instead_of_them_where_a_seller_keeps_a_record(
    cast, ada, serum, registry, now
) -> None:
    kept = Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)
    for creator in (ada, kept):
        start_promotion(creator=creator, product=serum, now=now)
    for content_id in ("", "7300000000000000001"):
        link = make_link(
            shop=cast.shop, destination=PAGE, creator="ada", product_id="serum",
            content_id=content_id, registry=registry, now=now,
        )  # fmt: skip
        stop_link_of_shop(link=link, registry=registry, now=now)
    assert len(notices(cast.ada)) == 1
