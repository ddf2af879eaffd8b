"""Taking in what is stated about orders, however often and in whatever order it comes."""

from linkstar.orders.actions.importing import TakenIn, take_in_import
from linkstar.orders.actions.recording import Recorded, record_lines
from linkstar.orders.actions.refunding import StatedRefund, record_refunds
from linkstar.orders.actions.reporting import Reported, take_in_reports
from linkstar.orders.actions.returning import Returned, record_returns
from linkstar.orders.actions.withdrawing import TakenBack, withdraw_statements

__all__ = [
    "Recorded",
    "Reported",
    "Returned",
    "StatedRefund",
    "TakenBack",
    "TakenIn",
    "record_lines",
    "record_refunds",
    "record_returns",
    "take_in_import",
    "take_in_reports",
    "withdraw_statements",
]
