"""Taking in a bank's whole answer: what it says row by row, and which rows could not be used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linkstar.catalog.models import Shop
from linkstar.settlements.actions.answering import StatedPayout, import_payout_status
from linkstar.settlements.models import Payout
from linkstar.settlements.status_files import Said, read_status_file
from linkstar.settlements.telling import tell_payouts


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A row that could not be used; `problem` is a code the pages have words for.

    Problems: `cells_missing`, `amount_unreadable`, and those of `Imported`. `present` is the state
    the payment is in, where it is known.
    """

    place: int
    payout: str
    state: str
    problem: str
    present: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many payments changed, were known to be so, and the rows that could not be used."""

    changed: int
    known: int
    problems: Sequence[StatusRow]


@transaction.atomic
def import_status_file(*, shop: Shop, content: bytes, now: datetime) -> TakenIn:
    """Take in what became of payments; the good rows count, the others are named.

    The same file twice changes nothing. A batch told as a whole is each of its payments. Creators
    are told what became of theirs, those who settle what failed.

    Raises:
        StatusUnreadable: it is not a file of payout states.
    """
    said = read_status_file(content)
    problems = [StatusRow(s.place, s.payout or s.batch, s.state, s.problem) for s in said
                if s.problem]  # fmt: skip
    places: dict[int, int] = {}
    stated = []
    for place, one in _single(shop, [each for each in said if not each.problem]):
        places[id(one)] = place
        stated.append(one)
    before = _payouts(shop, stated)
    imported = import_payout_status(shop=shop, stated=stated, now=now)
    after = _payouts(shop, stated)
    changed = [one for key, one in after.items() if one.state != before[key].state]
    tell_payouts(changed, now=now)
    problems += [
        StatusRow(places[id(one)], one.key, one.state, problem,
                  after[one.key].state if one.key in after else "")
        for one, problem in imported.problems
    ]  # fmt: skip
    problems.sort(key=lambda row: row.place)
    return TakenIn(imported.changed, imported.known, problems)


def _payouts(shop: Shop, stated: Sequence[StatedPayout]) -> dict[str, Payout]:
    found = Payout.objects.filter(statement__settlement__shop=shop).select_related(
        "statement__settlement__shop__workspace", "statement__creator__user", "exchange"
    )
    return found.in_bulk([one.key for one in stated])


def _single(shop: Shop, said: Sequence[Said]) -> Iterator[tuple[int, StatedPayout]]:
    """One statement per payment. A batch nobody knows stays one, and is not found as a payment."""
    for each in said:
        keys: Sequence[str] = [each.payout]
        if not each.payout:
            of_batch = Payout.objects.filter(
                batch=each.batch, statement__settlement__shop=shop
            ).order_by("pk")
            keys = list(of_batch.values_list("pk", flat=True)) or [each.batch]
        for key in keys:
            yield each.place, StatedPayout(key, each.state, each.reason, each.amount)
