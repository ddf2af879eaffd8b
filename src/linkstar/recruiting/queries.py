"""What a shop and a creator see of campaigns, invitations and negotiations; the week's budget."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product, Shop
from linkstar.catalog.queries import promoting_among
from linkstar.catalog.rules import SEPARATOR, ancestry
from linkstar.collaborations.models import Collaboration
from linkstar.creators.models import Creator
from linkstar.plans.models import Plan, PlanCreator, Promotion
from linkstar.recruiting.models import (
    Application,
    Campaign,
    Invitation,
    InvitationTemplate,
    Negotiation,
    OutreachLimit,
)
from linkstar.recruiting.outreach import (
    Budget,
    Candidate,
    Outreach,
    budget,
    outreach_of,
    week_of,
)

VERIFIED = Creator.State.VERIFIED


def public_creator(creator: Creator) -> Creator | None:
    """The creator who signed up behind a seller's own record of the same handle."""
    if creator.workspace_id is None:
        return creator
    return (
        Creator.objects.filter(workspace=None, state=VERIFIED, handle=creator.handle)
        .select_related("user")
        .first()
    )


def known_creators(workspace: Workspace) -> QuerySet[Creator]:
    """Whose page a workspace may open.

    Verified creators, its own records, and whom it dealt with, whatever became of them.
    """
    dealings = (
        Exists(Collaboration.objects.filter(shop__workspace=workspace, creator=OuterRef("pk"))),
        Exists(Negotiation.objects.filter(shop__workspace=workspace, creator=OuterRef("pk"))),
        Exists(
            Application.objects.filter(campaign__shop__workspace=workspace, creator=OuterRef("pk"))
        ),
    )
    dealt_with = Q(dealings[0]) | Q(dealings[1]) | Q(dealings[2])
    return Creator.objects.filter(
        Q(workspace=workspace) | Q(workspace=None) & (Q(state=VERIFIED) | dealt_with)
    )


def worked_with(workspace: Workspace) -> Exists:
    """A condition on creators: the workspace has or had a collaboration with them."""
    found = Collaboration.objects.filter(
        shop__workspace=workspace, creator__handle=OuterRef("handle")
    )
    return Exists(found)


def campaigns_of(workspace: Workspace) -> QuerySet[Campaign]:
    """A workspace's own campaigns, and the operator's that its shops may select from."""
    markets = Shop.objects.filter(workspace=workspace).values("market")
    operators = Q(shop=None, market__in=markets) & ~Q(state=Campaign.State.DRAFT)
    return (
        Campaign.objects.filter(Q(shop__workspace=workspace) | operators)
        .select_related("shop")
        .annotate(
            applied=Count("applications", filter=Q(applications__state="applied")),
            selected=Count("applications", filter=Q(applications__state="selected")),
        )
        .order_by("-created_at", "pk")
    )


def operator_campaigns() -> QuerySet[Campaign]:
    return (
        Campaign.objects.filter(shop=None)
        .annotate(
            applied=Count("applications", filter=Q(applications__state="applied")),
            selected=Count("applications", filter=Q(applications__state="selected")),
        )
        .order_by("-created_at", "pk")
    )


def open_campaigns(*, now: datetime) -> QuerySet[Campaign]:
    """Those creators can sign up to, the first to close first; all of shops that may promote."""
    return (
        Campaign.objects.filter(_is_shown(now))
        .select_related("shop")
        .order_by("signup_ends_at", "pk")
    )


def categories_called(found: QuerySet[Campaign]) -> list[str]:
    """The categories of the products campaigns are about, and those above, in order of paths."""
    paths = set(found.exclude(products__category="").values_list("products__category", flat=True))
    return sorted({node for path in paths if path for node in ancestry(path)} - {""})


def calling_in(found: QuerySet[Campaign], category: str) -> QuerySet[Campaign]:
    """Those about a product of the category or of one inside it."""
    inside = Q(products__category__startswith=category + SEPARATOR)
    return found.filter(Q(products__category=category) | inside).distinct()


def campaigns_for(creator: Creator, *, now: datetime) -> QuerySet[Campaign]:
    """What a creator may open: open ones, and those they signed up to."""
    own = Application.objects.filter(campaign=OuterRef("pk"), creator=creator)
    return Campaign.objects.filter(_is_shown(now) | Exists(own)).select_related("shop")


def _is_shown(now: datetime) -> Q:
    is_open = Q(state=Campaign.State.OPEN, signup_ends_at__gt=now)
    calling = Shop.objects.filter(campaigns__in=Campaign.objects.filter(is_open))
    return is_open & (Q(shop=None) | Q(shop__in=promoting_among(calling, now=now)))


def applications_to(campaign: Campaign, workspace: Workspace | None) -> QuerySet[Application]:
    """Who signed up, as a workspace may see it: of an operator's campaign not whom others chose."""
    found = (
        campaign.applications.exclude(state=Application.State.WITHDRAWN)
        .select_related("creator", "shop")
        .order_by("applied_at", "pk")
    )
    if campaign.shop_id is None and workspace is not None:
        found = found.exclude(Q(state=Application.State.SELECTED) & ~Q(shop__workspace=workspace))
    return found


def applications_for(workspace: Workspace) -> QuerySet[Application]:
    """Every sign-up a workspace may look at and decide.

    To its own campaigns, and to the operator's in its markets as long as no other shop selected
    the creator.
    """
    own = Q(campaign__shop__workspace=workspace)
    markets = Shop.objects.filter(workspace=workspace).values("market")
    operators = Q(campaign__shop=None, campaign__market__in=markets)
    free = ~Q(state=Application.State.SELECTED) | Q(shop__workspace=workspace)
    found = Application.objects.filter(own | operators & free)
    return found.exclude(state=Application.State.WITHDRAWN).select_related(
        "campaign__shop", "creator"
    )


def invitations_of(workspace: Workspace) -> QuerySet[Invitation]:
    return (
        Invitation.objects.filter(shop__workspace=workspace)
        .select_related("shop", "creator", "negotiation")
        .prefetch_related("products")
        .order_by("-sent_at", "pk")
    )


def invitations_for(creator: Creator) -> QuerySet[Invitation]:
    """A creator's own, and those sent to their handle before they were verified."""
    to_handle = Q(creator__handle=creator.handle) & ~Q(creator__workspace=None)
    mine = Q(creator=creator)
    if creator.state == VERIFIED and creator.handle:
        mine |= to_handle
    return (
        Invitation.objects.filter(mine)
        .select_related("shop", "creator", "negotiation")
        .prefetch_related("products")
        .order_by("-sent_at", "pk")
    )


def negotiations_of(workspace: Workspace) -> QuerySet[Negotiation]:
    return (
        Negotiation.objects.filter(shop__workspace=workspace)
        .select_related("shop", "creator")
        .prefetch_related("products", "offers")
        .order_by("-opened_at", "pk")
    )


def negotiations_with(creator: Creator) -> QuerySet[Negotiation]:
    return (
        Negotiation.objects.filter(creator=creator)
        .select_related("shop", "creator")
        .prefetch_related("products", "offers")
        .order_by("-opened_at", "pk")
    )


def templates_of(workspace: Workspace) -> QuerySet[InvitationTemplate]:
    return InvitationTemplate.objects.filter(workspace=workspace).order_by("name", "language")


def rules_for(shop: Shop, *, now: datetime) -> Outreach:
    """The outreach rules of the shop's market today; the US ones where none are known.

    Raises:
        MarketWithoutOutreach: not even the US has any on that day.
    """
    on = now.astimezone(ZoneInfo(shop.zone)).date()
    return outreach_of(shop.market if shop.market in KNOWN_MARKETS else "US", on)


KNOWN_MARKETS = frozenset({"US"})


def budget_of(shop: Shop, *, now: datetime) -> Budget:
    """What the shop may still spend this week."""
    rules = rules_for(shop, now=now)
    starts_at, resets_at = week_of(now, zone=shop.zone, resets_on=rules.resets_on)
    spending = Invitation.objects.filter(shop=shop, spends=True)
    stated = OutreachLimit.objects.filter(shop=shop).first()
    return budget(
        rules,
        tier=stated.tier if stated else "",
        stated=stated.weekly_limit if stated else None,
        spent_this_week=spending.filter(sent_at__gte=starts_at).count(),
        spent_ever=spending.count(),
        resets_at=resets_at,
    )


def candidates(
    shop: Shop, creators: Sequence[Creator], products: Sequence[Product], *, now: datetime
) -> list[Candidate]:
    """What stands for and against inviting each of them; a handful of queries for all together.

    Own records and creators who signed up are one person when they share a handle.
    """
    handles = {creator.handle for creator in creators}
    by_handle = {"creator__handle__in": handles}
    sent = Invitation.objects.filter(shop=shop, **by_handle)
    waiting = _handles(sent.filter(state="sent", expires_at__gt=now))
    answered = _handles(sent.filter(state__in=["accepted", "declined"]))
    talks = Negotiation.objects.filter(shop=shop, **by_handle)
    running = Collaboration.objects.filter(shop=shop, ended_at=None, **by_handle)
    worked = _handles(Collaboration.objects.filter(shop=shop, **by_handle))
    applied = _handles(Application.objects.filter(campaign__shop=shop, **by_handle))
    promotes = _handles(Promotion.objects.filter(shop=shop, **by_handle))
    negotiating = _handles(talks.filter(state=Negotiation.State.OPEN))
    talked = _handles(talks)
    collaborating = _handles(running.filter(products__in=products))
    in_plan = _named_in_plans(shop, handles, products, now=now)
    public = Creator.objects.filter(workspace=None, handle__in=handles)
    by_state = public.values_list("handle", "state", "user")
    signed_up = {handle for handle, state, user in by_state if user and state == VERIFIED}
    suspended = {handle for handle, state, _ in by_state if state == Creator.State.SUSPENDED}
    unanswered = _unanswered(sent.filter(state__in=["sent", "expired"]), answered)
    return [
        Candidate(
            creator=creator.pk,
            is_verified=creator.state == VERIFIED and creator.handle not in suspended,
            has_account=creator.handle in signed_up,
            is_connected=creator.handle in answered | talked | worked | applied | promotes,
            has_waiting_invitation=creator.handle in waiting,
            is_negotiating=creator.handle in negotiating,
            is_collaborating=creator.handle in collaborating,
            is_named_in_plan=creator.handle in in_plan,
            unanswered=unanswered.get(creator.handle, 0),
        )
        for creator in creators
    ]


def _handles(found: QuerySet[Any]) -> set[str]:
    return set(found.values_list("creator__handle", flat=True))


def _unanswered(found: QuerySet[Invitation], answered: set[str]) -> dict[str, int]:
    """How often each was asked and never answered."""
    counted = found.values_list("creator__handle").annotate(times=Count("pk"))
    return {handle: times for handle, times in counted if handle not in answered}


def _named_in_plans(
    shop: Shop, handles: set[str], products: Sequence[Product], *, now: datetime
) -> set[str]:
    """Who is named in a targeted plan for one of the products: one rate for one product."""
    on = now.astimezone(ZoneInfo(shop.zone)).date()
    about = Q(plan__scope="shop") | Q(plan__product__in=products)
    for category in {product.category for product in products if product.category}:
        about |= Q(plan__scope="category", plan__category__in=ancestry(category))
    named = PlanCreator.objects.filter(
        Q(ends_before=None) | Q(ends_before__gt=on),
        Q(plan__ends_before=None) | Q(plan__ends_before__gt=on),
        about,
        plan__shop=shop,
        plan__kind=Plan.Kind.TARGETED,
        plan__stopped_at=None,
        creator__handle__in=handles,
    )
    return set(named.values_list("creator__handle", flat=True))
