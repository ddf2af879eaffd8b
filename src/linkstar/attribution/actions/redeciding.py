"""Deciding again, on the record: the earlier decision stays and is no longer current."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from linkstar.accounts.models import User
from linkstar.attribution.actions.deciding import Decider, write
from linkstar.attribution.claims import LINE_FIELDS, Line
from linkstar.attribution.models import Attribution
from linkstar.attribution.naming import Names
from linkstar.attribution.rules import Method
from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop
from linkstar.creators.models import Creator
from linkstar.lake.store import Lake
from linkstar.orders.models import OrderLine


class NothingToRedecide(ValueError):
    """The line was never decided, or is that creator's already."""


@transaction.atomic
def reattribute_by_rule(
    *,
    shop: Shop,
    lines: Sequence[OrderLine],
    lake: Lake | None,
    reason: str,
    user: User | None,
    now: datetime,
) -> int:
    """Hear the claims on these lines again as they stand now; returns how many were decided.

    Commission follows with the next accrual: taken back at its own rate where it was earned,
    earned anew where it now belongs.
    """
    assert reason
    hold_shop(shop)
    numbers = _numbers(lines)
    rows = OrderLine.objects.filter(shop=shop, pk__in=numbers).values_list(*LINE_FIELDS)
    heard = [Line(*row) for row in rows.order_by("pk")]
    decider = Decider(shop, lake, now)
    decider.decide(heard, numbers, reason=reason, user_id=user.pk if user else None)
    return len(heard)


@transaction.atomic
def reattribute_by_hand(
    *,
    line: OrderLine,
    creator: Creator | None,
    reason: str,
    user: User,
    now: datetime,
    content_id: str = "",
) -> Attribution:
    """Give a line to a creator, or to nobody, by a person's word and with their reason.

    Raises:
        NothingToRedecide: the line was never decided, or is that creator's already.
    """
    assert reason
    hold_shop(line.shop)
    before = Attribution.objects.filter(line=line, is_current=True).first()
    if before is None or before.creator_id == (creator.pk if creator else None):
        raise NothingToRedecide(str(line))
    earned_on = line.ordered_at.astimezone(ZoneInfo(line.shop.zone)).date()
    names = Names(line.shop, now)
    creator_id = creator.pk if creator else None
    said = {"claim": "by_hand", "verdict": "won", "creator": creator.handle if creator else ""}
    instant = connection.ops.adapt_datetimefield_value
    write(
        [
            (
                line.pk,
                before.number + 1,
                True,
                str(Method.BY_HAND if creator else Method.NOBODY),
                creator_id,
                names.agreement(creator_id, line.product_id, earned_on),
                content_id,
                "",
                instant(line.ordered_at),
                connection.ops.adapt_datefield_value(earned_on),
                False,
                "",
                before.rule,
                json.dumps([said | {"evidence": reason}, *map(_overruled, before.why)]),
                line.revision,
                reason,
                user.pk,
                instant(now),
            )
        ]
    )
    return Attribution.objects.get(line=line, is_current=True)


def _overruled(claim: dict[str, Any]) -> dict[str, Any]:
    """A claim as it stands once somebody decided otherwise."""
    return claim | {"verdict": "overruled"} if claim["verdict"] == "won" else claim


def _numbers(lines: Sequence[OrderLine]) -> dict[int, int]:
    current = Attribution.objects.filter(line__in=[line.pk for line in lines], is_current=True)
    return {decision.line_id: decision.number for decision in current}
