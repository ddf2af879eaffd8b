"""What refusals, conflicts, reasons and states are called, and what one can do about them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.qualification import ShopHeld, Standing
from linkstar.collaborations.rules import MarketWithoutClocks, NotNow, TermsRefused
from linkstar.creators import rules as creator_rules
from linkstar.creators.actions import HandleTaken, ListNameTaken
from linkstar.recommendations.rules import Reason
from linkstar.recruiting.actions import NameTaken
from linkstar.recruiting.actions.campaigns import AlreadyApplied, CreatorNotVerified
from linkstar.recruiting.models import Application, Campaign, Invitation, Negotiation
from linkstar.recruiting.outreach import Conflict, Remark
from linkstar.recruiting.rates import RateRefused
from linkstar.recruiting.rules import (
    BraceAlone,
    CreatorSuspended,
    Expired,
    NotYourTurn,
    OfferOutdated,
    PlaceholderUnknown,
    PlacesTaken,
    SignupOver,
)
from linkstar.web.templatetags.linkstar import moment

Words = str | Promise

TERMS_REFUSED: Mapping[str, Words] = {
    "rate_out_of_range": _("A rate lies between 0% and 100%."),
    "nothing_due": _("Name at least one video or LIVE stream."),
    "ends_before_start": _("The last day has to come after the first."),
    "fee_below_zero": _("A fee cannot be below zero."),
    "fee_in_another_currency": _("State the fee in the currency the shop settles in."),
    "shop_of_another_market": _("This campaign is for shops of another market."),
    "no_product": _("Choose at least one product."),
    "product_of_another_shop": _("One of the products is of another shop."),
    "signup_outside_campaign": _(
        "Sign-up has to end in the future and before the last day of the campaign."
    ),
}
NOT_NOW: Mapping[tuple[str, str], Words] = {
    ("invitation", "accepted"): _("This invitation has been accepted already."),
    ("invitation", "declined"): _("This invitation has been declined already."),
    ("invitation", "expired"): _("This invitation has expired."),
    ("invitation", "withdrawn"): _("This invitation was taken back."),
    ("negotiation", "agreed"): _("Both sides have agreed already; there is one collaboration."),
    ("negotiation", "declined"): _("This negotiation was ended by one side."),
    ("negotiation", "expired"): _("The last offer ended without an answer."),
    ("negotiation", "withdrawn"): _("The last offer was taken back."),
    ("application", "selected"): _("This creator has been selected already."),
    ("application", "declined"): _("This sign-up was declined already."),
    ("application", "withdrawn"): _("The creator has taken the sign-up back."),
    ("application", "applied"): _("This sign-up waits for a decision again."),
    ("campaign", "draft"): _("This campaign is a draft."),
    ("campaign", "open"): _("This campaign is open already; what was promised is not changed."),
    ("campaign", "closed"): _("Sign-up to this campaign is closed already."),
    ("campaign", "cancelled"): _("This campaign was cancelled."),
}
CREATOR_NOT_NOW: Mapping[str, Words] = {
    "draft": _("The profile is still being filled in."),
    "pending": _("The profile waits for verification already."),
    "verified": _("The profile is verified already."),
    "returned": _("The profile was returned already."),
    "suspended": _("The profile is suspended."),
}
CONFLICTS: Mapping[Conflict, Words] = {
    Conflict.NOT_VERIFIED: _("not verified, or suspended"),
    Conflict.ALREADY_INVITED: _("has an invitation waiting"),
    Conflict.NEGOTIATING: _("is negotiating with you"),
    Conflict.COLLABORATING: _("already works on one of these products"),
    Conflict.NAMED_IN_PLAN: _("is named in a targeted plan for one of these products"),
    Conflict.NO_ANSWER: _("was asked five times and never answered"),
    Conflict.OVER_BUDGET: _("the week's invitations are spent"),
}
REMARKS: Mapping[Remark, Words] = {
    Remark.NO_ACCOUNT: _("has no account here: nobody is told, send the link yourself"),
    Remark.FREE: _("you are connected: spends nothing"),
}
REASONS: Mapping[Reason, Words] = {
    Reason.SURELY_ABOVE: _("Above the market even at the lower limit"),
    Reason.LIKELY_ABOVE: _("Expected above the market, not yet certain"),
    Reason.LIKELY_BELOW: _("Expected below the market"),
    Reason.NO_FACTS: _("No facts of yours yet: the market's rate is expected"),
    Reason.SAME_CATEGORY: _("Same category as the product"),
    Reason.NEAR_CATEGORY: _("Neighbouring category"),
    Reason.OTHER_CATEGORY: _("Another category"),
    Reason.UNKNOWN_CATEGORY: _("Category not stated"),
    Reason.GOOD_PRICE: _("Among the best quarter by price for clicks"),
    Reason.MID_SIZE: _("Mid-sized: often more clicks for the price than the biggest"),
    Reason.WORKED_WITH: _("Has worked with you"),
    Reason.TO_TRY: _("Drawn to be tried"),
}
TIERS: Mapping[str, Words] = {
    "nano": _("nano: below 10,000"),
    "micro": _("micro: from 10,000"),
    "mid": _("mid-size: from 100,000"),
    "macro": _("macro: from 500,000"),
    "mega": _("mega: from 1,000,000"),
}
MISSING: Mapping[str, Words] = {
    "name": _("name"),
    "region": _("country"),
    "languages": _("languages"),
    "categories": _("categories"),
    "channel": _("a channel"),
}
STATES: Mapping[str, Mapping[str, Words]] = {
    "campaign": dict(Campaign.State.choices),
    "application": dict(Application.State.choices),
    "invitation": dict(Invitation.State.choices),
    "negotiation": dict(Negotiation.State.choices),
}

HELD: Mapping[Standing, Words] = {
    Standing.NOT_QUALIFIED: _(
        "The shop is not qualified yet: nothing can be offered or agreed until its papers are"
        " approved."
    ),
    Standing.SERVICE_OFF: _(
        "LinkStar is switched off for the shop: nothing new can be offered or agreed until an owner"
        " switches it on."
    ),
    Standing.SUSPENDED: _(
        "The shop is suspended: nothing new can be offered or agreed until that is lifted."
    ),
    Standing.LICENCE_EXPIRED: _(
        "The shop's business licence has run out: nothing new can be offered or agreed until a"
        " valid one is approved."
    ),
}

REFUSED = (
    NotNow,
    TermsRefused,
    MarketWithoutClocks,
    RateRefused,
    Expired,
    NotYourTurn,
    OfferOutdated,
    PlaceholderUnknown,
    BraceAlone,
    PlacesTaken,
    SignupOver,
    CreatorSuspended,
    ShopHeld,
    NameTaken,
    ListNameTaken,
    HandleTaken,
    AlreadyApplied,
    CreatorNotVerified,
    creator_rules.NotNow,
    creator_rules.HandleRefused,
    creator_rules.AudienceRefused,
    creator_rules.ProfileIncomplete,
)
"""Everything the actions behind these pages refuse by name."""


def refusal(refused: Exception) -> str:
    """The sentence of a refusal: what is wrong, and what one can do."""
    write = _SENTENCES[type(refused)]
    return str(write(refused)) if callable(write) else str(write)


def _not_now(refused: Any) -> Words:
    return NOT_NOW.get((refused.what, refused.state), _("This is not possible any more."))


def _rate(refused: RateRefused) -> str:
    told = {
        "rate": f"{refused.rate_bps / 100:g}%",
        "least": f"{refused.least_bps / 100:g}%",
        "most": f"{refused.most_bps / 100:g}%",
    }
    sentence = gettext("%(rate)s is not possible: this market allows %(least)s to %(most)s.")
    return sentence % told


def _expired(refused: Expired) -> str:
    at = moment(refused.at, refused.zone)
    if refused.what == "offer":
        return gettext("The offer ended on %(at)s. Ask the other side for a new one.") % {"at": at}
    return gettext("The invitation ended on %(at)s. Ask the shop for a new one.") % {"at": at}


def _placeholders(refused: PlaceholderUnknown) -> str:
    return gettext("Nobody knows what %(names)s stands for.") % {
        "names": ", ".join(f"{{{name}}}" for name in refused.names)
    }


def _incomplete(refused: creator_rules.ProfileIncomplete) -> str:
    missing = ", ".join(str(MISSING[name]) for name in refused.missing)
    return gettext("Still missing: %(missing)s.") % {"missing": missing}


_SENTENCES: Mapping[type[Exception], Words | Callable[[Any], Words]] = {
    NotNow: _not_now,
    TermsRefused: lambda refused: TERMS_REFUSED[refused.reason],
    MarketWithoutClocks: _("No time limits are known for this market; nothing can be agreed yet."),
    RateRefused: _rate,
    Expired: _expired,
    NotYourTurn: _("The open offer is your own. The other side has to answer it."),
    OfferOutdated: _("Another offer was made meanwhile. Look at it before you answer."),
    PlaceholderUnknown: _placeholders,
    BraceAlone: _("A brace { or } has no partner."),
    PlacesTaken: lambda refused: (
        gettext("All %(places)s places are given away.") % {"places": refused.places}
    ),
    SignupOver: _("Sign-up is over."),
    CreatorSuspended: _("This creator is suspended; nothing new can be agreed."),
    ShopHeld: lambda refused: HELD[refused.standing],
    NameTaken: _("There is one of this name already."),
    ListNameTaken: _("There is a list of this name already."),
    HandleTaken: lambda refused: (
        gettext(
            "Another creator is verified as @%(handle)s. Suspend that one first if it is wrong."
        )
        % {"handle": refused.handle}
    ),
    AlreadyApplied: _("You have signed up already."),
    CreatorNotVerified: _("Only verified creators take part. Have your profile verified first."),
    creator_rules.NotNow: lambda refused: CREATOR_NOT_NOW[refused.state],
    creator_rules.HandleRefused: lambda refused: (
        gettext("“%(stated)s” is not a handle. Write @name or paste the address of the profile.")
        % {"stated": refused.stated}
    ),
    creator_rules.AudienceRefused: lambda refused: (
        gettext("The shares add up to %(total)s, which is more than everybody.")
        % {"total": f"{refused.total_bps / 100:g}%"}
    ),
    creator_rules.ProfileIncomplete: _incomplete,
}


def attempt(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Do it and say so; where it is refused, say why. Whether it was done."""
    try:
        act()
    except REFUSED as refused:
        messages.error(request, refusal(refused))
        return False
    if done:
        messages.success(request, done)
    return True
