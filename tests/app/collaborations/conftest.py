from datetime import date

import pytest

from linkstar.catalog.models import Product
from linkstar.collaborations.actions import agree_collaboration
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money


@pytest.fixture(autouse=True)
def may_promote(promoting) -> None:
    """Lin's and Otto's shops may offer and agree."""


@pytest.fixture
def ada(db, now) -> Creator:
    """A creator who signed up and is verified."""
    return Creator.objects.create(
        handle="ada", name="Ada", state=Creator.State.VERIFIED, created_at=now
    )


@pytest.fixture
def serum(cast, now) -> Product:
    return Product.objects.create(
        shop=cast.shop, external_id="serum", name="Serum", category="Beauty", seen_at=now
    )


@pytest.fixture
def agree(cast, ada, serum, now):
    """Lin's shop and Ada agree on videos of the serum."""

    def agreed(**changed: object):
        said = {
            "rate_bps": 1_500,
            "flat_fee": Money(20_000, "USD"),
            "videos": 1,
            "lives": 0,
            "needs_sample": True,
            "starts_on": date(2026, 10, 22),
            "ends_before": date(2026, 12, 1),
        }
        return agree_collaboration(
            shop=cast.shop, creator=ada, products=[serum], terms=Terms(**said | changed), now=now
        )

    return agreed
