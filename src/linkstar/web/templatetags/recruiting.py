"""How rates, ranges, states and terms of recruiting are written on pages."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from linkstar.catalog.models import Shop
from linkstar.catalog.qualification import Standing
from linkstar.catalog.queries import day_of, standing_of
from linkstar.collaborations.rules import MarketWithoutClocks
from linkstar.creators.rules import Range
from linkstar.recommendations.rules import Reason
from linkstar.recruiting.models import Proposed
from linkstar.recruiting.outreach import Conflict, Remark
from linkstar.recruiting.rates import check_market
from linkstar.web import formats
from linkstar.web.category_names import CategoryNames
from linkstar.web.middleware import now
from linkstar.web.recruiting.regions import language_name, region_name
from linkstar.web.recruiting.words import (
    CONFLICTS,
    HELD,
    REASONS,
    REMARKS,
    STATES,
    TIERS,
    refusal,
)

register = template.Library()
register.filter("region_name", region_name)
register.filter("language_name", language_name)


def language() -> str:
    return get_language() or "en"


@register.filter
def bps(value: int | None) -> str:
    """Basis points as a percentage: 1550 is 15.5%."""
    return formats.NOTHING if value is None else f"{value / 100:g}%"


@register.filter
def told(figure: int | Range | None) -> str:
    """12,345, or 1万–2万 where only a range may be shown."""
    if isinstance(figure, Range):
        return f"{formats.short(figure.low, language())}–{formats.short(figure.high, language())}"
    return formats.whole(figure, language())


@register.filter
def told_bps(share: int | Range | None) -> str:
    """7.1%, or 0–10% where only a range may be shown."""
    if isinstance(share, Range):
        return f"{share.low / 100:g}–{share.high / 100:g}%"
    return bps(share)


@register.filter
def tier_name(tier: str) -> str:
    return str(TIERS.get(tier, tier)) or formats.NOTHING


@register.filter
def conflict_words(conflict: Conflict) -> str:
    return str(CONFLICTS[conflict])


@register.filter
def remark_words(remark: Remark) -> str:
    return str(REMARKS[remark])


@register.filter
def reason_words(reason: str) -> str:
    return str(REASONS[Reason(reason)])


@register.simple_tag
def state_of(machine: str, state: str) -> SafeString:
    """A state as a chip that does not speak by colour alone."""
    return format_html('<span class="step step-{}">{}</span>', state, STATES[machine][state])


@register.filter
def category_names(paths: list[str]) -> str:
    """Categories as people say them, the deepest names."""
    names = CategoryNames(language())
    names.learn(paths)
    return ", ".join(names.last(path) for path in paths) or formats.NOTHING


@register.simple_tag
def time_left(at: datetime, now: datetime) -> str:
    """3 days left, 5 hours left, over."""
    seconds = (at - now).total_seconds()
    if seconds <= 0:
        return gettext("over")
    if seconds < 2 * 86_400:
        return gettext("%(n)s h left") % {"n": max(1, int(seconds // 3_600))}
    return gettext("%(n)s days left") % {"n": int(seconds // 86_400)}


@register.inclusion_tag("web/held.html", takes_context=True)
def held_shops(context: dict[str, Any]) -> dict[str, Any]:
    """Which of the chosen shops may offer and agree nothing, why, and where to see to it."""
    reasons = ((shop, _holds(shop, now())) for shop in context["request"].shops)
    return {
        "held": [{"shop": shop, **why} for shop, why in reasons if why],
        "carried": context.get("carried", ""),
    }


def _holds(shop: Shop, at: datetime) -> dict[str, Any]:
    """What holds a shop back: its own standing, or that of its market too little is known."""
    standing = standing_of(shop, day_of(shop, at))
    if standing is not Standing.MAY_PROMOTE:
        lacks_papers = standing is not Standing.SERVICE_OFF
        return {"why": HELD[standing], "lacks_papers": lacks_papers}
    try:
        check_market(shop.market, now=at)
    except MarketWithoutClocks as unknown:
        return {"why": refusal(unknown), "lacks_papers": False}
    return {}


@register.inclusion_tag("web/recruiting/_terms.html")
def terms(proposed: Proposed, before: Proposed | None = None) -> dict[str, Any]:
    """The terms as a list; what differs from an earlier offer is marked."""
    names = ("rate_bps", "ads_rate_bps", "flat_fee_minor", "videos", "lives", "needs_sample",
             "starts_on", "ends_before")  # fmt: skip
    changed = {
        name for name in names if before and getattr(before, name) != getattr(proposed, name)
    }
    return {"proposed": proposed, "changed": changed}
