"""Competitors who read every figure of the benchmark book, join, leave, subtract and collude.

The attackers are stronger than real ones: they know, for every cell they can see, its exact clicks
and impressions, not just the rate. What they can compute is then exactly the row space of the cells
they see over the unknown counts of (shop, category, type, week); their own shops' counts they know.
A shop is found out when that space holds anything about it alone. The same attack on a book with
floors only must succeed, or it would prove nothing.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from linkstar.benchmarks.editions import Earlier, Edition, _own_reasons, edition
from linkstar.benchmarks.pool import POOL, Stretch, for_weeks, for_window
from linkstar.benchmarks.rules import Floors
from linkstar.benchmarks.tally import Tally, tally

FLOORS = Floors(shops=5, creators=30)
"""The lowest floor that can be set: the hardest to defend."""
FIRST = date(2026, 9, 7)
LEAVES = (
    "Beauty > Skin",
    "Beauty > Lips",
    "Beauty > Hair",
    "Home > Kitchen",
    "Home > Bath",
    "Toys",
)
TYPES = ("video", "live")


def week(number: int) -> date:
    return FIRST + timedelta(weeks=number)


def window(first: int, after_last: int) -> Stretch:
    return Stretch(week(first), week(after_last))


@dataclass
class Market:
    """Shops, each in a workspace of its own (same number), selling in some places."""

    rng: np.random.Generator
    places: dict[int, list[tuple[str, str]]]

    @classmethod
    def drawn(cls, seed: int, shops: int, chance: float) -> "Market":
        rng = np.random.default_rng(seed)
        everywhere = [(leaf, kind) for leaf in LEAVES for kind in TYPES]
        # Some places are busy and some have few sellers: these are what must be protected.
        busy = {place: chance * rng.uniform(0.2, 1.0) for place in everywhere}
        places = {
            shop: [place for place in everywhere if rng.random() < busy[place]]
            for shop in range(1, shops + 1)
        }
        return cls(rng, places)

    def sells(self, weeks: range, shops=None) -> pa.Table:
        """Pool rows: eight contents per shop, place and week, by shops of about one size."""
        rows = []
        for shop in shops if shops is not None else self.places:
            for leaf, kind in self.places[shop]:
                for number in weeks:
                    for content in range(8):
                        impressions = int(self.rng.lognormal(7, 0.5))
                        rows.append(
                            {
                                "workspace": shop,
                                "shop": shop,
                                "creator": f"s{shop}c{content}",
                                "content_id": f"{shop}-{leaf}-{kind}-{content}",
                                "category": leaf,
                                "content_type": kind,
                                "channel": "tiktok",
                                "definition": "product_impressions",
                                "segment": "",
                                "segment_value": "",
                                "week_starts_on": week(number),
                                "starts_on": week(weeks.start),
                                "ends_before": week(weeks.stop),
                                "impressions": impressions,
                                "clicks": int(self.rng.binomial(impressions, 0.02)),
                            }
                        )
        return pa.Table.from_pylist(rows, schema=POOL)


def made(
    pool: pa.Table, over: Stretch, earlier: list[Earlier] | None = None
) -> tuple[Tally, Edition]:
    tallied = tally(for_window(pool, over), for_weeks(pool, over))
    owners = {shop: shop for shop in set(pool["shop"].to_pylist())}
    return tallied, edition(tallied, owners, FLOORS, earlier or [])


def as_earlier(made_edition: Edition) -> Earlier:
    return Earlier(made_edition.cells, made_edition.contributions)


@dataclass
class Attack:
    """Everything some workspaces together see, as sums over what they do not know."""

    attackers: tuple[int, ...]

    def __post_init__(self) -> None:
        self.atoms: dict[tuple, int] = {}
        self.rows: list[set[int]] = []

    def reads(self, book: Edition, pool: pa.Table, over: Stretch) -> None:
        """Read the public book and every attacker's own view of it."""
        inside = _in_window(pool, over)
        public = book.cells.to_pylist()
        self._see(public, inside)
        for workspace in self.attackers:
            if workspace in book.views:
                own = {row["position"]: row for row in book.views[workspace].to_pylist()}
                self._see([own.get(at, cell) for at, cell in enumerate(public)], inside)

    def _see(self, cells, inside) -> None:
        """Own counts are known either way, so views differ only in what is withheld."""
        for cell in cells:
            if not cell["withheld"]:
                self.rows.append({self._atom(key) for key in inside if _belongs(key, cell)})

    def _atom(self, key: tuple) -> int:
        return self.atoms.setdefault(key, len(self.atoms))

    def found_out(self) -> set[int]:
        """Shops something can be computed about that no other shop is part of."""
        matrix = np.zeros((len(self.rows), len(self.atoms)), dtype=np.float64)
        for number, members in enumerate(self.rows):
            matrix[number, list(members)] = 1.0
        shop = np.array([key[0] for key in self.atoms])
        unknown = ~np.isin(shop, self.attackers)
        # Cells that say the same, and counts of a shop that always come together, count once.
        told = np.unique(matrix[:, unknown], axis=0)
        columns = np.unique(np.vstack([shop[unknown], told]), axis=1)
        shop, matrix = columns[0], columns[1:]
        whole = rank(matrix)
        return {
            int(victim) for victim in np.unique(shop) if rank(matrix[:, shop != victim]) < whole
        }


def rank(matrix) -> int:
    """Rank of a matrix of whole numbers, exact: by elimination modulo a large prime."""
    prime = 2_147_483_629
    left, found = matrix.astype(np.int64) % prime, 0
    for column in range(left.shape[1]):
        rows = np.flatnonzero(left[found:, column]) + found
        if not rows.size:
            continue
        left[[found, rows[0]]] = left[[rows[0], found]]
        left[found] = left[found] * pow(int(left[found, column]), -1, prime) % prime
        below = found + 1 + np.flatnonzero(left[found + 1 :, column])
        left[below] = (left[below] - left[below, column, None] * left[found]) % prime
        found += 1
    return found


def _in_window(pool: pa.Table, over: Stretch) -> set[tuple]:
    names = ("shop", "category", "content_type", "week_starts_on")
    keys = zip(*(pool[name].to_pylist() for name in names), strict=True)
    return {key for key in keys if over.starts_on <= key[3] < over.ends_before}


def _belongs(key: tuple, cell: dict) -> bool:
    _, category, content_type, monday = key
    path = cell["category"]
    return (
        (not path or category == path or category.startswith(path + " > "))
        and cell["content_type"] in {"", content_type}
        and cell["week_starts_on"] in {None, monday}
    )


def floors_only(tallied: Tally) -> Edition:
    """The book as it would be if each cell were judged for itself alone."""
    reasons = _own_reasons(tallied.cells, FLOORS)
    at = tallied.cells.schema.get_field_index("withheld")
    column = pa.array([str(reason) for reason in reasons], pa.string())
    cells = tallied.cells.set_column(at, "withheld", column)
    return Edition(cells, tallied.contributions, {})


SEEDS = range(5)


class TestSubtractingWithinOneEdition:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("colluders", [(), (1,), (1, 2)], ids=["stranger", "one", "two"])
    def test_finds_nobody_out(self, seed, colluders):
        market = Market.drawn(seed, shops=14, chance=0.8)
        pool, over = market.sells(range(2)), window(0, 2)
        _, book = made(pool, over)
        attack = Attack(colluders)
        attack.reads(book, pool, over)
        assert attack.rows, "the book shows nothing, so there is nothing to test"
        assert attack.found_out() == set()

    def test_finds_shops_out_where_only_floors_are_kept(self):
        found = set()
        for seed in SEEDS:
            market = Market.drawn(seed, shops=14, chance=0.8)
            pool, over = market.sells(range(2)), window(0, 2)
            tallied, _ = made(pool, over)
            attack = Attack(())
            attack.reads(floors_only(tallied), pool, over)
            found |= {(seed, shop) for shop in attack.found_out()}
        assert found


class TestJoiningBetweenTwoEditions:
    """Shop 15 joins after weeks 0-2 were released, with all its history."""

    def market(self, seed: int) -> tuple[Market, pa.Table, pa.Table, pa.Table]:
        market = Market.drawn(seed, shops=15, chance=0.9)
        before = market.sells(range(3), shops=range(1, 15))
        history = market.sells(range(3), shops=[15])
        fresh = market.sells(range(3, 4))
        return market, before, history, fresh

    @pytest.mark.parametrize("seed", SEEDS)
    def test_finds_nobody_out(self, seed):
        _, before, _, fresh = self.market(seed)
        _, first = made(before, window(0, 3))
        later = pa.concat_tables([before, fresh])  # released weeks enter as they were released
        _, second = made(later, window(1, 4), [as_earlier(first)])
        for colluders in ((), (1,), (1, 2)):
            attack = Attack(colluders)
            attack.reads(first, before, window(0, 3))
            attack.reads(second, later, window(1, 4))
            assert attack.found_out() == set()

    def test_finds_the_newcomer_out_where_released_weeks_are_counted_anew(self):
        found = set()
        for seed in SEEDS:
            _, before, history, fresh = self.market(seed)
            _, first = made(before, window(0, 3))
            later = pa.concat_tables([before, history, fresh])
            _, second = made(later, window(1, 4))
            attack = Attack(())
            attack.reads(first, before, window(0, 3))
            attack.reads(second, later, window(1, 4))
            found |= attack.found_out()
        assert 15 in found


class TestFourEditionsInARow:
    """Every week an edition of the newest three weeks. Markets 1, 8 and 16 once gave shops away."""

    @pytest.mark.parametrize("seed", [1, 5, 8, 16])
    def test_finds_nobody_out(self, seed):
        market = Market.drawn(seed, shops=14, chance=0.9)
        rows = [market.sells(range(number, number + 1)) for number in range(6)]
        released: list[Earlier] = []
        attacks = [Attack(()), Attack((1, 2))]
        for start in range(4):
            pool, over = pa.concat_tables(rows[: start + 3]), window(start, start + 3)
            _, book = made(pool, over, list(released))
            released.append(as_earlier(book))
            for attack in attacks:
                attack.reads(book, pool, over)
                assert attack.found_out() == set()


class TestOneWeekMore:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_finds_nobody_out(self, seed):
        """The same window again, one week longer: what is new is that week alone."""
        market = Market.drawn(seed, shops=14, chance=0.9)
        before, fresh = market.sells(range(3)), market.sells(range(3, 4))
        _, first = made(before, window(0, 3))
        later = pa.concat_tables([before, fresh])
        _, second = made(later, window(0, 4), [as_earlier(first)])
        attack = Attack((1,))
        attack.reads(first, before, window(0, 3))
        attack.reads(second, later, window(0, 4))
        assert attack.found_out() == set()
