"""Answers about very many contents, kept beside the lake for whoever asks the same again.

To judge a million contents takes a minute, to show the next fifty of them nothing. What was judged
is kept under a name made of all it was made from: the question, the data files, the catalog, the
benchmark and this program. Anything that changes makes another name, so that what is kept is never
wrong; it may be deleted at any time.
"""

import json
import shutil
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from linkstar.benchmarks.book import CellBook
from linkstar.catalog.models import Product, Shop
from linkstar.insights.answering import JudgedCounts
from linkstar.insights.answers import Note, NoteKind
from linkstar.insights.counts import narrowing
from linkstar.insights.questions import By, Question, Source
from linkstar.lake.beside import Beside
from linkstar.lake.datafiles import DataFile
from linkstar.lake.ready_tables import mapped, write_table
from linkstar.lake.store import Lake
from linkstar.lake.tables import EVENTS_TABLE, PERFORMANCE_TABLE, Table

ROWS_MIN = 50_000
"""Rows of exports below which nothing is kept: to judge them again takes less than to look."""
BYTES_MAX = 2 * 2**30
"""Of all that is kept; what nobody asked for longest goes first."""
_MADE_BY = ("stats", "insights", "lake", "benchmarks", "events")


def remembered(
    lake: Lake, question: Question, book: CellBook | None, judge: Callable[[], JudgedCounts]
) -> JudgedCounts:
    """What `judge` says, or said when everything was as it is now."""
    if not is_worth_keeping(lake, question):
        return judge()
    kept = Beside(_folder(lake) / _program() / str(question.workspace), ".arrow")
    name = _name(lake, question, book)
    known = _read(kept, name)
    if known is not None:
        return known
    judged = judge()
    if judged.counts.num_rows >= ROWS_MIN:
        _keep(kept, name, judged)
        _make_room(_folder(lake))
    return judged


def is_worth_keeping(lake: Lake, question: Question) -> bool:
    """Whether its shops have so many rows of exports that its answer is kept."""
    return sum(file.rows for file in _files(lake, PERFORMANCE_TABLE, question)) >= ROWS_MIN


def forget(lake: Lake, workspace: int | None = None) -> None:
    """Delete what is kept of one workspace, or of all; it may name who is to be named no more.

    What another version of this program kept goes with it: nobody finds that any more.
    """
    for folder in _folder(lake).glob("*"):
        is_ours = folder.name == _program() and workspace is not None
        shutil.rmtree(folder / str(workspace) if is_ours else folder, ignore_errors=True)


def _folder(lake: Lake) -> Path:
    return lake.root / "answers"


def _files(lake: Lake, table: Table, question: Question) -> list[DataFile]:
    seen = lake.snapshot(table)
    files = seen.files if seen is not None else ()
    return [file for file in files if file.may_hold("shop", question.shops)]


@lru_cache
def _program() -> str:
    """Names what answers are made by: these files, as they are."""
    root = Path(__file__).parents[1]
    files = (path for part in _MADE_BY for path in sorted((root / part).rglob("*.py")))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _name(lake: Lake, question: Question, book: CellBook | None) -> str:
    """Names everything an answer is made from; filters that choose among its rows aside."""
    products = Product.objects.filter(shop__number__in=question.shops).order_by("pk")
    shops = Shop.objects.filter(number__in=question.shops).order_by("pk")
    files = {
        table.name: [file.name for file in _files(lake, table, question)]
        for table in (PERFORMANCE_TABLE, EVENTS_TABLE)
    }
    asked = narrowing(question)
    told = (
        asked,
        question.by is By.CONTENT or bool(question.filters.text),
        files,
        list(products.values_list("shop__number", "external_id", "category", "name")),
        list(shops.values_list("number", "category")),
        None if book is None else (book.summary, book.cells.to_pydict()),
    )
    return sha256(repr(told).encode()).hexdigest()


def _keep(kept: Beside, name: str, judged: JudgedCounts) -> None:
    said = {
        "total": judged.total.num_rows,
        "contents": judged.contents,
        "source": judged.source,
        "doubted": judged.doubted,
        "notes": [note.as_dict() for note in judged.notes],
        "sql": judged.sql,
    }
    rows = pa.concat_tables([judged.rows, judged.total])
    rows = rows.replace_schema_metadata({"said": json.dumps(said)})
    kept.write(f"{name}-counts", partial(write_table, judged.counts.combine_chunks()))
    kept.write(name, partial(write_table, rows.combine_chunks()))


def _read(kept: Beside, name: str) -> JudgedCounts | None:
    rows, counts = mapped(kept.path(name)), mapped(kept.path(f"{name}-counts"))
    if rows is None or counts is None:
        return None
    for each in (name, f"{name}-counts"):
        kept.path(each).touch()
    said = json.loads(rows.schema.metadata[b"said"])
    rows = rows.replace_schema_metadata()
    return JudgedCounts(
        rows=rows.slice(0, rows.num_rows - said["total"]),
        counts=counts,
        total=rows.slice(rows.num_rows - said["total"]),
        contents=said["contents"],
        source=said["source"] and Source(said["source"]),
        doubted=said["doubted"],
        notes=tuple(_note(**note) for note in said["notes"]),
        sql=said["sql"],
    )


def _note(kind: str, **facts: float | str) -> Note:
    return Note(NoteKind(kind), tuple(facts.items()))


def _make_room(folder: Path) -> None:
    """Delete what was not asked for longest, until the rest fits."""
    sizes = {path: path.stat() for path in folder.rglob("*.arrow")}
    total = 0
    for path in sorted(sizes, key=lambda each: sizes[each].st_mtime_ns, reverse=True):
        total += sizes[path].st_size
        if total > BYTES_MAX:
            path.unlink(missing_ok=True)
