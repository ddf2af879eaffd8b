"""The demo seller's shops, qualified and switched on: papers that say they are samples."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pypdf import PdfWriter

from linkstar.accounts.models import Notification, User, Workspace
from linkstar.catalog.affiliate_service import StartingPoint, enable_service
from linkstar.catalog.models import Qualification, QualificationDocument, Shop
from linkstar.catalog.qualification import Verb
from linkstar.catalog.qualifying import CompanyFacts, add_document, decide, hand_in, state_company
from linkstar.catalog.queries import service_of
from linkstar.catalog.terms import terms_on

BEGAN = timedelta(days=180)
"""How long before the marketplace's present the shops joined."""
DEFAULT_RATE_BPS = 1_500
Kind = QualificationDocument.Kind


def join_affiliate(workspace: Workspace, *, owner: User, data: Path, now: datetime) -> None:
    """Qualify every shop of the demo seller and switch LinkStar on; twice changes nothing."""
    since = now - BEGAN
    for shop in Shop.objects.filter(workspace=workspace).order_by("number"):
        if not Qualification.objects.filter(shop=shop, steps_taken__gt=0).exists():
            _qualify(shop, owner=owner, folder=data / "documents", now=since)
        if service_of(shop) is None:
            terms = terms_on(since.date(), own=data / "terms")
            enable_service(
                shop=shop, user=owner, terms=terms, accepted_version=terms.version,
                start=StartingPoint(DEFAULT_RATE_BPS, ctr_target_ratio=Decimal("0.03")), now=since,
            )  # fmt: skip
    Notification.objects.filter(user=owner, at=since).update(mail_due=False, read_at=since)


def _qualify(shop: Shop, *, owner: User, folder: Path, now: datetime) -> None:
    facts = CompanyFacts(
        company_name=f"{shop.workspace.name} (sample)",
        registration_number="SAMPLE-0001",
        legal_representative="Sample Person",
        contact_email=owner.email,
        contact_phone="+8675500000000",
        licence_valid_until=date(now.year + 10, 1, 1),
        shop_rating=Decimal("4.6"),
    )
    state_company(shop=shop, facts=facts, now=now)
    for kind in (Kind.BUSINESS_LICENCE, Kind.LEGAL_REPRESENTATIVE_ID):
        add_document(
            shop=shop, kind=kind, name=f"sample-{kind.value}.pdf", blocks=[_sample_paper()],
            user=owner, folder=folder, now=now,
        )  # fmt: skip
    hand_in(shop=shop, user=owner, seen=0, now=now)
    decide(shop=shop, verb=Verb.APPROVE, user=owner, seen=1, now=now)


def _sample_paper() -> bytes:
    """An empty page that calls itself a sample."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": "Sample, not a document"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
