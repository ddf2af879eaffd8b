"""Deciding who earned the order lines that nobody was asked about yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection, transaction
from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Coalesce

from linkstar.attribution.claims import LINE_FIELDS, Claims, Line
from linkstar.attribution.models import Attribution
from linkstar.attribution.naming import Names
from linkstar.attribution.rules import Claim, Decision, Method, Verdict, decide, windows_on
from linkstar.catalog.actions import hold_shop
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.lake.store import Lake
from linkstar.orders.models import OrderLine
from linkstar.plans.offers import SALES_TELL_DAYS, learn_promotions

LINES_AT_ONCE = 20_000
written = msgspec.json.Encoder().encode
_COLUMNS = (
    "line_id", "number", "is_current", "method", "creator_id", "collaboration_id", "content_id",
    "content_type", "earned_at", "earned_on", "is_ad", "ads_creator", "rule", "why",
    "line_revision", "reason", "user_id", "decided_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attributed:
    """How many lines were decided, and by which kind of claim."""

    by_method: Mapping[Method, int]

    @property
    def decided(self) -> int:
        return sum(self.by_method.values())


def attribute_lines(*, shop: Shop, lake: Lake | None, now: datetime) -> Attributed:
    """Decide every line of the shop that was never decided.

    A line that nobody had earned is heard again once a statement about it changes, any line once an
    import about it was taken back. What somebody earned is never decided again here otherwise: only
    on the record, by `reattribute_by_rule` or `_by_hand`, and such a decision stays.

    Args:
        shop: whose lines.
        lake: where the clicks are; None asks for no clicks.
        now: the instant of deciding.
    """
    decider = Decider(shop, lake, now)
    counted: Counter[Method] = Counter()
    after = 0
    while True:
        with transaction.atomic():
            hold_shop(shop)
            lines, numbers = _undecided(shop, after)
            if not lines:
                return Attributed(dict(counted))
            counted.update(decider.decide(lines, numbers))
            _learn_who_sells(shop, lines, now)
        after = lines[-1].id


def _learn_who_sells(shop: Shop, lines: Sequence[Line], now: datetime) -> None:
    """A creator whose orders came lately shows the product: what keeps a rate when it is cut."""
    since = day_of(shop, now) - timedelta(days=SALES_TELL_DAYS)
    if not any(line.ordered_on >= since for line in lines):
        return
    products = dict(shop.products.values_list("external_id", "pk"))
    earned = Attribution.objects.filter(
        line__shop=shop,
        line__ordered_on__gte=since,
        line_id__gte=lines[0].id,
        line_id__lte=lines[-1].id,
        is_current=True,
        decided_at=now,
        creator__isnull=False,
    )
    pairs = earned.values_list("creator_id", "line__product_id").distinct()
    sold = [(creator, products[product]) for creator, product in pairs if product in products]
    learn_promotions(shop=shop, sold=sold, now=now)


class Decider:
    """Hears the claims on many lines and writes the decisions down."""

    def __init__(self, shop: Shop, lake: Lake | None, now: datetime) -> None:
        self._market = shop.market
        self._zone = ZoneInfo(shop.zone)
        self._claims = Claims.of(shop, lake)
        self._names = Names(shop, now)
        self._instant = connection.ops.adapt_datetimefield_value
        self._day = connection.ops.adapt_datefield_value
        self._decided_at = self._instant(now)

    def decide(
        self,
        lines: Sequence[Line],
        numbers: Mapping[int, int],
        *,
        reason: str = "",
        user_id: int | None = None,
    ) -> list[Method]:
        """Decide the lines; `numbers` has how many decisions there are about each so far."""
        claims = self._claims.on(lines)
        decisions = [self._decided(line, claims[line.id]) for line in lines]
        self._names.learn(d.claim.creator for d in decisions if d.claim)
        rows = [
            self._row(line, decision, numbers.get(line.id, 0) + 1, reason, user_id)
            for line, decision in zip(lines, decisions, strict=True)
        ]
        write(rows)
        return [decision.method for decision in decisions]

    def _decided(self, line: Line, claims: Sequence[Claim]) -> Decision:
        windows = windows_on(self._market, line.ordered_on)
        return decide(
            claims, ordered_at=line.ordered_at, product_id=line.product_id, windows=windows
        )

    def _row(
        self, line: Line, decision: Decision, number: int, reason: str, user_id: int | None
    ) -> tuple[Any, ...]:
        claim = decision.claim
        is_click = decision.method is Method.LAST_CLICK
        earned_at = claim.at if claim and claim.at and is_click else line.ordered_at
        earned_on = earned_at.astimezone(self._zone).date() if is_click else line.ordered_on
        creator_id = self._names.creator(claim.creator) if claim else None
        return (
            line.id,
            number,
            True,
            str(decision.method),
            creator_id,
            self._names.agreement(creator_id, line.product_id, earned_on),
            claim.content_id if claim else "",
            claim.content_type if claim else "",
            self._instant(earned_at),
            self._day(earned_on),
            decision.is_ad,
            decision.ads_creator,
            windows_on(self._market, line.ordered_on).version,
            written([_told(heard.claim, heard.verdict) for heard in decision.heard]).decode(),
            line.revision,
            reason,
            user_id,
            self._decided_at,
        )


def write(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write decisions in the order of `_COLUMNS`; those before them are no longer current."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE attribution_attribution SET is_current = %s"
            " WHERE line_id = %s AND is_current = %s",
            [(False, row[0], True) for row in rows if row[1] != 1],
        )
        marks = ", ".join(["%s"] * len(_COLUMNS))
        cursor.executemany(
            f"INSERT INTO attribution_attribution ({', '.join(_COLUMNS)}) VALUES ({marks})", rows
        )


def _told(claim: Claim, verdict: Verdict) -> dict[str, object]:
    """A claim and its verdict in words that last."""
    said = {
        "claim": claim.method,
        "verdict": verdict,
        "creator": claim.creator,
        "content": claim.content_id,
        "product": claim.product_id,
        "at": claim.at.isoformat() if claim.at else "",
        "evidence": claim.evidence,
    }
    return (
        said | ({"link": claim.link} if claim.link else {}) | ({"ad": True} if claim.is_ad else {})
    )


def _undecided(shop: Shop, after: int) -> tuple[list[Line], dict[int, int]]:
    """The next lines to decide, and how many decisions there are about each."""
    current = FilteredRelation("attributions", condition=Q(attributions__is_current=True))
    rows = (
        OrderLine.objects.filter(shop=shop, pk__gt=after)
        .annotate(decided=current)
        .filter(
            Q(decided=None)
            | Q(decided__reason="")
            & (
                Q(decided__creator=None, decided__line_revision__lt=F("revision"))
                | Q(decided__line_revision__lt=F("withdrawn_in"))
            )
        )
        .order_by("pk")
        .values_list(*LINE_FIELDS, Coalesce("decided__number", 0))[:LINES_AT_ONCE]
    )
    lines = [(Line(*row[:-1]), row[-1]) for row in rows]
    return [line for line, _ in lines], {line.id: number for line, number in lines}
