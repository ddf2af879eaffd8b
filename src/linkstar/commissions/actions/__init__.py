"""Accruing, confirming and releasing commission; each can run again and changes nothing then."""

from linkstar.commissions.actions.accruing import Accrued, accrue_commissions
from linkstar.commissions.actions.charging import charge_platform_fees
from linkstar.commissions.actions.confirming import Moved, approve_commissions, make_payable
from linkstar.commissions.actions.flat_fees import accrue_flat_fees, take_back_flat_fee
from linkstar.commissions.actions.working import Worked, work_through

__all__ = [
    "Accrued",
    "Moved",
    "Worked",
    "accrue_commissions",
    "accrue_flat_fees",
    "approve_commissions",
    "charge_platform_fees",
    "make_payable",
    "take_back_flat_fee",
    "work_through",
]
