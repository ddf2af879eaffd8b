"""What was found out about a file, and what a person still has to say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from linkstar.connectors.reading.cells import Cells
from linkstar.connectors.reading.layouts import Kind


@dataclass(frozen=True, slots=True)
class Window:
    """The days a file covers: the first, and the one after the last."""

    starts_on: date
    ends_before: date


@dataclass(frozen=True, slots=True)
class Match:
    """One of our fields and the column of the file that fills it.

    Attributes:
        field: what it fills.
        header: the column's header as the file has it.
        index: its place, from 0.
        confidence: 1 for a known name or a person's word, less for a likeness.
        samples: up to five of its cells.
        required: rows without it cannot be used.
        day_order: how its dates are written; empty where it has none.
    """

    field: str
    header: str
    index: int
    confidence: float = 1.0
    samples: tuple[str, ...] = ()
    required: bool = False
    day_order: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know that stops nothing."""

    code: str
    params: Mapping[str, object]
    count: int = 1


def has_own_days(columns: Iterable[Match]) -> bool:
    """Whether each row says which days it covers."""
    fields = {match.field for match in columns}
    return bool(fields & {"day", "window", "occurred_at", "ordered_at", "settled_at"}) or (
        "starts_on" in fields and bool(fields & {"ends_before", "ends_on"})
    )


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is.

    Attributes:
        kind: what its rows become.
        layout: for example `tiktok.video_performance`.
        language: `en` or `zh`.
        level: of performance rows; empty where the kind has none.
        header_row: where the header is, from 1; 0 for files with named columns.
        description_row: the row of explanations below it; 0 when there is none.
        first_row: the first row of data.
        width: how many columns the header has.
        header: the header as it is.
        banner: what stands above the header.
        window: the days covered, where the file says it.
        zone: of times that do not state one, where the file says it.
        currency: where the file says it once for all.
        exported_on: when the platform made the file, where its name says it.
        columns: every field and its column.
        unknown: columns nobody knows, by their headers.
        missing: fields a mapping still has to name.
        needs: what must be answered: mapping, period, currency, zone, day_order, state.
        private: places of columns about buyers as persons.
        fixed: fields every row has though no column states them.
        fingerprint: the same for files with the same columns.
    """

    kind: Kind
    layout: str
    language: str
    level: str
    cells: Cells
    header_row: int
    description_row: int
    first_row: int
    width: int
    header: tuple[str, ...]
    banner: str
    window: Window | None
    zone: str
    currency: str
    exported_on: date | None
    columns: tuple[Match, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    needs: tuple[str, ...]
    private: tuple[int, ...]
    fixed: Mapping[str, str]
    fingerprint: str
    warnings: tuple[Notice, ...] = ()

    @property
    def has_own_days(self) -> bool:
        return has_own_days(self.columns)

    def match(self, field_name: str) -> Match | None:
        """The column that fills a field; None where no column does."""
        return next((m for m in self.columns if m.field == field_name), None)


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known before looking: from the command line, the shop or an earlier file."""

    name: str = ""
    kind: str = ""
    layout: str = ""
    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    zone: str = ""
    currency: str = ""
    expected_currency: str = ""
    period: Window | None = None
    day_order: str = ""


@dataclass(frozen=True, slots=True)
class ShopName:
    """A name a `shop` column may use, and the shop it stands for."""

    name: str
    workspace: int
    shop: int


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person says about a file beyond what it says itself.

    Attributes:
        zone: IANA zone of times that state none.
        currency: ISO code of amounts that state none.
        period: the days a file of period facts covers.
        mapping: their header -> our field; replaces what was detected.
        day_order: DMY, MDY or YMD for dates such as 03/08/2026.
        market: of all rows, unless a column says it.
        channel: of all rows, unless a column says it.
        definition: what `impressions` and `clicks` of a generic file count.
        state: how far the orders of a file are that does not say it.
        shops: the shops a `shop` column may name; others are a problem of their row.
    """

    zone: str = ""
    currency: str = ""
    period: Window | None = None
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    day_order: str = ""
    market: str = "US"
    channel: str = "tiktok"
    definition: str = "product_impressions"
    state: str = ""
    shops: tuple[ShopName, ...] = ()
