"""The lines that are set aside, one by one, and what was decided about those that were."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linkstar.lake.decisions import Action, Address
from linkstar.lake.journaled_counts import ask, owned_by
from linkstar.lake.journaled_resolving import LATE_MAX
from linkstar.lake.reasons import DECIDABLE, ONLY_DISMISSED
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.lake.tables import DECISIONS_TABLE, EVENTS_TABLE, SET_ASIDE_TABLE


@dataclass(frozen=True, slots=True)
class LineAside:
    """One line that can be decided on; `line` is empty once it may not be kept any more.

    What is spoilt of a segment stands together, as so many `lines`, and says nothing.
    """

    address: Address
    workspace: int
    shop: int
    received_at: datetime
    event_id: str | None
    reason: str
    line: str
    lines: int

    @property
    def actions(self) -> tuple[Action, ...]:
        """What can be decided about it; the likeliest first."""
        is_only_dismissed = self.reason in ONLY_DISMISSED or not self.line
        return (Action.DISMISS,) if is_only_dismissed else tuple(Action)


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
    lines: int


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


_OPEN = "list_contains($decidable, reason) AND line_number IS NOT NULL"
_LINES = "coalesce(lines, 1)"
_TOLD = f"* REPLACE ({_LINES} AS lines)"
_SAID = "event_id, occurred_at, kind, creator, content_id, product_id, value_minor, currency"
"""What a repeat must say as the first one did."""
_AROUND = LATE_MAX + timedelta(days=2)
"""An event's day is that of its shop, and may be believed to be so long ago."""
_ORDER = "received_at, journal, segment, line_number"


def aside_counts(lake: Lake, scope: Scope | None) -> dict[str, int]:
    """How many lines can be decided on, by reason."""
    sql = f"""SELECT reason, sum({_LINES})::BIGINT AS lines FROM {{aside}}
        WHERE {owned_by(scope)} AND {_OPEN} GROUP BY reason ORDER BY reason"""
    rows = _ask(lake, sql, scope, {})
    return {row["reason"]: row["lines"] for row in rows}


def lines_aside(
    lake: Lake, scope: Scope | None, *, reason: str = "", first: int = 0, most: int
) -> list[LineAside]:
    """Lines that can be decided on, the oldest first.

    Args:
        lake: whose facts.
        scope: of which shops; of all, and of nobody's, where none is named.
        reason: for one reason only.
        first: so many are left out.
        most: so many are told.
    """
    of_reason = "AND reason = $reason" if reason else ""
    sql = f"""SELECT {_TOLD} FROM {{aside}} WHERE {owned_by(scope)} AND {_OPEN} {of_reason}
        ORDER BY {_ORDER} LIMIT {most} OFFSET {first}"""
    return [_line(row) for row in _ask(lake, sql, scope, {"reason": reason} if reason else {})]


def line_aside(lake: Lake, scope: Scope | None, address: Address) -> LineAside | None:
    """The line at an address; None where there is none that can be decided on."""
    sql = f"""SELECT {_TOLD} FROM {{aside}} WHERE {owned_by(scope)} AND {_OPEN}
        AND journal = $journal AND segment = $segment AND line_number = $line_number"""
    bound = {
        "journal": address.journal,
        "segment": address.segment,
        "line_number": address.line_number,
    }
    return next((_line(row) for row in _ask(lake, sql, scope, bound)), None)


def counted_instead(lake: Lake, line: LineAside) -> dict[str, Any]:
    """What counts under the id of a line in conflict: the first event, as it is stored.

    Empty where it was deleted since, its time being over.
    """
    sql = f"""SELECT {_SAID} FROM {{events}} WHERE workspace = $workspace AND shop = $shop
        AND event_id = $event_id AND day BETWEEN $from AND $until LIMIT 1"""
    bound = {
        "workspace": line.workspace,
        "shop": line.shop,
        "event_id": line.event_id,
        "from": line.received_at.date() - _AROUND,
        "until": line.received_at.date() + _AROUND,
    }
    return next(iter(ask(lake, sql, None, bound, events=EVENTS_TABLE)), {})


def decisions_made(lake: Lake, scope: Scope | None, *, most: int) -> list[DecisionMade]:
    """What was decided, the newest first."""
    sql = f"""SELECT {_TOLD} FROM {{decisions}} WHERE {owned_by(scope)}
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
            sum({_LINES})::BIGINT AS lines,
            CASE WHEN count(*) = 1 THEN any_value(line) ELSE '' END AS line
        FROM {{decisions}} WHERE {owned_by(scope)} GROUP BY ALL
        ORDER BY decided_at DESC, number DESC, shop, reason, outcome LIMIT {most}"""
    rows = ask(lake, sql, scope, {}, decisions=DECISIONS_TABLE)
    return [DecidedTogether(**row) for row in rows]


def _ask(lake: Lake, sql: str, scope: Scope | None, more: dict[str, Any]) -> list[dict[str, Any]]:
    bound = {"decidable": list(DECIDABLE), **more}
    return ask(lake, sql, scope, bound, aside=SET_ASIDE_TABLE)


def _line(row: dict[str, Any]) -> LineAside:
    return LineAside(
        address=_address(row),
        **{name: row[name] for name in LineAside.__slots__[1:]},
    )


def _address(row: dict[str, Any]) -> Address:
    return Address(row["journal"], row["segment"], row["line_number"])
