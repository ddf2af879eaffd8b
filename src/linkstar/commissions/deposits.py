"""What became of deposits: what was held at the highest rate, which was reached, what went back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from linkstar.batches import batched
from linkstar.commissions.models import Commission
from linkstar.commissions.rules import Kind
from linkstar.orders.rules import tiers

_LINES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Release:
    """The working of an amount that let a deposit go.

    Attributes:
        rates_bps: the rates one of which was to be reached, lowest first; set aside is the last.
        reached_bps: the one the platform says was reached.
        base_micros: what it is a rate of.
        held_minor: what was set aside, as far as it was not given back before.
        due_minor: what of it is the creator's.
    """

    rates_bps: tuple[int, ...]
    reached_bps: int
    base_micros: int
    held_minor: int
    due_minor: int

    @property
    def released_minor(self) -> int:
        """What goes back to whoever set it aside."""
        return self.held_minor - self.due_minor


def releases_among(amounts: Iterable[Commission]) -> dict[int, Release]:
    """The working of every amount that let a deposit go, by its key."""
    found = {each.pk: each for each in amounts if each.kind == Kind.RELEASED}
    sums: Counter[tuple[object, ...]] = Counter()
    for some in batched(found.values(), _LINES_AT_ONCE):
        numbers = {(each.line_id, each.creator_id, each.component): each.number for each in some}
        of_lines = Commission.objects.filter(line__in={each.line_id for each in some})
        rows = of_lines.values_list("line", "creator", "component", "number", "amount_minor")
        for *about, number, minor in rows:
            if number < numbers.get((*about,), 0):  # type: ignore[arg-type]  # as they were asked for
                sums[*about] += minor
    return {
        pk: _release(each, sums[each.line_id, each.creator_id, each.component])
        for pk, each in found.items()
    }


def _release(amount: Commission, held_minor: int) -> Release:
    assert amount.line
    assert amount.rate_bps is not None
    return Release(
        rates_bps=tiers(amount.line.tier_rates_bps),
        reached_bps=amount.rate_bps,
        base_micros=amount.base_micros,
        held_minor=held_minor,
        due_minor=held_minor + amount.amount_minor,
    )
