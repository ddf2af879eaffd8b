"""Papers a company hands in, made when needed: real PDF and picture files, and bad ones."""

import io
from datetime import date
from decimal import Decimal

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from linkstar.catalog.models import QualificationDocument
from linkstar.catalog.qualification import Verb
from linkstar.catalog.qualifying import CompanyFacts, add_document, decide, hand_in, state_company

Kind = QualificationDocument.Kind
FACTS = CompanyFacts(
    company_name="Lin Cosmetics Ltd.",
    registration_number="91440300MA5EXAMPLE",
    legal_representative="Lin Wei",
    contact_email="lin@example.com",
    contact_phone="+8675512345678",
    licence_valid_until=date(2030, 1, 1),
    shop_rating=Decimal("4.6"),
)


def pdf(*, password: str = "", script: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if script:
        opens = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        action = DictionaryObject({NameObject(name): value for name, value in opens.items()})
        writer.root_object[NameObject("/OpenAction")] = action
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, kind)
    return out.getvalue()


def hand_over(
    shop, user, folder, now, *, kinds=(Kind.BUSINESS_LICENCE, Kind.LEGAL_REPRESENTATIVE_ID)
):
    """The company's answers and papers, not yet handed in."""
    qualification = state_company(shop=shop, facts=FACTS, now=now)
    for kind in kinds:
        add_document(
            shop=shop, kind=kind, name=f"{kind}.pdf", blocks=[pdf()], user=user, folder=folder,
            now=now,
        )  # fmt: skip
    return qualification


def qualified(shop, *, owner, reviewer, folder, now):
    """A shop whose qualification was handed in and approved."""
    hand_over(shop, owner, folder, now)
    hand_in(shop=shop, user=owner, seen=0, now=now)
    return decide(shop=shop, verb=Verb.APPROVE, user=reviewer, seen=1, now=now)
