"""What is wrong with one row among many: a value in a list, never an exception."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row did not go in.

    Attributes:
        row: as a person counts them in the file.
        column: the column's header as the file has it; empty when the row itself is broken.
        code: searchable, for example `date.format`.
        value: the cell, as it is (its first 200 characters).
        expected: an example or a description of what was expected.
    """

    row: int
    column: str
    code: str
    value: str
    expected: str
