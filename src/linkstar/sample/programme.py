"""The demo seller's programme: a plan, and agreements at every stage with creators of its facts.

One of the creators can sign in, so that the other side can be looked at as well.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify

from linkstar.accounts.actions import add_user
from linkstar.accounts.models import Notification, User, Workspace
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.products import ProductStated, change_product
from linkstar.catalog.queries import day_of
from linkstar.collaborations import actions
from linkstar.collaborations.models import Collaboration, Sample
from linkstar.collaborations.rules import Terms
from linkstar.creators.models import Creator
from linkstar.money.amounts import Money
from linkstar.plans.actions import make_plan
from linkstar.plans.rules import Kind, Scope
from linkstar.sample.people import demo_workspace
from linkstar.tracking.actions import allow_host

CREATOR_EMAIL = "creator@linkstar.example"
RATE_BPS = 1_800
AGREED_DAYS_AGO = 12
RATE_BPS_MIN, RATE_STEP_BPS, RATES, STEP_OF_RATES = 800, 100, 18, 7
"""What the other shops promise: 8 % to 25 %, in an order that mixes them."""
Stage = Callable[[Collaboration, datetime, User], None]


@transaction.atomic
def run_programme(
    workspace: Workspace, *, owner: User, password: str, language: str, now: datetime
) -> None:
    """Pages to lead to, a plan and one agreement for each stage; twice changes nothing."""
    for each in Shop.objects.filter(workspace=workspace):
        _open_site(each, now)
    shop = Shop.objects.filter(workspace=workspace).order_by("number").first()
    if shop is None or Collaboration.objects.filter(shop__workspace=workspace).exists():
        return
    products = list(Product.objects.filter(shop=shop).order_by("external_id")[: len(STAGES)])
    known = Creator.objects.filter(workspace=workspace).order_by("handle")
    creators = list(known[: len(STAGES)])
    if not products or len(creators) < len(STAGES):
        return
    _promise(shop, RATE_BPS, user=owner, now=now)
    creators[0] = _with_account(creators[0], password=password, language=language, now=now)
    begun = now - timedelta(days=AGREED_DAYS_AGO)
    for number, (creator, bring) in enumerate(zip(creators, STAGES, strict=True)):
        product = products[number % len(products)]
        made = actions.agree_collaboration(
            shop=shop,
            creator=creator,
            products=[product],
            terms=_terms(shop, begun, fee_minor=5_000 * number),
            now=begun,
            user=owner,
        )
        bring(made, begun, owner)
    Notification.objects.filter(at__lt=now, mail_due=True).update(mail_due=False)


def _open_site(shop: Shop, now: datetime) -> None:
    """Let links lead to the shop's site, and give every product its page there.

    The site's name is one that is reserved and never registered: links can be made and looked at,
    and nobody's site is visited.
    """
    host = f"{slugify(shop.name)}.example"
    allow_host(shop=shop, host=host, now=now)
    for product in Product.objects.filter(shop=shop, landing_page=""):
        page = f"https://{host}/products/{product.external_id}"
        change_product(product=product, stated=ProductStated(landing_page=page), now=now)


@transaction.atomic
def promise_elsewhere(*, now: datetime) -> None:
    """An open plan for every other shop of the sample, so that a rate can be compared."""
    others = Shop.objects.filter(workspace__is_sample=True, plans=None)
    for shop in others.exclude(workspace=demo_workspace()):
        step = shop.number * STEP_OF_RATES % RATES
        _promise(shop, RATE_BPS_MIN + step * RATE_STEP_BPS, user=None, now=now)


def _promise(shop: Shop, rate_bps: int, *, user: User | None, now: datetime) -> None:
    make_plan(
        shop=shop,
        kind=Kind.OPEN,
        name="Open plan",
        scope=Scope.SHOP,
        rate_bps=rate_bps,
        starts_on=day_of(shop, now),
        now=now,
        user=user,
    )


def _with_account(creator: Creator, *, password: str, language: str, now: datetime) -> Creator:
    """The same person as a creator who signed up and is verified."""
    user = User.objects.filter(email=CREATOR_EMAIL).first() or add_user(
        email=CREATOR_EMAIL, password=password, language=language, is_creator=True
    )
    public, _ = Creator.objects.get_or_create(
        workspace=None,
        handle=creator.handle,
        defaults={
            "user": user,
            "name": creator.name,
            "state": Creator.State.VERIFIED,
            "created_at": now,
        },
    )
    return public


def _terms(shop: Shop, begun: datetime, *, fee_minor: int) -> Terms:
    starts_on = begun.astimezone(ZoneInfo(shop.zone)).date()
    return Terms(
        rate_bps=RATE_BPS,
        flat_fee=Money(fee_minor, shop.currency),
        videos=1,
        lives=0,
        needs_sample=True,
        starts_on=starts_on,
        ends_before=starts_on + timedelta(days=60),
    )


def _requested(made: Collaboration, at: datetime) -> Sample:
    return actions.request_sample(
        collaboration=made,
        product=made.products.get(),
        address="100 Sample Street, Austin, TX 78701",
        now=at,
    )


def _asks(made: Collaboration, begun: datetime, owner: User) -> None:
    del owner
    _requested(made, begun + timedelta(days=7))


def _is_sent(made: Collaboration, begun: datetime, owner: User) -> None:
    sample = actions.approve_sample(
        sample=_requested(made, begun), now=begun + timedelta(days=1), user=owner
    )
    actions.ship_sample(
        sample=sample,
        carrier="USPS",
        tracking_number="9400100000000000000000",
        cost=Money(640, made.currency),
        shipping=Money(495, made.currency),
        now=begun + timedelta(days=2),
        user=owner,
    )


def _is_creating(made: Collaboration, begun: datetime, owner: User) -> None:
    _is_sent(made, begun, owner)
    actions.receive_sample(sample=made.samples.get(), now=begun + timedelta(days=5))


def _hands_in(made: Collaboration, begun: datetime, owner: User) -> None:
    _is_creating(made, begun, owner)
    content = f"74{made.pk[-12:]}"
    actions.submit_deliverable(
        deliverable=made.deliverables.get(),
        url=f"https://www.tiktok.com/@{made.creator.handle}/video/{content}",
        content_id=content,
        now=begun + timedelta(days=9),
    )


def _is_done(made: Collaboration, begun: datetime, owner: User) -> None:
    _hands_in(made, begun, owner)
    actions.confirm_deliverable(
        deliverable=made.deliverables.get(), now=begun + timedelta(days=11), user=owner
    )


STAGES: tuple[Stage, ...] = (_is_sent, _asks, _is_creating, _hands_in, _is_done)
"""What happened in each agreement, the signed-up creator's first."""
