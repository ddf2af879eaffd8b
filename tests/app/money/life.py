"""Lin's shop lives through any order of everything that can happen to money.

Orders and what is stated about them, refunds before and after settlement, attribution by rule and
by hand, plans, boosts, flat fees, disputes, closing, approving, paying, banks that fail and send
back, exchange. After every step `Fourteen` holds the promises of the ledger.
"""

import random
from collections.abc import Callable, Sequence
from copy import deepcopy

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.app.money.due import TIERS
from tests.app.money.selling import HANDLES, SOLD, VIDEOS
from tests.app.money.settling import Settling

from linkstar.ledger.queries import unsound
from linkstar.settlements.rules import Outcome


def one_in_these_proportions(
    *strategies: st.SearchStrategy[tuple],
) -> st.SearchStrategy[tuple]:
    """`st.one_of` takes the same strategy once, however often it is named."""
    return st.sampled_from(range(len(strategies))).flatmap(strategies.__getitem__)


def does(verb: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[tuple]:
    """A verb of `MoneyLife` with what it is told."""
    return st.tuples(st.just(verb), *arguments)


LINES = st.integers(0, len(SOLD))
RATES = st.integers(100, 8_000)
PRICES = st.integers(1, 50_000_000_000).map(lambda micros: micros // 1_000 * 1_000)
TAKE_BACK = st.sampled_from([0, 0, 1, 250])
IMPORTED = st.sampled_from(["paid", "delivered", "settled", "cancelled"])
STATED = one_in_these_proportions(
    does("sale", LINES, st.integers(1, 9), PRICES, st.sampled_from(SOLD)),
    does("sale", LINES, st.integers(1, 9), PRICES, st.sampled_from(SOLD)),
    does("delivered", LINES),
    does("delivered", LINES),
    does("sale_stated_otherwise", LINES, st.integers(1, 9), PRICES, st.integers(0, 500)),
    does("sale_stated_otherwise", LINES, st.integers(1, 2), PRICES, st.just(0)),
    does("statements_come_again"),
    does("platform_names_a_creator", LINES, st.sampled_from(HANDLES)),
    does("moves_on", LINES, st.sampled_from(["shipped", "cancelled", "ineligible", "refunded"])),
    does("settled_by_the_platform", LINES, st.sampled_from(TIERS)),
    does("held_or_let_go_by_the_platform", LINES),
    does("refund", LINES, st.integers(0, 9), TAKE_BACK),
    does("refund", LINES, st.integers(1, 2), st.just(0)),
    does("refund", LINES, st.integers(0, 1), TAKE_BACK),
    does("refund_stated_twice"),
    does("refund_of_a_line_nobody_knows"),
    does("imported", st.integers(0, len(SOLD) + 3), PRICES, IMPORTED, st.sampled_from(HANDLES)),
    does("imported", st.integers(0, len(SOLD) + 3), PRICES, IMPORTED, st.sampled_from(HANDLES)),
    does("import_undone", st.integers(0, len(SOLD) + 3)),
    does("import_undone", st.integers(0, len(SOLD) + 3)),
)
PROMISED = one_in_these_proportions(
    does("change_plan", RATES, RATES, st.none() | RATES),
    does("boost", st.sampled_from(["seller", "platform"]), st.sampled_from([0, 100, 250])),
    does("video_confirmed", st.integers(1, VIDEOS)),
    does("bo_opens_an_account"),
    does("is_paid_in", st.sampled_from(HANDLES), st.sampled_from(["", "CNY", "JPY"])),
)
WORKED = one_in_these_proportions(
    does("work"),
    does("work"),
    does("work_through", st.sampled_from([0, 16])),
    does("confirm", st.sampled_from([0, 3, 16])),
    does("given_by_hand", LINES, st.sampled_from([*HANDLES, ""])),
    does("decided_again_by_rule", LINES),
)
TAKEN = st.sampled_from([None, None, 0, 43, -17])
WORDS = st.sampled_from(["paid", "paid", "failed", "returned"])
SETTLED = one_in_these_proportions(
    does("close", st.sampled_from([0, 7])),
    does("close", st.just(7)),
    does("approve", st.sampled_from(["lin", "finn"])),
    does("pay"),
    does("bank_says", st.integers(0, 3), WORDS, TAKEN),
    does("bank_says", st.integers(0, 1), WORDS, TAKEN),
)
DISPUTED = one_in_these_proportions(
    does("dispute", st.integers(0, 9), st.booleans()),
    does("dispute_answered"),
    does("dispute_decided", st.sampled_from(list(Outcome))),
    does("dispute_appealed"),
    does("dispute_ended"),
)
EXCHANGED = one_in_these_proportions(
    does("rate_stated", st.sampled_from(["CNY", "JPY"]), st.integers(1, 10**9)),
    does("put_right", st.integers(1, 10**7)),
)
LOOKED = one_in_these_proportions(
    *[does("look")] * 4,
    does(
        "same_events_in_another_order",
        st.lists(LINES, min_size=2, max_size=3, unique=True),
        st.integers(0, 99),
    ),
)
HAPPENINGS = one_in_these_proportions(
    *[STATED] * 8, *[WORKED] * 4, *[SETTLED] * 6, *[DISPUTED] * 4, PROMISED, EXCHANGED, LOOKED
)


PAID = (
    ("work_through", 0), ("confirm", 16), ("close", 7), ("approve", "lin"), ("approve", "lin"),
    ("approve", "finn"), ("pay",), ("bank_says", 0, "paid", None), ("bank_says", 0, "paid", None),
)  # fmt: skip
ABROAD = (
    ("is_paid_in", "ada", "CNY"), *PAID[:-3], ("rate_stated", "CNY", 7_000_000), ("pay",),
)  # fmt: skip
DOUBTED = (("work",), ("dispute", 0, True), ("dispute_answered",))
BEGINNINGS = (
    (),
    PAID,
    (*PAID, ("bank_says", 0, "returned", None), ("pay",)),
    (*ABROAD, ("bank_says", 0, "paid", None), ("bank_says", 0, "paid", 43)),
    (*ABROAD, ("bank_says", 0, "paid", 43), ("bank_says", 0, "returned", -17),
     ("rate_stated", "CNY", 7_100_000), ("pay",)),
    (*ABROAD, ("bank_says", 0, "failed", None), ("pay",), ("bank_says", 0, "paid", -17)),
    (("is_paid_in", "ada", "JPY"), *PAID),
    (*PAID[:-2], ("bank_says", 0, "failed", None), ("bo_opens_an_account",), ("pay",)),
    (*PAID, ("refund", 0, 1, 0), ("refund", 2, 3, 0), ("work_through", 0), ("close", 7)),
    (("sale", 7, 9, 40_000_000_000, SOLD[0]), ("delivered", 7), *PAID),
    (("work",), ("settled_by_the_platform", 5, TIERS[0]), *PAID),
    (("work",), ("refund", 5, 6, 0), ("moves_on", 2, "cancelled"), ("work_through", 0)),
    (("refund", 2, 2, 0), ("sale_stated_otherwise", 2, 1, 19_990_000, 0)),
    (("imported", 0, 29_990_000, "settled", "bo"), ("imported", 9, 9_990_000, "delivered", "ada"),
     *PAID, ("import_undone", 0), ("import_undone", 9), ("refund", 9, 1, 0), ("work_through", 0)),
    (*DOUBTED, ("dispute_decided", Outcome.CREATOR), ("dispute_ended",)),
    (*DOUBTED, ("dispute_decided", Outcome.SELLER), ("dispute_ended",)),
    (*DOUBTED, ("dispute_decided", Outcome.SELLER), ("dispute_appealed",),
     ("dispute_decided", Outcome.CREATOR)),
)  # fmt: skip
"""How a life may begin, so that chance starts where it would seldom come to."""


class MoneyLife(Settling, RuleBasedStateMachine):
    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        self.block = transaction.atomic()
        self.block.__enter__()
        Settling.__init__(self)

    def teardown(self) -> None:
        try:
            self.work()
            self.promises_hold()
            assert list(unsound(self.workspace.pk)) == []
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @invariant()
    def promises_hold(self) -> None:
        self.fourteen.check(self.lines, self.ids, self.now)
        for each in self.fourteen.tables.amounts:
            self.saw(f"amount {each.kind}")
            self.saw(f"amount in {each.state} for {each.component}")

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begins(self, beginning: tuple) -> None:
        for said in beginning:
            self.something_happens(said)
            self.promises_hold()

    @rule(said=HAPPENINGS)
    def happens(self, said: tuple) -> None:
        """One rule for all of it: hypothesis leaves whole rules out of a life, and here most
        things only happen after several others have."""
        self.something_happens(said)

    def something_happens(self, said: tuple) -> None:
        verb, *told = said
        getattr(self, verb)(*told)

    def look(self) -> None:
        self.fourteen.remember(self.now)
        self.tick()

    def same_events_in_another_order(self, numbers: list[int], seed: int) -> None:
        """Events of different lines, worked through after each, or all at once in another order."""
        events = [self._event(number, place) for place, number in enumerate(numbers)]
        shuffled = random.Random(seed).sample(events, len(events))
        ends = [self._lived(events, is_each_worked=True), self._lived(shuffled)]
        assert ends[0] == ends[1]
        self.saw("another order")

    def _event(self, number: int, place: int) -> Callable[[], None]:
        order = f"o{number}"
        if order not in self.lines:
            return lambda: self.sale(number, 3, 19_990_000, (HANDLES[number % 2], "", (), False))
        return (
            lambda: self.refund(number, 1, 0),
            lambda: self.state(order, "cancelled"),
            lambda: self.refund(number, 0, 1),
            lambda: self.state(order, "delivered"),
        )[place]

    def _lived(self, events: Sequence[Callable[[], None]], *, is_each_worked: bool = False):
        """What the book says after these events; nothing of it is kept."""
        before = deepcopy((self.lines, self.refunds, self.stated)), self.now
        with transaction.atomic():
            for event in events:
                event()
                if is_each_worked:
                    self.work()
            self.work()
            told = self.fourteen.told()
            transaction.set_rollback(True)
        (self.lines, self.refunds, self.stated), self.now = before
        return told
