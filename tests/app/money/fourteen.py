"""The fourteen promises of the ledger, each a function named for it, held after every step.

What was read before is compared row by row with what is read now. So a promise about rows that
stand need only be worked out for those that are new, and the product's own questions be asked again
when there are any.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction

from tests.app.money.due import Line
from tests.app.money.rows import Row, Tables

from linkstar.ledger.actions import post_entries
from linkstar.ledger.queries import balances
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money

Net = dict[tuple[str, str], int]
MOMENTS_KEPT = 8
MINIMUM_MINOR = 100
"""What the market pays at least: a dollar."""
CENTS_IN = {"JPY": 100}
"""Currencies without a minor unit: a hundredth of the dollar's is as much of them."""
_STANDING = ("deposit", "accrued", "approved", "payable", "held")


class Fourteen:
    """The promises for one shop and its book, and what was seen of them so far."""

    def __init__(self, shop: int, book: str) -> None:
        self._shop, self._book = shop, book
        self._entries: list[Row] = []
        self._postings: list[Row] = []
        self._fresh: list[Row] = []
        self._of_entry: dict[int, list[Row]] = defaultdict(list)
        self._net: Net = defaultdict(int)
        self._moments: list[tuple[datetime, Net]] = []
        self._asked = 0
        self.tables: Tables

    def check(self, lines: Mapping[str, Line], ids: Mapping[str, str], now: datetime) -> None:
        """Every promise, on all there is now.

        Args:
            lines: what should be due, by order.
            ids: of the creators, by handle.
            now: after everything that was written, before anything that will be.
        """
        self.tables = Tables(self._shop, self._book)
        self.promise_2_posted_rows_never_change()
        self.promise_1_debits_equal_credits_per_entry_and_currency()
        self.promise_3_chain_hash_is_valid()
        self.promise_4_balance_is_the_sum_of_rows()
        self.promise_5_refunds_are_no_more_than_the_sale(lines)
        self.promise_6_commission_is_what_is_kept_at_the_original_rate(lines, ids)
        self.promise_7_each_commission_is_in_at_most_one_settlement()
        self.promise_8_a_settlement_is_the_sum_of_its_lines()
        self.promise_9_payouts_are_no_more_than_what_was_settled()
        self.promise_10_exchange_legs_agree_with_the_stamped_rate()
        self.promise_11_the_same_keys_again_change_nothing(now)
        self.promise_12_order_does_not_matter(lines, ids)
        self.promise_13_the_past_never_changes()
        self.promise_14_a_hold_takes_nothing_in_silence(ids)

    def remember(self, moment: datetime) -> None:
        """What the book says of a moment now, to be asked for again."""
        told = self.told(moment)
        self._moments = [*self._moments[-MOMENTS_KEPT + 1 :], (moment, told)]

    def told(self, as_of: datetime | None = None) -> Net:
        """The balances that are not nothing, as the product tells them."""
        return {
            (each.path, each.money.currency): each.money.minor
            for each in balances(self._book, as_of=as_of)
            if each.money.minor
        }

    def promise_2_posted_rows_never_change(self) -> None:
        entries, postings = self.tables.entries, self.tables.postings
        assert entries[: len(self._entries)] == self._entries
        assert postings[: len(self._postings)] == self._postings
        self._fresh = entries[len(self._entries) :]
        for row in postings[len(self._postings) :]:
            self._of_entry[row[0]].append(row)
        self._entries, self._postings = entries, postings

    def promise_1_debits_equal_credits_per_entry_and_currency(self) -> None:
        for entry in self._fresh:
            sums: Counter[str] = Counter()
            rows = self._of_entry[entry[1]]
            assert rows, entry
            for _, _, debit, debited, credit, credited, minor in rows:
                assert minor > 0
                sums[debited] += minor
                sums[credited] -= minor
                self._net[debit, debited] += minor
                self._net[credit, credited] -= minor
            assert not any(sums.values()), entry

    def promise_3_chain_hash_is_valid(self) -> None:
        before = len(self._entries) - len(self._fresh)
        link = self._entries[before - 1][9] if before else "0" * 64
        for place, entry in enumerate(self._fresh, start=before + 1):
            _, sequence, _, _, _, recorded_at, _, _, fingerprint, linked = entry
            assert sequence == place
            assert fingerprint == _sha256(self._said(entry))
            link = _sha256(f"{link}|{sequence}|{_instant(recorded_at).isoformat()}|{fingerprint}")
            assert linked == link

    def promise_4_balance_is_the_sum_of_rows(self) -> None:
        if self._fresh:
            assert self.told() == {key: minor for key, minor in self._net.items() if minor}
        records: Net = defaultdict(int)
        for each in self.tables.amounts:
            if each.state in _STANDING:
                records[f"liability:creator:{each.creator}:{each.state}", each.currency] += (
                    each.minor
                )
        stands = {
            key: -minor
            for key, minor in self._net.items()
            if key[0].startswith("liability:creator:") and key[0].endswith(_STANDING) and minor
        }
        assert stands == {key: minor for key, minor in records.items() if minor}
        self._entries_are_the_sum_of_the_amounts_that_name_them()

    def promise_5_refunds_are_no_more_than_the_sale(self, lines: Mapping[str, Line]) -> None:
        """Neither in items nor in money; an item may come back after its price was lowered."""
        assert len(self.tables.order_lines) == len(lines)
        for row in self.tables.order_lines:
            due = lines[row.order_id]
            assert (row.items, row.items_returned) == (due.items, due.returned)
            assert (row.items_returned, row.refunded_minor) == (
                row.refunded_items, row.refunded_beside_minor,
            )  # fmt: skip
            assert 0 <= row.items_returned <= row.items
            assert 0 <= row.refunded_minor * 10_000 <= row.items * row.price_micros

    def promise_6_commission_is_what_is_kept_at_the_original_rate(
        self, lines: Mapping[str, Line], ids: Mapping[str, str]
    ) -> None:
        """After a full refund that is nothing."""
        sums: Counter[tuple[str, str, str]] = Counter()
        for each in self.tables.amounts:
            if each.order_id:
                sums[each.order_id, each.creator, each.component] += each.minor
        due = {
            (order, ids[handle], component): minor
            for order, line in lines.items()
            for (handle, component), minor in line.worked.items()
        }
        assert +sums == +Counter(due)
        assert all(minor >= 0 for minor in sums.values())
        self._deposits_stand_apart_until_a_rate_is_reached(lines)

    def promise_7_each_commission_is_in_at_most_one_settlement(self) -> None:
        taken = Counter(commission for _, commission in self.tables.lines_in)
        assert not [each for each, times in taken.items() if times > 1]
        settled = {each.id for each in self.tables.amounts if each.state in {"settled", "paid"}}
        assert settled == taken.keys()

    def promise_8_a_settlement_is_the_sum_of_its_lines(self) -> None:
        minor_of = {each.id: each.minor for each in self.tables.amounts}
        creator_of = {each.id: each.creator for each in self.tables.amounts}
        statements = {each.id: each for each in self.tables.statements}
        lines_minor: Counter[str] = Counter()
        lines: Counter[str] = Counter()
        for statement, commission in self.tables.lines_in:
            assert statements[statement].creator == creator_of[commission]
            lines_minor[statement] += minor_of[commission]
            lines[statements[statement].settlement] += 1
        carried: Counter[str] = Counter()
        for each in statements.values():
            if each.carried_into:
                assert each.state == "carried"
                assert statements[each.carried_into].creator == each.creator
                carried[each.carried_into] += each.total_minor
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for each in statements.values():
            assert each.lines_minor == lines_minor[each.id]
            assert each.carried_minor == carried[each.id]
            assert each.total_minor == each.lines_minor + each.carried_minor
            assert (each.state == "carried") == (each.total_minor < MINIMUM_MINOR)
            sums[each.settlement]["lines"] += each.lines_minor
            sums[each.settlement]["payable"] += each.total_minor if each.state != "carried" else 0
        for settlement in self.tables.settlements:
            assert settlement.lines == lines[settlement.id]
            assert settlement.lines_minor == sums[settlement.id]["lines"]
            assert settlement.payable_minor == sums[settlement.id]["payable"]

    def promise_9_payouts_are_no_more_than_what_was_settled(self) -> None:
        statements = {each.id: each for each in self.tables.statements}
        left: Counter[str] = Counter()
        for each in statements.values():
            left[each.creator] += each.lines_minor
        living: Counter[str] = Counter()
        for payout in self.tables.payouts:
            statement = statements[payout.statement]
            assert payout.minor == statement.total_minor > 0
            if payout.state in {"sent", "paid"}:
                living[payout.statement] += 1
                left[statement.creator] -= payout.minor
                assert statement.state == {"sent": "paying", "paid": "paid"}[payout.state]
        assert set(living.values()) <= {1}
        waiting: Counter[str] = Counter()
        for each in statements.values():
            is_waiting = each.state == "open" or (each.state == "carried" and not each.carried_into)
            waiting[each.creator] += each.total_minor if is_waiting else 0
            assert (each.state in {"paying", "paid"}) == bool(living[each.id])
        for path, currency in self._net:
            if path.endswith((":settled", ":payouts_sent")) and currency != "USD":
                sent = sum(
                    each.bought
                    for each in self.tables.payouts
                    if (each.state, each.bought_in) == ("sent", currency)
                )
                is_sent = path.endswith(":payouts_sent")
                assert self._net[path, currency] == (-sent if is_sent else 0)
        for creator, minor in left.items():
            assert minor == waiting[creator]
            assert minor == -self._net["liability:creator:" + creator + ":settled", "USD"]

    def promise_10_exchange_legs_agree_with_the_stamped_rate(self) -> None:
        """Within one minor unit. What the bank took above it is loss, what it gave back is gain."""
        for entry in self._fresh:
            if entry[2] == "exchanged":
                rate = Fraction(json.loads(entry[6])["rate"])
                sold, bought = self._of_entry[entry[1]]
                assert abs(bought[6] - sold[6] * rate / CENTS_IN.get(bought[3], 1)) <= 1
        waiting: Net = defaultdict(int)
        gained = 0
        for each in self.tables.payouts:
            if each.bought:
                is_open = 1 - (each.state in {"failed", "returned"})
                is_open += (each.given_back is not None) - (each.taken is not None)
                waiting["clearing:exchange:USD", "USD"] -= each.minor * is_open
                waiting[f"clearing:exchange:{each.bought_in}", each.bought_in] += (
                    each.bought * is_open
                )
                gained += each.minor - each.taken if each.taken else 0
                gained += each.given_back - each.minor if each.given_back else 0
        stands = {k: minor for k, minor in self._net.items() if k[0].startswith("clearing:")}
        assert {k: v for k, v in stands.items() if v} == {k: v for k, v in waiting.items() if v}
        assert gained == -sum(
            self._net[f"{kind}:exchange", "USD"] for kind in ("income", "expense")
        )

    def promise_11_the_same_keys_again_change_nothing(self, now: datetime) -> None:
        again = self._fresh[:2] + self._fresh[-1:]
        if not again:
            return
        entries = post_entries(
            book=self._book, drafts=[self._draft(entry) for entry in again], now=now
        )
        assert [entry.pk for entry in entries] == [entry[0] for entry in again]

    def promise_12_order_does_not_matter(
        self, lines: Mapping[str, Line], ids: Mapping[str, str]
    ) -> None:
        """All a creator ever had, wherever it stands, is what their lines are due: no order in it.

        The machine besides lives the same events in two orders and compares every balance.
        """
        had: Counter[str] = Counter()
        for (path, _), minor in self._net.items():
            if path.startswith("liability:creator:"):
                had[path.split(":")[2]] -= minor
        for statement in self.tables.statements:
            for payout in self.tables.payouts:
                if payout.statement == statement.id and payout.state in {"sent", "paid"}:
                    had[statement.creator] += payout.minor
        due: Counter[str] = Counter()
        for line in lines.values():
            for (handle, _), minor in line.worked.items():
                due[ids[handle]] += minor
        for each in self.tables.amounts:
            due[each.creator] += each.minor if not each.order_id else 0
        assert {k: v for k, v in had.items() if v} == {k: v for k, v in due.items() if v}

    def promise_13_the_past_never_changes(self) -> None:
        if self._moments and self._fresh:
            self._asked = (self._asked + 1) % len(self._moments)
            moment, told = self._moments[self._asked]
            assert self.told(moment) == told

    def promise_14_a_hold_takes_nothing_in_silence(self, ids: Mapping[str, str]) -> None:
        """What is held is held by name; available falls below nothing by named amounts alone."""
        for each in self.tables.amounts:
            is_named = each.id in self.tables.held or (
                (each.order_id, each.creator) in self.tables.disputed
            )
            assert (each.state != "held") or is_named
            assert (each.id not in self.tables.held) or each.state == "held"
        for creator in ids.values():
            available = -self._net["liability:creator:" + creator + ":payable", "USD"]
            taken_back = sum(
                min(each.minor, 0)
                for each in self.tables.amounts
                if each.creator == creator and each.state == "payable"
            )
            assert available >= taken_back

    def _deposits_stand_apart_until_a_rate_is_reached(self, lines: Mapping[str, Line]) -> None:
        for each in self.tables.amounts:
            line = lines[each.order_id] if each.order_id else None
            is_tiered = line is not None and each.component in {"standard", "ads"}
            if is_tiered and line.is_open_tier:
                assert each.state in {"deposit", "held"}
            assert each.state != "deposit" or (is_tiered and line.tiers)

    def _entries_are_the_sum_of_the_amounts_that_name_them(self) -> None:
        named: Counter[str] = Counter()
        for each in self.tables.amounts:
            for entry in {each.entry, each.approved_by, each.payable_by} - {None}:
                named[entry] += each.minor
        for statement in self.tables.statements:
            if statement.entry:
                named[statement.entry] += statement.lines_minor
        owed = {entry[0]: self._of_entry[entry[1]] for entry in self._entries}
        for entry, minor in named.items():
            [(_, _, debit, _, credit, _, posted)] = owed[entry]
            to_creator = credit if minor > 0 else debit
            assert (posted, to_creator[:18]) == (abs(minor), "liability:creator:")

    def _said(self, entry: Row) -> str:
        _, sequence, kind, key, happened_at, _, facts, reverses, _, _ = entry
        said = {
            "facts": json.loads(facts),
            "happened_at": _instant(happened_at).isoformat(),
            "key": key,
            "kind": kind,
            "postings": [
                [debit, credit, minor, currency]
                for _, _, debit, currency, credit, _, minor in self._of_entry[sequence]
            ],
            "reverses": reverses,
        }
        return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def _draft(self, entry: Row) -> Draft:
        _, sequence, kind, key, happened_at, _, facts, reverses, _, _ = entry
        postings = tuple(
            Posting(debit, credit, Money(minor, currency))
            for _, _, debit, currency, credit, _, minor in self._of_entry[sequence]
        )
        return Draft(kind, key, _instant(happened_at), postings, json.loads(facts), reverses)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _instant(stored: datetime | str) -> datetime:
    """As it was written: SQLite keeps instants as text without their zone."""
    read: Callable[[str], datetime] = datetime.fromisoformat
    return (read(stored) if isinstance(stored, str) else stored).replace(tzinfo=UTC)
