"""Payments as files banks take: ISO 20022 pain.001.001.09 and CSV; and what they answer, as CSV."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET  # it writes only, nothing is parsed

from linkstar.money.amounts import Money
from linkstar.settlements.actions import StatedPayout
from linkstar.settlements.models import BankAccount, Payout, PayoutBatch

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CSV_COLUMNS = ("payout", "holder", "account", "bic", "country", "amount", "currency", "reference")
STATUS_COLUMNS = ("payout", "state", "reason")
_NAME_MAX = 70
_TEXT_MAX = 140


class StatusUnreadable(ValueError):
    """Not a file of payout states; `line` says where, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def payouts_of(batch: PayoutBatch) -> list[Payout]:
    return list(batch.payouts.select_related("statement__settlement").order_by("pk"))


def payments_csv(batch: PayoutBatch) -> str:
    """One payment a row, amounts in major units."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for payout in payouts_of(batch):
        rows.writerow(
            (
                payout.pk,
                _harmless(payout.holder),
                _harmless(payout.account_number),
                payout.bic,
                payout.country,
                f"{Money(payout.amount_minor, payout.currency).amount:f}",
                payout.currency,
                _reference(payout),
            )
        )
    return written.getvalue()


def payments_xml(batch: PayoutBatch, *, debtor: BankAccount, execute_on: date) -> bytes:
    """The batch as a customer credit transfer initiation.

    Ids of payouts are the end-to-end ids, so the bank's answer names them. Written by the standard
    library, which escapes whatever names contain.
    """
    payouts = payouts_of(batch)
    total = sum(Money(each.amount_minor, each.currency).amount for each in payouts)
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
    _agent(part, "DbtrAgt", debtor.bic)
    for payout in payouts:
        _transfer(part, payout)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def read_status(text: str) -> Sequence[StatedPayout]:
    """The bank's answer: `payout,state,reason`, one a row.

    Raises:
        StatusUnreadable: another header, or a row without payout and state.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    header = tuple(cell.strip().casefold() for cell in next(rows, []))
    if header not in {STATUS_COLUMNS, STATUS_COLUMNS[:2]}:
        raise StatusUnreadable(1)
    found = []
    for number, row in enumerate(rows, start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < len(header) or not all(cells[:2]):
            raise StatusUnreadable(number)
        found.append(StatedPayout(cells[0], cells[1].casefold(), cells[2] if cells[2:] else ""))
    return found


def _transfer(part: ET.Element, payout: Payout) -> None:
    one = ET.SubElement(part, "CdtTrfTxInf")
    _text(ET.SubElement(one, "PmtId"), "EndToEndId", _id(payout.pk))
    amount = ET.SubElement(ET.SubElement(one, "Amt"), "InstdAmt", {"Ccy": payout.currency})
    amount.text = f"{Money(payout.amount_minor, payout.currency).amount:f}"
    if payout.bic:
        _agent(one, "CdtrAgt", payout.bic)
    creditor = ET.SubElement(one, "Cdtr")
    _text(creditor, "Nm", payout.holder[:_NAME_MAX])
    _text(ET.SubElement(creditor, "PstlAdr"), "Ctry", payout.country)
    _account(one, "CdtrAcct", payout.account_number)
    _text(ET.SubElement(one, "RmtInf"), "Ustrd", _reference(payout)[:_TEXT_MAX])


def _account(parent: ET.Element, tag: str, number: str) -> None:
    identified = ET.SubElement(ET.SubElement(parent, tag), "Id")
    is_iban = number[:2].isalpha() and number[2:4].isdigit()
    if is_iban:
        _text(identified, "IBAN", number)
    else:
        _text(ET.SubElement(identified, "Othr"), "Id", number)


def _agent(parent: ET.Element, tag: str, bic: str) -> None:
    bank = ET.SubElement(ET.SubElement(parent, tag), "FinInstnId")
    if bic:
        _text(bank, "BICFI", bic)
    else:
        _text(ET.SubElement(bank, "Othr"), "Id", "NOTPROVIDED")


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _id(pk: str) -> str:
    """Ids are at most 35 characters there; ours are a word, a line and a ULID of 26."""
    return pk[:35]


def _reference(payout: Payout) -> str:
    period = payout.statement.settlement
    return f"LinkStar {payout.statement_id} {period.starts_on} {period.ends_before}"


def _harmless(text: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
