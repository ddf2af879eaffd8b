"""A shop's qualification: which step may follow which, who takes it, and what it still lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from linkstar.catalog.market_rules import MarketRules, Threshold


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SUSPENDED = "suspended"


class Verb(StrEnum):
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    SUSPEND = "suspend"
    LIFT = "lift"


TRANSITIONS: Mapping[tuple[State, Verb], State] = MappingProxyType(
    {
        (State.DRAFT, Verb.SUBMIT): State.SUBMITTED,
        (State.RETURNED, Verb.SUBMIT): State.SUBMITTED,
        (State.SUBMITTED, Verb.WITHDRAW): State.DRAFT,
        (State.SUBMITTED, Verb.APPROVE): State.APPROVED,
        (State.SUBMITTED, Verb.SEND_BACK): State.RETURNED,
        (State.APPROVED, Verb.SEND_BACK): State.RETURNED,
        (State.APPROVED, Verb.SUSPEND): State.SUSPENDED,
        (State.SUSPENDED, Verb.LIFT): State.APPROVED,
        (State.SUSPENDED, Verb.SEND_BACK): State.RETURNED,
    }
)
"""Every step there is. What is not listed is refused."""

COMPANY_VERBS = frozenset({Verb.SUBMIT, Verb.WITHDRAW})
"""Steps of the company; all others are a reviewer's."""
REASONED_VERBS = frozenset({Verb.SEND_BACK, Verb.SUSPEND})
"""Steps nobody may take without saying why."""
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
"""While the company holds the pen."""


class StepRefused(ValueError):
    """The step cannot be taken from this state."""

    code = "qualification.step"

    def __init__(self, state: State, verb: Verb) -> None:
        super().__init__(state, verb)
        self.params = {"state": state, "verb": verb}


def next_state(state: State, verb: Verb) -> State:
    """Where the step leads.

    Raises:
        StepRefused: there is no such step from here.
    """
    try:
        return TRANSITIONS[state, verb]
    except KeyError:
        raise StepRefused(state, verb) from None


def verbs_from(state: State) -> tuple[Verb, ...]:
    """The steps that may be taken now, in their usual order."""
    return tuple(verb for verb in Verb if (state, verb) in TRANSITIONS)


class DocumentKind(StrEnum):
    BUSINESS_LICENCE = "business_licence"
    LEGAL_REPRESENTATIVE_ID = "legal_representative_id"
    BRAND_AUTHORISATION = "brand_authorisation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Application:
    """What a company has handed in, as the rules see it.

    Attributes:
        stated: the names of the company's answers that are not empty.
        kinds: the kinds of document that are there.
        licence_valid_until: the day the business licence runs out; None when it does not say.
        figures: what the shop says of itself, by the name of the threshold; None is not stated.
    """

    stated: frozenset[str]
    kinds: frozenset[DocumentKind]
    sells_branded_goods: bool
    licence_valid_until: date | None
    figures: Mapping[str, Decimal | None]


ANSWERS_NEEDED = (
    "company_name",
    "registration_number",
    "legal_representative",
    "contact_email",
    "contact_phone",
)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that stands in the way of handing in: a code, what was asked, what was found."""

    code: str
    wanted: Decimal | date | None = None
    found: Decimal | date | None = None


def lacks(application: Application, rules: MarketRules, *, on: date) -> tuple[Lack, ...]:
    """Everything that is still missing or does not meet the market's thresholds that day.

    A figure nobody stated stops nothing: a new shop has none. The reviewer sees that it is not
    there.
    """
    answers = (Lack(name) for name in ANSWERS_NEEDED if name not in application.stated)
    kinds = documents_needed(rules, sells_branded_goods=application.sells_branded_goods)
    documents = (Lack(f"document.{kind}") for kind in kinds if kind not in application.kinds)
    return (*answers, *documents, *_licence(application, rules, on), *_figures(application, rules))


def documents_needed(rules: MarketRules, *, sells_branded_goods: bool) -> tuple[DocumentKind, ...]:
    names = rules.documents + (rules.documents_when_branded if sells_branded_goods else ())
    return tuple(DocumentKind(name) for name in names)


def _licence(application: Application, rules: MarketRules, on: date) -> tuple[Lack, ...]:
    until = application.licence_valid_until
    wanted = on + timedelta(days=rules.licence_valid_days_min)
    return () if until is None or until >= wanted else (Lack("licence_runs_out", wanted, until),)


def _figures(application: Application, rules: MarketRules) -> tuple[Lack, ...]:
    return tuple(
        Lack(threshold.figure, threshold.bound, found)
        for threshold in rules.thresholds
        if (found := application.figures.get(threshold.figure)) is not None
        and not meets(found, threshold)
    )


def meets(found: Decimal, threshold: Threshold) -> bool:
    """Whether a figure is on the right side; a bound that is itself excluded is `below`."""
    if threshold.side == "min":
        return found >= threshold.bound
    if threshold.side == "max":
        return found <= threshold.bound
    return found < threshold.bound


class Standing(StrEnum):
    """Whether a shop's plans may be shown to creators, and if not, why."""

    MAY_PROMOTE = "may_promote"
    NOT_QUALIFIED = "not_qualified"
    SUSPENDED = "suspended"
    LICENCE_EXPIRED = "licence_expired"
    SERVICE_OFF = "service_off"


class ShopHeld(ValueError):
    """Nothing new is offered or agreed in the name of the shop; `standing` says why."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing


def standing(
    *, state: State, licence_valid_until: date | None, service_is_on: bool, on: date
) -> Standing:
    """The first thing that stands in the way, the gravest first.

    A shop whose documents were asked for again after approval is not qualified until they are
    approved; one whose licence ran out may go on once a valid one is approved.
    """
    if state is State.SUSPENDED:
        return Standing.SUSPENDED
    if state is not State.APPROVED:
        return Standing.NOT_QUALIFIED
    if licence_valid_until is not None and licence_valid_until < on:
        return Standing.LICENCE_EXPIRED
    return Standing.MAY_PROMOTE if service_is_on else Standing.SERVICE_OFF
