"""A settlement of Lin's shop with Ada's statement in it, and its payment on the way."""

from linkstar.creators.models import Creator
from linkstar.settlements.models import (
    BankAccount,
    Payout,
    PayoutBatch,
    Settlement,
    Statement,
)
from linkstar.settlements.rules import last_ended


def settlement_things(cast, now) -> dict[str, object]:
    """What the addresses of settlements name; Ada's record is there already."""
    ada = Creator.objects.get(user=cast.ada)
    period = last_ended("US", now.date())
    made = Settlement.objects.create(
        shop=cast.shop, currency="USD", starts_on=period.starts_on, ends_before=period.ends_before,
        lines=0, lines_minor=900, payable_minor=900, approvals_needed=1, closed_at=now,
    )  # fmt: skip
    statement = Statement.objects.create(
        settlement=made, creator=ada, state="paying", lines_minor=900, total_minor=900
    )
    where = {"holder": "A", "number": "DE89370400440532013000", "country": "DE"}
    BankAccount.objects.create(shop=cast.shop, **where)
    batch = PayoutBatch.objects.create(settlement=made, made_at=now, user=cast.lin)
    payout = Payout.objects.create(
        batch=batch, statement=statement, number=1, amount_minor=900, currency="USD",
        holder="A", account_number=where["number"], country="DE", changed_at=now,
    )  # fmt: skip
    return {
        "settlement_id": made.pk,
        "statement_id": statement.pk,
        "batch_id": batch.pk,
        "payout_id": payout.pk,
    }
