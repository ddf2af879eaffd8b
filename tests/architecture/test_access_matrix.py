"""Every address times every kind of person: what they get is written down, and nothing is missing.

`access_matrix.csv` has one row per route and method. What a person gets is one of

    in      the page, the file, or the form's own answer
    login   the sign-in page
    403     a page that says whom to ask
    404     there is no such thing for this person
    405     this method is not understood here
"""

import csv
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from tests.app.catalog.papers import hand_over
from tests.app.facts import ENDS_BEFORE, STARTS_ON, export
from tests.app.lake.journals import Desk, followed, single
from tests.architecture import collaboration_things as collaborating
from tests.architecture import money_things as money
from tests.architecture import recruiting_things as recruiting
from tests.architecture import settlement_things as settling
from tests.conftest import let_promote
from tests.tenancy import watched

from linkstar.accounts.api_keys import make_api_key
from linkstar.accounts.inviting import invite
from linkstar.accounts.models import Notification, Reach, Role
from linkstar.catalog.actions import open_shop
from linkstar.catalog.models import Product, Sku
from linkstar.catalog.qualifying import hand_in
from linkstar.config.places import Places
from linkstar.connectors.models import ImportFile, ProductImport
from linkstar.connectors.product_import import folder_of
from linkstar.lake.asides import lines_aside
from linkstar.lake.store import Lake
from linkstar.plans.models import Incentive, Package, Plan, PlanRate
from linkstar.tracking.actions import allow_host, make_key, make_link
from linkstar.tracking.directory import RecordedDirectory

TABLE = Path(__file__).with_name("access_matrix.csv")
PEOPLE = (
    "anonymous", "viewer", "finance", "manager", "owner", "other_owner",
    "creator", "reviewer", "operator",
)  # fmt: skip
COMPANY_PEOPLE = {"viewer", "finance", "manager", "owner", "other_owner"}
NOT_SCOPED = {
    "stop_link": "writes the directory of all shops anew, which only the collector reads",
    "remove_host": "the same",
    "revoke_key": "the same",
    "invitation": "the secret in the link is the proof",
}
ANSWERS = {"in", "login", "403", "404", "405"}
METHODS = ("GET", "POST")
VERBS = recruiting.VERBS | collaborating.VERBS
BY_KEY = ("api_v1", "openapi")
"""What is let in by a key has a table of its own, `api_matrix.csv`."""
KEYS = {"creator": "ada", "content": "ada-0", "product": "serum"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The name of every address there is."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            if not pattern.name.startswith(BY_KEY):
                yield pattern.name


class TestTheTable:
    def test_has_a_row_for_every_route_and_method(self):
        wanted = {(name, m) for name in routes(get_resolver().url_patterns) for m in METHODS}
        assert {(row["route"], row["method"]) for row in rows()} == wanted

    def test_says_what_everybody_gets(self):
        unsaid = [(row["route"], row["method"]) for row in rows() for person in PEOPLE
                  if row[person] not in ANSWERS]  # fmt: skip
        assert unsaid == []

    def test_lets_no_stranger_and_no_other_tenant_at_an_object(self):
        objects = [row for row in rows() if "_id" in row["arguments"]]
        assert objects
        assert {row["anonymous"] for row in objects} <= {"login", "405"}
        assert {row["other_owner"] for row in objects} <= {"404", "405"}

    def test_lets_no_viewer_change_anything_but_their_own_things(self):
        own = {
            "notifications_read",
            "choose_language",
            "choose_theme",
            "choose_workspace",
            "invitation",
            "keep_view",
            "new_api_key",
            "profile",
            "uplift_columns",
        }
        changed = {
            row["route"]
            for row in rows()
            if row["method"] == "POST" and row["viewer"] == "in"
            if not row["route"].startswith(("account_", "mfa_"))
        }
        assert changed <= own


def promised(cast, now) -> dict[str, object]:
    """A product with a plan, an incentive and a package."""
    product = Product.objects.create(shop=cast.shop, external_id="serum", seen_at=now)
    today = timezone.now().date()
    plan = Plan.objects.create(
        shop=cast.shop, kind="open", name="Everybody", scope="shop", starts_on=today, created_at=now
    )
    PlanRate.objects.create(plan=plan, number=1, rate_bps=1_500, starts_on=today, announced_at=now)
    incentive = Incentive.objects.create(
        shop=cast.shop, kind="fee_free", funded_by="platform", starts_on=today,
        ends_before=today + timedelta(days=9), created_at=now,
    )  # fmt: skip
    sku = Sku.objects.create(product=product, external_id="serum-30")
    package = Package.objects.create(
        shop=cast.shop, name="Ten", videos=10, days=30, price_minor=1, currency="USD",
        created_at=now,
    )  # fmt: skip
    product_import = ProductImport.objects.create(
        shop=cast.shop,
        name="p.csv",
        rows=1,
        loaded=1,
        duplicates=0,
        rejected=0,
        at=now,
        errors="p.errors.csv",
    )
    folder_of(product_import).mkdir(parents=True)
    (folder_of(product_import) / product_import.errors).write_text("product_id")
    return {
        "pim_id": product_import.pk,
        "product_import_id": product_import.pk,
        "product_id": product.pk,
        "sku_id": sku.pk,
        "plan_id": plan.id,
        "incentive_id": incentive.id,
        "package_id": package.id,
    }


def sold(cast, now) -> dict[str, object]:
    """An order line, and an entry in the book."""
    from tests.books import post_entry

    from linkstar.ledger.rules import Draft, Posting
    from linkstar.money.amounts import Money
    from linkstar.orders.actions import record_lines
    from linkstar.orders.models import OrderLine
    from linkstar.orders.rules import Source, StatedLine

    line = StatedLine(order_id="o1", line_id="1", ordered_at=now, items=1, price_micros=10_000_000)
    record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=now, now=now)
    opened = Posting("asset:bank", "equity:opening", Money(1, "USD"))
    draft = Draft("opened", "opened", now, (opened,))
    entry = post_entry(book=cast.workspace.pk, draft=draft, now=now)
    return {"line_id": OrderLine.objects.get(order_id="o1").pk, "entry_id": entry.pk}


def set_aside(cast) -> str:
    """A click on a link that Lin's shop does not have, and the torn end of what came with it."""
    desk = Desk(settings.PLACES.data)
    desk.folder = settings.PLACES.collector / "journal"
    desk.directory = RecordedDirectory()
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number}
    desk.write(single(followed("e1", link="unknown", **whose)))
    desk.load()
    (desk.folder / "quarantine" / "000000000001-torn").write_bytes(b"half a li")
    [line] = lines_aside(desk.lake, None, most=2)
    return line.address.name


@pytest.fixture
def things(cast, settings, tmp_path, now) -> dict[str, object]:
    """One of everything an address can name; all of it Lin's."""
    from tests.app.web.conftest import contents, published_edition

    settings.PLACES = Places(tmp_path)
    export(Lake(settings.PLACES.lake), cast.shop, contents("ada", videos=2, clicks=500))
    import_file = ImportFile.objects.create(
        workspace=cast.workspace, shop=cast.shop, user=cast.lin, name="a.csv", sha256="0" * 64,
        size=1, created_at=now, finished_at=timezone.now(), state=ImportFile.State.DONE,
    )  # fmt: skip
    registry = settings.PLACES.collector / "registry.json"
    host = allow_host(shop=cast.shop, host="shop.example", now=now)
    link = make_link(
        shop=cast.shop, destination="https://shop.example/1", registry=registry, now=now
    )
    api_key, _ = make_api_key(
        user=cast.lin, workspace=cast.workspace, name="program", reach=Reach.READ, now=now
    )
    write_key, _ = make_key(shop=cast.shop, name="server", registry=registry, now=now)
    let_promote(cast.shop, user=cast.lin, now=now)
    applying = open_shop(workspace=cast.workspace, name="Lin Home US", now=now)
    qualification = hand_over(applying, cast.lin, settings.PLACES.documents, now)
    hand_in(shop=applying, user=cast.lin, seen=0, now=now)
    notice = Notification.objects.create(user=cast.lin, code="offer.received", at=now)
    invited, token = invite(
        workspace=cast.workspace, email="new@example.com", role=Role.VIEWER, user=cast.lin,
        now=timezone.now(),
    )  # fmt: skip
    return {
        **recruiting.recruiting_things(cast),
        **collaborating.collaboration_things(cast, now),
        **settling.settlement_things(cast, now),
        "invitation_id": invited.id,
        "member_id": cast.vera.memberships.get().pk,
        "token": token,
        "notification_id": notice.pk,
        "qualification_id": qualification.id,
        "review_id": qualification.id,
        "document_id": qualification.documents.first().id,
        **promised(cast, now),
        **sold(cast, now),
        **money.money_things(cast, now),
        "link_id": link.id,
        "host_id": host.pk,
        "key_id": write_key.id,
        "api_key_id": api_key.id,
        "aside_id": set_aside(cast),
        "journal": "journal",
        "piece": "000000000001-torn",
        "shop_id": cast.shop.id,
        "workspace_id": cast.workspace.id,
        "import_id": import_file.id,
        "benchmark_id": published_edition(cast, now).id,
        "key": "ada",
        "kind": "csv",
        "uidb36": "1",
        "pk": 1,
        "days": {"from": STARTS_ON.isoformat(), "to": ENDS_BEFORE.isoformat()},
    }


def outcome(client: Client, row: dict[str, str], things: dict[str, object]) -> str:
    """What the person with this client gets."""
    named = {name: things[name] for name in row["arguments"].split() if name != "verb"}
    named |= {"key": KEYS[row["route"]]} if row["route"] in KEYS else {}
    named |= {"verb": VERBS[row["route"]]} if row["route"] in VERBS else {}
    address = reverse(row["route"], kwargs=named)
    if row["method"] == "GET":
        by_key = {"by": "creator", "key": "ada"} if row["route"] == "evidence_part" else {}
        response = client.get(address, {**things["days"], **by_key})
    else:
        response = client.post(address, {"language": "en", "theme": "dark"})
    if response.status_code == 302 and response.headers["Location"].startswith(
        reverse("account_login")
    ):
        return "login"
    assert response.status_code < 500, f"{row['route']} broke"
    response.close()
    return str(response.status_code) if response.status_code in {403, 404, 405} else "in"


def wall(user, row, things):
    """The second wall: no statement of a company's person is about nobody in particular."""
    given = [things[name] for name in row["arguments"].split() if name != "verb"]
    return watched(user, given) if user else nullcontext()


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(person, cast, things):
    logging.disable(logging.WARNING)  # hundreds of refusals are the point
    users = {
        "viewer": cast.vera,
        "finance": cast.finn,
        "manager": cast.mei,
        "owner": cast.lin,
        "other_owner": cast.otto,
        "creator": cast.ada,
        "reviewer": cast.rita,
        "operator": cast.olga,
    }
    client = Client()
    if person != "anonymous":
        client.force_login(users[person])
    signed_in = client.cookies.output()
    differences, leaks = [], {}
    for row in rows():
        client.cookies = SimpleCookie(signed_in.replace("Set-Cookie: ", ""))
        with transaction.atomic():
            with wall(users.get(person), row, things) as spy:
                got = outcome(client, row, things)
            transaction.set_rollback(True)
        if person in COMPANY_PEOPLE and spy.leaks and row["route"] not in NOT_SCOPED:
            leaks[f"{row['method']} {row['route']}"] = spy.leaks[0]
        if got != row[person]:
            differences.append(f"{row['method']} {row['route']}: {got}, not {row[person]}")
    logging.disable(logging.NOTSET)
    assert differences == []
    assert leaks == {}
