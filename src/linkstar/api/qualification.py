"""A shop's qualification with its papers, and the affiliate service.

Reviewing is on pages only: it concerns every company, and no key reaches across companies.
"""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import AfterValidator, Field

from linkstar.accounts.models import User
from linkstar.accounts.queries import confirmed_addresses
from linkstar.api.calling import OWNS, READS, RULES, WRITERS_READ, WRITES, log, now, seller_of
from linkstar.api.files import ANY, file_answers
from linkstar.api.moves import Kind, Move, offer_moves
from linkstar.api.repeating import once
from linkstar.api.shapes import Asked, Bps, Day, Text, choices
from linkstar.api.shops import own_shop
from linkstar.catalog import affiliate_service, qualifying
from linkstar.catalog.affiliate_service import StartingPoint
from linkstar.catalog.market_rules import rules_on
from linkstar.catalog.models import (
    Qualification,
    QualificationDocument,
    QualificationStep,
    Shop,
)
from linkstar.catalog.qualification import lacks
from linkstar.catalog.qualifying import CompanyFacts
from linkstar.catalog.queries import application_of, day_of, qualification_of, service_of
from linkstar.catalog.terms import terms_on
from linkstar.web.downloads import attached
from linkstar.web.qualification_forms import plain_phone
from linkstar.web.qualification_words import lack_sentence

router = Router()
PaperKind = Annotated[QualificationDocument.Kind, choices(QualificationDocument.Kind)]
FIELDS = (
    "company_name", "registration_number", "legal_representative", "contact_email",
    "contact_phone", "sells_branded_goods", "licence_valid_until", "shop_rating",
    "negative_review_bps", "return_bps", "counterfeit_points",
)  # fmt: skip
TARGETS = ("ctr_target_ratio", "cvr_target_ratio", "roas_target_ratio", "uplift_target_ratio")


class ContactNotConfirmed(ValueError):
    """The address is none that an owner or manager of the company has confirmed."""


class CompanyStated(Asked):
    """What the company says of itself and its shop; what is left out is not stated any more."""

    company_name: Annotated[Text, Field(max_length=200)] = ""
    registration_number: Annotated[Text, Field(max_length=60)] = ""
    legal_representative: Annotated[Text, Field(max_length=120)] = ""
    contact_email: Annotated[Text, Field(max_length=254)] = ""
    contact_phone: Annotated[Text, Field(max_length=40), AfterValidator(plain_phone)] = ""
    sells_branded_goods: bool = False
    licence_valid_until: Day | None = None
    shop_rating: Annotated[Decimal, Field(ge=0, le=5, decimal_places=2)] | None = None
    negative_review_bps: Bps | None = None
    return_bps: Bps | None = None
    counterfeit_points: Annotated[int, Field(ge=0, le=1_000)] | None = None


class LackTold(Schema):
    """One thing that stands in the way of handing in."""

    code: str
    message: str


class PaperTold(Schema):
    """A paper that was uploaded."""

    id: str
    kind: PaperKind
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    was_handed_in: bool


class StepTold(Schema):
    """One step of the qualification; who sends back or suspends says why, also paper by paper."""

    number: int
    verb: str
    state: str
    by: str | None
    reason: str
    paper_reasons: dict[str, str]
    at: datetime


class QualificationTold(Schema):
    """How far a shop's qualification is; `steps_taken` is what `submit` has to name.

    `lacks` is what is missing, or does not meet the market's thresholds today.
    """

    shop_id: str
    state: str
    steps_taken: int
    company_name: str
    registration_number: str
    legal_representative: str
    contact_email: str
    contact_phone: str
    sells_branded_goods: bool
    licence_valid_until: date | None
    shop_rating: Decimal | None
    negative_review_bps: int | None
    return_bps: int | None
    counterfeit_points: int | None
    lacks: list[LackTold]
    papers: list[PaperTold]
    steps: list[StepTold]


class StepsSeen(Asked):
    """How many steps were taken as far as you know: where somebody was faster, nothing is done."""

    steps_taken: Annotated[int, Field(ge=0, le=10**6)]

    def facts(self) -> dict[str, Any]:
        return {"seen": self.steps_taken}


class ServiceTold(Schema):
    """Whether the affiliate service is on, from which rate, and what the shop aims at.

    `terms_now` are those that hold today, which switching it on accepts by their version.
    """

    shop_id: str
    is_on: bool
    enabled_at: datetime | None
    terms_version: str | None
    default_rate_bps: int | None
    ctr_target_ratio: Decimal | None
    cvr_target_ratio: Decimal | None
    roas_target_ratio: Decimal | None
    uplift_target_ratio: Decimal | None
    terms_now: str
    terms_now_sha256: str
    terms_now_texts: dict[str, str]


class TargetsAsked(Asked):
    """The rate of plans that name none, and what the shop aims at; null is no target."""

    default_rate_bps: Bps
    ctr_target_ratio: Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)] | None = None
    cvr_target_ratio: Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)] | None = None
    roas_target_ratio: Annotated[Decimal, Field(ge=0, le=1_000, decimal_places=2)] | None = None
    uplift_target_ratio: Annotated[Decimal, Field(ge=-1, le=9, decimal_places=4)] | None = None

    def facts(self) -> dict[str, Any]:
        said = self.dict(include={"default_rate_bps", *TARGETS})
        return {"start": StartingPoint(**said)}


class SwitchingOn(TargetsAsked):
    """The version of the terms that the company accepts, and where it starts from."""

    accepted_version: Annotated[Text, Field(max_length=20)]

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"accepted_version": self.accepted_version}


def told(found: Qualification) -> QualificationTold:
    shop = found.shop
    today = day_of(shop, now())
    papers = found.documents.filter(removed_at=None).order_by("kind", "uploaded_at")
    return QualificationTold(
        shop_id=shop.pk,
        state=found.state,
        steps_taken=found.steps_taken,
        lacks=[
            LackTold(code=lack.code, message=lack_sentence(lack))
            for lack in lacks(application_of(found), rules_on(shop.market, today), on=today)
        ],
        papers=[paper_told(paper) for paper in papers],
        steps=[_step_told(step) for step in found.steps.select_related("user").order_by("number")],
        **{name: getattr(found, name) for name in FIELDS},
    )


def paper_told(one: QualificationDocument) -> PaperTold:
    names = (
        "id", "kind", "name", "media_type", "size", "sha256", "uploaded_at", "was_handed_in"
    )  # fmt: skip
    return PaperTold(**{name: getattr(one, name) for name in names})


def _step_told(one: QualificationStep) -> StepTold:
    return StepTold(
        number=one.number,
        verb=one.verb,
        state=one.state,
        by=one.user.email if one.user else None,
        reason=one.reason,
        paper_reasons=one.document_reasons,
        at=one.at,
    )


def _shop(request: HttpRequest, shop_id: str) -> Shop:
    return own_shop(seller_of(request), shop_id)


@router.get("shops/{shop_id}/qualification", response=QualificationTold, auth=WRITERS_READ)
def qualification(request: HttpRequest, shop_id: str) -> QualificationTold:
    """How far it is, what is lacking, the papers, and every step with its reasons."""
    return told(qualification_of(_shop(request, shop_id)))


@router.post("shops/{shop_id}/qualification", response=QualificationTold, auth=WRITES)
@once
def state_qualification(
    request: HttpRequest, shop_id: str, asked: CompanyStated
) -> QualificationTold:
    """Write down what the company says; as often as wanted before it is handed in."""
    shop = _shop(request, shop_id)
    known = {qualification_of(shop).contact_email, *confirmed_addresses(shop.workspace)}
    if asked.contact_email and asked.contact_email not in known:
        raise ContactNotConfirmed
    kept = qualifying.state_company(shop=shop, facts=CompanyFacts(**asked.dict()), now=now())
    log(request, "qualification.stated", kept.id)
    return told(kept)


@router.post("shops/{shop_id}/papers", response={201: PaperTold}, auth=WRITES)
@once
def add_paper(
    request: HttpRequest, shop_id: str, file: File[UploadedFile], kind: Form[PaperKind]
) -> PaperTold:
    """Hand in a paper, as `multipart/form-data`: PDF, JPEG or PNG of up to 10 MB."""
    taken = qualifying.add_document(
        shop=_shop(request, shop_id),
        kind=QualificationDocument.Kind(kind),
        name=file.name or "",
        blocks=file.chunks(),
        user=seller_of(request).user,
        folder=settings.PLACES.documents,
        now=now(),
    )
    log(request, "qualification.document_added", taken.id, kind=taken.kind)
    return paper_told(taken)


def own_paper(request: HttpRequest, document_id: str) -> QualificationDocument:
    """A paper of the company that was not taken out.

    Raises:
        Http404: there is none of this id.
    """
    own = QualificationDocument.objects.filter(
        qualification__shop__workspace=seller_of(request).workspace, removed_at=None
    )
    return get_object_or_404(own.select_related("qualification__shop"), pk=document_id)


@router.post("papers/{document_id}/remove", response=QualificationTold, auth=WRITES)
@once
def remove_paper(request: HttpRequest, document_id: str) -> QualificationTold:
    """Take a paper out again; one that was handed in before stays in the history."""
    own = own_paper(request, document_id)
    shop, kind = own.qualification.shop, own.kind
    qualifying.remove_document(document=own, folder=settings.PLACES.documents, now=now())
    log(request, "qualification.document_removed", document_id, kind=kind)
    return told(qualification_of(shop))


@router.get("papers/{document_id}", auth=OWNS, openapi_extra=file_answers(ANY))
def paper_file(request: HttpRequest, document_id: str) -> HttpResponse:
    """The paper itself, for owners. Who took it is written down."""
    own = own_paper(request, document_id)
    log(request, "qualification.document_read", own.id, kind=own.kind)
    return attached(Path(settings.PLACES.documents) / own.stored_as, own.name)


offer_moves(
    router,
    Kind(
        "qualification", "shops/{shop_id}/qualification", _shop,
        lambda _, shop: told(qualification_of(shop)), QualificationTold, "shop",
    ),
    (
        Move(
            "submit", "Give it to the reviewers; for owners.", qualifying.hand_in, RULES,
            StepsSeen, logs="qualification.submit",
        ),
        Move(
            "withdraw", "Take it back from the reviewers to change something; for owners.",
            qualifying.take_back, RULES, StepsSeen, logs="qualification.withdraw",
        ),
    ),
)  # fmt: skip


def service_told(shop: Shop) -> ServiceTold:
    found = service_of(shop)
    terms = terms_on(day_of(shop, now()), own=settings.PLACES.terms)
    names = ("enabled_at", "terms_version", "default_rate_bps", *TARGETS)
    return ServiceTold(
        shop_id=shop.pk,
        is_on=found is not None,
        terms_now=terms.version,
        terms_now_sha256=terms.sha256,
        terms_now_texts=terms.texts,
        **{name: getattr(found, name, None) for name in names},
    )


@router.get("shops/{shop_id}/service", response=ServiceTold, auth=READS)
def shop_service(request: HttpRequest, shop_id: str) -> ServiceTold:
    """Whether the affiliate service is on, and the terms that hold today."""
    return service_told(_shop(request, shop_id))


def _enable(*, shop: Shop, user: User, now: datetime, **asked: Any) -> None:
    terms = terms_on(day_of(shop, now), own=settings.PLACES.terms)
    affiliate_service.enable_service(shop=shop, user=user, terms=terms, now=now, **asked)


offer_moves(
    router,
    Kind(
        "service", "shops/{shop_id}/service", _shop, lambda _, shop: service_told(shop),
        ServiceTold, "shop",
    ),
    (
        Move(
            "enable", "Switch it on for a qualified shop, accepting the terms; for owners.",
            _enable, RULES, SwitchingOn, logs="service.enabled",
        ),
        Move(
            "change", "Another default rate, other targets; plans that exist keep their rates.",
            affiliate_service.change_service, WRITES, TargetsAsked, hands={},
            logs="service.changed",
        ),
        Move(
            "disable", "Switch it off: plans are shown no more, what was earned stays owed.",
            affiliate_service.disable_service, RULES, hands={}, logs="service.disabled",
        ),
    ),
)  # fmt: skip
