"""The lists that were made."""

from datetime import date

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Product
from linkstar.recommendations.models import Recommendation, RecommendationPlace


def latest_for(product: Product, *, on: date) -> Recommendation | None:
    """The day's newest list for a product; None when none was made yet."""
    return Recommendation.objects.filter(product=product, on=on).order_by("-number").first()


def places_of(recommendation: Recommendation, workspace: Workspace) -> list[RecommendationPlace]:
    """The places of a list whose creators can still be found, in order."""
    assert recommendation.shop.workspace_id == workspace.pk
    return list(
        RecommendationPlace.objects.filter(recommendation=recommendation)
        .exclude(creator__state="suspended")
        .select_related("creator")
        .order_by("position")
    )
