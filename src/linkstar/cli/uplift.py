"""`linkstar uplift`: how much better links are clicked than the market's, with intervals."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.asking import choice, choice_or_none
from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output  # noqa: TC001  # as above
from linkstar.cli.periods import day, day_after
from linkstar.cli.uplift_table import print_answer
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.insights.answers import UpliftAnswer
    from linkstar.insights.questions import Question

IMPRESSIONS_MIN = 1_000
SEGMENTS = "gender|age|device|hour|weekday|traffic_source|channel|content_type"


def uplift(
    output: Output,
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help=_("Loose files to read instead of the installation's facts.")),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="creator|content|product|category|shop", help=_("What one row is about.")
        ),
    ] = "creator",
    market: Annotated[str, typer.Option(help=_("Market of the benchmark."))] = "US",
    first: Annotated[str, typer.Option("--from", help=_("First day, YYYY-MM-DD."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, included."))] = "",
    benchmark: Annotated[
        str, typer.Option(help=_("Benchmark id; with loose files, a benchmark file."))
    ] = "",
    segment: Annotated[
        str, typer.Option(metavar=SEGMENTS, help=_("Cut every row along this line."))
    ] = "",
    min_impressions: Annotated[
        int, typer.Option(min=1, help=_("Rows with fewer are “not enough data”."))
    ] = IMPRESSIONS_MIN,
    source: Annotated[
        str, typer.Option(metavar="exports|tracked", help=_("Which counts; else the larger."))
    ] = "",
    definition: Annotated[
        str,
        typer.Option(
            metavar="product_impressions|video_views|...",
            help=_("What CTR divides clicks by."),
        ),
    ] = "product_impressions",
    shop: Annotated[str, typer.Option(help=_("One shop only: its id or name."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Workspace: its id or name."))] = "",
    map_: Annotated[
        str, typer.Option("--map", help=_("Loose files: field=Column header, separated by commas."))
    ] = "",
    period: Annotated[
        str, typer.Option(help=_("Loose files: the days they cover, 2026-09-01..2026-09-28."))
    ] = "",
    tz: Annotated[str, typer.Option("--tz", help=_("Loose files: their time zone."))] = "",
    currency: Annotated[str, typer.Option(help=_("Loose files: their currency."))] = "",
    day_order: Annotated[
        str,
        typer.Option(
            metavar="DMY|MDY|YMD", help=_("Loose files: how dates such as 03/08/2026 are meant.")
        ),
    ] = "",
) -> ExitCode:
    """Answer one question about uplift, from the installation or from loose files."""
    asked = _asked(
        by=by, market=market, first=first, last=last, segment=segment, source=source,
        definition=definition, impressions_min=min_impressions,
    )  # fmt: skip
    code = ExitCode.OK
    if files:
        from linkstar.cli.loose import answer_of_files, reading_of

        reading = reading_of(
            mapped=map_, period=period, zone=tz, currency=currency, day_order=day_order
        )
        answer, code = answer_of_files(output, files, asked, benchmark=benchmark, reading=reading)
    else:
        answer = _of_installation(
            output, asked, benchmark=benchmark, shop=shop, workspace=workspace
        )
    print_answer(output, answer, segment=asked.segment)
    return code


def _asked(
    *,
    by: str,
    market: str,
    first: str,
    last: str,
    segment: str,
    source: str,
    definition: str,
    impressions_min: int,
) -> Question:
    """The question as far as it does not depend on an installation."""
    from linkstar.events.vocabulary import Segment
    from linkstar.insights.questions import By, Question, Source
    from linkstar.stats.ctr import Definition

    return Question(
        workspace=0,
        shops=(),
        by=choice(By, by, "--by"),
        market=market.upper(),
        definition=choice(Definition, definition, "--definition"),
        source=choice_or_none(Source, source, "--source"),
        starts_on=day(first) if first else None,
        ends_before=day_after(last),
        segment=choice_or_none(Segment, segment, "--segment"),
        impressions_min=impressions_min,
    )


def _of_installation(
    output: Output, asked: Question, *, benchmark: str, shop: str, workspace: str
) -> UpliftAnswer:
    from dataclasses import replace

    from linkstar.cli.installation import find_shops, find_workspace, open_installation

    places = open_installation()
    from linkstar.benchmarks.queries import BenchmarkNotFound
    from linkstar.insights import queries
    from linkstar.lake.store import Lake

    house = find_workspace(workspace, output)
    shops: tuple[Any, ...] = tuple(find_shops(house, shop))
    question = replace(
        asked,
        workspace=house.number,
        shops=tuple(one.number for one in shops),
        benchmark_id=benchmark or None,
    )
    try:
        return queries.uplift(Lake(places.lake), question)
    except BenchmarkNotFound as missing:
        raise Refused(
            ExitCode.NOT_FOUND,
            "benchmark_unknown",
            _("There is no benchmark {id} for this workspace.").format(id=missing.benchmark_id),
            _("`linkstar benchmark list` shows those there are."),
        ) from missing
