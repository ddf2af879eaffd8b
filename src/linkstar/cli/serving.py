"""`linkstar serve`: the pages and the background work, until it is stopped."""

from typing import Annotated

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output
from linkstar.cli.words import gettext as _


def serve(
    output: Output,
    host: Annotated[str, typer.Option(help=_("Address to listen on."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("Port to listen on."))] = 8000,
    workers: Annotated[
        int, typer.Option(help=_("Web processes; 0 takes one per core, four at most."))
    ] = 0,
) -> ExitCode:
    """Serve pages and run jobs until ctrl-C or SIGTERM."""
    from linkstar.cli import serve as supervisor

    def ready(address: str) -> None:
        if output.form == "json":
            output.document({"version": 1, "address": address})
        else:
            output.say(
                _("LinkStar is ready at {address} (ctrl-C stops it).").format(address=address)
            )

    try:
        supervisor.serve(host=host, port=port, workers=workers or None, when_ready=ready)
    except supervisor.PortInUse as taken:
        raise Refused(
            ExitCode.CONFLICT,
            "port_in_use",
            _("Something already listens on {host}:{port}.").format(host=host, port=taken.port),
            _("Stop it, or choose another port with --port."),
        ) from taken
    except supervisor.ChildStopped as stopped:
        raise Refused(
            ExitCode.FAILURE,
            "process_stopped",
            _("The {name} process keeps ending (exit code {code}).").format(
                name=stopped.name, code=stopped.code
            ),
            _("Its last lines above say why; `linkstar doctor` may know more."),
        ) from stopped
    return ExitCode.OK
