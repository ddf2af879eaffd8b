"""The lines that are set aside, one by one, and what was decided about those that were."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkstar.lake.decisions import Address
from linkstar.lake.journaled_counts import ask, owned_by
from linkstar.lake.journaled_resolving import QUARANTINED
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import DECISIONS_TABLE, SET_ASIDE_TABLE


@dataclass(frozen=True, slots=True)
class QuarantinedLine:
    """One line nothing could be made of; `line` is empty once it may not be kept any more."""

    address: Address
    workspace: int
    shop: int
    received_at: datetime
    event_id: str | None
    reason: str
    line: str


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """What was decided about a line, by whom, and what became of it."""

    number: int
    address: Address
    workspace: int
    shop: int
    reason: str
    action: str
    outcome: str
    decided_by: str
    decided_at: datetime
    why: str
    line: str


@dataclass(frozen=True, slots=True)
class DecidedTogether:
    """Lines of one shop that one person decided on at once, and that came out alike.

    `line` is what was loaded, where it was one.
    """

    number: int
    shop: int
    reason: str
    action: str
    outcome: str
    decided_by: str
    decided_at: datetime
    why: str
    lines: int
    line: str


_OPEN = "list_contains($quarantined, reason) AND line_number IS NOT NULL"
_ORDER = "received_at, journal, segment, line_number"


def quarantined_counts(lake: Lake, scope: Scope | None) -> dict[str, int]:
    """How many lines can be decided on, by reason."""
    sql = f"""SELECT reason, count(*) AS lines FROM {{aside}}
        WHERE {owned_by(scope)} AND {_OPEN} GROUP BY reason ORDER BY reason"""
    rows = _ask(lake, sql, scope, {})
    return {row["reason"]: row["lines"] for row in rows}


def quarantined_lines(
    lake: Lake, scope: Scope | None, *, reason: str = "", first: int = 0, most: int
) -> list[QuarantinedLine]:
    """Lines that can be decided on, the oldest first.

    Args:
        lake: whose facts.
        scope: of which shops; of all, and of nobody's, where none is named.
        reason: for one reason only.
        first: so many are left out.
        most: so many are told.
    """
    of_reason = "AND reason = $reason" if reason else ""
    sql = f"""SELECT * FROM {{aside}} WHERE {owned_by(scope)} AND {_OPEN} {of_reason}
        ORDER BY {_ORDER} LIMIT {most} OFFSET {first}"""
    return [_line(row) for row in _ask(lake, sql, scope, {"reason": reason} if reason else {})]


def quarantined_line(lake: Lake, scope: Scope | None, address: Address) -> QuarantinedLine | None:
    """The line at an address; None where there is none that can be decided on."""
    sql = f"""SELECT * FROM {{aside}} WHERE {owned_by(scope)} AND {_OPEN}
        AND journal = $journal AND segment = $segment AND line_number = $line_number"""
    bound = {
        "journal": address.journal,
        "segment": address.segment,
        "line_number": address.line_number,
    }
    return next((_line(row) for row in _ask(lake, sql, scope, bound)), None)


def decisions_made(lake: Lake, scope: Scope | None, *, most: int) -> list[DecisionMade]:
    """What was decided, the newest first."""
    sql = f"""SELECT * FROM {{decisions}} WHERE {owned_by(scope)}
        ORDER BY decided_at DESC, decision DESC, {_ORDER} LIMIT {most}"""
    rows = ask(lake, sql, scope, {}, decisions=DECISIONS_TABLE)
    return [
        DecisionMade(
            number=row["decision"],
            address=_address(row),
            **{name: row[name] for name in DecisionMade.__slots__[2:]},
        )
        for row in rows
    ]


def decided_together(lake: Lake, scope: Scope | None, *, most: int) -> list[DecidedTogether]:
    """The same, lines that came out alike as one."""
    sql = f"""SELECT decision AS number, shop, reason, action, outcome, decided_by, decided_at, why,
            count(*) AS lines, CASE WHEN count(*) = 1 THEN any_value(line) ELSE '' END AS line
        FROM {{decisions}} WHERE {owned_by(scope)} GROUP BY ALL
        ORDER BY decided_at DESC, number DESC, shop, reason, outcome LIMIT {most}"""
    rows = ask(lake, sql, scope, {}, decisions=DECISIONS_TABLE)
    return [DecidedTogether(**row) for row in rows]


def _ask(lake: Lake, sql: str, scope: Scope | None, more: dict[str, Any]) -> list[dict[str, Any]]:
    bound = {"quarantined": list(QUARANTINED), **more}
    return ask(lake, sql, scope, bound, aside=SET_ASIDE_TABLE)


def _line(row: dict[str, Any]) -> QuarantinedLine:
    return QuarantinedLine(
        address=_address(row),
        **{name: row[name] for name in QuarantinedLine.__slots__[1:]},
    )


def _address(row: dict[str, Any]) -> Address:
    return Address(row["journal"], row["segment"], row["line_number"])
