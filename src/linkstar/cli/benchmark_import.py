"""`linkstar benchmark import`: figures somebody else publishes, with their source."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # Typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.benchmark import answer_with, published
from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output  # noqa: TC001  # as above
from linkstar.cli.periods import period as understood_period
from linkstar.cli.refusals import needs_answers, reading_benchmark_file
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from datetime import date

    from linkstar.benchmarks.stated import StatedBenchmark


def import_file(
    output: Output,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("CSV of benchmark figures."))],
    source: Annotated[str, typer.Option(help=_("Whose figures they are."))] = "",
    licence: Annotated[str, typer.Option(help=_("The terms they may be used under."))] = "",
    market: Annotated[str, typer.Option(help=_("Market, two letters."))] = "US",
    period: Annotated[
        str, typer.Option(help=_("The days they cover, both included: 2026-09-01..2026-09-28."))
    ] = "",
    workspace: Annotated[str, typer.Option(help=_("Who may read them: a workspace."))] = "",
    everybody: Annotated[
        bool, typer.Option("--everybody", help=_("Every workspace may read them."))
    ] = False,
    publish: Annotated[bool, typer.Option("--publish", help=_("Publish it at once."))] = False,
) -> ExitCode:
    """Take a file of figures in as a draft edition."""
    from linkstar.cli.installation import (
        acting_user,
        find_workspace,
        now,
        open_installation,
        operator,
    )

    open_installation()
    from linkstar.insights.benchmark_files import read_benchmark_file

    with reading_benchmark_file(output, file):
        stated = read_benchmark_file(file, market=market.upper())
    starts_on, ends_before = _days(stated, period)
    from linkstar.benchmarks import actions

    house = None if everybody else find_workspace(workspace, output)
    user = acting_user(house) if house else operator()
    try:
        edition = actions.import_benchmark(
            stated.cells,
            workspace=house,
            market=market.upper(),
            starts_on=starts_on,
            ends_before=ends_before,
            source_name=source or stated.source_name,
            licence=licence or stated.licence,
            user=user,
            now=now(),
        )
    except actions.SourceNotNamed as unnamed:
        raise Refused(
            ExitCode.USAGE,
            "source_not_named",
            _("A figure without a named source and licence does not enter the book."),
            _("Give --source and --licence."),
        ) from unnamed
    return answer_with(output, published(edition, user) if publish else edition)


def _days(stated: StatedBenchmark, period: str) -> tuple[date, date]:
    """The window: as given, else as the file says.

    Raises:
        Refused: neither says it.
    """
    if period:
        return understood_period(period)
    if stated.starts_on is None or stated.ends_before is None:
        raise needs_answers(["period"])
    return stated.starts_on, stated.ends_before
