"""From the order lines of an import to the records, and what a person should know of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from linkstar.accounts.models import Workspace
from linkstar.connectors.reading.detected import Notice
from linkstar.lake.store import Lake
from linkstar.money.currencies import currency
from linkstar.money.dividing import MICROS, micros_per_minor
from linkstar.orders.actions import Returned, TakenIn, take_in_import
from linkstar.orders.actions.problems import Problem

PROBLEMS_NAMED = 20


def take_in(
    lake: Lake, *, workspace: Workspace, import_id: str, now: datetime
) -> tuple[Notice, ...]:
    """Take an import's lines into the records; again changes nothing.

    What became of them is told as notices: how many were new or revised, what came back of which
    lines and what of none, whatever was refused, and words for a state nobody wrote down yet.
    """
    taken = take_in_import(lake, workspace=workspace, import_id=import_id, now=now)
    return tuple(_told(taken))


def _told(taken: TakenIn) -> Iterator[Notice]:
    recorded = taken.recorded
    counted = {"new": recorded.new, "revised": recorded.revised, "unchanged": recorded.unchanged}
    if recorded.stated:
        yield Notice("orders.recorded", counted, recorded.stated)
    yield from _told_of_returns(taken.returned)
    yield from _told_of_problems(recorded.problems)
    if taken.unknown_words:
        words = sorted(taken.unknown_words)
        yield Notice("orders.unknown_words", {"words": words}, sum(taken.unknown_words.values()))


def _told_of_returns(returned: Sequence[Returned]) -> Iterator[Notice]:
    stated = sum(one.stated for one in returned)
    if not stated:
        return
    known = sum(one.known for one in returned)
    yield Notice("returns.recorded", {"known": known}, stated)
    revised = sum(one.revised for one in returned)
    if revised:
        yield Notice("returns.revised", {}, revised)
    for code, count, sums in (
        ("returns.matched", "matched", "matched_micros"),
        ("returns.tied", "tied", ""),
        ("returns.unmatched", "unmatched", "unmatched_micros"),
    ):
        counted = sum(getattr(one, count) for one in returned)
        if counted:
            params = {"sums": _sums([getattr(one, sums) for one in returned])} if sums else {}
            yield Notice(code, params, counted)


def _sums(sums: Sequence[Mapping[str, int]]) -> list[str]:
    """Amounts by currency as exact decimals."""
    added: Counter[str] = Counter()
    for each in sums:
        added.update(each)
    return [f"{_decimal(micros, code)} {code}" for code, micros in sorted(added.items())]


def _decimal(micros: int, code: str) -> str:
    """With the decimals the currency has; with more only where the amount has them."""
    amount = Decimal(micros) / MICROS
    if micros % micros_per_minor(code):
        return f"{amount.normalize():,f}"
    return f"{amount:,.{currency(code).exponent}f}"


def _told_of_problems(problems: Sequence[Problem]) -> Iterator[Notice]:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    for code, found in sorted(by_code.items()):
        named = [f"{one.order_id} {one.line_id}" for one in found[:PROBLEMS_NAMED]]
        yield Notice(f"orders.{code}", {"lines": named}, len(found))
