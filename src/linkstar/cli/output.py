"""Where words and figures go: data to stdout, talk to stderr, colour only where a person looks."""

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.words import gettext as _
from linkstar.spreadsheets import harmless

if TYPE_CHECKING:
    from rich.console import Console

Form = Literal["text", "json", "csv"]
Cell = str | int | float | bool | None


class Bar(Protocol):
    """Progress of something with a known end."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Output:
    """How this run talks: chosen once, from the options every command has."""

    form: Form = "text"
    plain: bool = False
    quiet: bool = False
    verbose: bool = False
    may_ask: bool = True
    agreed: bool = False

    @property
    def is_decorated(self) -> bool:
        """True where stdout is a terminal that may show colour and frames."""
        return sys.stdout.isatty() and not self.plain and "NO_COLOR" not in os.environ

    def say(self, sentence: str) -> None:
        """Tell the person something; never part of the data."""
        if not self.quiet:
            typer.echo(sentence, err=True)

    def explain(self, sentence: str) -> None:
        """Detail for `-v`."""
        if self.verbose and not self.quiet:
            typer.echo(sentence, err=True)

    def document(self, document: Mapping[str, Any]) -> None:
        """The whole answer as JSON: UTF-8, one document, newline at the end."""
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write("\n")

    def line(self, text: str) -> None:
        """One line of data."""
        typer.echo(text)

    def table(
        self,
        headers: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        title: str = "",
        right: frozenset[int] = frozenset(),
        lesser: frozenset[int] = frozenset(),
    ) -> None:
        """A table for people; tab-separated lines where nobody but a program looks.

        Columns of figures to the `right` are never broken; `lesser` ones are left out where the
        window is too narrow for all.
        """
        if not self.is_decorated:
            for cells in (headers, *rows):
                typer.echo("\t".join(cells))
            return
        from rich.table import Table

        console, lines = _console(), [headers, *rows]
        shown = [n for n in range(len(headers)) if _fits(lines, console.width) or n not in lesser]
        table = Table(title=title or None, header_style="bold", title_justify="left", box=None)
        for n in shown:
            is_right = n in right
            table.add_column(
                headers[n],
                justify="right" if is_right else "left",
                no_wrap=is_right,
                overflow="fold",
            )
        for cells in lines[1:]:
            table.add_row(*(cells[n] for n in shown))
        console.print(table, markup=False)

    def comma_separated(self, names: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
        """The same rows as CSV with the field names of the JSON; empty where nothing is known."""
        writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _guarded(row.get(name)) for name in names})

    @contextmanager
    def progress(self, label: str) -> Iterator[Bar]:
        """A bar on stderr while something long runs; silent where no person watches."""
        if self.quiet or self.plain or not sys.stderr.isatty():
            yield _no_bar
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=_console(stderr=True), transient=True) as shown:
            task = shown.add_task(label, total=None)
            yield lambda done, total: shown.update(task, completed=done, total=total or None)

    def ask(self, question: str, *, secret: bool = False) -> str:
        """A person's answer.

        Raises:
            NobodyToAsk: `--no-input`, or no terminal.
        """
        if not self.may_ask or not sys.stdin.isatty():
            raise NobodyToAsk(question)
        if secret:
            from getpass import getpass

            return getpass(f"{question}: ", stream=sys.stderr)
        typer.echo(f"{question}: ", err=True, nl=False)
        return sys.stdin.readline().strip()

    def confirm(self, question: str) -> bool:
        """Whether a person agrees; `--yes` agrees to everything.

        Raises:
            Refused: nobody can be asked.
        """
        if self.agreed:
            return True
        try:
            return self.ask(question).strip().lower() in {"y", "yes", "是"}
        except NobodyToAsk as silent:
            raise Refused(
                ExitCode.USAGE,
                "not_confirmed",
                _("This needs a confirmation and nobody can be asked."),
                _("Give --yes to agree."),
            ) from silent

    def refuse(self, refused: Refused) -> None:
        """Say what went wrong, why, and what to do; as JSON too where JSON was asked for."""
        typer.echo(_("Error: {what}").format(what=refused), err=True)
        if refused.advice:
            typer.echo(f"  {refused.advice}", err=True)
        if self.form == "json":
            error = {"name": refused.name, "message": refused.what, "advice": refused.advice}
            self.document({"version": 1, "error": error})


class NobodyToAsk(RuntimeError):
    """An answer is needed and nobody can give it."""


def _no_bar(done: int, total: int) -> None:
    """Progress nobody watches."""


def _fits(lines: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the lines stand beside one another unbroken, with a space on either side of each."""
    from rich.cells import cell_len

    return sum(2 + max(map(cell_len, column)) for column in zip(*lines, strict=True)) <= width


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _guarded(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell
