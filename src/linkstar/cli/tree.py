"""Every command of `linkstar`, in the order people need them."""

import typer

from linkstar.cli import (
    aside,
    benchmark,
    benchmark_cells,
    benchmark_import,
    ledger,
    lists,
    rates,
    retention,
    settle,
    settle_paying,
)
from linkstar.cli.commands import add_command, new_group
from linkstar.cli.demo import demo
from linkstar.cli.doctor import doctor
from linkstar.cli.imports import import_files
from linkstar.cli.init import init
from linkstar.cli.profit import profit
from linkstar.cli.reconcile import reconcile
from linkstar.cli.serving import collector, serve
from linkstar.cli.traffic import traffic
from linkstar.cli.undo import undo
from linkstar.cli.uplift import uplift
from linkstar.cli.verify import verify
from linkstar.cli.words import gettext as _


def build() -> typer.Typer:
    """The whole tree of commands, in the language spoken when this is first imported."""
    app = new_group(
        help=_("How well creators promote: CTR uplift against the market, with honest intervals."),
        add_completion=True,
    )
    add_command(app, "init", init, help=_("Make or update an installation."))
    add_command(app, "serve", serve, help=_("Serve pages and run background work."))
    add_command(app, "collector", collector, help=_("Follow links and take events, nothing else."))
    add_command(
        app,
        "import",
        import_files,
        help=_("Import files; every row is accounted for."),
        has_table=True,
    )
    add_command(
        app,
        "undo",
        undo,
        help=_("Take an import back, with its order lines and commission."),
        has_table=True,
    )
    add_command(
        app,
        "uplift",
        uplift,
        help=_("Show CTR uplift with its intervals."),
        has_table=True,
    )
    app.add_typer(_benchmark_group(), name="benchmark")
    app.add_typer(_ledger_group(), name="ledger")
    app.add_typer(_rates_group(), name="rates")
    app.add_typer(_settle_group(), name="settle")
    add_command(
        app,
        "reconcile",
        reconcile,
        help=_("Hold orders, affiliate orders and statements against each other."),
        has_table=True,
    )
    add_command(
        app,
        "profit",
        profit,
        help=_("Show what creators, contents, products or campaigns brought and cost."),
        has_table=True,
    )
    add_command(
        app,
        "traffic",
        traffic,
        help=_("Show valid and invalid traffic of tracked links."),
        has_table=True,
    )
    app.add_typer(_aside_group(), name="aside")
    app.add_typer(_lists_group(), name="lists")
    app.add_typer(_retention_group(), name="retention")
    add_command(app, "demo", demo, help=_("Set up the sample marketplace."))
    add_command(app, "doctor", doctor, help=_("Check what LinkStar needs."))
    add_command(app, "verify", verify, help=_("Recount the facts."))
    return app


def _retention_group() -> typer.Typer:
    group = new_group(help=_("What is kept of visitors, and how long."), add_completion=False)
    add_command(group, "run", retention.run, help=_("Take off and drop what is too old."))
    add_command(group, "erase", retention.erase, help=_("Forget one visitor or creator."))
    add_command(group, "show", retention.show, help=_("Show what was done."))
    return group


def _aside_group() -> typer.Typer:
    group = new_group(help=_("Decide on lines that were set aside."), add_completion=False)
    add_command(group, "list", aside.show, help=_("List lines to decide on."), has_table=True)
    add_command(group, "replay", aside.replay, help=_("Load lines again as they were received."))
    add_command(group, "correct", aside.correct, help=_("Load a corrected line instead."))
    add_command(group, "dismiss", aside.dismiss, help=_("Decide that lines never count."))
    add_command(group, "spoilt", aside.spoilt, help=_("Show bytes a disk has spoilt."))
    add_command(
        group, "decisions", aside.decisions, help=_("Show who decided what."), has_table=True
    )
    return group


def _lists_group() -> typer.Typer:
    group = new_group(help=_("Lists that invalid traffic is judged by."), add_completion=False)
    add_command(group, "show", lists.show, help=_("Show the lists in use and their dates."))
    add_command(group, "add", lists.add, help=_("Take in networks of data centres."))
    add_command(group, "remove", lists.remove, help=_("Judge by a list no longer."))
    return group


def _benchmark_group() -> typer.Typer:
    group = new_group(help=_("Build, import, show, publish benchmarks."), add_completion=False)
    add_command(
        group,
        "build",
        benchmark.build,
        help=_("Compute one from the shops taking part."),
    )
    add_command(
        group,
        "import",
        benchmark_import.import_file,
        help=_("Take in figures somebody else publishes."),
    )
    add_command(
        group,
        "list",
        benchmark.show_list,
        help=_("List the editions that can be read."),
        has_table=True,
    )
    add_command(
        group,
        "show",
        benchmark_cells.show,
        help=_("Show the cells of one edition."),
        has_table=True,
    )
    add_command(
        group,
        "publish",
        benchmark.publish,
        help=_("Freeze an edition and show it."),
    )
    return group


def _settle_group() -> typer.Typer:
    group = new_group(help=_("Close periods, approve and pay them."), add_completion=False)
    add_command(
        group,
        "close",
        settle.close,
        help=_("Close the period that ended last."),
        has_table=True,
    )
    add_command(group, "show", settle.show, help=_("Show every settlement."), has_table=True)
    add_command(
        group,
        "approve",
        settle.approve,
        help=_("Say that a settlement may be paid."),
        has_table=True,
    )
    add_command(
        group,
        "pay",
        settle_paying.pay,
        help=_("Hand its payments to the bank."),
        has_table=True,
    )
    add_command(
        group,
        "status",
        settle_paying.status,
        help=_("Take in what the bank answers."),
        has_table=True,
    )
    return group


def _ledger_group() -> typer.Typer:
    group = new_group(help=_("Check the book, show balances, export it."), add_completion=False)
    add_command(group, "check", ledger.check, help=_("Add the whole book up again."))
    add_command(
        group,
        "balances",
        ledger.balances,
        help=_("Show balances, now or at a moment."),
        has_table=True,
    )
    add_command(group, "export", ledger.export, help=_("Write the book for other programs."))
    return group


def _rates_group() -> typer.Typer:
    group = new_group(
        help=_("Rates of exchange: show, fetch, take in, state."), add_completion=False
    )
    add_command(group, "show", rates.show, help=_("Show the rates in force today."), has_table=True)
    add_command(group, "fetch", rates.fetch, help=_("Ask the European Central Bank now."))
    add_command(group, "import", rates.take_in, help=_("Take in the bank's file."))
    add_command(group, "state", rates.state, help=_("State a rate of your own."))
    return group
