"""Registers a function as a command and gives it the options every command has."""

import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output
from linkstar.cli.words import gettext as _

_ENDINGS = inspect.Parameter.KEYWORD_ONLY


def _usage(command: Any, context: Any, formatter: Any) -> None:
    pieces = " ".join(command.collect_usage_pieces(context))
    formatter.write_usage(context.command_path, pieces, prefix=_("Usage: "))


class Command(TyperCommand):
    """A command whose usage line speaks the chosen language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        _usage(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose usage line speaks the chosen language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        _usage(self, ctx, formatter)


def _show_help(context: typer.Context, asked: bool) -> None:
    if asked:
        typer.echo(context.get_help())
        raise typer.Exit


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"linkstar {version('linkstar')}")
        raise typer.Exit


def _flag(name: str, *spellings: str, help: str, callback: Any = None) -> inspect.Parameter:  # noqa: A002  # as Typer calls it
    option = typer.Option(*spellings, help=help, callback=callback, is_eager=callback is not None)
    return inspect.Parameter(name, _ENDINGS, default=False, annotation=Annotated[bool, option])


def _help_flag() -> inspect.Parameter:
    return _flag("_help", "--help", "-h", help=_("Show this help and stop."), callback=_show_help)


def _shared(*, has_table: bool) -> list[inspect.Parameter]:
    language = typer.Option("--lang", metavar="zh|en", help=_("Language of everything said."))
    parameters = [
        _flag("_json", "--json", help=_("Answer as one JSON document (versioned, stable).")),
        _flag("_csv", "--csv", help=_("Answer as CSV with the JSON field names.")),
        _flag("_plain", "--plain", help=_("No colour, frames or progress bars.")),
        _flag("_quiet", "--quiet", "-q", help=_("Say nothing but the answer and errors.")),
        _flag("_verbose", "--verbose", "-v", help=_("Say more about what is done.")),
        _flag("_no_input", "--no-input", help=_("Never ask; fail where an answer is needed.")),
        _flag("_yes", "--yes", help=_("Answer yes to every confirmation.")),
        inspect.Parameter(
            "_lang", _ENDINGS, default=None, annotation=Annotated[str | None, language]
        ),
        _help_flag(),
    ]
    return [one for one in parameters if has_table or one.name != "_csv"]


def _output(chosen: dict[str, Any]) -> Output:
    if chosen.get("_json") and chosen.get("_csv"):
        raise Refused(
            ExitCode.USAGE, "two_forms", _("--json and --csv cannot be asked for together.")
        )
    form = "json" if chosen.get("_json") else "csv" if chosen.get("_csv") else "text"
    return Output(
        form=form,  # type: ignore[arg-type]  # one of the three literals above
        plain=chosen["_plain"],
        quiet=chosen["_quiet"],
        verbose=chosen["_verbose"],
        may_ask=not chosen["_no_input"],
        agreed=chosen["_yes"],
    )


def add_command(
    app: typer.Typer,
    name: str,
    function: Callable[..., ExitCode],
    *,
    help: str,  # noqa: A002  # as Typer calls it
    has_table: bool = False,
) -> None:
    """Make `function(output, ...)` the command `name`; what it returns is the exit code."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    shared = _shared(has_table=has_table)
    names = {parameter.name for parameter in shared}

    def run(**given: Any) -> None:
        output = Output()
        try:
            output = _output({key: given.pop(key) for key in names})
            code = function(output, **given)
        except Refused as refused:
            output.refuse(refused)
            code = refused.code
        sys.stdout.flush()
        raise typer.Exit(int(code))

    keyword_only = [parameter.replace(kind=_ENDINGS) for parameter in own]
    run.__signature__ = inspect.Signature([*keyword_only, *shared])  # type: ignore[attr-defined]
    run.__annotations__ = {}
    app.command(name, help=help, cls=Command, add_help_option=False)(run)


def new_group(*, help: str, **settings: Any) -> typer.Typer:  # noqa: A002  # as Typer calls it
    """A group of commands; alone it shows its help."""
    app = typer.Typer(
        cls=Group,
        help=help,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_help_option=False,
        **settings,
    )

    def alone(context: typer.Context, **_flags: bool) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())
            raise typer.Exit(ExitCode.USAGE)

    version = _flag("_version", "--version", help=_("Print the version."), callback=_show_version)
    first = inspect.Parameter("context", _ENDINGS, annotation=typer.Context)
    alone.__signature__ = inspect.Signature([first, version, _help_flag()])  # type: ignore[attr-defined]
    alone.__annotations__ = {}
    app.callback(invoke_without_command=True)(alone)
    return app
