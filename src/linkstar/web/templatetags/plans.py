"""Rates and plans as templates say them."""

from django import template

from linkstar.plans.models import Incentive
from linkstar.plans.rules import GrantKind, Scope
from linkstar.web.plan_words import GRANTS, about, percent

register = template.Library()
register.filter("rate", percent)


@register.filter
def grant_kind(incentive: Incentive) -> str:
    return str(GRANTS[GrantKind(incentive.kind)])


@register.filter
def grant_about(incentive: Incentive) -> str:
    product = str(incentive.product) if incentive.product else ""
    return about(Scope(incentive.scope), category=incentive.category, product=product)
