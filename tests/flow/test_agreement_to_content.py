"""A seller writes an agreement down; the creator asks for the sample, posts and hands in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linkstar.catalog.models import Product
from linkstar.collaborations.actions import run_clocks
from linkstar.collaborations.models import Collaboration, Sample
from linkstar.config.places import Places
from linkstar.creators.models import Creator
from linkstar.tracking.actions import allow_host
from linkstar.tracking.models import TrackedLink


@pytest.fixture
def serum(promoting, now, settings, tmp_path) -> Product:
    settings.PLACES = Places(tmp_path)
    allow_host(shop=promoting.shop, host="shop.example", now=now)
    return Product.objects.create(
        shop=promoting.shop,
        external_id="serum",
        name="Serum",
        landing_page="https://shop.example/serum",
        seen_at=now,
    )


@pytest.fixture
def ada(cast, now) -> Creator:
    return Creator.objects.create(
        user=cast.ada, handle="ada", state=Creator.State.VERIFIED, created_at=now
    )


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, route: str, *args: str, **said: object):
    response = client.post(reverse(route, args=args), said, follow=True)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def agreed(lin: Client, serum: Product, ada: Creator) -> Collaboration:
    today = timezone.now().date()
    post(
        lin,
        "new_collaboration",
        creator=ada.pk,
        products=[serum.pk],
        rate="15.5",
        flat_fee="200",
        videos=1,
        lives=0,
        needs_sample="on",
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=30)).isoformat(),
    )
    return Collaboration.objects.get()


def test_an_agreement_leads_to_confirmed_content(cast, serum, ada):
    lin, creator = signed_in(cast.lin), signed_in(cast.ada)
    made = agreed(lin, serum, ada)
    assert (made.rate_bps, made.flat_fee_minor, made.videos) == (1_550, 20_000, 1)
    assert "Ask for the sample" in creator.get(reverse("creator_home")).content.decode()

    post(creator, "request_sample", made.id, product=serum.pk, address="1 Main St, Austin")
    sample = Sample.objects.get()
    assert "1 Main St" in lin.get(reverse("collaboration", args=[made.id])).content.decode()
    post(lin, "act_on_sample", sample.id, "approve")
    shipped = {"carrier": "USPS", "tracking_number": "9400", "cost": "5", "shipping": "4.50"}
    post(lin, "ship_sample", sample.id, **shipped)
    post(creator, "act_on_own_sample", sample.id, "receive")

    post(lin, "link_collaboration", made.id, product=serum.pk)
    link = TrackedLink.objects.get()
    assert (link.destination, link.creator) == ("https://shop.example/serum", "ada")
    assert link.token in creator.get(reverse("own_collaboration", args=[made.id])).content.decode()

    deliverable = made.deliverables.get()
    post(
        creator,
        "submit_own_deliverable",
        deliverable.id,
        url="https://www.tiktok.com/@ada/video/7300000000000000001",
        content_id="7300000000000000001",
    )
    post(lin, "act_on_deliverable", deliverable.id, "confirm")
    made.refresh_from_db()
    assert made.state == "completed"
    assert "$9.50" in lin.get(reverse("samples")).content.decode()


def test_two_people_acting_at_once_are_told_and_nothing_is_half_done(cast, serum, ada):
    lin, mei, creator = signed_in(cast.lin), signed_in(cast.mei), signed_in(cast.ada)
    made = agreed(lin, serum, ada)
    post(creator, "request_sample", made.id, product=serum.pk, address="1 Main St")
    sample = Sample.objects.get()
    post(lin, "act_on_sample", sample.id, "approve")
    told = post(mei, "act_on_sample", sample.id, "reject", reason="No stock")
    assert "somebody acted first" in told
    sample.refresh_from_db()
    assert (sample.state, sample.reason) == ("approved", "")


def test_another_creator_and_another_company_find_nothing(cast, serum, ada, now):
    lin, bo, otto = signed_in(cast.lin), signed_in(cast.bo), signed_in(cast.otto)
    Creator.objects.create(user=cast.bo, handle="bo", state=Creator.State.VERIFIED, created_at=now)
    made = agreed(lin, serum, ada)
    for client, route in ((bo, "own_collaboration"), (otto, "collaboration")):
        assert client.get(reverse(route, args=[made.id])).status_code == 404
    deliverable = made.deliverables.get()
    address = reverse("submit_own_deliverable", args=[deliverable.id])
    assert bo.post(address, {"url": "https://x.example", "content_id": "1"}).status_code == 404
    assert Collaboration.objects.get().state == "agreed"
    assert "ada" not in otto.get(reverse("collaborations")).content.decode()


def test_bad_terms_are_explained_and_nothing_is_kept(cast, serum, ada):
    lin = signed_in(cast.lin)
    today = timezone.now().date().isoformat()
    said = {"creator": ada.pk, "products": [serum.pk], "rate": "120", "videos": 0, "lives": 0}
    page = lin.post(reverse("new_collaboration"), said | {"starts_on": today, "ends_on": today})
    assert "less than or equal to 100" in page.content.decode()
    page = lin.post(
        reverse("new_collaboration"), said | {"rate": "10", "starts_on": today, "ends_on": today}
    )
    assert "at least one video or LIVE" in page.content.decode()
    assert not Collaboration.objects.exists()


def test_a_clock_that_runs_out_shows_in_the_history(cast, serum, ada):
    lin, creator = signed_in(cast.lin), signed_in(cast.ada)
    made = agreed(lin, serum, ada)
    post(creator, "request_sample", made.id, product=serum.pk, address="1 Main St")
    run_clocks(now=timezone.now() + timedelta(days=8))
    page = lin.get(reverse("collaboration", args=[made.id])).content.decode()
    assert "Nobody reviewed the request for a sample in time" in page
