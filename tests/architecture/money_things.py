"""What Ada earned with an order of Lin's shop, a dispute about another one, and her code."""

from django.conf import settings
from tests.app.catalog.papers import pdf

from linkstar.attribution.actions import attribute_lines, give_promo_code
from linkstar.commissions.actions import accrue_commissions
from linkstar.commissions.models import Commission
from linkstar.orders.actions import record_lines
from linkstar.orders.rules import Source, StatedLine
from linkstar.settlements.actions import open_dispute
from linkstar.settlements.evidence import Upload, kept_files
from linkstar.settlements.models import DisputeEvidence


def money_things(cast, now) -> dict[str, object]:
    """What the addresses of income and disputes name; Ada's record is there already."""
    lines = [
        StatedLine(
            order_id=order, line_id="1", product_id="toner", creator="ada", ordered_at=now,
            items=1, price_micros=10_000_000, stated_rate_bps=1_000,
        )
        for order in ("a1", "a2")
    ]  # fmt: skip
    record_lines(shop=cast.shop, lines=lines, source=Source.API, stated_at=now, now=now)
    attribute_lines(shop=cast.shop, lake=None, now=now)
    accrue_commissions(shop=cast.shop, now=now)
    earned = Commission.objects.get(line__order_id="a1")
    doubted = Commission.objects.get(line__order_id="a2")
    paper = Upload("proof.pdf", [pdf()])
    with kept_files([paper], settings.PLACES.documents) as evidence:
        dispute = open_dispute(
            commission=doubted, user=cast.lin, is_from_creator=False, text="No.", now=now,
            evidence=evidence,
        )  # fmt: skip
    shown = DisputeEvidence.objects.get()
    code = give_promo_code(
        shop=cast.shop, creator=earned.creator, code="ada10", starts_on=now.date(), now=now
    )
    return {
        "amount_id": earned.pk,
        "dispute_id": dispute.pk,
        "case_id": dispute.pk,
        "evidence_id": shown.pk,
        "code_id": code.pk,
    }
