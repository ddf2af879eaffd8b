"""The tables of money as they stand, read by plain SQL: not a word of the product in between."""

from typing import Any, NamedTuple

from django.db import connection

Row = tuple[Any, ...]


class Amount(NamedTuple):
    """One row of `Commission`."""

    id: int
    order_id: str
    creator: str
    component: str
    state: str
    minor: int
    currency: str
    entry: str | None
    approved_by: str | None
    payable_by: str | None
    kind: str


class Statement(NamedTuple):
    id: str
    settlement: str
    creator: str
    state: str
    lines_minor: int
    carried_minor: int
    total_minor: int
    carried_into: str | None
    entry: str | None


class Settlement(NamedTuple):
    id: str
    lines: int
    lines_minor: int
    payable_minor: int


class Payout(NamedTuple):
    """One payment; what it was exchanged for, and what the bank took and gave back, if anything."""

    statement: str
    state: str
    minor: int
    bought: int | None
    bought_in: str | None
    taken: int | None
    given_back: int | None


class OrderLine(NamedTuple):
    order_id: str
    items: int
    items_returned: int
    price_micros: int
    refunded_minor: int
    refunds: int
    refunded_items: int
    refunded_beside_minor: int


_AMOUNTS = """SELECT c.id, l.order_id, c.creator_id, c.component, c.state, c.amount_minor,
    c.currency, c.entry_id, c.approved_by_entry_id, c.payable_by_entry_id, c.kind
    FROM commissions_commission c LEFT JOIN orders_orderline l ON l.id = c.line_id
    WHERE c.shop_id = %s"""
_STATEMENTS = """SELECT s.id, s.settlement_id, s.creator_id, s.state, s.lines_minor,
    s.carried_minor, s.total_minor, s.carried_into_id, s.entry_id FROM settlements_statement s
    JOIN settlements_settlement t ON t.id = s.settlement_id WHERE t.shop_id = %s"""
_LINES_IN = """SELECT r.statement_id, r.commission_id FROM settlements_statementline r
    JOIN commissions_commission c ON c.id = r.commission_id WHERE c.shop_id = %s"""
_SETTLEMENTS = """SELECT id, lines, lines_minor, payable_minor FROM settlements_settlement
    WHERE shop_id = %s"""
_PAYOUTS = """SELECT p.statement_id, p.state, p.amount_minor, x.amount_minor, x.currency,
    x.taken_minor, x.given_back_minor FROM settlements_payout p
    LEFT JOIN settlements_payoutexchange x ON x.payout_id = p.id
    JOIN settlements_statement s ON s.id = p.statement_id
    JOIN settlements_settlement t ON t.id = s.settlement_id WHERE t.shop_id = %s"""
_HELD = """SELECT h.commission_id FROM settlements_hold h
    JOIN commissions_commission c ON c.id = h.commission_id
    WHERE c.shop_id = %s AND h.released_at IS NULL"""
_DISPUTED = """SELECT l.order_id, c.creator_id FROM settlements_dispute d
    JOIN commissions_commission c ON c.id = d.commission_id
    JOIN orders_orderline l ON l.id = c.line_id WHERE c.shop_id = %s AND d.state <> 'final'"""
_ORDER_LINES = """SELECT l.order_id, l.items, l.items_returned, l.price_micros, l.refunded_minor,
    COUNT(r.id), COALESCE(SUM(r.items), 0), COALESCE(SUM(r.amount_minor), 0)
    FROM orders_orderline l LEFT JOIN orders_refund r ON r.line_id = l.id
        AND r.withdrawn_at IS NULL
    WHERE l.shop_id = %s GROUP BY l.id"""
_ENTRIES = """SELECT id, sequence, kind, key, happened_at, recorded_at, facts, reverses_id,
    fingerprint, link FROM ledger_entry WHERE book = %s ORDER BY sequence"""
_POSTINGS = """SELECT e.sequence, p.line, d.path, d.currency, c.path, c.currency, p.amount_minor
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
    JOIN ledger_account d ON d.id = p.debit_id JOIN ledger_account c ON c.id = p.credit_id
    WHERE e.book = %s ORDER BY e.sequence, p.line"""


class Tables:
    """One look at every table of one shop and its book."""

    def __init__(self, shop: int, book: str) -> None:
        self.amounts = [Amount(*row) for row in _rows(_AMOUNTS, shop)]
        self.statements = [Statement(*row) for row in _rows(_STATEMENTS, shop)]
        self.lines_in = _rows(_LINES_IN, shop)
        self.settlements = [Settlement(*row) for row in _rows(_SETTLEMENTS, shop)]
        self.payouts = [Payout(*row) for row in _rows(_PAYOUTS, shop)]
        self.held = {row[0] for row in _rows(_HELD, shop)}
        self.disputed = set(_rows(_DISPUTED, shop))
        self.order_lines = [OrderLine(*row) for row in _rows(_ORDER_LINES, shop)]
        self.entries = _rows(_ENTRIES, book)
        self.postings = _rows(_POSTINGS, book)


def _rows(sql: str, of: object) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [of])
        return cursor.fetchall()
