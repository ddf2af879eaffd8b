"""Deciding who earned what, once; and deciding again, on the record."""

from linkstar.attribution.actions.deciding import Attributed, attribute_lines
from linkstar.attribution.actions.promising import PromoCodeTaken, end_promo_code, give_promo_code
from linkstar.attribution.actions.redeciding import (
    NothingToRedecide,
    reattribute_by_hand,
    reattribute_by_rule,
)

__all__ = [
    "Attributed",
    "NothingToRedecide",
    "PromoCodeTaken",
    "attribute_lines",
    "end_promo_code",
    "give_promo_code",
    "reattribute_by_hand",
    "reattribute_by_rule",
]
