"""What is wrong with one stated line or refund among many: a value, never an exception."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A line or refund that was not taken in: its order, its own id, and why."""

    order_id: str
    line_id: str
    code: str
    value: str
