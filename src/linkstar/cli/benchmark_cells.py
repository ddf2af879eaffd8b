"""`linkstar benchmark show`: the cells of one edition as a reader may see them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from linkstar.cli.benchmark import described, find_benchmark
from linkstar.cli.exits import ExitCode
from linkstar.cli.figures import category_text, count, percent, segment_text
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _


def show(
    output: Output,
    *,
    benchmark: Annotated[str, typer.Argument(metavar="BENCHMARK", help=_("Benchmark id."))],
    every: Annotated[
        bool, typer.Option("--all", help=_("Weeks, channels and segments too."))
    ] = False,
    workspace: Annotated[
        str, typer.Option(help=_("As this workspace sees it: its own shops left out."))
    ] = "",
) -> ExitCode:
    """The cells of one edition; withheld ones say why and show no figure."""
    from linkstar.cli.installation import find_workspace, open_installation

    open_installation()
    from linkstar.benchmarks.queries import cell_book, cells
    from linkstar.benchmarks.rules import BenchmarkSource
    from linkstar.benchmarks.showing import SHOWN, shown_cells

    edition = find_benchmark(benchmark)
    table = (
        cell_book(edition, find_workspace(workspace, output)).cells if workspace else cells(edition)
    )
    shown = shown_cells(table, BenchmarkSource(edition.source)).to_pylist()
    rows = [_as_json(row) for row in shown if every or _is_plain(row)]
    if output.form == "json":
        output.document({"version": 1, "benchmark": described(edition), "cells": rows})
    elif output.form == "csv":
        output.comma_separated(SHOWN.names, rows)
    else:
        _print(output, rows, is_at_least=edition.source == BenchmarkSource.COMPUTED)
    return ExitCode.OK


def _is_plain(row: dict[str, Any]) -> bool:
    """Whole window, all channels, everybody: what most people look for."""
    return not (row["week_starts_on"] or row["channel"] or row["segment"])


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    week = row["week_starts_on"]
    return row | {"week_starts_on": week.isoformat() if week else None}


def _print(output: Output, rows: list[dict[str, Any]], *, is_at_least: bool) -> None:
    """Counts of a computed edition are rounded down, and say so: `300+`."""
    from linkstar.benchmarks.rules import Withheld
    from linkstar.events.vocabulary import Segment
    from linkstar.stats.ctr import Definition
    from linkstar.web.benchmark_cells import REASONS
    from linkstar.web.labels import DEFINITIONS, SEGMENTS, content_type_name

    def cut(row: dict[str, Any]) -> str:
        if not row["segment"]:
            return ""
        segment = Segment(row["segment"])
        return f"{SEGMENTS[segment]}: {segment_text(segment, row['segment_value'])}"

    def many(number: int | None) -> str:
        return f"{count(number)}+" if is_at_least and number is not None else count(number)

    def why(withheld: str) -> str:
        return str(REASONS[Withheld(withheld)]) if withheld else ""

    headers = (
        _("Category"), _("Type"), _("Definition"), _("Segment"), _("CTR"), _("25%"), _("Median"),
        _("75%"), _("Impressions"), _("Shops"), _("Creators"), _("Contents"), _("Withheld"),
    )  # fmt: skip
    lines = [
        (
            category_text(row["category"]) if row["category"] else _("all categories"),
            content_type_name(row["content_type"]) if row["content_type"] else _("all types"),
            str(DEFINITIONS[Definition(row["definition"])]), cut(row),
            percent(row["ctr"]), percent(row["p25"]), percent(row["median"]), percent(row["p75"]),
            many(row["impressions"]), many(row["shops"]), many(row["creators"]),
            many(row["contents"]), why(row["withheld"]),
        )
        for row in rows
    ]  # fmt: skip
    output.table(headers, lines, right=frozenset(range(4, 12)))
