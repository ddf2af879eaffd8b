"""Payments as files banks take: ISO 20022 pain.001.001.09 and CSV."""

import csv
import io
import re
from datetime import date, timedelta
from enum import StrEnum
from xml.etree import ElementTree as ET  # it writes only, nothing is parsed

from linkstar.catalog.models import Shop
from linkstar.settlements.account_rules import is_iban
from linkstar.settlements.models import BankAccount, Payout, PayoutBatch
from linkstar.spreadsheets import harmless

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CSV_COLUMNS = (
    "payout", "holder", "account", "routing_number", "bic", "country", "amount", "currency",
    "reference",
)  # fmt: skip
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME_MAX = 70
_TEXT_MAX = 140


class BankFile(StrEnum):
    """The kinds of file payments are handed to a bank in."""

    PAIN_001 = "pain.001"
    CSV = "csv"


class NoPayingAccount(ValueError):
    """A pain.001 names the account that is paid from, and the shop has none."""


def check_file(shop: Shop, kind: BankFile) -> None:
    """Make sure before anything is paid that the file can be written.

    Raises:
        NoPayingAccount: it would have to name an account the shop has not stated.
    """
    if kind is BankFile.PAIN_001 and not BankAccount.objects.filter(shop=shop).exists():
        raise NoPayingAccount(shop.pk)


def bank_file(batch: PayoutBatch, kind: BankFile, *, execute_on: date) -> bytes:
    """The batch as the file a bank takes; the same batch is the same payments again.

    Raises:
        NoPayingAccount: see `check_file`.
    """
    shop = batch.settlement.shop
    check_file(shop, kind)
    if kind is BankFile.CSV:
        return payments_csv(batch).encode()
    debtor = BankAccount.objects.get(shop=shop)
    return payments_xml(batch, debtor=debtor, execute_on=execute_on)


def payouts_of(batch: PayoutBatch) -> list[Payout]:
    return list(batch.payouts.select_related("statement__settlement", "exchange").order_by("pk"))


def payments_csv(batch: PayoutBatch) -> str:
    """One payment a row, amounts in major units."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for payout in payouts_of(batch):
        rows.writerow(
            (
                payout.pk,
                harmless(payout.holder),
                harmless(payout.account_number),
                payout.routing_number,
                payout.bic,
                payout.country,
                f"{payout.paid.amount:f}",
                payout.paid.currency,
                _reference(payout),
            )
        )
    return written.getvalue()


def payments_xml(batch: PayoutBatch, *, debtor: BankAccount, execute_on: date) -> bytes:
    """The batch as a customer credit transfer initiation.

    Each amount is in the currency its creator is paid in; the control sum adds them up whatever
    their currency, as the standard has it. Ids of payouts are the end-to-end ids, so the bank's
    answer names them. Written by the standard library, which escapes whatever names contain.
    """
    payouts = payouts_of(batch)
    total = sum(each.paid.amount for each in payouts)
    root = ET.Element("Document", {"xmlns": NAMESPACE})
    initiation = ET.SubElement(root, "CstmrCdtTrfInitn")
    head = ET.SubElement(initiation, "GrpHdr")
    _text(head, "MsgId", _id(batch.pk))
    _text(head, "CreDtTm", batch.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(head, "NbOfTxs", str(len(payouts)))
    _text(head, "CtrlSum", f"{total:f}")
    _text(ET.SubElement(head, "InitgPty"), "Nm", debtor.holder[:_NAME_MAX])
    part = ET.SubElement(initiation, "PmtInf")
    _text(part, "PmtInfId", _id(batch.pk))
    _text(part, "PmtMtd", "TRF")
    _text(part, "NbOfTxs", str(len(payouts)))
    _text(part, "CtrlSum", f"{total:f}")
    _text(ET.SubElement(part, "ReqdExctnDt"), "Dt", execute_on.isoformat())
    _text(ET.SubElement(part, "Dbtr"), "Nm", debtor.holder[:_NAME_MAX])
    _account(part, "DbtrAcct", debtor.number)
    _agent(part, "DbtrAgt", debtor.bic, debtor.routing_number)
    for payout in payouts:
        _transfer(part, payout)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _transfer(part: ET.Element, payout: Payout) -> None:
    one = ET.SubElement(part, "CdtTrfTxInf")
    _text(ET.SubElement(one, "PmtId"), "EndToEndId", _id(payout.pk))
    amount = ET.SubElement(ET.SubElement(one, "Amt"), "InstdAmt", {"Ccy": payout.paid.currency})
    amount.text = f"{payout.paid.amount:f}"
    if payout.bic or payout.routing_number:
        _agent(one, "CdtrAgt", payout.bic, payout.routing_number)
    creditor = ET.SubElement(one, "Cdtr")
    _text(creditor, "Nm", payout.holder[:_NAME_MAX])
    _text(ET.SubElement(creditor, "PstlAdr"), "Ctry", payout.country)
    _account(one, "CdtrAcct", payout.account_number)
    _text(ET.SubElement(one, "RmtInf"), "Ustrd", _reference(payout)[:_TEXT_MAX])


def _account(parent: ET.Element, tag: str, number: str) -> None:
    identified = ET.SubElement(ET.SubElement(parent, tag), "Id")
    if is_iban(number):
        _text(identified, "IBAN", number)
    else:
        _text(ET.SubElement(identified, "Othr"), "Id", number)


def _agent(parent: ET.Element, tag: str, bic: str, routing_number: str) -> None:
    """The bank: by its BIC, by its number in the United States' clearing, or both."""
    bank = ET.SubElement(ET.SubElement(parent, tag), "FinInstnId")
    if bic:
        _text(bank, "BICFI", bic)
    if routing_number:
        member = ET.SubElement(bank, "ClrSysMmbId")
        _text(ET.SubElement(member, "ClrSysId"), "Cd", "USABA")
        _text(member, "MmbId", routing_number)
    if not bic and not routing_number:
        _text(ET.SubElement(bank, "Othr"), "Id", "NOTPROVIDED")


def _text(parent: ET.Element, tag: str, text: str) -> None:
    """Without what no XML may hold, however escaped: a bank would refuse the whole file."""
    ET.SubElement(parent, tag).text = _NOT_IN_XML.sub(" ", text)


def _id(pk: str) -> str:
    """Ids are at most 35 characters there; ours are a word, a line and a ULID of 26."""
    return pk[:35]


def _reference(payout: Payout) -> str:
    period = payout.statement.settlement
    last = period.ends_before - timedelta(days=1)
    return f"LinkStar {payout.statement_id} {period.starts_on} {last}"
