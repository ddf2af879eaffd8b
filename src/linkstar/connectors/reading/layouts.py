"""What a layout is: the columns of one kind of file and the facts they fill."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from linkstar.connectors.reading import headers


class Kind(StrEnum):
    """What the rows of a file become."""

    PERFORMANCE = "performance"
    EVENTS = "events"
    ORDER_LINES = "order_lines"
    INCOME_LINES = "income_lines"
    BENCHMARK = "benchmark"
    PRODUCTS = "products"
    CREATORS = "creators"


class DayOrder(StrEnum):
    """How `03/08/2026` is meant."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout.

    Attributes:
        field: what it fills (`fields.catalogue` lists the fields of each kind); empty for a column
            that is known and not used.
        names: every header it has had, English and Chinese, the present one first.
        required: the file is refused without it.
        private: personal data of buyers, which is never stored.
        day_order: how its dates are written, where the layout fixes that.
    """

    field: str
    names: tuple[str, ...]
    required: bool = False
    private: bool = False
    day_order: DayOrder | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(headers.key(name) for name in self.names)


def needed(field_name: str, *names: str, day_order: DayOrder | None = None) -> Column:
    """A column the layout cannot do without."""
    return Column(field_name, names, required=True, day_order=day_order)


def column(field_name: str, *names: str, day_order: DayOrder | None = None) -> Column:
    """A column that is read where it is there."""
    return Column(field_name, names, day_order=day_order)


def unused(*names: str) -> Iterator[Column]:
    """Columns that are known and carry nothing we keep."""
    return (Column("", (name,)) for name in names)


def private(*names: str) -> Iterator[Column]:
    """Columns about buyers as persons; their cells are emptied before anything is kept."""
    return (Column("", (name,), private=True) for name in names)


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file.

    Attributes:
        name: searchable, for example `tiktok.video_performance`.
        level: of performance rows: creator, content, product, shop; empty where rows say it.
        fixed: fields every row has and no column states, for example the content type.
        day_order: how dates are written unless a column says otherwise; None: ask when unclear.
        one_of: groups of fields of which at least one must be there.
    """

    name: str
    kind: Kind
    columns: tuple[Column, ...]
    level: str = ""
    fixed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    day_order: DayOrder | None = DayOrder.YMD
    one_of: tuple[tuple[str, ...], ...] = ()
    is_generic: bool = False
    sheet_names: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.required)

    def by_key(self) -> Mapping[str, Column]:
        """The column each header key belongs to."""
        return {key: c for c in reversed(self.columns) for key in c.keys}
