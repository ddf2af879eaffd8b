"""What a file is: which layout, where its header stands, what it says and what must be asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linkstar.connectors.fields.catalogue import FIELDS, Form, fields_of
from linkstar.connectors.reading import asking, headers
from linkstar.connectors.reading.banner import exported_on, window_in, window_in_name
from linkstar.connectors.reading.cells import Cells, Table, table_over, tables_of
from linkstar.connectors.reading.detected import Detected, Hints, Match
from linkstar.connectors.reading.layouts import Column, Layout
from linkstar.connectors.reading.refusals import (
    ColumnMissing,
    ColumnTwice,
    LayoutUnknown,
    MappingWrong,
)

HEADER_WITHIN = 25
KNOWN_SHARE = 0.6
KNOWN_COLUMNS = 4
SAMPLES = 5
_NUMERIC = {
    Form.COUNT,
    Form.RATIO,
    Form.RATE,
    Form.MONEY,
    Form.ID,
    Form.IDS,
    Form.DATE,
    Form.LOCAL_TIME,
    Form.INSTANT,
}
_VALUE = re.compile(r"[^\w]*[\d(][\d\s.,:/%()TZ+-]*\D{0,4}|--|-|—|[\d./:-]+.*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A layout laid over one record of one table, as if that were its header."""

    table: Table
    at: int
    layout: Layout
    header: tuple[str, ...]
    columns: Mapping[int, Column]

    @property
    def missing(self) -> tuple[Column, ...]:
        here = {column.field for column in self.columns.values()}
        return tuple(column for column in self.layout.required if column.field not in here)

    @property
    def lacks_group(self) -> bool:
        here = {column.field for column in self.columns.values()}
        return any(not here.intersection(group) for group in self.layout.one_of)

    @property
    def matched(self) -> int:
        return len(self.columns)

    @property
    def is_known(self) -> bool:
        named = sum(1 for cell in self.header if cell.strip())
        enough = self.matched >= min(KNOWN_COLUMNS, len(self.layout.required))
        return enough and self.matched >= KNOWN_SHARE * named

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.lacks_group


def detect(
    path: Path,
    *,
    scratch: Path,
    layouts: Sequence[Layout],
    hints: Hints = Hints(),  # noqa: B008
    cells: Cells | None = None,
) -> Detected:
    """What the file at `path` is.

    Args:
        path: the file; it is only read.
        scratch: a folder for clean copies of its cells, which the result points to.
        layouts: the layouts to look for.
        hints: what is known beforehand.
        cells: where its cells lie, when of the file itself nothing is kept.

    Raises:
        FileRefused: the file cannot be read at all.
        LayoutUnknown: nothing in it looks like a table we can use.
        ColumnMissing: it is a known layout, but a column it cannot do without is not there.
        ColumnTwice: a column it cannot do without is there twice.
        MappingWrong: the mapping in the hints does not fit.
    """
    tables = (table_over(cells),) if cells else tables_of(path, scratch, name=hints.name)
    if hints.sheet:
        tables = tuple(t for t in tables if t.cells.sheet == hints.sheet) or tables
    wanted = [layout for layout in layouts if _is_wanted(layout, hints)]
    special = [] if hints.mapping else [w for w in wanted if not w.is_generic]
    known = [each for each in _candidates(tables, special) if each.is_known]
    if known:
        chosen = _most_likely(known)
        _refuse_missing(chosen)
    else:
        chosen = _generic(tables, [w for w in wanted if w.is_generic], hints)
    return _describe(chosen, path, hints)


def _is_wanted(layout: Layout, hints: Hints) -> bool:
    return hints.kind in {"", layout.kind, layout.name} and hints.layout in {"", layout.name}


def _candidates(tables: Sequence[Table], layouts: Sequence[Layout]) -> list[_Candidate]:
    """Every record that may be a header, held against every layout."""
    known = [(layout, layout.by_key()) for layout in layouts]
    found = []
    for table in tables:
        for at, header in _possible_headers(table):
            keys = [headers.key(cell) for cell in header]
            for layout, by_key in known:
                columns = {i: by_key[key] for i, key in enumerate(keys) if key in by_key}
                found.append(_Candidate(table, at, layout, header, columns))
    return found


def _possible_headers(table: Table) -> list[tuple[int, tuple[str, ...]]]:
    if not table.cells.has_header_row:
        return [(0, table.cells.names)]
    numbered = enumerate(table.head[:HEADER_WITHIN], start=1)
    return [(at, _trimmed(record)) for at, record in numbered if any(c.strip() for c in record)]


def _trimmed(record: Sequence[str]) -> tuple[str, ...]:
    """Without empty cells at the end."""
    width = max((i for i, cell in enumerate(record, start=1) if cell.strip()), default=0)
    return tuple(record[:width])


def _most_likely(candidates: list[_Candidate]) -> _Candidate:
    """The layout that knows most columns; a complete one wins over a slightly longer one."""
    most = max(c.matched for c in candidates)
    complete = [c for c in candidates if c.is_complete and c.matched >= 0.9 * most]
    return max(complete or candidates, key=lambda c: (c.matched, -len(c.missing), -c.at))


def _refuse_missing(chosen: _Candidate) -> None:
    unknown = [cell for i, cell in enumerate(chosen.header) if i not in chosen.columns and cell]
    for column in chosen.missing:
        close = [headers.nearest(name, unknown) for name in column.names]
        name = _as_they_say(column.names, chosen.header)
        raise ColumnMissing(name, chosen.layout.name, next(filter(None, close), ""), chosen.header)
    if chosen.lacks_group:
        group = next(
            group
            for group in chosen.layout.one_of
            if not {c.field for c in chosen.columns.values()}.intersection(group)
        )
        columns = (c for c in chosen.layout.columns if c.field in group)
        names = " / ".join(_as_they_say(c.names, chosen.header) for c in columns)
        raise ColumnMissing(names, chosen.layout.name, "", chosen.header)
    _refuse_twins(chosen)


def _as_they_say(names: Sequence[str], header: Sequence[str]) -> str:
    """The name of a column in the language the header is written in, where it has one."""
    is_chinese = any(_HAN.search(cell) for cell in header)
    return next((name for name in names if bool(_HAN.search(name)) is is_chinese), names[0])


def _refuse_twins(chosen: _Candidate) -> None:
    cells = [chosen.header[i] for i, c in chosen.columns.items() if c.required]
    keys = [headers.key(cell) for cell in cells]
    for cell, key in zip(cells, keys, strict=True):
        if keys.count(key) > 1:
            raise ColumnTwice(cell.strip(), chosen.layout.name)


def _generic(tables: Sequence[Table], layouts: Sequence[Layout], hints: Hints) -> _Candidate:
    """The likeliest header of a file of any other origin, mapped as far as names are known."""
    if not layouts:
        raise LayoutUnknown(_likely_header(tables)[2], hints.kind or hints.layout)
    if hints.mapping:
        return _as_mapped(tables, layouts, hints)
    candidates = _candidates(tables, layouts)
    complete = [c for c in candidates if c.is_complete]
    if complete:
        chosen = max(complete, key=lambda c: (c.matched, -c.at))
        _refuse_twins(chosen)
        return chosen
    table, at, header = _likely_header(tables)
    here = [c for c in candidates if c.table is table and c.at == at]
    if not here or len(header) < 2:
        raise LayoutUnknown(header, hints.kind)
    return max(here, key=lambda c: c.matched)


def _likely_header(tables: Sequence[Table]) -> tuple[Table, int, tuple[str, ...]]:
    """The first record as wide as the table, with a name in every cell."""
    table = max(tables, key=lambda t: len(t.head))
    records = _possible_headers(table)
    if not records:
        return table, 0, ()
    width = max(len(record) for _, record in records)
    wide = [(at, r) for at, r in records if sum(1 for c in r if c.strip()) >= 0.7 * width]
    at, header = (wide or records)[0]
    return table, at, header


def _as_mapped(tables: Sequence[Table], layouts: Sequence[Layout], hints: Hints) -> _Candidate:
    """The header that has all columns of the mapping."""
    wanted = {headers.key(header): field for header, field in hints.mapping.items()}
    possible = [(table, *each) for table in tables for each in _possible_headers(table)]
    if not possible:
        raise MappingWrong(next(iter(hints.mapping)))
    table, at, header = max(
        possible, key=lambda each: len(wanted.keys() & {headers.key(cell) for cell in each[2]})
    )
    layout = _layout_for(layouts, set(wanted.values()))
    keys = [headers.key(cell) for cell in header]
    for named in hints.mapping:
        if headers.key(named) not in keys:
            raise MappingWrong(named)
    return _Candidate(table, at, layout, header, _mapped_columns(layout, wanted, header, keys))


def _mapped_columns(
    layout: Layout, wanted: Mapping[str, str], header: tuple[str, ...], keys: Sequence[str]
) -> dict[int, Column]:
    """As mapped; a required one left out goes by its name, as do those about buyers."""
    required = {column.field for column in layout.required}
    unsaid = [c for c in layout.required if c.field not in wanted.values()]
    unsaid += [c for c in layout.columns if c.private]
    columns = {keys.index(key): c for c in unsaid for key in c.keys if key in keys}
    for key, field in wanted.items():
        at = keys.index(key)
        columns[at] = Column(field, (header[at],), required=field in required)
    return columns


def _layout_for(layouts: Sequence[Layout], fields: set[str]) -> Layout:
    """The generic layout that has all these fields."""
    for layout in layouts:
        if fields <= fields_of(layout):
            return layout
    known = {field for layout in layouts for field in fields_of(layout)}
    if unknown := fields - known:
        raise MappingWrong(min(unknown), "field")
    nearest = max(map(fields_of, layouts), key=lambda of_rows: len(of_rows & fields))
    raise MappingWrong(min(fields - nearest), "together")


def _describe(chosen: _Candidate, path: Path, hints: Hints) -> Detected:
    layout, table = chosen.layout, chosen.table
    data = table.head[chosen.at :]
    matches = _matches(chosen, data)
    described = bool(data) and chosen.at > 0 and _is_description(layout, matches, data[0])
    if described:
        matches = _matches(chosen, data[1:])
    above = [" ".join(c for c in r if c.strip()) for r in table.head[: max(0, chosen.at - 1)]]
    name = hints.name or path.name
    window = hints.period or window_in(above) or window_in_name(name)
    fields = {m.field for m in matches}
    missing = _missing(chosen, fields)
    asked = asking.what(layout, matches, window=window, hints=hints)
    return Detected(
        kind=layout.kind,
        layout=layout.name,
        language="zh" if any(_HAN.search(m.header) for m in matches) else "en",
        level=layout.level or _level(fields),
        cells=table.cells,
        header_row=chosen.at,
        description_row=chosen.at + 1 if described else 0,
        first_row=chosen.at + 1 + described,
        width=len(chosen.header),
        header=chosen.header,
        banner=" · ".join(text for text in above if text),
        window=window,
        zone=asked.zone,
        currency=asked.currency,
        exported_on=exported_on(name),
        columns=asked.columns,
        unknown=tuple(
            headers.visible(cell)
            for i, cell in enumerate(chosen.header)
            if i not in chosen.columns
            and cell.strip()
            and headers.key(cell) not in headers.REASON_HEADERS
        ),
        missing=missing,
        needs=(("mapping",) if missing else ()) + asked.needs,
        private=tuple(i for i, c in chosen.columns.items() if c.private),
        fixed=dict(layout.fixed),
        fingerprint=headers.fingerprint(chosen.header),
        warnings=asking.notices(chosen.header, chosen.columns, layout),
    )


def _missing(chosen: _Candidate, fields: set[str]) -> tuple[str, ...]:
    """What a table of one's own still has to name; of known layouts nothing is missing here."""
    layout = chosen.layout
    if not layout.is_generic:
        return ()
    return (
        *(column.field for column in chosen.missing),
        *("/".join(group) for group in layout.one_of if not fields.intersection(group)),
    )


def _matches(chosen: _Candidate, data: Sequence[Sequence[str]]) -> tuple[Match, ...]:
    """One column per field: of several known names of a field, the one its layout lists first."""
    taken: dict[str, tuple[int, int]] = {}
    for index, column in chosen.columns.items():
        if not column.field:
            continue
        rank = column.keys.index(headers.key(chosen.header[index]))
        if column.field not in taken or rank < taken[column.field][0]:
            taken[column.field] = (rank, index)
    return tuple(
        Match(
            field=field,
            header=headers.visible(chosen.header[index]),
            index=index,
            samples=_samples(data, index),
            required=chosen.columns[index].required,
            day_order=str(chosen.columns[index].day_order or chosen.layout.day_order or ""),
        )
        for field, (_, index) in sorted(taken.items(), key=lambda item: item[1][1])
    )


def _samples(data: Sequence[Sequence[str]], index: int) -> tuple[str, ...]:
    cells = [r[index].strip()[:120] for r in data if index < len(r) and r[index].strip()]
    return tuple(cells[:SAMPLES])


def _is_description(layout: Layout, matches: Sequence[Match], record: Sequence[str]) -> bool:
    """Words where the layout has numbers, in two cells at least, and no value in any."""
    numeric = [m.index for m in matches if FIELDS[layout.kind].get(m.field) in _NUMERIC]
    cells = [record[i].strip() for i in numeric if i < len(record) and record[i].strip()]
    words = [cell for cell in cells if not _VALUE.fullmatch(cell)]
    return len(words) >= 2 and len(words) == len(cells)


def _level(fields: set[str]) -> str:
    """What the rows of a generic file are about: the finest thing they name."""
    if fields & {"content_id", "content_url", "content_title"}:
        return "content"
    if fields & {"product_ids", "product_name"}:
        return "product"
    return "creator" if fields & {"creator", "creator_name"} else "shop"
