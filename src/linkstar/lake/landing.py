"""How fast landing pages opened for buyers, per product: exact quantiles of tracked landings."""

from dataclasses import dataclass
from datetime import date

from linkstar.lake.journaled_counts import ask, owned_by
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE

LANDINGS_MIN = 100
"""Below it the slowest twentieth is fewer than five buyers, and says nothing."""


@dataclass(frozen=True, slots=True)
class LandingSpeed:
    """Milliseconds from the click until the page had loaded, as buyers' browsers measured it.

    Attributes:
        landings: how many were measured.
        p50_ms, p75_ms, p95_ms: half, three quarters and 19 of 20 buyers waited no longer.
        others_p50_ms: half the buyers of the same shops' other products waited no longer; None
            where too few of them were measured.
    """

    landings: int
    p50_ms: int
    p75_ms: int
    p95_ms: int
    others_p50_ms: int | None


@dataclass(frozen=True, slots=True)
class TooFewLandings:
    """Not enough was measured to say anything."""

    landings: int
    landings_needed: int = LANDINGS_MIN


def landing_speed(
    lake: Lake,
    scope: Scope,
    *,
    product: str,
    starts_on: date | None = None,
    ends_before: date | None = None,
) -> LandingSpeed | TooFewLandings:
    """The speed of one product's landing page in a period of the shop's days.

    Flagged events do not count: a robot's connection says nothing of a buyer's wait. Quantiles are
    discrete, a time that somebody really waited.
    """
    period = {"starts_on": starts_on, "ends_before": ends_before}
    days = ["day >= $starts_on"] * bool(starts_on) + ["day < $ends_before"] * bool(ends_before)
    measured = "kind = 'landing' AND load_ms IS NOT NULL AND filtered IS NULL"
    where = " AND ".join([owned_by(scope), measured, "product_id IS NOT NULL", *days])
    sql = f"""WITH measured AS (
            SELECT shop, load_ms, product_id = $product AS is_own FROM {{events}} WHERE {where})
        SELECT count(*) FILTER (is_own) AS landings,
            quantile_disc(load_ms, [0.5, 0.75, 0.95]) FILTER (is_own) AS waits,
            CASE WHEN count(*) FILTER (NOT is_own) >= {LANDINGS_MIN}
                THEN quantile_disc(load_ms, 0.5) FILTER (NOT is_own) END AS others
        FROM measured WHERE shop IN (SELECT shop FROM measured WHERE is_own)"""
    bound = {name: day for name, day in period.items() if day} | {"product": product}
    [row] = ask(lake, sql, scope, bound, events=EVENTS_TABLE)
    if row["landings"] < LANDINGS_MIN:
        return TooFewLandings(row["landings"])
    half, most, nearly = row["waits"]
    return LandingSpeed(row["landings"], half, most, nearly, row["others"])
