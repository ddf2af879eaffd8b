"""`linkstar serve`: pages, background work and collectors; `linkstar collector`: these alone."""

import os
from collections.abc import Callable
from typing import Annotated

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Output
from linkstar.cli.words import gettext as _

LOOPBACK = ("127.0.0.1", "localhost")
Host = Annotated[str, typer.Option(help=_("Address to listen on."))]
Port = Annotated[int, typer.Option(help=_("Port to listen on."))]


def serve(
    output: Output,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int, typer.Option(help=_("Web processes; 0 takes one per core, four at most."))
    ] = 0,
) -> ExitCode:
    """Serve pages and run jobs until ctrl-C or SIGTERM."""
    from linkstar.cli import serve as supervisor

    if host in LOOPBACK:  # what letters lead to, unless somebody said otherwise
        os.environ.setdefault("LINKSTAR_BASE_URL", f"http://{host}:{port}")
    ready = _teller(output, _("LinkStar is ready at {address} (ctrl-C stops it)."))
    return _until_stopped(
        lambda: supervisor.serve(host=host, port=port, workers=workers or None, when_ready=ready),
        host,
    )


def collector(
    output: Output,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    workers: Annotated[
        int,
        typer.Option(
            help=_("Processes at that port; 0 takes LINKSTAR_COLLECTOR_WORKERS or one per core.")
        ),
    ] = 0,
) -> ExitCode:
    """Follow links and take events until ctrl-C or SIGTERM."""
    from linkstar.cli import serve as supervisor

    ready = _teller(output, _("The collector is ready at {address} (ctrl-C stops it)."))
    return _until_stopped(
        lambda: supervisor.serve_collectors(
            host=host, port=port, workers=workers or None, when_ready=ready
        ),
        host,
    )


def _teller(output: Output, sentence: str) -> Callable[[str], None]:
    def ready(address: str) -> None:
        if output.form == "json":
            output.document({"version": 1, "address": address})
        else:
            output.say(sentence.format(address=address))

    return ready


def _until_stopped(serving: Callable[[], None], host: str) -> ExitCode:
    from linkstar.cli import serve as supervisor

    try:
        serving()
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
