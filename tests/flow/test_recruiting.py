"""From a file of facts to a collaboration: recommended, searched, invited, bargained, agreed."""

import re

import pytest
from django.utils import timezone
from tests.app.web.conftest import BEAUTY, edition, lake, shop_with_facts
from tests.app.web.conftest import contents as videos
from tests.conftest import PASSWORD

from linkstar.accounts.notifying import send_mails
from linkstar.catalog.models import Product
from linkstar.catalog.taxonomy import load_categories
from linkstar.collaborations.models import Collaboration
from linkstar.creators.models import Creator

__all__ = ["edition", "lake", "shop_with_facts", "videos"]
pytestmark = pytest.mark.django_db
DAYS = "from=2026-09-21&to=2026-10-18"


@pytest.fixture
def browser(client):
    """Signs people in, one after the other, and posts like a form."""

    class Browser:
        def sign_in(self, user):
            client.logout()
            assert client.login(email=user.email, password=PASSWORD)

        def get(self, address):
            page = client.get(address, follow=True)
            assert page.status_code == 200, address
            return page.content.decode()

        def post(self, address, **fields):
            page = client.post(address, fields, follow=True)
            assert page.status_code == 200, address
            return page.content.decode()

        status = staticmethod(lambda address: client.get(address).status_code)

    return Browser()


@pytest.fixture
def serum(promoting, now) -> Product:
    return Product.objects.create(
        shop=promoting.shop, external_id="serum", name="Serum", category=BEAUTY, seen_at=now
    )


def terms(**changed):
    said = {
        "rate": "15", "ads_rate": "", "fee": "200", "videos": "2", "lives": "0",
        "needs_sample": "on", "starts_on": "2030-01-10", "last_on": "2030-03-10",
    }  # fmt: skip
    return said | changed


def verified(browser, cast) -> Creator:
    """Ada fills her profile in, is sent back to it once, and Olga verifies her."""
    load_categories()
    browser.sign_in(cast.ada)
    browser.post(
        "/creator/profile/", name="Ada Lee", about="Skin", region="US", languages=["en"],
        categories=[BEAUTY],
    )  # fmt: skip
    page = browser.post("/creator/profile/submit/")
    assert "Still missing: a channel." in page
    channel = {"channel": "tiktok", "handle": "@Ada", "followers": "12000", "engagement": "4.5",
               "average_views": "5000"}  # fmt: skip
    browser.post(
        "/creator/profile/channels/", **{f"channel-{name}": v for name, v in channel.items()}
    )
    browser.post("/creator/profile/rates/", **{"rates-currency": "USD", "rates-video": "250"})
    assert "waiting for verification" in browser.post("/creator/profile/submit/")
    ada = Creator.objects.get(user=cast.ada)

    browser.sign_in(cast.olga)
    assert ada.code in browser.get(f"/operator/creators/{ada.pk}/")
    assert "Give a reason" in browser.post(f"/operator/creators/{ada.pk}/return/", reason=" ")
    browser.post(f"/operator/creators/{ada.pk}/verify/", how="bio_code")
    return ada


def test_a_creator_signs_up_is_found_bargains_and_agrees(
    browser, cast, shop_with_facts, serum, mailoutbox
) -> None:
    ada = verified(browser, cast)
    browser.sign_in(cast.lin)
    browser.post(f"/recruiting/learn/?{DAYS}")
    found = browser.get(f"/recruiting/?low=0&{DAYS}")
    assert "Ada Lee" in found
    assert "2–5%" in found  # a range: Ada has not agreed to exact figures
    assert "@bo" not in found
    chosen = browser.get(f"/recruiting/compare/?creator={ada.pk}&{DAYS}")
    assert re.search(r"\+1\d\d%", chosen)

    invite = f"/recruiting/invitations/new/?creator={ada.pk}"
    form = {"products": [serum.pk], "text": "Hi {creator}, {rate}?", "days": "14", **terms()}
    dry = browser.post(invite, look="yes", creator=[ada.pk], **form)
    assert "1 would be sent and spend 1, 0 are held back." in dry
    assert "Nobody knows what {price} stands for." in browser.post(
        invite, send="yes", creator=[ada.pk], **form | {"text": "{price}"}
    )
    assert "10% to 80%" in browser.post(
        invite, send="yes", creator=[ada.pk], **form | {"rate": "5"}
    )
    assert "1 sent, 0 held back." in browser.post(invite, send="yes", creator=[ada.pk], **form)
    held = browser.post(invite, look="yes", creator=[ada.pk], **form)
    assert "has an invitation waiting" in held

    browser.sign_in(cast.ada)
    [address] = re.findall(r"/creator/invitations/inv_\w+/", browser.get("/creator/offers/"))[:1]
    assert "Hi Ada Lee, 15%?" in browser.get(address)
    browser.post(f"{address}counter/", message="A bit more.", **terms(rate="18", fee="300"))
    ada_sees = re.findall(r"/creator/offers/(neg_\w+)/", browser.get("/creator/offers/"))[0]

    browser.sign_in(cast.otto)
    assert browser.status(f"/recruiting/negotiations/{ada_sees}/") == 404
    browser.sign_in(cast.bo)
    assert browser.status(f"/creator/offers/{ada_sees}/") == 404

    browser.sign_in(cast.lin)
    talk = browser.get(f"/recruiting/negotiations/{ada_sees}/")
    assert "Your turn" in talk
    stale = browser.post(f"/recruiting/negotiations/{ada_sees}/accept/", number="1")
    assert "Another offer was made meanwhile." in stale
    agreed = browser.post(f"/recruiting/negotiations/{ada_sees}/accept/", number="2")
    assert "Agreed. The collaboration has begun." in agreed
    assert "What is due" in agreed
    again = browser.post(f"/recruiting/negotiations/{ada_sees}/accept/", number="2")
    assert "there is one collaboration" in again

    made = Collaboration.objects.get()
    assert (made.creator, made.rate_bps, made.flat_fee_minor) == (ada, 1_800, 30_000)
    send_mails(now=timezone.now())
    told = {mail.subject for mail in mailoutbox if mail.to == ["ada@example.com"]}
    assert {"Your profile is verified", "Lin Beauty US accepted your terms"} <= told


def test_a_campaign_is_opened_signed_up_to_and_selected_from(browser, cast, lake, serum, now):
    ada = Creator.objects.create(
        user=cast.ada, handle="ada", name="Ada", state=Creator.State.VERIFIED, created_at=now
    )
    browser.sign_in(cast.lin)
    browser.post(
        "/recruiting/campaigns/new/", title="Autumn glow", text="Two videos.", places="1",
        products=[serum.pk], signup_last_on="2030-01-01", **terms(rate="8"),
    )  # fmt: skip
    [one] = set(
        re.findall(r"/recruiting/campaigns/(cmp_\w+)/", browser.get("/recruiting/campaigns/"))
    )
    browser.post(f"/recruiting/campaigns/{one}/open/")

    browser.sign_in(cast.ada)
    assert "Autumn glow" in browser.get("/creator/campaigns/")
    assert "You have signed up." in browser.post(f"/creator/campaigns/{one}/sign-up/", message="!")
    assert "You have signed up already." in browser.post(f"/creator/campaigns/{one}/sign-up/")

    browser.sign_in(cast.lin)
    page = browser.get(f"/recruiting/campaigns/{one}/")
    [application] = set(re.findall(r"/recruiting/applications/(apl_\w+)/select/", page))
    done = browser.post(f"/recruiting/applications/{application}/select/")
    assert "Selected. The collaboration has begun." in done
    made = Collaboration.objects.get()
    assert (made.creator, made.campaign_id, made.rate_bps) == (ada, one, 800)

    browser.sign_in(cast.ada)
    assert "selected you for “Autumn glow”" in browser.get("/notifications/")
