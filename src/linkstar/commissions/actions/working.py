"""Everything that follows once orders are known, in its order."""

from dataclasses import dataclass
from datetime import datetime

from linkstar.attribution.actions import Attributed, attribute_lines
from linkstar.catalog.models import Shop
from linkstar.commissions.actions.accruing import Accrued, accrue_commissions
from linkstar.commissions.actions.charging import charge_platform_fees
from linkstar.commissions.actions.confirming import Moved, approve_commissions, make_payable
from linkstar.commissions.actions.flat_fees import accrue_flat_fees
from linkstar.lake.store import Lake


@dataclass(frozen=True, slots=True)
class Worked:
    """What one pass over a shop did."""

    attributed: Attributed
    accrued: Accrued
    flat_fees: int
    platform_fees: int
    approved: Moved
    payable: Moved


def work_through(*, shop: Shop, lake: Lake | None, now: datetime) -> Worked:
    """Attribute, accrue, confirm and release whatever is due. Cut off anywhere, it goes on."""
    return Worked(
        attribute_lines(shop=shop, lake=lake, now=now),
        accrue_commissions(shop=shop, now=now),
        accrue_flat_fees(shop=shop, now=now),
        charge_platform_fees(shop=shop, now=now),
        approve_commissions(shop=shop, now=now),
        make_payable(shop=shop, now=now),
    )
