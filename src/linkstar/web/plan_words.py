"""What people read about plans: kinds, states, outcomes of a trace, refusals."""

from datetime import date
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.qualification import ShopHeld
from linkstar.plans.refusals import PlanRefused
from linkstar.plans.rules import Funder, GrantKind, Kind, Scope
from linkstar.plans.standing import State
from linkstar.plans.tracing import Outcome
from linkstar.web import formats
from linkstar.web.recruiting.words import HELD

Words = str | Lazy

KINDS: dict[Kind, Words] = {
    Kind.OPEN: _("open: any creator"),
    Kind.TARGETED: _("targeted: named creators"),
    Kind.CAMPAIGN: _("campaign: accepted creators"),
    Kind.DEFAULT: _("the shop's default"),
}
SCOPES: dict[Scope, Words] = {
    Scope.SHOP: _("the whole shop"),
    Scope.CATEGORY: _("a category"),
    Scope.PRODUCT: _("a product"),
}
STATES: dict[State, Words] = {
    State.SCHEDULED: _("scheduled"),
    State.RUNNING: _("in force"),
    State.STOPPING: _("stopped, last day today"),
    State.ENDED: _("ended"),
    State.STOPPED: _("stopped"),
}
GRANTS: dict[GrantKind, Words] = {
    GrantKind.COMMISSION_FREE: _("no commission charged to the seller"),
    GrantKind.FEE_FREE: _("no platform fee"),
    GrantKind.BOOST: _("bonus rate for creators"),
    GrantKind.TRAFFIC: _("traffic support"),
}
FUNDERS: dict[Funder, Words] = {
    Funder.SELLER: _("the seller"),
    Funder.PLATFORM: _("the platform"),
}
OUTCOMES: dict[Outcome, Words] = {
    Outcome.PAID: _("This is the rate: nothing comes before it."),
    Outcome.KEPT: _("This is the rate: it ended, but this creator keeps it for a time."),
    Outcome.GAVE_WAY_TO_KEPT: _("In force, but this creator keeps a higher rate."),
    Outcome.OVERRIDDEN: _("Applies, but another plan comes before it."),
    Outcome.NOT_BEGUN: _("Had not begun on this day."),
    Outcome.NO_RATE_YET: _("Had no rate yet on this day."),
    Outcome.ENDED: _("Had ended by this day."),
    Outcome.STOPPED: _("Had been stopped by this day."),
    Outcome.NOT_NAMED: _("Does not name this creator on this day."),
    Outcome.OTHER_PRODUCT: _("Is about another product."),
    Outcome.OTHER_CATEGORY: _("Is about another category."),
}
REFUSALS: dict[str, Words] = {
    "RateOutOfBounds": _(
        "The rate is %(rate)s. This market allows %(low)s to %(high)s for this kind of plan."
    ),
    "AdsRateOutOfBounds": _(
        "The rate for ads is %(rate)s. This market allows %(low)s to %(high)s."
    ),
    "StartsInThePast": _(
        "A promise cannot begin on a day that is over; the earliest is %(earliest)s."
    ),
    "EndsBeforeItStarts": _("The last day is before the first."),
    "LowersToday": _(
        "Somebody would earn less on orders already placed today. "
        "A lower rate begins tomorrow, %(earliest)s, at the earliest."
    ),
    "PlanOverlaps": _(
        "“%(name)s” promises the same at the same time. "
        "Change its rate, stop it, or choose other days."
    ),
    "CreatorNamedTwice": _(
        "“%(name)s” names @%(creator)s for the same at the same time. "
        "A creator has one rate per product."
    ),
    "NobodyNamed": _("Name one creator at least."),
    "TooManyCreators": _(
        "That would be %(count)s creators; this market allows %(limit)s in one plan."
    ),
    "NobodyToName": _("An open plan is for every creator; leave the names out."),
    "ScopeUnclear": _("Say which product or category the plan is about."),
    "PlanOver": _("This plan is over. Make a new one."),
    "OutsideThePlan": _("The day is outside the plan's time."),
    "CutNotAllowed": _(
        "What a campaign promised is kept until it ends; only a higher rate is taken."
    ),
    "RateUnchanged": _("The plan has this very rate on that day already."),
    "BonusMissing": _("A boost needs a bonus above zero; anything else has none."),
    "PackageIncomplete": _("A package needs one video, one day and a price at least."),
}


def percent(bps: int | None) -> str:
    """15%, 12.5%: a rate as people say it; an en dash for none."""
    return "–" if bps is None else f"{bps / 100:g}%"


REFUSED = (PlanRefused, ShopHeld)
"""Everything a verb about plans refuses by name."""


def refused_because(refused: Exception) -> str:
    """The sentence of a refusal."""
    if isinstance(refused, ShopHeld):
        return str(HELD[refused.standing])
    return str(REFUSALS[type(refused).__name__]) % _told(vars(refused))


def _told(said: dict[str, Any]) -> dict[str, str]:
    told = {name: _one(value) for name, value in said.items()}
    for name, bps in (("rate", "rate_bps"), ("low", "rate_bps_min"), ("high", "rate_bps_max")):
        if bps in said:
            told[name] = percent(said[bps])
    return told


def _one(value: Any) -> str:
    return day(value) if isinstance(value, date) else str(value)


def day(on: date | None) -> str:
    return formats.day(on, get_language() or "en")


def about(scope: Scope, *, category: str, product: str) -> str:
    """What a plan is about, by name."""
    if scope is Scope.CATEGORY:
        return translated("category %(category)s") % {"category": category}
    return product if scope is Scope.PRODUCT else translated("the whole shop")
