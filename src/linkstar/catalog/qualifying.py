"""What a company and a reviewer do to a shop's qualification, each in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from linkstar.accounts.models import User
from linkstar.accounts.notifying import notify, writers_of
from linkstar.accounts.queries import may_review, reviewers_beside
from linkstar.catalog.documents import keep_document, plain_name
from linkstar.catalog.market_rules import rules_on
from linkstar.catalog.models import Qualification, QualificationDocument, QualificationStep, Shop
from linkstar.catalog.qualification import (
    EDITABLE,
    REASONED_VERBS,
    Lack,
    State,
    Verb,
    lacks,
    next_state,
)
from linkstar.catalog.queries import application_of, day_of

DOCUMENTS_MAX = 20


class NotEditable(ValueError):
    """It is handed in, approved or suspended: the company cannot change it now."""

    code = "qualification.not_editable"


class Incomplete(ValueError):
    """Something is missing or does not meet the market's thresholds; `lacks` says what."""

    code = "qualification.incomplete"

    def __init__(self, missing: tuple[Lack, ...]) -> None:
        super().__init__(missing)
        self.lacks = missing


class ActedMeanwhile(ValueError):
    """Somebody took a step after the page that was looked at; `step` is that step."""

    code = "qualification.acted_meanwhile"

    def __init__(self, step: QualificationStep | None) -> None:
        super().__init__(step)
        self.step = step


class ReasonMissing(ValueError):
    """Whoever sends back or suspends says why."""

    code = "qualification.reason_missing"


class OwnCompany(ValueError):
    """The reviewer belongs to the company, and the installation has another reviewer."""

    code = "qualification.own_company"


class TooManyDocuments(ValueError):
    """More files than anybody can review."""

    code = "qualification.too_many_documents"
    params: Mapping[str, object] = {"most": DOCUMENTS_MAX}


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What a company says of itself and its shop; empty and None are not stated."""

    company_name: str = ""
    registration_number: str = ""
    legal_representative: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    sells_branded_goods: bool = False
    licence_valid_until: date | None = None
    shop_rating: Decimal | None = None
    negative_review_bps: int | None = None
    return_bps: int | None = None
    counterfeit_points: int | None = None


@transaction.atomic
def state_company(*, shop: Shop, facts: CompanyFacts, now: datetime) -> Qualification:
    """Write down what the company says; may be done any number of times before handing in.

    Raises:
        NotEditable: see there.
    """
    qualification = _held_by_company(shop, now)
    for field in fields(facts):
        setattr(qualification, field.name, getattr(facts, field.name))
    qualification.save()
    return qualification


def add_document(
    *,
    shop: Shop,
    kind: QualificationDocument.Kind,
    name: str,
    blocks: Iterable[bytes],
    user: User,
    folder: Path,
    now: datetime,
) -> QualificationDocument:
    """Take in one file; nothing is kept of a refused one.

    Raises:
        DocumentRefused: the file is too big, or not what we take.
        NotEditable: see there.
        TooManyDocuments: see there.
    """
    name = plain_name(name)
    kept = keep_document(name, blocks, folder)
    try:
        return _record_document(
            shop=shop, kind=kind, name=name, user=user, now=now,
            stored_as=kept.stored_as, media_type=kept.media_type, size=kept.size,
            sha256=kept.sha256,
        )  # fmt: skip
    except BaseException:
        (folder / kept.stored_as).unlink(missing_ok=True)
        raise


@transaction.atomic
def _record_document(
    *, shop: Shop, user: User, now: datetime, **stated: object
) -> QualificationDocument:
    qualification = _held_by_company(shop, now)
    if qualification.documents.filter(removed_at=None).count() >= DOCUMENTS_MAX:
        raise TooManyDocuments
    return QualificationDocument.objects.create(
        qualification=qualification, uploaded_by=user, uploaded_at=now, **stated
    )


def remove_document(*, document: QualificationDocument, folder: Path, now: datetime) -> None:
    """Take a file out again. One that was handed in before stays in the history.

    Raises:
        NotEditable: see there.
    """
    with transaction.atomic():
        _held_by_company(document.qualification.shop, now)
        if document.was_handed_in:
            document.removed_at = now
            document.save(update_fields=["removed_at"])
            return
        document.delete()
    (folder / document.stored_as).unlink(missing_ok=True)


@transaction.atomic
def hand_in(*, shop: Shop, user: User, seen: int, now: datetime) -> QualificationStep:
    """Give it to the reviewers.

    Raises:
        Incomplete: see there.
        ActedMeanwhile: somebody took a step since `seen`.
        StepRefused: it is not the company's turn.
    """
    qualification = _locked(shop, now)
    rules = rules_on(shop.market, day_of(shop, now))
    missing = lacks(application_of(qualification), rules, on=day_of(shop, now))
    if missing:
        raise Incomplete(missing)
    step = _step(qualification, Verb.SUBMIT, user=user, seen=seen, now=now)
    qualification.submitted_at = now
    qualification.save(update_fields=["submitted_at"])
    qualification.documents.filter(removed_at=None).update(was_handed_in=True)
    notify(
        users=reviewers_beside(user), code="qualification.submit", now=now, shop=shop.name,
        address=f"/review/{qualification.id}/",
    )  # fmt: skip
    return step


@transaction.atomic
def take_back(*, shop: Shop, user: User, seen: int, now: datetime) -> QualificationStep:
    """Take it back from the reviewers to change something.

    Raises:
        ActedMeanwhile: somebody took a step since `seen`.
        StepRefused: it is not with the reviewers.
    """
    return _step(_locked(shop, now), Verb.WITHDRAW, user=user, seen=seen, now=now)


@transaction.atomic
def decide(
    *,
    shop: Shop,
    verb: Verb,
    user: User,
    seen: int,
    now: datetime,
    reason: str = "",
    document_reasons: Mapping[str, str] | None = None,
) -> QualificationStep:
    """A reviewer's step: approve, send back, suspend or lift.

    Args:
        shop: whose qualification it is.
        verb: which step.
        user: the reviewer.
        seen: the number of steps on the page the reviewer looked at.
        now: the instant.
        reason: why, for the company to read; needed to send back or suspend.
        document_reasons: why, by document id, or by kind for one that is missing.

    Raises:
        ReasonMissing: see there; a reason for one document is one.
        OwnCompany: see there.
        ActedMeanwhile: another reviewer or the company was faster; nothing was changed.
        StepRefused: there is no such step from here.
    """
    given = {key: text.strip() for key, text in (document_reasons or {}).items() if text.strip()}
    if verb in REASONED_VERBS and not (reason.strip() or given):
        raise ReasonMissing
    if not may_review(user, shop.workspace):
        raise OwnCompany
    step = _step(
        _locked(shop, now), verb, user=user, seen=seen, now=now,
        reason=reason.strip(), document_reasons=given,
    )  # fmt: skip
    notify(
        users=writers_of(shop.workspace), code=f"qualification.{verb}", now=now, shop=shop.name,
        workspace=shop.workspace, address=f"/settings/shops/{shop.id}/qualification/",
    )  # fmt: skip
    return step


def _step(
    qualification: Qualification,
    verb: Verb,
    *,
    user: User,
    seen: int,
    now: datetime,
    reason: str = "",
    document_reasons: Mapping[str, str] | None = None,
) -> QualificationStep:
    if qualification.steps_taken != seen:
        raise ActedMeanwhile(qualification.steps.order_by("-number").first())
    qualification.state = next_state(State(qualification.state), verb)
    qualification.steps_taken += 1
    qualification.save(update_fields=["state", "steps_taken"])
    return QualificationStep.objects.create(
        qualification=qualification,
        number=qualification.steps_taken,
        verb=verb,
        state=qualification.state,
        user=user,
        reason=reason,
        document_reasons=document_reasons or {},
        at=now,
    )


def _held_by_company(shop: Shop, now: datetime) -> Qualification:
    qualification = _locked(shop, now)
    if qualification.state not in EDITABLE:
        raise NotEditable
    return qualification


def _locked(shop: Shop, now: datetime) -> Qualification:
    """The shop's qualification, begun if there is none, held until the transaction ends."""
    Qualification.objects.get_or_create(shop=shop, defaults={"created_at": now})
    return Qualification.objects.select_for_update().get(shop=shop)
