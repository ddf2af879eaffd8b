"""Markets a shop can be on, in the order they are offered, and what is not known of one."""

from contextlib import suppress
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.market_rules import markets
from linkstar.collaborations.rules import MarketWithoutClocks, clocks_of, localisation_items
from linkstar.plans.terms import terms_of
from linkstar.recruiting.outreach import MarketWithoutOutreach, outreach_of

MARKETS = tuple(markets())
CLOCKS = _("time limits of samples and content, so nothing can be agreed yet")
OUTREACH = _("limits of inviting, so no invitations can be sent yet")
LOCALISATION = _("what content has to get right there, so there is no localisation checklist")
TERMS = _("commission rules: those of the US stand in, unverified")


def gaps_of(market: str, on: date) -> list[str | Promise]:
    """What nobody has written down of a market with a source, and what does not work for that."""
    are_verified = all(terms.is_verified for terms in terms_of(market).terms)
    known = (
        (_has_clocks(market, on), CLOCKS),
        (_has_outreach(market, on), OUTREACH),
        (bool(localisation_items(market, on)), LOCALISATION),
        (are_verified, TERMS),
    )
    return [sentence for is_known, sentence in known if not is_known]


def _has_clocks(market: str, on: date) -> bool:
    with suppress(MarketWithoutClocks):
        clocks_of(market, on)
        return True
    return False


def _has_outreach(market: str, on: date) -> bool:
    with suppress(MarketWithoutOutreach):
        outreach_of(market, on)
        return True
    return False
