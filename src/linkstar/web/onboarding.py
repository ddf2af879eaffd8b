"""The five first steps of a company, shown beside every page until they are taken."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.models import Workspace
from linkstar.accounts.queries import WRITERS
from linkstar.benchmarks.models import Benchmark, EditionState
from linkstar.catalog.models import AffiliateService, Product, Shop
from linkstar.collaborations.models import Collaboration
from linkstar.connectors.models import ImportFile
from linkstar.plans.models import Plan
from linkstar.recruiting.models import Campaign, Invitation
from linkstar.tracking.models import TrackedLink
from linkstar.web.requests import WorkspaceRequest

INVITING_STARTS_AT = "find_creators"
"""The page on which a company sees whom to invite."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five, with the page it is taken on."""

    what: str | Promise
    address: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """All five; `next_step` is the first that is still open."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done), None)


def checklist_of(request: WorkspaceRequest) -> Checklist | None:
    """The steps while one of them is open, for those who can take them; else None.

    Once all are taken the session remembers it, so that nothing is asked again.
    """
    if getattr(request, "role", None) not in WRITERS:
        return None
    if request.session.get("onboarded") == request.workspace.id:
        return None
    checklist = Checklist(_steps(request))
    if checklist.next_step is None:
        request.session["onboarded"] = request.workspace.id
        return None
    return checklist


def _steps(request: WorkspaceRequest) -> tuple[Step, ...]:
    workspace, shops = request.workspace, request.all_shops
    return (
        Step(_("Import a file or track links"), reverse("imports"), _has_data(workspace)),
        Step(
            _("Name the category, get a benchmark"),
            reverse("benchmarks") if _has_category(shops) else _shop_page(shops),
            _has_category(shops) and _has_benchmark(workspace, shops),
        ),
        Step(_("Switch LinkStar on"), reverse("affiliate"), _is_on(workspace)),
        Step(_("Make a commission plan"), reverse("plans"), _has_plan(workspace)),
        Step(_("Invite creators"), reverse(INVITING_STARTS_AT), _has_invited(workspace)),
    )


def _shop_page(shops: tuple[Shop, ...]) -> str:
    return reverse("shop_settings", args=[shops[0].id]) if shops else reverse("new_shop")


def _has_data(workspace: Workspace) -> bool:
    done = ImportFile.objects.filter(workspace=workspace, state=ImportFile.State.DONE)
    return done.exists() or TrackedLink.objects.filter(shop__workspace=workspace).exists()


def _has_category(shops: tuple[Shop, ...]) -> bool:
    if any(shop.category for shop in shops):
        return True
    return Product.objects.filter(shop__in=shops).exclude(category="").exists()


def _has_benchmark(workspace: Workspace, shops: tuple[Shop, ...]) -> bool:
    published = Benchmark.objects.filter(
        state=EditionState.PUBLISHED, market__in={shop.market for shop in shops}
    )
    own = published.filter(workspace=workspace)
    return own.exists() or published.filter(workspace__isnull=True).exists()


def _is_on(workspace: Workspace) -> bool:
    running = AffiliateService.objects.filter(shop__workspace=workspace, disabled_at=None)
    return running.exists()


def _has_plan(workspace: Workspace) -> bool:
    return Plan.objects.filter(shop__workspace=workspace).exists()


def _has_invited(workspace: Workspace) -> bool:
    """A draft of a campaign has asked nobody yet."""
    calls = Campaign.objects.exclude(state=Campaign.State.DRAFT)
    asked = (Invitation.objects.all(), calls, Collaboration.objects.all())
    return any(kind.filter(shop__workspace=workspace).exists() for kind in asked)
