"""`linkstar benchmark ...`: build, import, list, show and publish benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # as above
from linkstar.cli.periods import day, day_after
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.benchmarks.models import Benchmark

Workspace = Annotated[str, typer.Option("--workspace", help=_("Workspace: its id or name."))]
Market = Annotated[str, typer.Option("--market", help=_("Market, two letters."))]
WEEKS = 8


def described(benchmark: Benchmark) -> dict[str, Any]:
    """What the JSON says of one edition."""
    from datetime import timedelta

    shown = benchmark.cells.filter(withheld="").count()
    return {
        "id": benchmark.pk,
        "market": benchmark.market,
        "source": benchmark.source,
        "source_name": benchmark.source_name,
        "licence": benchmark.licence,
        "version": benchmark.version,
        "state": benchmark.state,
        "starts_on": benchmark.starts_on.isoformat(),
        "ends_before": benchmark.ends_before.isoformat(),
        "last_day": (benchmark.ends_before - timedelta(days=1)).isoformat(),
        "cells_shown": shown,
        "cells_withheld": benchmark.cells.count() - shown,
    }


def answer_with(output: Output, benchmark: Benchmark) -> ExitCode:
    """Print one edition in the form asked for."""
    stated = described(benchmark)
    if output.form == "json":
        output.document({"version": 1, "benchmark": stated})
    else:
        _print_editions(output, [stated])
    return ExitCode.OK


def _print_editions(output: Output, editions: list[dict[str, Any]]) -> None:
    if output.form == "csv":
        output.comma_separated(list(editions[0]) if editions else ["id"], editions)
        return
    from linkstar.benchmarks.models import SOURCE_NAMES, EditionState
    from linkstar.benchmarks.rules import BenchmarkSource

    headers = (
        _("Id"), _("Market"), _("From"), _("To"), _("Source"), _("Version"), _("State"),
        _("Cells shown"), _("Cells withheld"),
    )  # fmt: skip
    rows = [
        (
            one["id"], one["market"], one["starts_on"], one["last_day"],
            one["source_name"] or str(SOURCE_NAMES[BenchmarkSource(one["source"])]),
            str(one["version"]), str(EditionState(one["state"]).label),
            count(one["cells_shown"]), count(one["cells_withheld"]),
        )
        for one in editions
    ]  # fmt: skip
    output.table(headers, rows, right=frozenset({5, 7, 8}))


def build(
    output: Output,
    *,
    market: Market = "US",
    first: Annotated[str, typer.Option("--from", help=_("First day, a Monday."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, a Sunday."))] = "",
    weeks: Annotated[
        int, typer.Option(min=1, help=_("Without --from: so many of the newest whole weeks."))
    ] = WEEKS,
    publish: Annotated[bool, typer.Option("--publish", help=_("Publish it at once."))] = False,
) -> ExitCode:
    """Compute an edition from the shops that take part."""
    from linkstar.cli.installation import now, open_installation, operator

    places = open_installation()
    from linkstar.benchmarks import actions
    from linkstar.benchmarks.rules import NotWholeWeeks, WeekNotOver, newest_whole_weeks
    from linkstar.lake.store import Lake

    starts_on, ends_before = newest_whole_weeks(now().date(), count=weeks)
    if first:
        starts_on, ends_before = day(first), day_after(last) or ends_before
    user = operator()
    try:
        edition = actions.build_benchmark(
            Lake(places.lake),
            market=market.upper(),
            starts_on=starts_on,
            ends_before=ends_before,
            user=user,
            now=now(),
        )
    except NotWholeWeeks as uneven:
        raise Refused(
            ExitCode.USAGE,
            "not_whole_weeks",
            _("A benchmark covers whole weeks, Monday to Sunday."),
            _("Give --from a Monday and --to a Sunday."),
        ) from uneven
    except actions.PoolEmpty as empty:
        raise Refused(
            ExitCode.NOT_FOUND,
            "pool_empty",
            _("No shop that takes part has impressions in these weeks."),
            _("Choose other weeks, or import files first."),
        ) from empty
    except WeekNotOver as early:
        raise Refused(
            ExitCode.TRY_LATER,
            "week_not_over",
            _("The days until {day} are not complete yet.").format(day=early.complete_until),
            _("End the period earlier, or try again in a few days."),
        ) from early
    if publish:
        edition = published(edition, user)
    return answer_with(output, edition)


def show_list(output: Output, *, market: Market = "US", workspace: Workspace = "") -> ExitCode:
    """Every edition the workspace may read, and drafts the operator has not published."""
    from linkstar.cli.installation import find_workspace, open_installation

    open_installation()
    from linkstar.benchmarks.queries import benchmarks_for, drafts_of_the_pool

    house = find_workspace(workspace, output)
    readable = [*benchmarks_for(house, market.upper()), *drafts_of_the_pool(market.upper())]
    editions = [described(one) for one in readable]
    if output.form == "json":
        output.document({"version": 1, "benchmarks": editions})
    else:
        _print_editions(output, editions)
        if not editions:
            output.say(_("There is no benchmark yet: `linkstar benchmark build` or `import`."))
    return ExitCode.OK


def publish(
    output: Output, *, benchmark: Annotated[str, typer.Argument(help=_("Benchmark id."))]
) -> ExitCode:
    """Freeze an edition and show it to everybody who may read it."""
    from linkstar.cli.installation import open_installation, operator

    open_installation()
    edition = find_benchmark(benchmark)
    question = _("Publish {id}? A published benchmark is never changed. [y/N]")
    if not edition.is_published and not output.confirm(question.format(id=edition.pk)):
        return ExitCode.FAILURE
    return answer_with(output, published(edition, operator()))


def published(edition: Benchmark, user: Any) -> Benchmark:
    """The edition, published.

    Raises:
        Refused: nothing of it could be shown, or another edition was faster.
    """
    from linkstar.benchmarks import actions
    from linkstar.cli.installation import now

    try:
        return actions.publish(edition, user=user, now=now())
    except actions.NothingToPublish as empty:
        raise Refused(
            ExitCode.CONFLICT,
            "nothing_to_publish",
            _("Every cell of {id} is withheld; there is nothing to publish.").format(id=edition.pk),
            _("More shops have to take part, or the period has to be longer."),
        ) from empty
    except actions.EditionOutdated as late:
        raise Refused(
            ExitCode.CONFLICT,
            "edition_outdated",
            _("Another edition of these weeks was published meanwhile."),
            _("Build it again."),
        ) from late


def find_benchmark(benchmark_id: str) -> Benchmark:
    """Any edition of this installation: who runs commands here operates it.

    Raises:
        Refused: there is none such.
    """
    from linkstar.benchmarks.models import Benchmark

    found = Benchmark.objects.filter(pk=benchmark_id).first()
    if found is None:
        raise Refused(
            ExitCode.NOT_FOUND,
            "benchmark_unknown",
            _("There is no benchmark {id}.").format(id=benchmark_id),
            _("`linkstar benchmark list` shows those there are."),
        )
    return found
