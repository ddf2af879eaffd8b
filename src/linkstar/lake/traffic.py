"""How much of the tracked traffic is valid: gross, without general invalid traffic, and net."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linkstar.lake.invalid_rules import RULE_CLASSES, RuleClass
from linkstar.lake.journaled_counts import owned_by
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.traffic_sums import ask_sums

SUB_IDS_MAX = 200


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """Impressions and clicks that one rule flagged; `rule` None is what counts.

    `billable` are the clicks among them that are the first of their visitor and link in an hour.
    """

    rule: str | None
    impressions: int
    clicks: int
    billable: int = 0

    @property
    def kind(self) -> RuleClass | None:
        """General, sophisticated or a repeat; None of what counts, and of a rule not known here."""
        return RULE_CLASSES.get(self.rule or "")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Totals before and after filtering, and the share that was decided upon."""

    rules: tuple[RuleCounts, ...]

    @property
    def gross(self) -> RuleCounts:
        return _sum("gross", self.rules)

    @property
    def without_general(self) -> RuleCounts:
        """What is left when only lists and simple counts have filtered (GIVT)."""
        left = (each for each in self.rules if each.kind is not RuleClass.GENERAL)
        return _sum("without_general", left)

    @property
    def net(self) -> RuleCounts:
        return _sum("net", (each for each in self.rules if each.rule is None))

    @property
    def flagged(self) -> tuple[RuleCounts, ...]:
        return tuple(each for each in self.rules if each.rule is not None)

    @property
    def decision_rate(self) -> float | None:
        """Filtered events over all; None without any event."""
        total = self.gross.impressions + self.gross.clicks
        kept = self.net.impressions + self.net.clicks
        return (total - kept) / total if total else None


@dataclass(frozen=True, slots=True)
class SubIdCounts:
    """What counts of a link's clicks under one signed sub-ID, and what was flagged."""

    sub_id: str
    clicks: int
    filtered: int
    billable: int


def traffic(
    lake: Lake,
    scope: Scope,
    *,
    starts_on: date | None = None,
    ends_before: date | None = None,
    link: str | None = None,
) -> Traffic:
    """Tracked impressions and clicks of a scope and period, by the rule that flagged them.

    Args:
        lake: whose events.
        scope: of which shops.
        starts_on: not before this day.
        ends_before: before this day.
        link: the token of one link, to which alone the answer is confined.
    """
    sql = f"""SELECT filtered AS rule, {_summed("impressions", "clicks", "billable")}
        FROM {{sums}} WHERE {owned_by(scope)} {"AND link = $link" if link else ""}
        GROUP BY filtered ORDER BY filtered NULLS FIRST"""
    rows = ask_sums(
        lake,
        sql,
        scope,
        {"link": link} if link else {},
        starts_on=starts_on,
        ends_before=ends_before,
    )
    place = {rule: at for at, rule in enumerate(RULE_CLASSES)}
    counted = sorted(rows, key=lambda row: place.get(row["rule"], -1 if not row["rule"] else 99))
    return Traffic(tuple(RuleCounts(**row) for row in counted))


def clicks_of(lake: Lake, scope: Scope, links: Sequence[str]) -> dict[str, int]:
    """How many clicks of each of these links count, by token; links without any are left out."""
    if not links:
        return {}
    sql = f"""SELECT link, {_summed("clicks")} FROM {{sums}}
        WHERE {owned_by(scope)} AND filtered IS NULL AND list_contains($links, link)
        GROUP BY link HAVING sum(clicks) > 0"""
    rows = ask_sums(lake, sql, scope, {"links": list(links)})
    return {row["link"]: row["clicks"] for row in rows}


def sub_ids_of(lake: Lake, scope: Scope, link: str) -> list[SubIdCounts]:
    """The clicks of one link by signed sub-ID, the most first; those without one are left out."""
    sql = f"""SELECT sub_id, {_summed("clicks", only="s.filtered IS NULL")},
        {_summed("clicks", only="s.filtered IS NOT NULL", name="filtered")},
        {_summed("billable", only="s.filtered IS NULL")}
        FROM {{sums}} AS s WHERE {owned_by(scope)} AND link = $link AND sub_id IS NOT NULL
        GROUP BY sub_id HAVING sum(s.clicks) > 0
        ORDER BY clicks DESC, sub_id LIMIT {SUB_IDS_MAX}"""
    rows = ask_sums(lake, sql, scope, {"link": link})
    return [SubIdCounts(**row) for row in rows]


def _summed(*columns: str, only: str = "true", name: str = "") -> str:
    """SQL for whole sums of columns."""
    return ", ".join(
        f"coalesce(sum({each}) FILTER ({only}), 0)::BIGINT AS {name or each}" for each in columns
    )


def _sum(name: str, parts: Iterable[RuleCounts]) -> RuleCounts:
    own = list(parts)
    return RuleCounts(
        name,
        sum(each.impressions for each in own),
        sum(each.clicks for each in own),
        sum(each.billable for each in own),
    )
