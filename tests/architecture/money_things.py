"""What Ada earned with an order of Lin's shop."""

from linkstar.attribution.actions import attribute_lines
from linkstar.commissions.actions import accrue_commissions
from linkstar.commissions.models import Commission
from linkstar.orders.actions import record_lines
from linkstar.orders.rules import Source, StatedLine


def money_things(cast, now) -> dict[str, object]:
    """What the addresses of income name; Ada's record is there already."""
    line = StatedLine(
        order_id="a1", line_id="1", product_id="toner", creator="ada", ordered_at=now, items=1,
        price_micros=10_000_000, stated_rate_bps=1_000,
    )  # fmt: skip
    record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=now, now=now)
    attribute_lines(shop=cast.shop, lake=None, now=now)
    accrue_commissions(shop=cast.shop, now=now)
    return {"amount_id": Commission.objects.get().pk}
