"""Every claim on the lines of a shop, gathered for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from linkstar.attribution.models import PromoCode
from linkstar.attribution.rules import Claim, Method, Verdict, longest_window_days
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Deliverable
from linkstar.lake.order_events import click_claims
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.orders.rules import State
from linkstar.tracking.models import TrackedLink


class Line(NamedTuple):
    """What of an order line matters for who earned it."""

    id: int
    order_id: str
    product_id: str
    creator: str
    content_id: str
    content_type: str
    collaboration: str
    promo_code: str
    ordered_at: datetime
    ordered_on: date
    ads_commission_minor: int | None
    revision: int
    state: str


LINE_FIELDS = (
    "id", "order_id", "product_id", "creator", "content_id", "content_type", "collaboration",
    "promo_code", "ordered_at", "ordered_on", "stated_ads_commission_minor", "revision",
    "state",
)  # fmt: skip
"""The fields of `OrderLine` that make a `Line`, in order."""


@dataclass(frozen=True)
class Codes:
    """The promo codes of a shop, by code."""

    by_code: Mapping[str, Sequence[tuple[str, date, date | None]]]

    @classmethod
    def of(cls, shop: Shop) -> "Codes":
        by_code: dict[str, list[tuple[str, date, date | None]]] = defaultdict(list)
        rows = PromoCode.objects.filter(shop=shop).values_list(
            "code", "creator__handle", "starts_on", "ends_before"
        )
        for code, handle, starts_on, ends_before in rows:
            by_code[code].append((handle, starts_on, ends_before))
        return cls(by_code)

    def claim(self, line: Line) -> Claim:
        """The claim of the code typed in, valid or not."""
        code = line.promo_code.strip().casefold()
        known = self.by_code.get(code, ())
        for handle, starts_on, ends_before in known:
            if starts_on <= line.ordered_on and (not ends_before or line.ordered_on < ends_before):
                return Claim(Method.PROMO_CODE, handle, at=line.ordered_at, evidence=code)
        invalid = Verdict.CODE_NOT_VALID if known else Verdict.CODE_UNKNOWN
        return Claim(Method.PROMO_CODE, "", at=line.ordered_at, evidence=code, invalid=invalid)


@dataclass(frozen=True)
class Claims:
    """Where claims come from, for one shop."""

    shop: Shop
    lake: Lake | None
    codes: Codes
    lives: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, shop: Shop, lake: Lake | None) -> "Claims":
        """Claims on the shop's lines; without a lake nobody's clicks are asked for."""
        return cls(shop, lake, Codes.of(shop), _lives(shop))

    def on(self, lines: Sequence[Line]) -> dict[int, Sequence[Claim]]:
        """Every claim on each line; on one that nobody states any more there is none."""
        stated = [line for line in lines if line.state != State.WITHDRAWN]
        clicks = self._clicks({line.order_id for line in stated})
        return dict.fromkeys((line.id for line in lines), ()) | {
            line.id: (*self._of_line(line), *clicks.get(line.order_id, ())) for line in stated
        }

    def _of_line(self, line: Line) -> Iterable[Claim]:
        about = (line.content_id, line.content_type, line.product_id, line.ordered_at)
        if line.creator:
            is_ad = bool(line.ads_commission_minor)
            yield Claim(Method.PLATFORM, line.creator, *about, line.collaboration, is_ad=is_ad)
        if line.promo_code:
            yield self.codes.claim(line)
        if line.content_type == "live" and line.content_id in self.lives:
            yield Claim(Method.LIVE, self.lives[line.content_id], *about, line.content_id)

    def _clicks(self, orders: Iterable[str]) -> dict[str, list[Claim]]:
        if self.lake is None:
            return {}
        scope = Scope(self.shop.workspace.number, (self.shop.number,))
        days = longest_window_days() + 1
        found = click_claims(self.lake, scope, sorted(orders), days_before=days)
        by_order: dict[str, list[Claim]] = defaultdict(list)
        for row in found.to_pylist():
            by_order[row["order_id"]].append(
                Claim(
                    Method.LAST_CLICK,
                    row["creator"],
                    row["content_id"] or "",
                    row["content_type"] or "",
                    row["product_id"] or "",
                    row["occurred_at"],
                    row["event_id"],
                    row["link"] or "",
                    row["is_ad"],
                    Verdict.FILTERED if row["filtered"] else None,
                )
            )
        return by_order


def _lives(shop: Shop) -> dict[str, str]:
    """Whose each LIVE is, by its id: handed in under an agreement, else named by a tracked link."""
    links = TrackedLink.objects.filter(shop=shop, content_type="live").exclude(content_id="")
    lives = {
        content: creator.lstrip("@").casefold()
        for content, creator in links.values_list("content_id", "creator")
        if creator
    }
    handed_in = Deliverable.objects.filter(collaboration__shop=shop, kind="live").exclude(
        content_id=""
    )
    return lives | dict(handed_in.values_list("content_id", "collaboration__creator__handle"))
