"""What a bank answers about payments: CSV, or an ISO 20022 customer payment status report.

A row that cannot be understood is a problem beside the others; only a file that is not of either
kind is refused whole.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET  # what it is given has passed `look_over`

from linkstar.markup import MarkupRefused, look_over
from linkstar.money.amounts import Money
from linkstar.money.currencies import CurrencyUnknown, currency
from linkstar.settlements.rules import PayoutState

STATUS_COLUMNS = ("payout", "state", "reason")
AMOUNT_COLUMNS = (*STATUS_COLUMNS, "amount", "currency")
_HEADERS = {STATUS_COLUMNS[:2], STATUS_COLUMNS, AMOUNT_COLUMNS}
_AMOUNT_BELOW = Decimal(10) ** 12
BYTES_MAX = 20_000_000
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002."
_STATES = {
    "ACCC": PayoutState.PAID,
    "ACSC": PayoutState.PAID,
    "RJCT": PayoutState.FAILED,
    "CANC": PayoutState.FAILED,
    "BLCK": PayoutState.FAILED,
    "ACCP": PayoutState.SENT,
    "ACFC": PayoutState.SENT,
    "ACSP": PayoutState.SENT,
    "ACTC": PayoutState.SENT,
    "ACWC": PayoutState.SENT,
    "ACWP": PayoutState.SENT,
    "PATC": PayoutState.SENT,
    "PDNG": PayoutState.SENT,
    "RCVD": PayoutState.SENT,
}
"""The bank's word for a payment -> ours. Accepted or pending is news of nothing: it stays sent."""


class StatusUnreadable(ValueError):
    """Not a file of payout states; `line` says where, counted from 1, and `reason` what is wrong.

    Reasons: `too_large`, `not_text`, `header`, `not_xml`, `document_type`, `not_pain_002`.
    """

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Said:
    """What one row of the file says.

    Attributes:
        place: the line of a CSV, or which transaction of an XML file, counted from 1.
        payout: the payment it is about; empty where it is about a whole batch.
        batch: the batch all of whose payments it is about, where it names no payment.
        state: what became of it, in our word, or as written where we have none.
        reason: the bank's reason.
        problem: why the row cannot be taken in: `cells_missing`, `state_unknown`,
            `amount_unreadable`; else empty.
        amount: what the bank took for the payment, or gave back.
    """

    place: int
    payout: str
    state: str
    reason: str = ""
    batch: str = ""
    problem: str = ""
    amount: Money | None = None


def amount_of(written: str, code: str) -> Money | None:
    """An amount in major units such as `100.43`; None for anything else, and for finer ones."""
    try:
        amount, known = Decimal(written.strip()), currency(code)
    except (InvalidOperation, CurrencyUnknown):
        return None
    if not amount.is_finite() or abs(amount) >= _AMOUNT_BELOW:
        return None
    money = Money.of(amount, known.code)
    return money if money.amount == amount else None


def read_status_file(content: bytes) -> Sequence[Said]:
    """Every row of the file, of whichever of the two kinds it is.

    Raises:
        StatusUnreadable: it is neither.
    """
    if len(content) > BYTES_MAX:
        raise StatusUnreadable("too_large")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return list(_of_report(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as unreadable:
        line = content[: unreadable.start].count(b"\n") + 1
        raise StatusUnreadable("not_text", line) from unreadable
    try:
        return list(_of_rows(text))
    except csv.Error as broken:
        raise StatusUnreadable("not_text") from broken


def _of_rows(text: str) -> Iterator[Said]:
    rows = csv.reader(io.StringIO(text, newline=""))
    header = tuple(cell.strip().casefold() for cell in next(rows, []))
    if header not in _HEADERS:
        raise StatusUnreadable("header")
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        payout, state, reason, written, code = [*cells, "", "", "", "", ""][:5]
        state = state.casefold()
        if not payout or not state:
            problem = "cells_missing"
        else:
            problem = "" if state in PayoutState.__members__.values() else "state_unknown"
        amount = amount_of(written, code) if written else None
        if written and amount is None:
            problem = problem or "amount_unreadable"
        yield Said(rows.line_num, payout, state, reason, problem=problem, amount=amount)


def _of_report(content: bytes) -> Iterator[Said]:
    """Each transaction of the report; of a group or batch told as a whole, that."""
    try:
        look_over(content)
    except MarkupRefused as refused:
        raise StatusUnreadable(refused.code, refused.line) from refused
    root = ET.fromstring(content)  # noqa: S314  # it declares no entities: see above
    space, _, name = root.tag.removeprefix("{").partition("}")
    report = root.find(f"{{{space}}}CstmrPmtStsRpt")
    if name != "Document" or not space.startswith(_NAMESPACE) or report is None:
        raise StatusUnreadable("not_pain_002")
    in_ = {"": space}
    group = report.find("OrgnlGrpInfAndSts", in_)
    place = 0
    for part in report.findall("OrgnlPmtInfAndSts", in_):
        transactions = part.findall("TxInfAndSts", in_)
        for transaction in transactions:
            place += 1
            yield _told(transaction, in_, place, "TxSts", payout="OrgnlEndToEndId")
        if not transactions and part.find("PmtInfSts", in_) is not None:
            place += 1
            yield _told(part, in_, place, "PmtInfSts", batch="OrgnlPmtInfId")
    if not place and group is not None and group.find("GrpSts", in_) is not None:
        yield _told(group, in_, 1, "GrpSts", batch="OrgnlMsgId")


def _told(
    element: ET.Element, in_: dict[str, str], place: int, status: str, *,
    payout: str = "", batch: str = "",
) -> Said:  # fmt: skip
    def text(path: str) -> str:
        return (element.findtext(path, "", in_) or "").strip() if path else ""

    word = text(status)
    key, whole = text(payout), text(batch)
    state = _STATES.get(word)
    if not (key or whole) or not word:
        problem = "cells_missing"
    else:
        problem = "" if state else "state_unknown"
    given = (text("StsRsnInf/Rsn/Cd"), text("StsRsnInf/Rsn/Prtry"), text("StsRsnInf/AddtlInf"))
    reason = " ".join(each for each in given if each)
    return Said(place, key, str(state or word), reason, batch=whole, problem=problem)
