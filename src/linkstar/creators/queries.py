"""Which creators a seller can find, and what is known of them.

A seller finds creators who signed up and are verified, and the own records of the workspace. Where
both exist for one handle, the creator who signed up is the one that is found.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from linkstar.accounts.models import User, Workspace
from linkstar.catalog.rules import SEPARATOR
from linkstar.creators.models import AudienceShare, Creator, CreatorList
from linkstar.creators.rules import range_of, tenth_of

VERIFIED = Creator.State.VERIFIED


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a seller looks for in a creator's record; what is empty narrows nothing.

    `category` is found in what lies inside it as well. A record that does not state a figure is
    not found by a filter on it. `audience` is a dimension, a value and the least share. Where a
    creator shows ranges only, filters compare with the range: asking often tells no more.
    """

    text: str = ""
    followers_min: int | None = None
    followers_max: int | None = None
    category: str = ""
    language: str = ""
    region: str = ""
    tier: str = ""
    engagement_bps_min: int | None = None
    price_minor_max: int | None = None
    audience: tuple[str, str, int] | None = None
    list_id: int | None = None


NOTHING_WANTED = Wanted()


class _AnyElement(Func):
    """Whether a JSON list has an element that is a text, or begins with one of two."""

    output_field = BooleanField()
    template = "EXISTS (SELECT 1 FROM json_each(%(expressions)s) AS element WHERE %(condition)s)"
    conditional = True

    def __init__(self, field: Combinable, equal: str, inside: str = "") -> None:
        super().__init__(field)
        self.equal, self.inside = equal, inside

    def as_sql(self, *args: Any, **extra: Any) -> tuple[str, Any]:
        condition, params = "element.value = %%s", [self.equal]
        if self.inside:
            condition += " OR element.value LIKE %%s ESCAPE '!'"
            params.append(beginning_with(self.inside))
        sql, own = super().as_sql(*args, condition=f"({condition})", **extra)
        return sql.replace("%%s", "%s"), [*own, *params]

    def as_postgresql(self, *args: Any, **extra: Any) -> tuple[str, Any]:
        template = self.template.replace("json_each", "jsonb_array_elements_text")
        return self.as_sql(*args, template=template, **extra)


def beginning_with(text: str) -> str:
    """A LIKE pattern for texts that begin with this one, whatever signs it has."""
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"{text}%"


def visible_creators(workspace: Workspace) -> QuerySet[Creator]:
    """Everybody a workspace can find."""
    signed_up = Creator.objects.filter(workspace=None, state=VERIFIED, handle=OuterRef("handle"))
    own = Q(workspace=workspace) & ~Exists(signed_up)
    return Creator.objects.filter(Q(workspace=None, state=VERIFIED) | own)


def wanted_creators(workspace: Workspace, wanted: Wanted) -> QuerySet[Creator]:
    """The creators a workspace can find that fit every filter; unordered."""
    found = visible_creators(workspace)
    if wanted.text:
        text = wanted.text.lstrip("@")
        found = found.filter(Q(handle__icontains=text) | Q(name__icontains=text))
    bounds = {
        "followers__gte": wanted.followers_min,
        "followers__lte": wanted.followers_max,
        "video_price_minor__lte": wanted.price_minor_max,
        "region": wanted.region or None,
        "tier": wanted.tier or None,
        "lists": wanted.list_id,
    }
    found = found.filter(**{name: value for name, value in bounds.items() if value is not None})
    exact = Q(workspace=workspace) | Q(shares_exact_figures=True)
    if (least := wanted.engagement_bps_min) is not None:
        rough = range_of(least).low
        found = found.filter(
            Q(exact, engagement_bps__gte=least) | Q(~exact, engagement_bps__gte=rough)
        )
    if wanted.category:
        inside = wanted.category + SEPARATOR
        found = found.filter(_AnyElement(F("categories"), wanted.category, inside))
    if wanted.language:
        found = found.filter(_AnyElement(F("languages"), wanted.language))
    if wanted.audience:
        dimension, value, least = wanted.audience
        shares = AudienceShare.objects.filter(
            creator=OuterRef("pk"), dimension=dimension, value=value
        )
        exactly = Exists(shares.filter(share_bps__gte=least))
        roughly = Exists(shares.filter(share_bps__gte=tenth_of(least).low))
        found = found.filter(Q(exact, exactly) | Q(~exact, roughly))
    return found


def creator_behind(user: User) -> Creator | None:
    """The profile a person began as a creator; None before that."""
    return Creator.objects.filter(user=user).first()


def lists_of(workspace: Workspace) -> QuerySet[CreatorList]:
    return CreatorList.objects.filter(workspace=workspace).order_by("name")


def waiting_for_verification() -> QuerySet[Creator]:
    """Profiles somebody has to look at, who waits longest first."""
    return (
        Creator.objects.filter(workspace=None, state=Creator.State.PENDING)
        .select_related("user")
        .order_by(Coalesce("submitted_at", "created_at"))
    )
