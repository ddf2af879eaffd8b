"""How each refusal by name is answered: its status, and who has its sentence.

Refusals are told apart by class, since two modules may give the same name. One that is missing
here fails a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linkstar.accounts import api_keys, inviting
from linkstar.accounts.remembering import IdempotencyKeyReused
from linkstar.api import calling, plans
from linkstar.api.benchmark_building import RowsUnreadable
from linkstar.api.paging import CursorUnreadable
from linkstar.api.qualification import ContactNotConfirmed
from linkstar.attribution.actions import NothingToRedecide, PromoCodeTaken
from linkstar.benchmarks import actions as benchmark_actions
from linkstar.benchmarks.cells import CellInvalid
from linkstar.benchmarks.models import BenchmarkFrozen
from linkstar.benchmarks.queries import BenchmarkNotFound
from linkstar.benchmarks.stated import MarketNotStated, PeriodsDiffer
from linkstar.catalog import affiliate_service, qualifying
from linkstar.catalog.documents import DocumentRefused
from linkstar.catalog.market_rules import MarketUnknown
from linkstar.catalog.products import ProductKnown, TagsRefused
from linkstar.catalog.qualification import ShopHeld, StepRefused
from linkstar.catalog.rules import ZoneUnknown
from linkstar.catalog.terms import TermsOutdated
from linkstar.collaborations.rules import (
    AlreadyExtended,
    MarketWithoutClocks,
    NotNow,
    TermsRefused,
    TooLateToCancel,
)
from linkstar.connectors import actions as _connectors  # noqa: F401  # every kind is known
from linkstar.connectors.reading.refusals import Refusal as FileRefusal
from linkstar.creators import rules as creator_rules
from linkstar.creators.actions.keeping import ListNameTaken
from linkstar.creators.actions.verifying import HandleTaken
from linkstar.events.corrections import CorrectionRefused
from linkstar.exchange import actions as exchange_actions
from linkstar.exchange import rules as exchange_rules
from linkstar.insights.queries import KeyUnknown
from linkstar.jobs.benchmarks import BuildUnderWay
from linkstar.jobs.deciding import OnlyDismissed
from linkstar.plans.refusals import (
    CreatorNamedTwice,
    PlanOver,
    PlanOverlaps,
    PlanRefused,
    RateUnchanged,
)
from linkstar.recruiting import actions as recruiting_actions
from linkstar.recruiting import rules as recruiting_rules
from linkstar.recruiting.actions.campaigns import AlreadyApplied, CreatorNotVerified
from linkstar.recruiting.outreach import MarketWithoutOutreach, TierUnknown
from linkstar.recruiting.rates import RateRefused
from linkstar.settlements.actions import AlreadyApproved, DisputeRefused
from linkstar.settlements.payment_files import NoPayingAccount
from linkstar.settlements.rules import MoveRefused
from linkstar.tracking.rules import DestinationRefused, HostInUse, LinkOver
from linkstar.web import people_words, qualification_words
from linkstar.web.collaborations import words as collaboration_words
from linkstar.web.disputes.words import refusal as dispute_refusal
from linkstar.web.exchange_words import refusal as rate_refusal
from linkstar.web.member_letters import LetterNotSent
from linkstar.web.plan_words import refused_because
from linkstar.web.problems import sentence_of
from linkstar.web.recruiting import words as recruiting_words
from linkstar.web.set_aside_forms import REFUSALS as CORRECTION_REFUSALS
from linkstar.web.tracking_forms import DESTINATION_REFUSALS

Words = str | Promise | Callable[[Any], str]
UNAUTHORIZED, FORBIDDEN = HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN
NOT_FOUND, CONFLICT, WRONG = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The status of a refusal, its sentence, and the field it is about if that never varies."""

    status: HTTPStatus
    words: Words
    field: str = ""

    def sentence(self, refused: Exception) -> str:
        return str(self.words(refused) if callable(self.words) else self.words)


def _needs(refused: calling.KeyReachTooNarrow) -> str:
    return _("This key may not do this; a key that reaches as far as “%(needed)s” may.") % {
        "needed": refused.needed
    }


def every_kind_of(kind: type[Exception]) -> list[type[Exception]]:
    """The kinds below a kind of refusal, at any depth."""
    return [one for below in kind.__subclasses__() for one in (below, *every_kind_of(below))]


def _terms(refused: TermsRefused) -> str:
    """Two pages have words for different terms."""
    words = {**recruiting_words.TERMS_REFUSED, **collaboration_words.TERMS}
    return str(words.get(refused.reason, refused.reason))


def _not_corrected(refused: CorrectionRefused) -> str:
    return f"{CORRECTION_REFUSALS[refused.code]} ({refused.detail})"


def _not_now(refused: NotNow) -> str:
    """What state it is in; without words for that, that somebody acted first."""
    known = recruiting_words.NOT_NOW.get((refused.what, refused.state))
    return str(known) if known else collaboration_words.refusal(refused)


def _creators_unknown(refused: plans.CreatorsUnknown) -> str:
    told = _("Not among your creators: %(handles)s. Add them first, or check the spelling.")
    return told % {"handles": ", ".join(f"@{handle}" for handle in refused.handles)}


def _no_rate(refused: Any) -> str:
    return rate_refusal(refused, get_language() or "en")


def _no_outreach(refused: MarketWithoutOutreach) -> str:
    del refused
    return _("No rules for inviting are known for this market.")


def _host_in_use(refused: HostInUse) -> str:
    told = _("Running links that lead there: %(links)d. Say this number to stop them with it.")
    return told % {"links": refused.links}


_PLAN_FIELDS = {
    "RateOutOfBounds": "body.rate_bps",
    "AdsRateOutOfBounds": "body.ads_rate_bps",
    "StartsInThePast": "body.starts_on",
    "LowersToday": "body.starts_on",
    "OutsideThePlan": "body.starts_on",
    "EndsBeforeItStarts": "body.ends_before",
    "ScopeUnclear": "body.scope",
}
_PLAN_CONFLICTS: frozenset[type[PlanRefused]] = frozenset(
    {PlanOverlaps, CreatorNamedTwice, PlanOver, RateUnchanged}
)
_PLAN_KINDS: list[type[Exception]] = [PlanRefused, *every_kind_of(PlanRefused)]
_FOR_PLANS: dict[type[Exception], Answered] = {
    kind: Answered(
        CONFLICT if kind in _PLAN_CONFLICTS else WRONG,
        refused_because,
        _PLAN_FIELDS.get(kind.__name__, ""),
    )
    for kind in _PLAN_KINDS
}
_SAID_BY_RECRUITING: dict[type[Exception], HTTPStatus] = {
    recruiting_rules.Expired: CONFLICT,
    recruiting_rules.NotYourTurn: CONFLICT,
    recruiting_rules.OfferOutdated: CONFLICT,
    recruiting_rules.CreatorSuspended: CONFLICT,
    recruiting_rules.SignupOver: CONFLICT,
    recruiting_rules.PlacesTaken: CONFLICT,
    recruiting_rules.PlaceholderUnknown: WRONG,
    recruiting_rules.BraceAlone: WRONG,
    recruiting_actions.NameTaken: CONFLICT,
    AlreadyApplied: CONFLICT,
    CreatorNotVerified: CONFLICT,
    RateRefused: WRONG,
    ShopHeld: CONFLICT,
    creator_rules.NotNow: CONFLICT,
    creator_rules.HandleRefused: WRONG,
    creator_rules.AudienceRefused: WRONG,
    creator_rules.ProfileIncomplete: CONFLICT,
    HandleTaken: CONFLICT,
    ListNameTaken: CONFLICT,
}
_SAID_BY_COLLABORATIONS: dict[type[Exception], HTTPStatus] = {
    AlreadyExtended: CONFLICT,
    TooLateToCancel: CONFLICT,
    MarketWithoutClocks: WRONG,
}

_FILE_CONFLICTS = frozenset({"ImportNotReady", "UndoTooLate", "AnswerMissing"})
_FILE_KINDS: list[type[Exception]] = [FileRefusal, *every_kind_of(FileRefusal)]
_FOR_FILES: dict[type[Exception], Answered] = {
    kind: Answered(CONFLICT if kind.__name__ in _FILE_CONFLICTS else WRONG, sentence_of)
    for kind in _FILE_KINDS
}

_SAID_OF_PEOPLE: dict[type[Exception], HTTPStatus] = {
    inviting.AlreadyMember: CONFLICT,
    inviting.TooManyInvitations: CONFLICT,
    inviting.InvitationUsed: CONFLICT,
    inviting.LastOwner: CONFLICT,
    LetterNotSent: CONFLICT,
}
_SAID_OF_QUALIFICATION: dict[type[Exception], HTTPStatus] = {
    DocumentRefused: WRONG,
    qualifying.NotEditable: CONFLICT,
    qualifying.ReasonMissing: WRONG,
    qualifying.OwnCompany: CONFLICT,
    qualifying.TooManyDocuments: CONFLICT,
    StepRefused: CONFLICT,
    affiliate_service.NotQualified: CONFLICT,
    affiliate_service.AlreadyOn: CONFLICT,
    affiliate_service.NotOn: CONFLICT,
    affiliate_service.RateOutOfBounds: WRONG,
    TermsOutdated: CONFLICT,
}


def _incomplete(refused: qualifying.Incomplete) -> str:
    return " ".join(qualification_words.lack_sentence(lack) for lack in refused.lacks)


def _meanwhile(refused: qualifying.ActedMeanwhile) -> str:
    return qualification_words.meanwhile_sentence(refused.step)


REFUSALS: Mapping[type[Exception], Answered] = {
    api_keys.ApiKeyUnknown: Answered(
        UNAUTHORIZED, gettext_lazy("Nobody knows this key, or it was revoked."), "Authorization"
    ),
    api_keys.ApiKeyExpired: Answered(
        UNAUTHORIZED, gettext_lazy("This key ran out. Make a new one."), "Authorization"
    ),
    calling.KeyForTheOtherSide: Answered(
        FORBIDDEN,
        gettext_lazy(
            "This is for another side: companies, creators, and whoever runs the installation have "
            "keys of their own."
        ),
    ),
    calling.KeyReachTooNarrow: Answered(FORBIDDEN, _needs),
    calling.RoleTooNarrow: Answered(
        FORBIDDEN, gettext_lazy("The role of whoever made this key does not allow it.")
    ),
    calling.NoCreatorProfile: Answered(
        FORBIDDEN, gettext_lazy("Begin your profile as a creator first.")
    ),
    IdempotencyKeyReused: Answered(
        CONFLICT,
        gettext_lazy("This Idempotency-Key was used for another call. Choose a new one."),
        "header.Idempotency-Key",
    ),
    CursorUnreadable: Answered(
        WRONG,
        gettext_lazy("This cursor is not of this list. Begin without one."),
        "query.cursor",
    ),
    ZoneUnknown: Answered(WRONG, gettext_lazy("Nobody knows this time zone."), "body.zone"),
    MarketUnknown: Answered(
        WRONG, gettext_lazy("Shops in this market are not looked after here."), "body.market"
    ),
    BuildUnderWay: Answered(CONFLICT, sentence_of),
    RowsUnreadable: Answered(
        WRONG,
        gettext_lazy("Some rows of the file cannot be read, so nothing was imported."),
        "body.file",
    ),
    **dict.fromkeys(
        (MarketNotStated, PeriodsDiffer, CellInvalid, benchmark_actions.SourceNotNamed),
        Answered(WRONG, sentence_of),
    ),
    benchmark_actions.NothingToPublish: Answered(CONFLICT, sentence_of),
    benchmark_actions.EditionOutdated: Answered(CONFLICT, sentence_of),
    BenchmarkFrozen: Answered(CONFLICT, gettext_lazy("It is published, and stays as it is.")),
    BenchmarkNotFound: Answered(
        NOT_FOUND, gettext_lazy("There is no such benchmark, or it is not yours.")
    ),
    KeyUnknown: Answered(
        NOT_FOUND, gettext_lazy("Nothing was counted under this key in this period."), "query.key"
    ),
    CorrectionRefused: Answered(WRONG, _not_corrected, "body.line"),
    OnlyDismissed: Answered(
        CONFLICT, gettext_lazy("Lines set aside for this reason can only be dismissed.")
    ),
    LinkOver: Answered(WRONG, gettext_lazy("This moment is over."), "body.expires_at"),
    HostInUse: Answered(CONFLICT, _host_in_use, "body.links"),
    DestinationRefused: Answered(WRONG, lambda refused: str(DESTINATION_REFUSALS[refused.code])),
    ProductKnown: Answered(
        CONFLICT, gettext_lazy("The shop has a product with this ID already."), "body.external_id"
    ),
    TagsRefused: Answered(
        WRONG, gettext_lazy("A product has at most 20 tags of up to 40 characters."), "body.tags"
    ),
    AlreadyApproved: Answered(
        CONFLICT, gettext_lazy("You approved it before. Another person has to, too.")
    ),
    MoveRefused: Answered(
        CONFLICT, gettext_lazy("It is in another state by now: somebody acted first.")
    ),
    PromoCodeTaken: Answered(
        CONFLICT, gettext_lazy("It names a creator already on some of these days."), "body.code"
    ),
    NothingToRedecide: Answered(
        CONFLICT, gettext_lazy("Nothing changes: the line is undecided, or theirs already.")
    ),
    plans.CreatorsUnknown: Answered(WRONG, _creators_unknown, "body.creators"),
    TermsRefused: Answered(WRONG, _terms, "body.terms"),
    NotNow: Answered(CONFLICT, _not_now),
    MarketWithoutOutreach: Answered(WRONG, _no_outreach),
    TierUnknown: Answered(
        WRONG, gettext_lazy("The shop's market has no such tier in Seller Center."), "body.tier"
    ),
    **_FOR_PLANS,
    **_FOR_FILES,
    qualifying.Incomplete: Answered(CONFLICT, _incomplete),
    qualifying.ActedMeanwhile: Answered(CONFLICT, _meanwhile, "body.steps_taken"),
    ContactNotConfirmed: Answered(
        WRONG,
        gettext_lazy("Choose an address that an owner or manager of the company has confirmed."),
        "body.contact_email",
    ),
    NoPayingAccount: Answered(
        CONFLICT,
        gettext_lazy("The shop has not said which account it pays from; the CSV needs none."),
        "query.form",
    ),
    DisputeRefused: Answered(CONFLICT, dispute_refusal),
    exchange_rules.RateRefused: Answered(WRONG, _no_rate, "body.rate"),
    **dict.fromkeys(
        (exchange_actions.RateStated, exchange_actions.RateUnlikely),
        Answered(CONFLICT, _no_rate, "body.rate"),
    ),
    **{
        kind: Answered(status, people_words.refusal_sentence)
        for kind, status in _SAID_OF_PEOPLE.items()
    },
    **{
        kind: Answered(status, qualification_words.refusal_sentence)
        for kind, status in _SAID_OF_QUALIFICATION.items()
    },
    **{
        kind: Answered(status, recruiting_words.refusal)
        for kind, status in _SAID_BY_RECRUITING.items()
    },
    **{
        kind: Answered(status, collaboration_words.refusal)
        for kind, status in _SAID_BY_COLLABORATIONS.items()
    },
}
