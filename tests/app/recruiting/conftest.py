"""Ada and Bo signed up and are verified; Cy is a record of Lin's own whom nobody knows better."""

from datetime import date, timedelta

import pytest

from linkstar.catalog.models import Product
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.recruiting.actions import Batch, draft_campaign, open_signup, send_invitations
from linkstar.recruiting.models import Invitation


@pytest.fixture(autouse=True)
def may_promote(promoting) -> None:
    """Lin's and Otto's shops may offer and agree."""


def verified(user, now) -> Creator:
    name = user.email.partition("@")[0]
    return Creator.objects.create(
        user=user, handle=name, name=name.title(), state=Creator.State.VERIFIED, created_at=now
    )


@pytest.fixture
def ada(cast, now) -> Creator:
    return verified(cast.ada, now)


@pytest.fixture
def bo(cast, now) -> Creator:
    return verified(cast.bo, now)


@pytest.fixture
def cy(cast, now) -> Creator:
    return Creator.objects.create(
        workspace=cast.workspace, handle="cy", state=Creator.State.VERIFIED, created_at=now
    )


@pytest.fixture
def serum(cast, now) -> Product:
    return Product.objects.create(
        shop=cast.shop, external_id="serum", name="Serum", category="Beauty", seen_at=now
    )


def terms(**changed: object) -> Terms:
    said = {
        "rate_bps": 1_500,
        "flat_fee": Money(0, "USD"),
        "videos": 2,
        "lives": 0,
        "needs_sample": True,
        "starts_on": date(2026, 10, 25),
        "ends_before": date(2026, 12, 1),
    }
    return Terms(**said | changed)


@pytest.fixture
def batch(cast, serum) -> Batch:
    return Batch(
        shop=cast.shop,
        products=[serum],
        terms=terms(),
        text="Hi {creator}, {shop} offers {rate} for {products} until {until}.",
        days=14,
    )


@pytest.fixture
def invitation(cast, batch, ada, now) -> Invitation:
    """Lin invites Ada."""
    [sent], _ = send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    return sent


@pytest.fixture
def campaign(cast, serum, now):
    """Lin's campaign with one place, open for a week."""
    drafted = draft_campaign(
        title="Autumn serum", text="Two videos.", terms=terms(), products=[serum], places=1,
        signup_ends_at=now + timedelta(days=7), shop=cast.shop, user=cast.lin, now=now,
    )  # fmt: skip
    return open_signup(campaign=drafted, user=cast.lin, now=now)
