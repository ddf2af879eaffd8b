"""Prints an uplift answer: JSON, CSV, or a table for people."""

from typing import TYPE_CHECKING, Any

from linkstar.cli.figures import (
    category_text,
    count,
    interval_text,
    percent,
    segment_text,
    signed_percent,
    source_text,
    state_text,
    uplift_text,
)
from linkstar.cli.notes import note_text
from linkstar.cli.output import Output
from linkstar.cli.periods import last_day
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.events.vocabulary import Segment
    from linkstar.insights.answers import UpliftAnswer


def print_answer(output: Output, answer: "UpliftAnswer", *, segment: "Segment | None") -> None:
    """The answer in the form asked for; what one has to know about it goes to stderr.

    Args:
        output: how this run talks.
        answer: what is told.
        segment: the line it is cut along.
    """
    document = answer.to_json()
    if output.form == "json":
        output.document(document)
        return
    rows: Any = document["rows"]
    if output.form == "csv":
        from linkstar.insights.answers import STABLE

        cut = ["segment"] if rows and "segment" in rows[0] else []
        output.comma_separated([*STABLE, *cut], rows)
    else:
        _print_table(output, answer, segment)
    _tell(output, answer)


def _print_table(output: Output, answer: "UpliftAnswer", segment: "Segment | None") -> None:
    headers = [
        _("Name"),
        _("Segment"),
        _("Uplift"),
        _("95% interval"),
        _("For ranking"),
        _("CTR"),
        _("Benchmark"),
        _("Impressions"),
        _("Clicks"),
        _("Contents"),
        _("State"),
    ]
    lesser = {4, 8, 9}  # what a narrow window can do without; --csv always has all
    keep = [index for index in range(len(headers)) if segment or index != 1]
    lines = [
        _line(_name(row, answer.by), row, _cut(row, segment)) for row in answer.rows.to_pylist()
    ]
    lines += [_line(_("All together"), row, "") for row in answer.total.to_pylist()]
    right = frozenset(place for place, index in enumerate(keep) if 2 <= index < len(headers) - 1)
    output.table(
        [headers[index] for index in keep],
        [[line[index] for index in keep] for line in lines],
        right=right,
        lesser=frozenset(place for place, index in enumerate(keep) if index in lesser),
    )


def _name(row: dict[str, Any], by: str) -> str:
    return category_text(row["key"]) if by == "category" else row["name"] or row["key"] or ""


def _cut(row: dict[str, Any], segment: "Segment | None") -> str:
    return segment_text(segment, row["segment"]) if segment else ""


def _line(name: str, row: dict[str, Any], cut: str) -> list[str]:
    from linkstar.insights.answers import HELD_BACK, impressions_missing

    return [
        name,
        cut,
        uplift_text(row["uplift"], row["ctr_ratio"]),
        interval_text(row["low"], row["high"]),
        signed_percent(row["shrunken_uplift"]),
        percent(row["ctr"]),
        percent(row["benchmark_ctr"]),
        count(row["impressions"]),
        count(row["clicks"]),
        count(row["contents"]),
        state_text(
            row["state"],
            impressions_missing(row),
            has_interval=row["low"] is not None,
            held_back=HELD_BACK.get(row["held_back"], ""),
        ),
    ]


def _tell(output: Output, answer: "UpliftAnswer") -> None:
    benchmark = answer.benchmark
    if benchmark is not None:
        days = f"{benchmark.starts_on}..{last_day(benchmark.ends_before)}"
        output.say(
            _("Benchmark {id}: {market}, {days}, {source}").format(
                id=benchmark.id,
                market=benchmark.market,
                days=days if benchmark.starts_on else _("days not stated"),
                source=benchmark.source_name or source_text(benchmark.source),
            )
        )
    for note in answer.notes:
        output.say(note_text(note.as_dict()))
