"""The command `linkstar`: chooses the language, hands over to the command, ends with its code."""

import os
import sys
from collections.abc import Sequence

from linkstar.cli import words
from linkstar.cli.exits import ExitCode


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """The exit code of one command."""
    words.speak(words.chosen_language(arguments, os.environ))
    import typer

    from linkstar.cli.tree import build

    command = typer.main.get_command(build())
    try:
        ended = command.main(args=arguments, prog_name="linkstar", standalone_mode=False)
    except typer.TyperException as misused:
        _show_misuse(misused)
        return ExitCode.USAGE
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(words.gettext("Interrupted."), err=True)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the answer has seen enough; nothing more can be written there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    if ended == ExitCode.INTERRUPTED:  # told by the library, which says nothing of it
        typer.echo(words.gettext("Interrupted."), err=True)
    return int(ended or 0)


def _show_misuse(misused: Exception) -> None:
    """How the command is used, and what was wrong about this use of it."""
    import typer

    context = getattr(misused, "ctx", None)
    if context is not None:
        typer.echo(context.get_usage(), err=True)
    wrong = misused.format_message() if hasattr(misused, "format_message") else str(misused)
    typer.echo(words.gettext("Error: {what}").format(what=wrong), err=True)


if __name__ == "__main__":
    main()
