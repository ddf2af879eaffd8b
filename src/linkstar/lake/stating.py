"""What the rows of one import state, and how the table stores them.

Whoever stages a file may write it as the table stores it at once (`as_stored`); when nothing of it
is dropped, loading takes the file over as it lies instead of writing every row a second time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from linkstar.lake.datafiles import spans_of
from linkstar.lake.relations import SQL_TYPES
from linkstar.lake.tables import Table

_ADDED = frozenset(
    {"workspace", "shop", "import_id", "exported_on", "stated_on", "subject", "fingerprint"}
)
_UNSAID = frozenset({*_ADDED, "row", "sheet", "layout", "flags"})


@dataclass(frozen=True)
class Kind:
    """How rows of one table state something.

    Attributes:
        key: columns that, with workspace, shop and subject, tell statements apart.
        subject: SQL expressions whose values together are what a row is about.
        own_id: a column that is all a row is about where the platform gave its number, and the
            columns that would be told besides.
    """

    table: Table
    key: tuple[str, ...]
    subject: tuple[str, ...]
    own_id: tuple[str, tuple[str, ...]] = ("", ())

    @property
    def keys(self) -> tuple[str, ...]:
        return ("workspace", "shop", *self.key, "subject")

    @property
    def said(self) -> tuple[str, ...]:
        """Columns whose values make the fingerprint: all that the row says, not where it stood."""
        return tuple(name for name in self.table.schema.names if name not in _UNSAID)

    @property
    def staged(self) -> tuple[str, ...]:
        assert self.table.staged is not None
        return tuple(self.table.staged.names)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from.

    Attributes:
        import_id: sortable by time; the later of two imports counts when both state the same.
        workspace: number of the workspace.
        shop: number of the shop, or None when the rows name theirs.
        exported_on: when the platform made the file, if the file says so.
        now: the instant of loading; its date stands in for an unknown `exported_on`.
    """

    import_id: str
    workspace: int
    shop: int | None
    exported_on: date | None
    now: datetime

    @property
    def stated_on(self) -> date:
        """When it was stated: the day of loading where the file does not say."""
        return self.exported_on or self.now.date()

    @property
    def constants(self) -> dict[str, Any]:
        """What every row has in the columns that loading adds."""
        owner = {} if self.shop is None else {"workspace": self.workspace, "shop": self.shop}
        return {
            **owner,
            "import_id": self.import_id,
            "exported_on": self.exported_on,
            "stated_on": self.stated_on,
        }


def as_stored(
    rows: str, kind: Kind, origin: Origin, unsaid: Collection[str] = (), proof: str = ""
) -> str:
    """SQL for staged rows with the columns of the table, in its order and types.

    Columns that no row fills may be left out: sixty take twice as long to write as thirty, and
    whoever reads the table finds them empty (`relations.whole_rows`).

    Args:
        rows: SQL of a relation with the staged columns; and, when the origin names no shop,
            `workspace` and `shop`.
        kind: how they state something.
        origin: where they come from.
        unsaid: staged columns that are empty in all rows.
        proof: a column of `rows` that holds where `own_id` is known to be a platform's number.
    """
    constants = {name: _literal(value) for name, value in origin.constants.items()}
    columns = ", ".join(
        f"{constants.get(field.name, field.name)}::{SQL_TYPES[field.type]} AS {field.name}"
        for field in kind.table.schema
        if field.name not in unsaid and constants.get(field.name) != "NULL"
    )
    return f"""SELECT {columns} FROM (
        SELECT *, {identity(kind, unsaid, proof)} AS subject, {fingerprint(kind)} AS fingerprint
        FROM {rows})"""


def is_as_stored(staged: Path, kind: Kind, origin: Origin) -> bool:
    """Whether a file holds all that the table would store of it, from this very origin."""
    with pq.ParquetFile(staged) as file:
        names = set(file.schema_arrow.names)
        spans = spans_of(file.metadata)
    absent = dict.fromkeys(set(kind.table.schema.names) - names, (None, None))
    told = {**spans, **absent}
    is_whole = {*kind.table.required, "subject", "fingerprint"} <= names
    return is_whole and all(told.get(n) == (v, v) for n, v in origin.constants.items())


def identity(kind: Kind, unsaid: Collection[str] = (), proof: str = "") -> str:
    """SQL for 63 bits of MD5 over what a row is about: the same for ever, it decides what adds up.

    Shifting the number by 65 is the upper half without its last bit, in a quarter of the time that
    `md5_number_upper` takes. Columns known to be empty add their separators at once.
    """
    said = len(kind.subject)
    while kind.subject[said - 1] in unsaid:
        said -= 1
    values = ", ".join(f"coalesce(({each})::VARCHAR, '')" for each in kind.subject[:said])
    empty = f" || repeat(chr(31), {len(kind.subject) - said})" if said < len(kind.subject) else ""
    about = f"concat_ws(chr(31), {values}){empty}"
    own_id, besides = kind.own_id
    if proof and own_id and set(besides) <= set(unsaid):
        short = f"{own_id} || repeat(chr(31), {len(kind.subject)})"
        about = f"CASE WHEN {proof} THEN {short} ELSE {about} END"
    return f"(md5_number({about}) >> 65)::BIGINT"


def fingerprint(kind: Kind) -> str:
    """SQL for 63 bits of the engine's own hash, five times cheaper over some fifty columns.

    Should an engine ever hash otherwise, a file loaded before and after it is reported as restated
    instead of repeated; what is counted does not change.
    """
    return f"(hash({', '.join(kind.said)}) >> 1)::BIGINT"


def as_written(rows: str, shared: Mapping[str, str]) -> str:
    """SQL for the same rows with each text that all of them have as a dictionary of one word.

    Written in a tenth of the time of a million equal texts; whoever reads the file gets texts.

    Args:
        rows: SQL of rows.
        shared: by column, the text all of them have, as an SQL literal.
    """
    texts = ", ".join(f"{text}::ENUM({text}) AS {name}" for name, text in shared.items())
    return f"SELECT * REPLACE ({texts}) FROM ({rows})" if texts else rows


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"DATE '{value}'"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
