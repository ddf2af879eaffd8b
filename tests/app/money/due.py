"""What a line should earn, worked out a second time: plain facts, exact fractions, one rounding.

Nothing here is the product's. The machine tells it what it did; the fourteen promises are held
against what it says.
"""

from dataclasses import dataclass, field
from fractions import Fraction

STATES = (
    "withdrawn", "placed", "paid", "shipped", "delivered", "settled", "refunded", "cancelled",
    "ineligible",
)  # fmt: skip
ENDED = (STATES[0], *STATES[6:])
TIERS = (300, 500)
"""The tiered rates a line may have, in basis points."""
MICROS_TIMES_BPS = 10_000 * 10_000
"""Millionths of a dollar in a cent, times basis points in one."""


@dataclass
class Line:
    """What the statements and refunds about one line add up to.

    Attributes:
        is_ad: the platform states that an ad of its creator brought it.
        earner: who it was decided to have earned it; empty for nobody, None while undecided.
        earner_is_ad: the decision says that an ad brought it.
        is_on_record: a person decided it; the rule never decides it again.
        rates: by creator, what was promised by component when their amount was first worked out.
        worked: by creator and component, what was due when the line was last worked out.
        own: what a program stated last, beside any file; None where none ever did.
        own_state: how far the line is by that.
        imported: the file that states it, too, and was not undone; empty for none.
        is_taken_back: a file about it was undone since it was last decided.
        waiting: refunds that came while nobody stated it, or stayed when it was withdrawn.
        was_final: it was worked out as settled or ended, be it by a statement that was undone: its
            deposit went on by then, and goes no further before another says so.
    """

    items: int
    price_micros: int
    stated: str
    code: str = ""
    tiers: tuple[int, ...] = ()
    is_ad: bool = False
    reached_bps: int | None = None
    discount_minor: int = 0
    returned: int = 0
    given_back_minor: int = 0
    state: str = "paid"
    is_held: bool = False
    refunds: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_changed: bool = True
    earner: str | None = None
    earner_is_ad: bool = False
    is_on_record: bool = False
    rates: dict[str, dict[str, int]] = field(default_factory=dict)
    worked: dict[tuple[str, str], int] = field(default_factory=dict)
    own: tuple[int, int, str, int, bool] | None = None
    own_state: str = STATES[0]
    imported: str = ""
    is_taken_back: bool = False
    waiting: dict[str, tuple[int, int]] = field(default_factory=dict)
    was_final: bool = False

    def go(self, state: str) -> None:
        """States only move forward."""
        was_withdrawn = self.state == "withdrawn"
        self.state = max(self.state, state, key=STATES.index)
        self.is_changed = True
        if was_withdrawn:
            self.hear_waiting()

    def told_by_a_program(self, state: str) -> None:
        self.own = (
            self.items, self.price_micros, self.stated, self.discount_minor, self.is_held,
        )  # fmt: skip
        self.own_state = max(self.own_state, state, key=STATES.index)
        self.go(state)

    def hear_waiting(self) -> None:
        for key, (items, minor) in list(self.waiting.items()):
            if not self.refuses(items, minor):
                self.refund(key, *self.waiting.pop(key))

    def undo(self) -> None:
        """The file is undone: what a program stated counts alone, else the line is withdrawn."""
        self.imported, self.is_taken_back, self.is_changed = "", True, True
        if self.own is None:
            self.state, self.waiting = "withdrawn", self.refunds | self.waiting
            self.refunds, self.returned, self.given_back_minor = {}, 0, 0
            return
        self.items, self.price_micros, self.stated, self.discount_minor, self.is_held = self.own
        self.state = self.own_state
        if self.returned == self.items and self.state not in {"cancelled", "ineligible"}:
            self.state = "refunded"

    def refuses(self, items: int, minor: int) -> bool:
        """Whether it would give back more than was sold."""
        left = self.items - self.returned - items
        given_back = (self.given_back_minor + minor) * 10_000
        return left < 0 or (minor > 0 and given_back > self.price_micros * left)

    def refund(self, key: str, items: int, minor: int) -> None:
        self.refunds[key] = (items, minor)
        self.returned += items
        self.given_back_minor += minor
        if self.returned == self.items and self.state not in {"cancelled", "ineligible"}:
            self.state = "refunded"
        self.is_changed = True

    @property
    def base_micros(self) -> Fraction:
        left = 0 if self.state in ENDED else self.items - self.returned
        coupons = round(Fraction(self.discount_minor * 10_000 * left, self.items))
        kept = self.price_micros * left - coupons - self.given_back_minor * 10_000
        return Fraction(max(0, kept) if left else 0)

    def decide(self, code_of: str) -> None:
        """Who earned it, by the rule: the platform's word, then the code. Once, or while nobody."""
        is_open = self.earner is None or (
            not self.is_on_record and (self.is_taken_back or (not self.earner and self.is_changed))
        )
        if is_open:
            self.decide_by_rule(code_of)

    def decide_by_rule(self, code_of: str) -> None:
        self.is_taken_back = False
        if self.state == "withdrawn":
            self.give("")
            return
        self.give(self.stated or (code_of if self.code else ""), is_ad=self.is_ad and self.stated)

    def give(self, earner: str, *, is_ad: bool = False) -> None:
        self.earner, self.earner_is_ad = earner, bool(is_ad)

    @property
    def is_open_tier(self) -> bool:
        """Whether nobody could ever know which of its rates is reached."""
        return bool(self.tiers) and not self.was_final

    def work(self, promised: dict[str, dict[str, int]], code_of: str) -> None:
        self.was_final = self.was_final or self.state in {"settled", *ENDED}
        self.decide(code_of)
        self.is_changed = False
        self.accrue(promised)

    def accrue(self, promised: dict[str, dict[str, int]]) -> None:
        """What is due now, at the rates that were promised when it was first worked out."""
        if self.earner and self.earner not in self.rates:
            rates = dict(promised[self.earner])
            of_ads, standard = rates.pop("ads"), rates.pop("standard")
            rate = of_ads if self.earner_is_ad else standard
            component = "ads" if self.earner_is_ad else "standard"
            self.rates[self.earner] = rates | {component: self.tiers[-1] if self.tiers else rate}
        is_reached = self.state == "settled" and self.reached_bps in self.tiers
        for creator, rates in self.rates.items():
            if is_reached and creator == self.earner:
                rates["ads" if "ads" in rates else "standard"] = self.reached_bps
            for component, bps in rates.items():
                base = self.base_micros if creator == self.earner else Fraction(0)
                self.worked[creator, component] = round(base * bps / MICROS_TIMES_BPS)
