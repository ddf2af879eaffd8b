"""How a printed paper is laid out: one font that has every word, tables that repeat their head.

The font is Noto Sans SC (SIL Open Font License), embedded as far as it is used, so that Chinese
and Latin words look the same on every machine.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

FONT_FILE = Path(__file__).resolve().parent.parent / "fonts" / "NotoSansSC-Regular.ttf"
MARGIN = 16 * mm
_FRAME = 6
"""What reportlab leaves free inside the margins."""
WIDTH = A4[0] - 2 * MARGIN - 2 * _FRAME
ROWS_A_TABLE = 3_000
_SIZE, _LEADING, _PADDING = 8, 11, 4
_INK, _MUTED, _LINE = HexColor("#1B2430"), HexColor("#5B6675"), HexColor("#C9D0DA")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its share of the width, whether it holds figures."""

    head: str
    share: float
    is_figure: bool = False


@cache
def font() -> str:
    """The name of the font, made known when it is first needed."""
    pdfmetrics.registerFont(TTFont("NotoSansSC", FONT_FILE))
    return "NotoSansSC"


def heading(text: str) -> Flowable:
    return Paragraph(escape(text), _style("heading", 12, 17, before=8, after=4))


def title(text: str) -> Flowable:
    return Paragraph(escape(text), _style("title", 18, 25, after=2))


def note(text: str) -> Flowable:
    return Paragraph(escape(text), _style("note", 8, 12, colour=_MUTED, before=4))


def facts(rows: Sequence[tuple[str, str]]) -> Flowable:
    """Names with what they are, one under the other."""
    name, value = _style("name", 9, 13, colour=_MUTED), _style("value", 9, 13)
    cells = [[Paragraph(escape(n), name), Paragraph(escape(v), value)] for n, v in rows]
    table = Table(cells, colWidths=[WIDTH * 0.26, WIDTH * 0.74])
    table.setStyle(TableStyle([*_PLAIN, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def sheet_tables(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, total: Sequence[Sequence[str]] = ()
) -> list[Flowable]:
    """Rows of any number, in tables that begin on a page of their own.

    Laying one out costs the square of its rows.
    """
    flow: list[Flowable] = []
    for start in range(0, max(len(rows), 1), ROWS_A_TABLE):
        part = rows[start : start + ROWS_A_TABLE]
        is_last = start + ROWS_A_TABLE >= len(rows)
        flow += [PageBreak()] if start else []
        flow.append(_sheet_table(columns, part, total=total if is_last else ()))
    return flow


def _sheet_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, total: Sequence[Sequence[str]]
) -> Flowable:
    """Rows under a head that is repeated on every page; `total` is a last row, if any."""
    widths = [WIDTH * column.share for column in columns]
    cells = [[_cell(column.head, column, is_head=True) for column in columns]]
    cells += [[_cell(t, c) for t, c in zip(row, columns, strict=True)] for row in (*rows, *total)]
    figures = [("ALIGN", (at, 1), (at, -1), "RIGHT") for at, c in enumerate(columns) if c.is_figure]
    apart = [
        ("LEFTPADDING", (at, 0), (at, -1), 2 * _PADDING)
        for at, (before, c) in enumerate(pairwise(columns), start=1)
        if before.is_figure and not c.is_figure
    ]
    plain = [("FONT", (0, 1), (-1, -1), font(), _SIZE, _LEADING), *figures, *apart]
    table = Table(cells, colWidths=widths, repeatRows=1)
    table.setStyle(TableStyle([*_RULED, *plain, *([_TOTAL] if total else [])]))
    return table


def written(
    flow: Sequence[Flowable], *, about: str, author: str, foot: str, language: str
) -> bytes:
    """The paper as PDF: numbered pages, its subject at the foot of each."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, initialFontName=font(),
        title=about, author=author, lang=language, creator="LinkStar",
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN + 6 * mm,
    )  # fmt: skip

    def canvas(*given: Any, **named: Any) -> Canvas:
        return _NumberedCanvas(*given, foot=foot, **named)

    document.build(list(flow), canvasmaker=canvas)
    return out.getvalue()


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab states no types
    """Keeps its pages until the last one, to write on each how many there are."""

    def __init__(self, *given: Any, foot: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self._foot = foot
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # its name there
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._write_foot(number)
            super().showPage()
        super().save()

    def _write_foot(self, number: int) -> None:
        self.setFont(font(), 8)
        self.setFillColor(_MUTED)
        self.drawString(MARGIN + _FRAME, MARGIN, self._foot)
        pages = _("Page {number} of {pages}").format(number=number, pages=len(self._kept))
        self.drawRightString(A4[0] - MARGIN - _FRAME, MARGIN, pages)


_PLAIN = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]
_RULED = [
    *_PLAIN,
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, _LINE),
]
_TOTAL = ("LINEABOVE", (0, -1), (-1, -1), 1, _INK)


def _cell(text: str, column: Column, *, is_head: bool = False) -> Flowable | str:
    """The text itself where it fits on one line, which is laid out many times faster."""
    if not is_head and stringWidth(text, font(), _SIZE) <= WIDTH * column.share - 3 * _PADDING:
        return text
    side = "figure" if column.is_figure else "word"
    colour = _MUTED if is_head else _INK
    style = _style(f"{side}{is_head}", _SIZE, _LEADING, colour=colour, is_right=column.is_figure)
    return Paragraph(escape(text), style)


@cache
def _style(
    name: str, size: int, leading: int, *, colour: Any = _INK, before: int = 0, after: int = 0,
    is_right: bool = False,
) -> ParagraphStyle:  # fmt: skip
    return ParagraphStyle(
        name, fontName=font(), fontSize=size, leading=leading, textColor=colour,
        spaceBefore=before, spaceAfter=after, wordWrap="CJK",
        **({"alignment": TA_RIGHT} if is_right else {}),
    )  # fmt: skip
