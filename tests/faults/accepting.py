"""Processes of tests/faults/test_two_at_once.py, each with a database connection of its own.

`seed` makes a negotiation and prints its id; `accept ID AT` waits until the instant AT and accepts.
"""

import sys
import time
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402
from tests.conftest import let_promote  # noqa: E402
from tests.prepared import migrated  # noqa: E402

from linkstar.accounts.actions import add_user, join_workspace, open_workspace  # noqa: E402
from linkstar.accounts.models import Role  # noqa: E402
from linkstar.catalog.actions import open_shop  # noqa: E402
from linkstar.catalog.models import Product  # noqa: E402
from linkstar.collaborations.models import Collaboration  # noqa: E402
from linkstar.collaborations.rules import NotNow, Terms  # noqa: E402
from linkstar.creators.models import Creator  # noqa: E402
from linkstar.money.amounts import Money  # noqa: E402
from linkstar.recruiting.actions import accept_offer, propose  # noqa: E402
from linkstar.recruiting.models import Negotiation  # noqa: E402


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")


def seed() -> None:
    migrated()
    now = timezone.now()
    workspace = open_workspace(name="Lin's brand", now=now)
    lin = add_user(email="lin@example.com", password="a long enough password")
    join_workspace(user=lin, workspace=workspace, role=Role.OWNER)
    shop = open_shop(workspace=workspace, name="Lin Beauty US", now=now)
    let_promote(shop, user=lin, now=now)
    product = Product.objects.create(shop=shop, external_id="1", name="Serum", seen_at=now)
    ada = Creator.objects.create(handle="ada", state=Creator.State.VERIFIED, created_at=now)
    day = now.date()
    terms = Terms(
        rate_bps=1_500, flat_fee=Money(0, "USD"), videos=1, lives=0, needs_sample=False,
        starts_on=day, ends_before=day + timedelta(days=30),
    )  # fmt: skip
    tell(propose(shop=shop, creator=ada, products=[product], terms=terms, now=now).pk)


def accept(negotiation_id: str, at: float) -> None:
    found = Negotiation.objects.get(pk=negotiation_id)
    time.sleep(max(0.0, at - time.time()))
    try:
        accept_offer(negotiation=found, number=1, side="creator", now=timezone.now())
    except NotNow as refused:
        tell(f"refused: {refused.state}")
    else:
        tell("agreed")


if __name__ == "__main__":
    if sys.argv[1] == "seed":
        seed()
    elif sys.argv[1] == "accept":
        accept(sys.argv[2], float(sys.argv[3]))
    else:
        tell(Collaboration.objects.count())
