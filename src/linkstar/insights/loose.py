"""Uplift over loose files, without any set-up: read them, load them aside, ask."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.benchmarks.book import CellBook
from linkstar.connectors.loading import Load, load
from linkstar.connectors.reading.detected import Answers, Detected, Hints, Window
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.layouts import Kind, Layout
from linkstar.connectors.reading.parsing import Parsed, parse
from linkstar.connectors.reading.refusals import LayoutUnknown
from linkstar.connectors.registry import LAYOUTS
from linkstar.insights.answering import answer, larger_source
from linkstar.insights.answers import UpliftAnswer
from linkstar.insights.questions import Question
from linkstar.lake.queries import content_counts
from linkstar.lake.selection import Scope, Selection
from linkstar.lake.store import Lake

WORKSPACE, SHOP = 1, 1
"""Loose files belong to nobody: they are one shop of one workspace, which end with them."""
_WITH_CTR = frozenset({Kind.PERFORMANCE, Kind.EVENTS})
_LOADED_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""Loading needs an instant; nothing asked of loose files depends on it."""


class NoCtrInside(ValueError):
    """The file is known, but holds no impressions and clicks."""

    def __init__(self, path: Path, kind: Kind) -> None:
        super().__init__(str(path), kind.value)
        self.path = path
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says of loose files beyond what they say themselves.

    Attributes:
        mapping: their header -> our field.
        zone: of times that state none.
        currency: of amounts that state none.
        period: the days the files cover, where they do not say.
        day_order: DMY, MDY or YMD for dates such as 03/08/2026.
        channel: of all rows, unless a column says it.
    """

    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    zone: str = ""
    currency: str = ""
    period: Window | None = None
    day_order: str = ""
    channel: str = "tiktok"


AS_THEY_ARE = Reading()


@dataclass(frozen=True, slots=True, eq=False)
class FileRead:
    """What became of a file's rows: rows = loaded + duplicates + superseded + rejected.

    `problems` has the columns row, column, code, value, expected.
    """

    path: Path
    kind: str
    layout: str
    language: str
    rows: int
    loaded: int
    duplicates: int
    superseded: int
    rejected: int
    problems: pa.Table


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Loose files, loaded. Usable inside the `facts_of` that made it."""

    lake: Lake
    files: tuple[FileRead, ...]


@contextmanager
def facts_of(
    paths: Sequence[Path], question: Question, reading: Reading = AS_THEY_ARE
) -> Iterator[Facts]:
    """Read and load files into a lake that is gone afterwards.

    Raises:
        Refusal: a file cannot be read, or does not say enough (`AnswerMissing`).
        NoCtrInside: a file has no impressions and clicks.
    """
    with tempfile.TemporaryDirectory(prefix="linkstar-") as folder:
        lake = Lake(Path(folder) / "lake")
        read = [
            _read(lake, path, question, reading, Path(folder) / f"{number:06}")
            for number, path in enumerate(paths)
        ]
        yield Facts(lake, tuple(read))


def uplift_of_facts(facts: Facts, question: Question, book: CellBook | None) -> UpliftAnswer:
    """The answer over loaded loose files; `question`'s workspace and shops do not matter."""
    asked = replace(question, workspace=WORKSPACE, shops=(SHOP,))
    gathered = larger_source(
        asked,
        lambda source: content_counts(
            facts.lake,
            Scope(WORKSPACE, (SHOP,)),
            Selection(
                source=source,
                level=asked.by,
                definition=asked.definition,
                market=asked.market,
                starts_on=asked.starts_on,
                ends_before=asked.ends_before,
                segment=asked.segment,
            ),
        ),
    )
    return answer(asked, gathered, book)


def uplift_of_files(
    paths: Sequence[Path],
    question: Question,
    book: CellBook | None,
    reading: Reading = AS_THEY_ARE,
) -> tuple[UpliftAnswer, tuple[FileRead, ...]]:
    """The answer over loose files, and what became of their rows.

    Raises:
        Refusal, NoCtrInside: see `facts_of`.
    """
    with facts_of(paths, question, reading) as facts:
        return uplift_of_facts(facts, question, book), facts.files


def _read(lake: Lake, path: Path, question: Question, reading: Reading, scratch: Path) -> FileRead:
    scratch.mkdir(parents=True)
    hints = Hints(
        name=path.name,
        zone=reading.zone,
        currency=reading.currency,
        period=reading.period,
        day_order=reading.day_order,
    )
    hints = replace(hints, mapping=_completed(reading.mapping, path, scratch, hints))
    found = detect(path, scratch=scratch, layouts=LAYOUTS, hints=hints)
    if found.kind not in _WITH_CTR:
        raise NoCtrInside(path, found.kind)
    parsed = parse(
        found,
        _answers(question, reading, found),
        staged=scratch / "staged.parquet",
        problems=scratch / "problems.parquet",
        scratch=scratch,
    )
    return _loaded(lake, path, found, parsed, reading)


def _completed(
    mapping: Mapping[str, str], path: Path, scratch: Path, hints: Hints
) -> Mapping[str, str]:
    """The mapping, with the columns of the file that are known by their own names."""
    if not mapping:
        return mapping
    try:
        found = detect(path, scratch=scratch, layouts=_generic_layouts(), hints=hints)
    except LayoutUnknown:
        return mapping
    named, fields = set(mapping), set(mapping.values())
    known = {
        match.header: match.field
        for match in found.columns
        if match.header not in named and match.field not in fields
    }
    return {**known, **mapping}


def _generic_layouts() -> tuple[Layout, ...]:
    """The layouts of files of any origin, which mappings are about."""
    return tuple(layout for layout in LAYOUTS if layout.is_generic)


def _answers(question: Question, reading: Reading, found: Detected) -> Answers:
    return Answers(
        zone=reading.zone,
        currency=reading.currency,
        period=reading.period or found.window,
        day_order=reading.day_order,
        market=question.market,
        channel=reading.channel,
        definition=question.definition.value,
    )


def _loaded(lake: Lake, path: Path, found: Detected, parsed: Parsed, reading: Reading) -> FileRead:
    rows = Load(
        kind=found.kind,
        staged=parsed.staged,
        import_id=f"imp_{parsed.staged.parent.name}",
        workspace=WORKSPACE,
        shop=SHOP,
        zone=reading.zone or found.zone,
        exported_on=found.exported_on,
    )
    done = load(lake, rows, now=_LOADED_AT, progress=lambda _done, _rows: None)
    return FileRead(
        path=path,
        kind=found.kind.value,
        layout=found.layout,
        language=found.language,
        rows=parsed.rows,
        loaded=done.loaded,
        duplicates=done.duplicates,
        superseded=done.superseded,
        rejected=parsed.rejected,
        problems=pq.read_table(parsed.problems),
    )
