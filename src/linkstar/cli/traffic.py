"""`linkstar traffic`: how much of the tracked traffic is valid, and which lists said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.exits import ExitCode
from linkstar.cli.figures import count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.periods import day, day_after
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.lake.traffic import RuleCounts, Traffic

COLUMNS = ("rule", "class", "impressions", "clicks", "billable_clicks")


def traffic(
    output: Output,
    *,
    first: Annotated[str, typer.Option("--from", help=_("First day, YYYY-MM-DD."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, included."))] = "",
    shop: Annotated[str, typer.Option(help=_("One shop only: its id or name."))] = "",
    link: Annotated[str, typer.Option(help=_("One link only: what its address ends in."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Workspace: its id or name."))] = "",
) -> ExitCode:
    """Gross, filtered and net figures of tracked links."""
    starts_on, ends_before = day(first) if first else None, day_after(last)
    from linkstar.cli.installation import find_shops, find_workspace, open_installation

    places = open_installation()
    from linkstar.lake import traffic as facts
    from linkstar.lake.selection import Scope
    from linkstar.lake.store import Lake

    house = find_workspace(workspace, output)
    scope = Scope(house.number, tuple(one.number for one in find_shops(house, shop)))
    told = facts.traffic(
        Lake(places.lake), scope, starts_on=starts_on, ends_before=ends_before, link=link or None
    )
    rows = [_row(each) for each in (told.gross, *told.flagged, told.without_general, told.net)]
    if output.form == "json":
        output.document(_document(told, starts_on, ends_before))
    elif output.form == "csv":
        output.comma_separated(COLUMNS, rows)
    else:
        _print(output, told, rows)
    return ExitCode.OK


def _row(counts: RuleCounts) -> dict[str, Any]:
    return {
        "rule": counts.rule,
        "class": counts.kind.value if counts.kind else None,
        "impressions": counts.impressions,
        "clicks": counts.clicks,
        "billable_clicks": counts.billable,
    }


def _document(told: Traffic, starts_on: Any, ends_before: Any) -> dict[str, Any]:
    from django.conf import settings

    from linkstar.lake.invalid_rules import VERSION
    from linkstar.tracking.agents import agent_lists
    from linkstar.tracking.network_lists import known_lists

    lists = [{"name": name, "dated": dated} for name, dated in agent_lists().items()]
    lists += [{"name": one.name, "dated": one.dated} for one in known_lists(settings.PLACES.lists)]
    return {
        "version": 1,
        "starts_on": str(starts_on) if starts_on else None,
        "ends_before": str(ends_before) if ends_before else None,
        "rules_version": VERSION,
        "decision_rate": told.decision_rate,
        "gross": _totals(told.gross),
        "without_general": _totals(told.without_general),
        "net": _totals(told.net),
        "rules": [_row(each) for each in told.flagged],
        "lists": lists,
    }


def _totals(counts: RuleCounts) -> dict[str, int]:
    return {
        "impressions": counts.impressions,
        "clicks": counts.clicks,
        "billable_clicks": counts.billable,
    }


def _print(output: Output, told: Traffic, rows: list[dict[str, Any]]) -> None:
    from linkstar.web.traffic_words import class_name, rule_name

    names = {
        "gross": _("everything stored"),
        "without_general": _("without general invalid traffic"),
        "net": _("what counts"),
    }
    cells = [
        (
            names.get(row["rule"]) or rule_name(row["rule"]),
            class_name(row["class"]),
            count(row["impressions"]),
            count(row["clicks"]),
            count(row["billable_clicks"]),
        )
        for row in rows
    ]
    headers = (_("Rule"), _("Class"), _("Impressions"), _("Clicks"), _("Billable clicks"))
    output.table(headers, cells, right=frozenset({2, 3, 4}))
    if told.decision_rate is not None:
        output.say(_("Share filtered: {share}").format(share=f"{told.decision_rate:.1%}"))
