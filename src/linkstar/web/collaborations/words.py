"""Words for what happened in a collaboration, and for what cannot happen."""

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.qualification import ShopHeld
from linkstar.collaborations.rules import (
    AlreadyExtended,
    MarketWithoutClocks,
    NotNow,
    TermsRefused,
    TooLateToCancel,
)
from linkstar.web.recruiting.words import HELD

Words = str | Promise

REFUSED = (AlreadyExtended, MarketWithoutClocks, NotNow, ShopHeld, TermsRefused, TooLateToCancel)
"""Everything a verb of a collaboration may refuse with."""

HAPPENED: dict[str, Words] = {
    "agreed": _("The agreement was made"),
    "cancelled": _("The agreement was called off"),
    "sample_requested": _("A sample was asked for"),
    "sample_approved": _("The sample was approved"),
    "sample_rejected": _("The sample was rejected"),
    "sample_withdrawn": _("The request for a sample was withdrawn"),
    "sample_shipped": _("The sample was shipped"),
    "sample_received": _("The sample arrived"),
    "sample_extended": _("More time was given for the sample's content"),
    "sample_expired": _("Nobody reviewed the request for a sample in time"),
    "sample_not_shipped": _("The sample was not shipped in time"),
    "sample_overdue": _("The content for the sample is overdue"),
    "support_requested": _("Shooting support was asked for"),
    "support_approved": _("Shooting support was promised"),
    "support_rejected": _("Shooting support was rejected"),
    "support_provided": _("Shooting support was given"),
    "support_expired": _("Nobody answered the request for shooting support in time"),
    "support_overdue": _("Shooting support was not given in time"),
    "support_withdrawn": _("The request for shooting support was withdrawn"),
    "content_submitted": _("Content was handed in"),
    "content_confirmed": _("Content was confirmed"),
    "content_returned": _("Content was returned for changes"),
    "content_taken_down": _("Content was taken down"),
    "content_awarded": _("Content counts as confirmed: a dispute was decided for the creator"),
    "content_extended": _("More time was given for content"),
    "content_cancelled": _("Content was cancelled"),
    "content_overdue_by_clock": _("Content is overdue"),
    "content_confirmed_by_clock": _(
        "Content counts as confirmed: the seller did not answer in time"
    ),
    "localised": _("Everything on the localisation checklist was ticked"),
    "link_made": _("A tracked link was made"),
}
"""The verbs of the timeline."""

TERMS: dict[str, Words] = {
    "rate_out_of_range": _("A commission rate lies between 0% and 100%."),
    "nothing_due": _("An agreement needs at least one video or LIVE."),
    "ends_before_start": _("The end must lie after the start."),
    "fee_below_zero": _("A fee cannot be below zero."),
    "fee_in_another_currency": _("State the fee in the currency the shop settles in."),
    "no_product": _("Choose at least one product."),
    "product_of_another_shop": _("A product chosen belongs to another shop."),
    "product_not_agreed": _("This product is not part of the agreement."),
    "sample_quantity": _("Ask for one piece at least, of a variant of this product."),
    "currencies_differ": _("Product and shipping cost must be in one currency."),
    "cost_in_another_currency": _("State what it costs in the shop's currency."),
    "no_such_item": _("The checklist of this market has no such item."),
    "creator_not_verified": _(
        "Only verified creators take part. Have your profile verified first."
    ),
    "not_on_offer": _("This product is no longer open to every creator."),
    "too_many_links": _("This agreement has a hundred links already. Use one of them."),
    "wanted_day_over": _("The day it is wanted by is over. Name a later one."),
    "too_many_requests": _("Ten requests wait for an answer already."),
    "content_named_twice": _("Another deliverable names this content already."),
}

LOCALISATION: dict[str, Words] = {
    "language": _("Spoken and written words are the market's own language, as people there say it"),
    "captions": _("Captions are on, and free of mistakes"),
    "units": _("Sizes, weights and temperatures are in units people there use"),
    "price": _("Prices are in the market's currency; a former price was really asked for"),
    "claims": _("Nothing is claimed that cannot be shown, above all about health and results"),
    "disclosure": _("It is said clearly that you are paid, and the platform's switch is on"),
    "dates": _("Days, times and delivery are those of the market"),
}
"""What content for a market has to get right."""

CANCELLING: dict[str, Words] = {
    "content_delivered": _(
        "Content was handed in under this agreement; it can no longer be called off."
    ),
    "content_overdue": _(
        "Content is overdue. Hand it in, or ask the seller to call the agreement off."
    ),
    "sample_is_out": _(
        "A sample is with the creator and the time for content still runs. "
        "You can call the agreement off once content is overdue."
    ),
}


def happened(verb: str) -> str:
    """A line of the timeline in words; a verb nobody wrote words for shows itself."""
    return str(HAPPENED.get(verb, verb))


def refusal(refused: Exception) -> str:
    """Why it was refused, and what can be done instead."""
    match refused:
        case TermsRefused(reason=reason):
            return str(TERMS.get(reason, reason))
        case TooLateToCancel(reason=reason):
            return str(CANCELLING.get(reason, reason))
        case ShopHeld(standing=standing):
            return str(HELD[standing])
        case AlreadyExtended():
            return translated("The time was extended once already; it cannot be extended again.")
        case MarketWithoutClocks(market=market):
            return translated(
                "No deadlines are known for the market %(market)s, so nothing can be agreed there."
            ) % {"market": market}
        case NotNow():
            return translated(
                "That is no longer possible: somebody acted first, or a deadline passed. "
                "This is how things stand now."
            )
    raise refused
