"""A creator's first tab: what waits for them, and their own best content."""

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.app.recruiting.conftest import terms

from linkstar.catalog.models import Product
from linkstar.collaborations.actions import agree_collaboration
from linkstar.creators.models import Creator
from linkstar.recruiting.actions import Batch, counter_invitation, send_invitations
from linkstar.web import creator_home


@pytest.fixture
def ada(cast, now) -> Creator:
    verified = Creator.State.VERIFIED
    return Creator.objects.create(user=cast.ada, handle="ada", state=verified, created_at=now)


@pytest.fixture
def serum(promoting, now) -> Product:
    return Product.objects.create(
        shop=promoting.shop, external_id="serum", name="Serum", seen_at=now
    )


@pytest.fixture(autouse=True)
def that_day(monkeypatch, lake, now):
    """The page is opened at the instant the test plays."""
    monkeypatch.setattr(creator_home, "now", lambda: now)


@pytest.fixture
def at_her_phone(client, cast, ada):
    """Ada's browser."""
    client.force_login(cast.ada)
    return client


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def invitation(cast, ada, serum, now):
    batch = Batch(shop=cast.shop, products=[serum], terms=terms(), text="Hi", days=14)
    [sent], _ = send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    return sent


class TestTheHomeOfACreator:
    def test_is_where_they_come_in(self, at_her_phone):
        assert at_her_phone.get("/").headers["Location"] == reverse("creator_home")

    def test_names_the_invitation_that_waits_and_its_deadline(self, at_her_phone, invitation):
        page = text(at_her_phone.get(reverse("creator_home")))
        assert reverse("creator_invitation", args=[invitation.pk]) in page
        assert "until Nov 5, 2026" in page

    def test_forgets_it_once_its_time_is_over(self, at_her_phone, invitation, monkeypatch, now):
        monkeypatch.setattr(creator_home, "now", lambda: now + timedelta(days=15))
        assert "Nothing waits for you" in text(at_her_phone.get(reverse("creator_home")))

    def test_asks_for_no_answer_to_her_own_offer(self, at_her_phone, cast, ada, invitation, now):
        counter_invitation(
            invitation=invitation, creator=ada, terms=terms(rate_bps=2_000), user=cast.ada, now=now
        )
        page = text(at_her_phone.get(reverse("creator_home")))
        assert "Answer the offer" not in page
        assert "Nothing waits for you" in page

    @pytest.mark.usefixtures("shop_with_facts")
    def test_tells_her_best_content_against_the_market(self, at_her_phone, ada, serum, now):
        agreed = {"creator": ada, "products": [serum], "terms": terms()}
        agree_collaboration(shop=serum.shop, **agreed, now=now)
        page = text(at_her_phone.get(reverse("creator_home")))
        assert "Ada video" in page
        assert "Above the US market of the same category" in page
        assert "Bo video" not in page

    def test_has_no_figures_of_companies_she_does_not_work_with(
        self, at_her_phone, shop_with_facts
    ):
        page = text(at_her_phone.get(reverse("creator_home")))
        assert "None can be judged yet" in page


class TestTheTabs:
    @pytest.mark.parametrize(
        ("route", "tab"),
        [
            ("creator_home", "Home"),
            ("own_collaborations", "Collaborations"),
            ("creator_offers", "Collaborations"),
            ("creator_campaigns", "Collaborations"),
            ("creator_profile", "Me"),
            ("profile", "Me"),
            ("notifications", "Me"),
        ],
    )
    def test_mark_where_one_is(self, at_her_phone, route, tab):
        page = text(at_her_phone.get(reverse(route)))
        side = page[page.index('<nav class="side"') : page.index("</nav>")]
        assert side.count("aria-current") == 1
        assert tab in side[side.index("aria-current") :].partition("</a>")[0]

    def test_lead_to_the_sisters_of_a_page(self, at_her_phone):
        page = text(at_her_phone.get(reverse("creator_offers")))
        for route in ("own_collaborations", "creator_campaigns"):
            assert f'href="{reverse(route)}"' in page

    def test_are_not_a_sellers(self, client, cast, lake):
        client.force_login(cast.lin)
        assert "side-nav four" not in text(client.get(reverse("settings")))
